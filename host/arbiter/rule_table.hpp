#pragma once

#include "host/arbiter/risk_limits.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace writ::arbiter {

/// The rule book resolved once, for who asks on every intent: what the functions of ArbiterOptions
/// of the same names say, found by number. Never changes.
class RuleTable {
 public:
  explicit RuleTable(const ArbiterOptions& options);
  RuleTable(const RuleTable&) = delete;
  RuleTable& operator=(const RuleTable&) = delete;

  [[nodiscard]] const ArbiterOptions& options() const noexcept { return options_; }
  [[nodiscard]] const RiskLimits& limits(std::uint32_t account, std::uint32_t instrument,
                                         std::uint32_t instance) const noexcept {
    return limits_[(accounts_.row(account) * strategies_.rows() + strategies_.row(instance)) *
                       instruments_.rows() +
                   instruments_.row(instrument)];
  }
  /// nullptr: the instrument is not watched.
  [[nodiscard]] const CircuitBreakRule* circuit_break_of(std::uint32_t instrument) const noexcept {
    return circuit_breaks_[watched_.row(instrument)];
  }
  [[nodiscard]] Ownership ownership_of(std::uint32_t instrument) const noexcept {
    return ownerships_[owned_.row(instrument)];
  }
  [[nodiscard]] std::int32_t priority_of(std::uint32_t instance) const noexcept {
    return priorities_[ranked_.row(instance)];
  }

 private:
  /// Numbers with a rule of their own, each with a row; all others share row 0.
  class Rows {
   public:
    void add(std::uint32_t number);
    [[nodiscard]] std::size_t row(std::uint32_t number) const noexcept {
      return number < row_of_.size() ? row_of_[number] : 0;
    }
    [[nodiscard]] std::size_t rows() const noexcept { return numbers_.size(); }
    /// One number of each row.
    [[nodiscard]] const std::vector<std::uint32_t>& numbers() const noexcept { return numbers_; }

   private:
    std::vector<std::uint32_t> row_of_;
    std::vector<std::uint32_t> numbers_ = {UINT32_MAX};  // a number no table has stands for others
  };

  ArbiterOptions options_;
  Rows accounts_;
  Rows strategies_;
  Rows instruments_;
  Rows watched_;
  Rows owned_;
  Rows ranked_;
  std::vector<RiskLimits> limits_;  // by rows of account, strategy and instrument
  std::vector<const CircuitBreakRule*> circuit_breaks_;  // in the options
  std::vector<Ownership> ownerships_;
  std::vector<std::int32_t> priorities_;
};

}  // namespace writ::arbiter
