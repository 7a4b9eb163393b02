#include "tests/sim/dead_host.hpp"

#include "host/engine/past.hpp"
#include "host/journal/folder.hpp"
#include "host/journal/writer.hpp"
#include "host/model/record_view.hpp"
#include "tests/sim/host_setup.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace writ::test {
namespace {

journal::WriterOptions writer_options() {
  journal::WriterOptions options;
  options.folder = kJournalFolder;
  options.ring_bytes = std::size_t{4} << 20U;
  options.sync = journal::SyncPolicy::kNever;
  return options;
}

journal::RunIdentity identity(std::uint32_t number) {
  journal::RunIdentity identity;
  identity.run_number = RunNumber{number};
  identity.run_id.bytes[15] = 1;
  return identity;
}

}  // namespace

std::unique_ptr<FaultyStorage> dead_host(const std::vector<model::RecordWords>& records,
                                         std::size_t count) {
  FaultyStorage storage;
  auto writer = journal::Writer::create(storage, writer_options(), identity(1));
  EXPECT_TRUE(writer.has_value());
  for (std::size_t i = 0; i < count; ++i) {
    auto words = records[i];
    EXPECT_TRUE((*writer)->append(model::record_in(words)).has_value());
  }
  return storage.after_process_death();
}

writ_run_started life_begun(std::uint32_t number) {
  auto started = model::make_record<writ_run_started>();
  started.run_number = number;
  started.continues = number - 1;
  started.mode = WRIT_MODE_PAPER;
  started.run_id[15] = 1;
  return started;
}

std::optional<Folded> fold(FaultyStorage& storage, std::uint64_t seed,
                           execution::OrderGateway& gateway) {
  const auto failed = [](const base::Error& error) {
    ADD_FAILURE() << to_string(error);
    return std::nullopt;
  };
  auto lock = journal::FolderLock::take(storage, kJournalFolder);
  if (!lock) return failed(lock.error());
  const auto past = engine::open_past(storage, **lock);
  if (!past) return failed(past.error());
  auto options = writer_options();
  options.lock = *lock;
  auto writer = journal::Writer::create(storage, options, identity(2));
  if (!writer) return failed(writer.error());
  engine::JournalSink sink{writer->get(), RunNumber{2}};
  auto started = life_begun(2);
  started.header.ingest_ts = started.header.event_ts = (*past)->last_ts;
  sink.append_input(started.header);
  sink.begin(started.header);
  Folded folded;
  folded.completed.push_back(model::words_of(started.header));
  sink.listen(
      [&](const writ_record& record) { folded.completed.push_back(model::words_of(record)); });
  const engine::Recipe recipe{core_options(rules_of_host(), seed), hostile_strategies(), {}};
  auto restarted = engine::fold_past(**past, storage, recipe, {}, started, sink, gateway);
  sink.listen({});
  if (!restarted) return failed(restarted.error());
  folded.restarted = std::move(*restarted);
  folded.last_seq = sink.next_seq().raw() - 1;
  return folded;
}

}  // namespace writ::test
