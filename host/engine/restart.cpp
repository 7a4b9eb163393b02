#include "host/engine/restart.hpp"

#include <cstring>
#include <utility>

#include "host/engine/checkpointing.hpp"
#include "host/engine/pipeline.hpp"
#include "host/journal/reader.hpp"
#include "host/model/record_view.hpp"

namespace writ::engine {
namespace {

using Words = std::vector<std::uint64_t>;

const writ_record& record_in(const Words& words) {
  return reinterpret_cast<const writ_record&>(*words.data());
}

/// The records after a checkpoint, an input and its consequences at a time.
class Groups {
 public:
  explicit Groups(journal::Reader& reader) : reader_(reader) {}

  /// False at the end. Consequences before the first input, of the checkpoint itself, are skipped.
  base::Result<bool> next() {
    group_.clear();
    while (true) {
      if (held_.empty()) {
        if (auto read = hold(); !read) return read.error();
      }
      if (held_.empty()) return !group_.empty();
      const bool input = model::is_input(record_in(held_));
      if (input && !group_.empty()) return true;
      if (input || !group_.empty()) group_.push_back(std::exchange(held_, {}));
      else held_.clear();
    }
  }

  [[nodiscard]] const writ_record& input() const { return record_in(group_.front()); }
  [[nodiscard]] std::vector<const writ_record*> consequences() const {
    std::vector<const writ_record*> records;
    for (std::size_t i = 1; i < group_.size(); ++i) records.push_back(&record_in(group_[i]));
    return records;
  }
  /// Nothing follows this group.
  [[nodiscard]] bool last() const { return held_.empty(); }
  [[nodiscard]] std::size_t size() const { return group_.size(); }

 private:
  base::Result<void> hold() {
    const auto next = reader_.next();
    if (!next) return next.error();
    if (*next == nullptr) return {};
    held_.resize((*next)->size / 8);
    std::memcpy(held_.data(), *next, (*next)->size);
    return {};
  }

  journal::Reader& reader_;
  std::vector<Words> group_;
  Words held_;
};

}  // namespace

std::set<std::string> reset_allowed(const std::vector<InstanceSetup>& instances) {
  std::set<std::string> names;
  for (const auto& instance : instances) {
    if (instance.reset_on_state_mismatch) names.insert(instance.name);
  }
  return names;
}

base::Result<Restarted> fold_past(const Past& past, journal::Storage& storage,
                                  const CoreOptions& options,
                                  const std::vector<std::vector<std::uint64_t>>& tables,
                                  const writ_run_started& new_run,
                                  const std::vector<InstanceSetup>& instances,
                                  JournalSink& journal, execution::OrderGateway& gateway) {
  auto reader = journal::Reader::open(storage, past.folder);
  if (!reader) return reader.error();
  auto checkpoint = journal::find_last_checkpoint(*reader);
  if (!checkpoint) return checkpoint.error();
  if (!*checkpoint) return base::Error{base::Errc::kNotFound, "checkpoint of the run before"};

  RestartSink sink{journal, past.run.identity.run_number};
  Pipeline pipeline{options, sink};
  for (const auto& table : tables) {
    pipeline.enter_table(record_in(table));
    gateway.observe(record_in(table));
  }
  for (const auto& instance : instances) pipeline.add_instance(instance);
  const auto& sections = (*checkpoint)->sections;
  if (auto loaded = pipeline.load(sections, reset_allowed(instances), false); !loaded) {
    return loaded.error();
  }
  pipeline.enter_run(new_run);
  if (auto loaded = load_gateway(sections, gateway); !loaded) return loaded.error();

  Restarted restarted;
  if (auto sought = reader->seek(Seq{(*checkpoint)->last_seq.raw() + 1}); !sought) {
    return sought.error();
  }
  Groups groups{*reader};
  while (true) {
    const auto more = groups.next();
    if (!more) return more.error();
    if (!*more) break;
    const auto& input = groups.input();
    sink.set_past(groups.consequences(), groups.last());
    // The simulated venue said this; it must have said it again before it goes on.
    if (input.type == WRIT_RECORD_REPORT || input.type == WRIT_RECORD_FILL) {
      if (const auto due = gateway.next_due()) (void)gateway.take_report(*due);
    }
    gateway.observe(input);
    pipeline.on_input(input);
    for (const auto& order : pipeline.take_commands()) gateway.send(order);
    restarted.folded_records += groups.size();
    restarted.unmatched_records += sink.unmatched();
  }
  restarted.state = pipeline.save();
  restarted.differing = sink.differing();
  return restarted;
}

}  // namespace writ::engine
