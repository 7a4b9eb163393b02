#pragma once

#include "host/base/result.hpp"
#include "host/storage/database.hpp"
#include "host/storage/row_options.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace writ::storage {

/// An instrument of the run being projected, as rows need it.
struct InstrumentRow {
  std::int64_t row_id = 0;  ///< instrument.instrument_id
  std::string venue;
  std::string market;
  std::string outcome;     ///< "", YES or NO
  std::string cash_asset;  ///< cash, fees and results of its trades are in it
};

/// What the numbers in one run's journal stand for in the database. Kept in projection_number too,
/// so that a projection resumes without reading the journal from its start.
struct RunTables {
  struct Account {
    std::int64_t row_id = 0;  ///< of a shadow account that of the one it stands beside
    std::string name;
    /// Its rows are of the book SHADOW.
    [[nodiscard]] bool is_shadow() const { return name.ends_with(kShadowSuffix); }
  };
  static constexpr std::string_view kShadowSuffix = "/shadow";  // no account's own name has a slash
  struct Instance {
    std::string name;
    std::uint32_t account = 0;
  };

  std::string run_id;
  std::uint64_t run_number = 0;
  std::uint32_t mode = 0;
  bool has_account = false;  ///< run.account_id is set
  RowOptions options;        ///< of the configuration in force
  std::map<std::uint32_t, std::string> assets;
  std::map<std::uint32_t, Account> accounts;
  std::map<std::uint32_t, InstrumentRow> instruments;
  std::map<std::uint32_t, std::string> streams;
  std::map<std::uint32_t, Instance> instances;

  /// nullptr where the journal has not said.
  [[nodiscard]] const Account* account(std::uint32_t number) const;
  [[nodiscard]] const InstrumentRow* instrument(std::uint32_t number) const;
  [[nodiscard]] std::string_view asset(std::uint32_t number) const;   ///< "" if unknown
  [[nodiscard]] std::string_view source(std::uint16_t stream) const;  ///< "internal" for the host
  [[nodiscard]] std::string_view strategy(std::uint32_t instance) const;  ///< "" if unknown

  /// The id of what the record `seq` of this run made.
  [[nodiscard]] std::uint64_t id(std::uint64_t seq) const noexcept;
};

/// What was stored of the run with this id; empty tables if it is not in the database.
[[nodiscard]] base::Result<RunTables> load_run_tables(Database& database,
                                                      const std::string& run_id);

}  // namespace writ::storage
