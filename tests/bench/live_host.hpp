#pragma once

#include "host/cli/clock_pacer.hpp"
#include "host/cli/host_session.hpp"
#include "host/engine/ports.hpp"
#include "host/engine/run.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/feed/feed_source.hpp"
#include "host/journal/storage.hpp"
#include "host/ops/attention.hpp"
#include "tests/support/venue_sim.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace writ::bench {

/// A host as `writ run --live --trace-latency` makes it, in this process: market data and orders of
/// BTCUSDT at a venue simulator, and a strategy that answers each trade with an order. Every order
/// is measured: from the trade's message being read to right before its own first byte is handed to
/// the socket, both by the host's stamps.
class LiveHost {
 public:
  struct Options {
    std::filesystem::path folder;
    std::string ca_file;  ///< empty: without TLS
    bool durable = true;  ///< journal.promise
    bool spins = false;   ///< host.wait
  };

  /// Returns when the host has reconciled and its book is whole. Throws std::runtime_error where
  /// that takes half a minute, base::InputError as `writ run`.
  LiveHost(const test::VenueSim& venue, const Options& options);
  /// Ends the run.
  ~LiveHost();
  LiveHost(const LiveHost&) = delete;
  LiveHost& operator=(const LiveHost&) = delete;

  /// Orders whose first byte left. [any thread]
  [[nodiscard]] std::uint64_t left() const noexcept { return wire_.left; }
  /// ns of the orders since the last call, while none is on its way.
  [[nodiscard]] std::vector<double> take_times();
  /// Ends the run; what it did, and its own trace of the stages, as text.
  [[nodiscard]] std::string finish();

 private:
  /// The gateway, and what it says of when orders left.
  class Wire final : public execution::OrderGateway {
   public:
    explicit Wire(execution::OrderGateway& inner) : inner_(inner) {}
    void observe(const writ_record& input) override;
    void send(const writ_order& order) override;
    [[nodiscard]] std::optional<std::int64_t> next_due() const override;
    [[nodiscard]] const writ_record* take_report(std::int64_t until) override;
    [[nodiscard]] std::optional<Left> take_left() override;
    [[nodiscard]] execution::VenueAccount* account() override { return inner_.account(); }
    [[nodiscard]] bool simulates(std::uint32_t book) const override {
      return inner_.simulates(book);
    }
    [[nodiscard]] std::vector<std::byte> save() const override { return inner_.save(); }
    [[nodiscard]] base::Result<void> load(std::span<const std::byte> state) override {
      return inner_.load(state);
    }

    std::int64_t trade_read_ts = 0;  // of the last trade
    std::atomic<bool> reconciled = false;
    std::atomic<bool> has_book = false;
    std::atomic<std::uint64_t> left = 0;
    std::vector<double> times;

   private:
    execution::OrderGateway& inner_;
    std::uint64_t seq_ = 0;  // of the order on its way
    std::int64_t read_ts_ = 0;
  };
  /// The feed, and when the messages of trades were read.
  class Feed final : public feed::FeedSource {
   public:
    Feed(feed::FeedSource& inner, Wire& wire) : inner_(inner), wire_(wire) {}
    [[nodiscard]] std::optional<std::int64_t> next_ts() override { return inner_.next_ts(); }
    [[nodiscard]] const writ_record& take() override;
    [[nodiscard]] bool exhausted() const override { return false; }

   private:
    feed::FeedSource& inner_;
    Wire& wire_;
  };
  struct Operators final : engine::OperatorPort {
    std::optional<Request> poll() override;
    std::atomic<bool> ending = false;
  };

  void stop();

  ops::Attention attention_;
  journal::PosixStorage storage_;
  cli::HostSession session_;
  Wire wire_;
  Feed feed_;
  cli::ClockPacer pacer_;
  Operators operators_;
  std::unique_ptr<engine::Run> run_;
  std::thread sequencer_;
};

}  // namespace writ::bench
