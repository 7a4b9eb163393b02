#pragma once

#include "host/base/sha256.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/abi/record.h>

#include <cstdint>
#include <string>
#include <vector>

namespace writ::journal {

/// The identity of what a run decided: SHA-256 over its INTENT, VERDICT and LEDGER records, each
/// stream of its own, in order. Of each record: type, core time, and the payload with record ids
/// reduced to seq and every number of an instrument, account, asset or instance replaced by its
/// name. Source, run id, the record's own seq and event time are not part of it, so that the same
/// decisions in another run give the same hashes. Format: docs/JOURNAL_FORMAT.md.
class RunHashes {
 public:
  /// Takes the next record of a run, of any type; `table` knows the names so far.
  void add(const writ_record& record, const model::InstrumentTable& table) {
    const bool counts = record.type == WRIT_RECORD_INTENT || record.type == WRIT_RECORD_VERDICT ||
                        record.type == WRIT_RECORD_LEDGER;
    if (counts) take(record, table);
  }

  /// 64 lower-case hexadecimal digits.
  [[nodiscard]] std::string intents() const { return intents_.hex(); }
  [[nodiscard]] std::string verdicts() const { return verdicts_.hex(); }
  [[nodiscard]] std::string ledger() const { return ledger_.hex(); }

 private:
  struct Plan;
  void take(const writ_record& record, const model::InstrumentTable& table);
  void take(const writ_record& record, const Plan& plan, const model::InstrumentTable& table,
            base::Sha256& hash);

  base::Sha256 intents_;
  base::Sha256 verdicts_;
  base::Sha256 ledger_;
  std::vector<std::byte> buffer_;
};

}  // namespace writ::journal
