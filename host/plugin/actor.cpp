#include "host/plugin/actor.hpp"

#include "host/base/random.hpp"

#include <utility>
#include <vector>

namespace writ::plugin {

Actor::Actor(std::unique_ptr<Instance> made, std::uint32_t account_number,
             std::uint32_t error_limit, std::int64_t error_window_ns, std::uint64_t seed)
    : instance(std::move(made)),
      account(account_number),
      delivery(instance->descriptor(), std::vector<std::uint32_t>(instance->instruments().begin(),
                                                                  instance->instruments().end())),
      warm_up(instance->descriptor().warmup_events, instance->descriptor().warmup_ns),
      errors(error_limit, error_window_ns),
      seed_(seed),
      purpose_(base::stream_purpose("plugin:" + instance->name())) {}

std::uint64_t Actor::draw() {
  // Counter-based: the sequence continues after a restart without being drawn again.
  const auto words = base::philox4x64_10({drawn_ / 4, 0, 0, 0}, {seed_, purpose_});
  return words[drawn_++ % 4];
}

void Actor::continue_from(const Actor& other) {
  warm_up = other.warm_up;
  drawn_ = other.drawn_;
}

void Actor::begin_anew() {
  const auto named = instance->instruments();
  delivery = Delivery(instance->descriptor(), {named.begin(), named.end()});
  warm_up = WarmUp(instance->descriptor().warmup_events, instance->descriptor().warmup_ns);
  intents.begin_anew();
}

void Actor::save(base::ByteWriter& out) const {
  delivery.save(out);
  warm_up.save(out);
  errors.save(out);
  quarantine.save(out);
  intents.save(out);
  out.put(drawn_);
  out.put(static_cast<std::uint8_t>(instance->stopped() ? 1 : 0));
}

bool Actor::load(base::ByteReader& in) {
  const bool loaded = delivery.load(in) && warm_up.load(in) && errors.load(in) &&
                      quarantine.load(in) && intents.load(in);
  drawn_ = in.get<std::uint64_t>();
  if (in.get<std::uint8_t>() != 0) instance->stop();
  return loaded && in.ok();
}

}  // namespace writ::plugin
