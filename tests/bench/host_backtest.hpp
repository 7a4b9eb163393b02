#pragma once

#include "host/engine/ports.hpp"
#include "host/engine/run.hpp"
#include "host/journal/storage.hpp"
#include "host/plugin/module.hpp"
#include "host/venue/paper/paper_venue.hpp"
#include "tests/bench/market_feed.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::bench {

/// How the host runs on the L2 market: journal on disk below `folder`, one account with every limit
/// set, one strategy from a shared object, by default its first.
[[nodiscard]] engine::RunSetup l2_setup(std::shared_ptr<const plugin::Module> module,
                                        const std::filesystem::path& folder,
                                        std::string_view plugin = "");
/// The tables that a tape of this market needs: asset, instrument, stream.
[[nodiscard]] std::vector<engine::TableRecord> l2_tables();
/// A book that is not updated for so long is as good as new: of markets that have no other.
void never_stale(engine::RunSetup& setup);

/// Of a paper exchange that answers at once.
[[nodiscard]] inline venue::paper::PaperOptions no_latency() {
  venue::paper::PaperOptions options;
  options.order_latency_ns = 0;
  options.report_latency_ns = 0;
  return options;
}

/// A backtest as the host runs it: sequencer, journal on disk, market, arbiter with every limit
/// set, paper exchange without latency, ledger, one strategy from a shared object.
class HostBacktest {
 public:
  static constexpr std::uint32_t kInstrument = 1;
  static constexpr std::uint16_t kStream = 1;

  /// Ready to go as of l2_setup; the journal is below `folder`, which is emptied.
  HostBacktest(const MarketRecords& records, std::shared_ptr<const plugin::Module> module,
               const std::filesystem::path& folder);
  /// Of another setup, and where given of another venue than the exchange, which outlives this.
  HostBacktest(const MarketRecords& records, engine::RunSetup setup,
               execution::OrderGateway* venue = nullptr);

  /// To the end of the data, journal closed.
  void go();

  [[nodiscard]] const engine::RunSummary& summary() const { return run_->summary(); }
  [[nodiscard]] const std::filesystem::path& run_folder() const { return run_->run_folder(); }
  /// In units of 1e-9.
  [[nodiscard]] std::int64_t position() const;
  /// Counts and the hashes of intents and ledger, as one line.
  [[nodiscard]] std::string proof() const;

 private:
  struct TapePacer final : engine::Pacer {
    bool wait_until(std::int64_t) override { return true; }
    std::int64_t stamp(std::int64_t ts) override { return ts; }
  };
  struct NoOperators final : engine::OperatorPort {
    std::optional<Request> poll() override { return std::nullopt; }
  };

  journal::PosixStorage storage_;
  MemoryFeed feed_;
  venue::paper::PaperVenue venue_;
  TapePacer pacer_;
  NoOperators operators_;
  std::unique_ptr<engine::Run> run_;
};

}  // namespace writ::bench
