#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::venue::paper {

/// A request as it was recorded. Core time, ns.
struct LatencySample {
  std::int64_t request_ts;
  std::int64_t exchange_ts;  ///< 0: it never got there
  std::int64_t response_ts;  ///< of a lost one, when the host learnt of that
};

/// The way of a command to the exchange.
struct OrderTrip {
  std::int64_t latency_ns;  ///< of a lost one, until the host learns of that
  bool lost;
};

/// Latencies interpolated between the recorded requests before and after. Outside the recording
/// the nearest one counts. A command sent between two requests of which one was lost is lost.
/// Source: hftbacktest, order latency model IntpOrderLatency.
class RecordedLatency {
 public:
  /// Sorted by request_ts, at least one of them not lost; exchange_ts >= request_ts if not lost.
  explicit RecordedLatency(std::vector<LatencySample> samples);

  /// By the time of sending.
  [[nodiscard]] OrderTrip order(std::int64_t sent_ts) const;
  /// By the exchange's time of making the report.
  [[nodiscard]] std::int64_t report(std::int64_t exchange_ts) const;

 private:
  std::vector<LatencySample> by_request_;
  std::vector<LatencySample> by_exchange_;  ///< without the lost ones
};

/// Reads a recording: one request a line, `request,exchange,response` in whole ns since 1970 UTC,
/// sorted by request; exchange 0 where it never got there; empty lines and lines that begin with
/// `#` say nothing. Throws base::InputError naming `file` and the line.
[[nodiscard]] RecordedLatency parse_latency(std::string_view text, const std::string& file);

/// How long the ways to the exchange and back take: constant, or as recorded.
class Latency {
 public:
  Latency(std::int64_t order_ns, std::int64_t report_ns,
          std::shared_ptr<const RecordedLatency> recorded);

  [[nodiscard]] OrderTrip order(std::int64_t sent_ts) const;
  [[nodiscard]] std::int64_t report_ns(std::int64_t exchange_ts) const;

 private:
  std::int64_t order_ns_;
  std::int64_t report_ns_;
  std::shared_ptr<const RecordedLatency> recorded_;  ///< null: constant
};

}  // namespace writ::venue::paper
