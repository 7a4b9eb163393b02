#include "host/arbiter/rule_table.hpp"

#include "host/base/assert.hpp"
#include "host/model/instrument_table.hpp"

namespace writ::arbiter {

void RuleTable::Rows::add(std::uint32_t number) {
  WRIT_ASSERT(number <= model::InstrumentTable::kNumberMax);
  if (number >= row_of_.size()) row_of_.resize(std::size_t{number} + 1);
  if (row_of_[number] != 0) return;
  row_of_[number] = static_cast<std::uint32_t>(numbers_.size());
  numbers_.push_back(number);
}

RuleTable::RuleTable(const ArbiterOptions& options) : options_(options) {
  for (const auto& [account, limits] : options_.accounts) accounts_.add(account);
  for (const auto& [instance, limits] : options_.strategies) strategies_.add(instance);
  for (const auto& [key, limits] : options_.instruments) {
    if (key.first != 0) accounts_.add(key.first);
    instruments_.add(key.second);
  }
  for (const auto& [instrument, rule] : options_.instrument_circuit_breaks) {
    watched_.add(instrument);
  }
  for (const auto& [instrument, ownership] : options_.instrument_ownership) owned_.add(instrument);
  for (const auto& [instance, priority] : options_.priorities) ranked_.add(instance);

  for (const auto account : accounts_.numbers()) {
    for (const auto instance : strategies_.numbers()) {
      for (const auto instrument : instruments_.numbers()) {
        limits_.push_back(options_.limits(account, instrument, instance));
      }
    }
  }
  for (const auto instrument : watched_.numbers()) {
    circuit_breaks_.push_back(options_.circuit_break_of(instrument));
  }
  for (const auto instrument : owned_.numbers()) {
    ownerships_.push_back(options_.ownership_of(instrument));
  }
  for (const auto instance : ranked_.numbers()) {
    priorities_.push_back(options_.priority_of(instance));
  }
}

}  // namespace writ::arbiter
