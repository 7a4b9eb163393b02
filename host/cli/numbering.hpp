#pragma once

#include "host/engine/run.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/abi/journal.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

/// The numbers of a run's tables: what an earlier run called the same keeps its number, what is new
/// gets the next one. Remembers which records are new or changed.
class Numbering {
 public:
  Numbering() = default;
  /// Begins with the tables of an earlier run, or of this one before a reload.
  explicit Numbering(const model::InstrumentTable& past);

  // Each enters a record by its name and returns its number. What the record says replaces what was
  // known. Throws base::InputError for a name that does not fit.
  std::uint32_t asset(std::string_view name, std::uint32_t decimals = 0);
  /// `shadow_of`: the account a shadow account stands beside, 0 = it is none.
  std::uint32_t account(std::string_view name, std::uint32_t reporting_asset,
                        std::uint32_t shadow_of);
  /// Numbers in the record must be this run's already, `instrument` is set.
  std::uint32_t instrument(writ_instrument record);
  /// The number of the group of its market: that of the instruments of this venue and market that
  /// are known, else the next one.
  [[nodiscard]] std::uint32_t market_group(const writ_instrument& instrument) const;
  std::uint32_t stream(std::string_view source, std::uint32_t instrument);
  /// `instance` is set; `parameters` is canonical JSON.
  std::uint32_t instance(writ_instance record, std::string_view parameters);
  /// The number the instance has or would get.
  [[nodiscard]] std::uint32_t instance_number(std::string_view name) const;

  [[nodiscard]] const model::InstrumentTable& tables() const noexcept { return tables_; }
  /// Every record, in an order in which they can be entered.
  [[nodiscard]] std::vector<engine::TableRecord> all() const;
  /// Only those entered here that are new or say something new.
  [[nodiscard]] std::vector<engine::TableRecord> changed() const;

 private:
  void enter(const writ_record& record);

  model::InstrumentTable tables_;
  std::vector<engine::TableRecord> changed_;
};

}  // namespace writ::cli
