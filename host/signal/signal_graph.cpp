#include "host/signal/signal_graph.hpp"

#include "host/base/assert.hpp"

#include <algorithm>
#include <set>

namespace writ::signal {
namespace {

// From an instance that waits, against the wires, until one comes up again: that one is on a cycle,
// which the instance it began from need not be.
std::uint32_t one_on_a_cycle(std::uint32_t waiting, const std::set<std::uint32_t>& unplaced,
                             const std::vector<Wire>& wires) {
  std::set<std::uint32_t> passed;
  while (passed.insert(waiting).second) {
    const auto wire = std::find_if(wires.begin(), wires.end(), [&](const Wire& candidate) {
      return candidate.subscriber == waiting && unplaced.contains(candidate.publisher);
    });
    WRIT_ASSERT(wire != wires.end());
    waiting = wire->publisher;
  }
  return waiting;
}

}  // namespace

base::Result<std::vector<std::uint32_t>> topological_order(
    const std::vector<std::uint32_t>& instances, const std::vector<Wire>& wires) {
  std::set<std::uint32_t> unplaced(instances.begin(), instances.end());
  WRIT_ASSERT(unplaced.size() == instances.size());
  std::vector<std::uint32_t> ordered;
  const auto ready = [&](std::uint32_t instance) {
    return std::all_of(wires.begin(), wires.end(), [&](const Wire& wire) {
      return wire.subscriber != instance || !unplaced.contains(wire.publisher);
    });
  };
  while (ordered.size() < instances.size()) {
    const auto next = std::find_if(instances.begin(), instances.end(), [&](std::uint32_t instance) {
      return unplaced.contains(instance) && ready(instance);
    });
    if (next == instances.end()) {
      return base::Error{base::Errc::kInvalid, "signal graph has a cycle",
                         one_on_a_cycle(*unplaced.begin(), unplaced, wires)};
    }
    unplaced.erase(*next);
    ordered.push_back(*next);
  }
  return ordered;
}

}  // namespace writ::signal
