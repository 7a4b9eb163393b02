#include "host/engine/past.hpp"

#include "host/arbiter/arbiter.hpp"
#include "host/journal/checkpoint.hpp"
#include "host/journal/reader.hpp"
#include "host/model/record_view.hpp"

namespace writ::engine {
namespace {

// The kill latch of an account, as the run left it: its last checkpoint, then commands since.
class KillLatch {
 public:
  base::Result<void> add(const writ_record& record, const model::InstrumentTable& tables) {
    if (auto completed = checkpoints_.add(record); !completed) return completed.error();
    else if (*completed) {
      arbiter::Arbiter arbiter{tables, {}};
      const auto section = checkpoints_.last()->sections.find("arbiter");
      if (section == checkpoints_.last()->sections.end()) return {};
      if (auto loaded = arbiter.load(section->second.bytes); !loaded) return loaded;
      killed_ = false;
      for (const auto* account : tables.accounts()) {
        killed_ = killed_ || arbiter.is_killed(account->account);
      }
    }
    if (const auto* command = model::as<writ_command>(record)) {
      if (command->command == WRIT_OPERATOR_KILL) killed_ = true;
      if (command->command == WRIT_OPERATOR_RESUME_AFTER_KILL) killed_ = false;
    }
    return {};
  }
  [[nodiscard]] bool killed() const { return killed_; }

 private:
  journal::CheckpointAssembler checkpoints_;
  bool killed_ = false;
};

}  // namespace

base::Result<std::optional<Past>> open_past(journal::Storage& storage,
                                            const journal::FolderLock& lock) {
  const auto runs = journal::list_runs(storage, lock.folder());
  if (!runs) return runs.error();
  if (runs->empty()) return std::optional<Past>{};

  Past past;
  past.folder = runs->back().folder;
  auto recovered = journal::recover_run(storage, lock, past.folder);
  if (!recovered) return recovered.error();
  past.run = *recovered;

  auto reader = journal::Reader::open(storage, past.folder);
  if (!reader) return reader.error();
  KillLatch latch;
  while (true) {
    const auto next = reader->next();
    if (!next) return next.error();
    if (*next == nullptr) break;
    const auto& record = **next;
    if (auto applied = past.tables.apply(record); !applied) return applied.error();
    if (auto added = latch.add(record, past.tables); !added) return added.error();
    past.last_ts = record.ingest_ts;
    if (const auto* started = model::as<writ_run_started>(record)) {
      past.manifest = model::tail_text(*started, started->manifest_size);
      past.mode = started->mode;
    } else if (const auto* stopped = model::as<writ_run_stopped>(record)) {
      if (stopped->reason != WRIT_STOP_FOUND_DEAD) past.stop_reason = stopped->reason;
    }
  }
  past.killed = latch.killed();
  return std::optional<Past>{std::move(past)};
}

}  // namespace writ::engine
