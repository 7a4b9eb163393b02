#include "host/engine/host_intents.hpp"

#include "host/base/assert.hpp"
#include "host/model/record_words.hpp"

#include <string>

namespace writ::engine {

writ_intent HostIntents::blank(std::uint32_t account, std::uint32_t instance,
                               std::uint32_t instrument, std::uint16_t kind) {
  auto intent = model::make_record<writ_intent>();
  intent.account = account;
  intent.instance = instance;
  intent.instrument = instrument;
  intent.kind = kind;
  intent.price = WRIT_NONE;
  intent.expire_ts = WRIT_NONE;
  return intent;
}

std::uint64_t HostIntents::submit(writ_intent intent, std::string_view why) {
  WRIT_ASSERT(intent.account != 0 && intent.instance != 0);
  auto snapshot =
      model::words_of(build_snapshot_(intent.instance, intent.account, intent.instrument).header);
  sink_.append(model::record_in(snapshot));
  const std::string tags = "[\"" + std::string(why) + "\"]";
  intent.flags |= WRIT_INTENT_BY_HOST;
  intent.seen_seq = sink_.input_seq();
  intent.snapshot_seq = model::record_in(snapshot).seq;
  intent.tags_size = static_cast<std::uint32_t>(tags.size());
  intent.rationale_size = 0;
  auto& record = buffer_.begin(intent).append(tags.data(), tags.size()).finish();
  const std::uint64_t id = sink_.append(record);
  if (id != 0) services_.adopt(*model::as<writ_intent>(record), id);
  return id;
}

}  // namespace writ::engine
