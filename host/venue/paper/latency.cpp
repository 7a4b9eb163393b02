#include "host/venue/paper/latency.hpp"

#include "host/base/assert.hpp"
#include "host/base/input_error.hpp"

#include <writ/int128.hpp>
#include <writ/rounding.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace writ::venue::paper {
namespace {

constexpr std::int64_t kLatencyMax = 3'600'000'000'000;

/// The sample at or before a time and the one after it; the same one twice outside of all.
template <class TimeOf>
std::pair<const LatencySample&, const LatencySample&> around(
    const std::vector<LatencySample>& samples, std::int64_t at, TimeOf time_of) {
  const auto after = std::upper_bound(
      samples.begin(), samples.end(), at,
      [&](std::int64_t time, const LatencySample& sample) { return time < time_of(sample); });
  if (after == samples.begin()) return {samples.front(), samples.front()};
  if (after == samples.end()) return {samples.back(), samples.back()};
  return {*(after - 1), *after};
}

/// y between two points, rounded down; the first y where both are the same.
std::int64_t interpolated(std::int64_t x, std::int64_t x1, std::int64_t y1, std::int64_t x2,
                          std::int64_t y2) {
  if (x2 <= x1) return y1;
  const Int128 rise = Int128{y2 - y1} * (x - x1);
  return y1 + static_cast<std::int64_t>(divide_rounded(rise, x2 - x1, Rounding::kFloor));
}

std::int64_t request_of(const LatencySample& sample) { return sample.request_ts; }
std::int64_t exchange_of(const LatencySample& sample) { return sample.exchange_ts; }

/// Reads one number up to a comma or the end and takes it off the line.
bool take_number(std::string_view& line, std::int64_t& number) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc{}) return false;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  return true;
}

bool take_comma(std::string_view& line) {
  if (line.empty() || line.front() != ',') return false;
  line.remove_prefix(1);
  return true;
}

/// What is wrong with a sample that follows `before`; nullptr if nothing is.
const char* fault_of(const LatencySample& sample, std::int64_t before) {
  if (sample.request_ts <= 0) return "the request has no time";
  if (sample.request_ts < before) return "not sorted by request time";
  if (sample.response_ts < std::max(sample.request_ts, sample.exchange_ts)) {
    return "answered before it was there";
  }
  if (sample.response_ts - sample.request_ts > kLatencyMax) return "answered after over an hour";
  if (sample.exchange_ts != 0 && sample.exchange_ts < sample.request_ts) {
    return "at the exchange before it was sent";
  }
  return nullptr;
}

}  // namespace

RecordedLatency::RecordedLatency(std::vector<LatencySample> samples)
    : by_request_(std::move(samples)) {
  std::copy_if(by_request_.begin(), by_request_.end(), std::back_inserter(by_exchange_),
               [](const LatencySample& sample) { return sample.exchange_ts != 0; });
  // A later request may have been at the exchange earlier.
  std::stable_sort(
      by_exchange_.begin(), by_exchange_.end(),
      [](const LatencySample& a, const LatencySample& b) { return a.exchange_ts < b.exchange_ts; });
  WRIT_ASSERT(!by_exchange_.empty());
}

OrderTrip RecordedLatency::order(std::int64_t sent_ts) const {
  const auto [before, after] = around(by_request_, sent_ts, request_of);
  const bool lost = before.exchange_ts == 0 || after.exchange_ts == 0;
  const auto latency = [lost](const LatencySample& sample) {
    return (lost ? sample.response_ts : sample.exchange_ts) - sample.request_ts;
  };
  return {
      interpolated(sent_ts, before.request_ts, latency(before), after.request_ts, latency(after)),
      lost};
}

std::int64_t RecordedLatency::report(std::int64_t exchange_ts) const {
  const auto [before, after] = around(by_exchange_, exchange_ts, exchange_of);
  return interpolated(exchange_ts, before.exchange_ts, before.response_ts - before.exchange_ts,
                      after.exchange_ts, after.response_ts - after.exchange_ts);
}

RecordedLatency parse_latency(std::string_view text, const std::string& file) {
  std::vector<LatencySample> samples;
  bool arrived = false;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;

    LatencySample sample{};
    if (!take_number(line, sample.request_ts) || !take_comma(line) ||
        !take_number(line, sample.exchange_ts) || !take_comma(line) ||
        !take_number(line, sample.response_ts) || !line.empty()) {
      throw base::InputError(file, number, 1, "not three times in ns: request,exchange,response");
    }
    const std::int64_t before = samples.empty() ? 0 : samples.back().request_ts;
    if (const char* fault = fault_of(sample, before)) {
      throw base::InputError(file, number, 1, fault);
    }
    arrived |= sample.exchange_ts != 0;
    samples.push_back(sample);
  }
  if (!arrived) throw base::InputError(file, "holds no request that got to the exchange");
  return RecordedLatency(std::move(samples));
}

Latency::Latency(std::int64_t order_ns, std::int64_t report_ns,
                 std::shared_ptr<const RecordedLatency> recorded)
    : order_ns_(order_ns), report_ns_(report_ns), recorded_(std::move(recorded)) {
  WRIT_ASSERT(order_ns_ >= 0 && report_ns_ >= 0);
}

OrderTrip Latency::order(std::int64_t sent_ts) const {
  return recorded_ ? recorded_->order(sent_ts) : OrderTrip{order_ns_, false};
}

std::int64_t Latency::report_ns(std::int64_t exchange_ts) const {
  return recorded_ ? recorded_->report(exchange_ts) : report_ns_;
}

}  // namespace writ::venue::paper
