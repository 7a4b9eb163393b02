#pragma once

#include "host/base/result.hpp"
#include "host/signal/signal_graph.hpp"

#include <writ/abi/signal.h>
#include <writ/abi/snapshot.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

namespace writ::signal {

/// The latest value of every signal, and who is wired to it. [sequencer-thread]
class SignalBoard {
 public:
  void connect(const Wire& wire) { wires_.push_back(wire); }
  void disconnect(std::uint32_t subscriber);

  /// A writ_signal or writ_signal_report, as recorded.
  void post(const writ_record& value);

  /// What feeds the subscriber, in wire order: values about `instrument`, and those about none.
  [[nodiscard]] std::vector<writ_signal_value> values_for(std::uint32_t subscriber,
                                                          std::uint32_t instrument) const;

  /// Whether the subscriber is wired to this value's publisher and signal.
  [[nodiscard]] bool feeds(const writ_record& value, std::uint32_t subscriber) const;

  [[nodiscard]] std::vector<std::byte> save() const;
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state);

 private:
  struct Latest {
    std::uint32_t flags;
    std::int64_t ingest_ts;
    double value;
  };
  using Key =
      std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;  // publisher, signal, instrument

  std::vector<Wire> wires_;
  std::map<Key, Latest> latest_;
};

}  // namespace writ::signal
