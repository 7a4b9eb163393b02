#include "host/engine/resimulation.hpp"

namespace writ::engine {

const writ_record* say_again(execution::OrderGateway& gateway, std::int64_t until) {
  // When something is due is an estimate as long as orders are on their way: it may come to
  // nothing.
  for (auto due = gateway.next_due(); due && *due <= until; due = gateway.next_due()) {
    if (const auto* report = gateway.take_report(*due)) return report;
  }
  return nullptr;
}

}  // namespace writ::engine
