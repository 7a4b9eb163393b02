#include "host/signal/signal_graph.hpp"

#include <algorithm>
#include <set>

namespace writ::signal {

base::Result<std::vector<std::uint32_t>> topological_order(
    const std::vector<std::uint32_t>& instances, const std::vector<Wire>& wires) {
  const std::set<std::uint32_t> signals(instances.begin(), instances.end());
  std::vector<std::uint32_t> ordered;
  std::set<std::uint32_t> placed;
  const auto ready = [&](std::uint32_t instance) {
    return std::all_of(wires.begin(), wires.end(), [&](const Wire& wire) {
      return wire.subscriber != instance || !signals.contains(wire.publisher) ||
             placed.contains(wire.publisher);
    });
  };
  while (ordered.size() < instances.size()) {
    const auto next = std::find_if(instances.begin(), instances.end(), [&](std::uint32_t instance) {
      return !placed.contains(instance) && ready(instance);
    });
    if (next == instances.end()) {
      const auto stuck = std::find_if(instances.begin(), instances.end(), [&](std::uint32_t i) {
        return !placed.contains(i);
      });
      return base::Error{base::Errc::kInvalid, "signal graph has a cycle", *stuck};
    }
    placed.insert(*next);
    ordered.push_back(*next);
  }
  return ordered;
}

}  // namespace writ::signal
