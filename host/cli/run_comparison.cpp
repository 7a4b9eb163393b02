#include "host/cli/run_comparison.hpp"

#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/cli/numbering.hpp"
#include "host/journal/hashes.hpp"
#include "host/journal/reader.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/record_json.hpp"
#include "host/model/record_view.hpp"

#include <boost/json/serialize.hpp>

#include <utility>
#include <vector>

namespace writ::cli {
namespace {

namespace json = boost::json;

bool is_compared(const writ_record& record) {
  return record.type == WRIT_RECORD_INTENT || record.type == WRIT_RECORD_VERDICT ||
         record.type == WRIT_RECORD_LEDGER;
}

// Reads one run, decision by decision.
class SideReader {
 public:
  SideReader(journal::Storage& storage, const std::filesystem::path& folder)
      : reader_(open(storage, folder)) {
    side_.folder = folder;
    side_.run_id = base::to_string(reader_.identity().run_id);
    side_.config_hash = base::to_hex(reader_.identity().config_hash);
  }

  // The next intent, verdict or ledger entry; nullptr at the end.
  const writ_record* next() {
    for (;;) {
      const auto next = reader_.next();
      if (!next) throw base::Failure(next.error());
      if (*next == nullptr) return nullptr;
      const writ_record& record = **next;
      static_cast<void>(tables_.apply(record));
      hashes_.add(record, tables_);
      if (!is_compared(record)) continue;
      if (record.type == WRIT_RECORD_INTENT) ++side_.intents;
      if (record.type == WRIT_RECORD_VERDICT) ++side_.verdicts;
      if (record.type == WRIT_RECORD_LEDGER) ++side_.ledger;
      return &record;
    }
  }

  // What the hash of this record alone is: equal for the same decision in another run.
  [[nodiscard]] std::string identity(const writ_record& record) const {
    journal::RunHashes one;
    one.add(record, tables_);
    return one.intents() + one.verdicts() + one.ledger();
  }

  [[nodiscard]] json::object as_json(const writ_record& record) const {
    return model::record_to_json(record, tables_);
  }

  RunSide finish() {
    while (next() != nullptr) {
    }
    side_.intents_hash = hashes_.intents();
    side_.verdicts_hash = hashes_.verdicts();
    side_.ledger_hash = hashes_.ledger();
    return side_;
  }

 private:
  static journal::Reader open(journal::Storage& storage, const std::filesystem::path& folder) {
    auto reader = journal::Reader::open(storage, folder);
    if (!reader) throw base::InputError::from(folder.string(), reader.error());
    return std::move(*reader);
  }

  journal::Reader reader_;
  model::InstrumentTable tables_;
  journal::RunHashes hashes_;
  RunSide side_;
};

// The members in which two records of one type differ, ids and places left out.
std::string differing_members(const json::object& a, const json::object& b) {
  std::string text;
  for (const auto& [key, value] : a) {
    const std::string_view name = key;
    if (name == "seq" || name == "ingest_ts" || name == "event_ts" || name.ends_with("_id") ||
        name.ends_with("_seq") || name == "ref" || name == "stream") {
      continue;
    }
    const auto* other = b.if_contains(key);
    if (other != nullptr && *other == value) continue;
    text += (text.empty() ? "" : ", ") + std::string(name) + " " + json::serialize(value) +
            " != " + (other == nullptr ? "nothing" : json::serialize(*other));
  }
  return text.empty() ? "core time or a reference to another record" : text;
}

std::string describe(const writ_record& record) {
  return std::string(model::type_name(record.type)) + " at seq " + std::to_string(record.seq);
}

}  // namespace

bool RunComparison::equal() const {
  return a.intents_hash == b.intents_hash && a.verdicts_hash == b.verdicts_hash &&
         a.ledger_hash == b.ledger_hash;
}

RunComparison compare_runs(journal::Storage& storage, const std::filesystem::path& a,
                           const std::filesystem::path& b) {
  RunComparison result;
  SideReader left(storage, a);
  SideReader right(storage, b);
  while (result.first_difference.empty()) {
    const auto* mine = left.next();
    const auto* theirs = right.next();
    if (mine == nullptr && theirs == nullptr) break;
    if (mine == nullptr || theirs == nullptr) {
      result.first_difference = mine == nullptr ? "only the second has the " + describe(*theirs)
                                                : "only the first has the " + describe(*mine);
    } else if (mine->type != theirs->type) {
      result.first_difference = describe(*mine) + " against " + describe(*theirs);
    } else if (left.identity(*mine) != right.identity(*theirs)) {
      result.first_difference = describe(*mine) + " against " + describe(*theirs) + ": " +
                                differing_members(left.as_json(*mine), right.as_json(*theirs));
    }
  }
  result.a = left.finish();
  result.b = right.finish();
  return result;
}

}  // namespace writ::cli
