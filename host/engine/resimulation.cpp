#include "host/engine/resimulation.hpp"

#include "host/model/record_view.hpp"

namespace writ::engine {

bool simulates(const execution::OrderGateway& gateway, const writ_record& input) {
  if (const auto* report = model::as<writ_report>(input)) return gateway.simulates(report->book);
  if (const auto* fill = model::as<writ_fill>(input)) return gateway.simulates(fill->book);
  return false;
}

const writ_record* say_again(execution::OrderGateway& gateway, std::int64_t until) {
  // When something is due is an estimate as long as orders are on their way: it may come to
  // nothing.
  for (auto due = gateway.next_due(); due && *due <= until; due = gateway.next_due()) {
    if (const auto* report = gateway.take_report(*due)) return report;
  }
  return nullptr;
}

}  // namespace writ::engine
