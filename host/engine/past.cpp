#include "host/engine/past.hpp"

#include "host/arbiter/arbiter.hpp"
#include "host/journal/checkpoint.hpp"
#include "host/journal/reader.hpp"
#include "host/model/record_view.hpp"
#include "host/model/table_copy.hpp"

#include <algorithm>
#include <utility>

namespace writ::engine {
namespace {

/// Reads a run from its beginning to its end.
class PastReading {
 public:
  base::Result<void> read(journal::Storage& storage, const std::filesystem::path& folder,
                          journal::Place& place) {
    place = {folder, 0};
    auto reader = journal::Reader::open(storage, folder);
    if (!reader) return reader.error();
    while (true) {
      const auto next = reader->next();
      place = reader->place();
      if (!next) return next.error();
      if (*next == nullptr) return {};
      if (auto added = add(**next); !added) return added;
    }
  }

  [[nodiscard]] bool has_checkpoint() const { return checkpoints_.last().has_value(); }

  /// To be called once.
  [[nodiscard]] Past take() {
    for (const auto* account : past_.tables.accounts()) {
      past_.killed = past_.killed || latches_.is_killed(account->account);
    }
    return std::move(past_);
  }
  [[nodiscard]] std::int64_t last_ts() const { return past_.last_ts; }

 private:
  base::Result<void> add(const writ_record& record) {
    (void)past_.tables.apply(record);  // one that is refused here was refused there
    past_.last_ts = record.ingest_ts;
    if (const auto* started = model::as<writ_run_started>(record)) {
      past_.manifest = model::tail_text(*started, started->manifest_size);
      past_.mode = started->mode;
    } else if (const auto* config = model::as<writ_config_change>(record)) {
      config_text_ = model::tail_text(*config, config->text_size);
    } else if (const auto* stopped = model::as<writ_run_stopped>(record)) {
      if (stopped->reason != WRIT_STOP_FOUND_DEAD) past_.stop_reason = stopped->reason;
    } else if (const auto* command = model::as<writ_command>(record)) {
      if (command->command == WRIT_OPERATOR_KILL) latches_.kill(command->account);
      if (command->command == WRIT_OPERATOR_RESUME_AFTER_KILL) {
        latches_.resume_after_kill(command->account);
      }
    }
    const auto completed = checkpoints_.add(record);
    if (!completed) return completed.error();
    if (!*completed) return {};
    past_.config_text = config_text_;
    past_.checkpoint_tables = model::copy_of(past_.tables);
    const auto section = checkpoints_.last()->sections.find("arbiter");
    if (section == checkpoints_.last()->sections.end()) return {};
    return latches_.load(section->second.bytes);
  }

  Past past_;
  journal::CheckpointAssembler checkpoints_;
  std::string config_text_;
  model::InstrumentTable no_tables_;
  arbiter::Arbiter latches_{no_tables_, {}};
};

}  // namespace

base::Result<std::optional<Past>> open_past(journal::Storage& storage,
                                            const journal::FolderLock& lock,
                                            journal::Place* place) {
  journal::Place unused;
  if (place == nullptr) place = &unused;
  auto runs = journal::list_runs(storage, lock.folder());
  if (!runs) return runs.error();
  std::vector<journal::RunEntry> unfinished;
  std::int64_t last_ts = 0;
  for (; !runs->empty(); runs->pop_back()) {
    const auto& run = runs->back();
    const auto recovered = journal::recover_run(storage, lock, run.folder, place);
    if (!recovered) return recovered.error();
    if (recovered->last_seq.raw() == 0) continue;  // it died before its first record
    PastReading reading;
    if (auto read = reading.read(storage, run.folder, *place); !read) return read.error();
    last_ts = std::max(last_ts, reading.last_ts());
    if (!reading.has_checkpoint()) {
      unfinished.insert(unfinished.begin(), run);
      continue;
    }
    Past past = reading.take();
    past.run = *recovered;
    past.folder = run.folder;
    past.last_ts = last_ts;
    past.unfinished = std::move(unfinished);
    return std::optional<Past>{std::move(past)};
  }
  return std::optional<Past>{};
}

}  // namespace writ::engine
