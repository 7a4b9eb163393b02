#pragma once

#include "host/base/hash_thread.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/abi/record.h>

#include <cstddef>
#include <cstdint>
#include <memory>
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
  [[nodiscard]] std::string intents() const { return hex(kIntents); }
  [[nodiscard]] std::string verdicts() const { return hex(kVerdicts); }
  [[nodiscard]] std::string ledger() const { return hex(kLedger); }

 private:
  enum Stream : std::size_t { kIntents, kVerdicts, kLedger, kStreams };
  struct Plan;
  [[nodiscard]] std::string hex(Stream stream) const;
  void take(const writ_record& record, const model::InstrumentTable& table);
  void take(const writ_record& record, const Plan& plan, const model::InstrumentTable& table,
            Stream stream);

  // Beside whoever decides: a verdict alone has a dozen blocks.
  std::unique_ptr<base::HashThread> thread_ = std::make_unique<base::HashThread>(kStreams);
  std::vector<std::byte> buffer_;
};

}  // namespace writ::journal
