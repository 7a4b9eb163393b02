#include "host/venue/binance/error_codes.hpp"

#include <writ/abi/outcome.h>

#include <array>
#include <optional>

namespace writ::venue::binance {
namespace {

enum class Where : std::uint8_t { kBoth, kSpot, kUsdm };

struct Row {
  Where where;
  std::int64_t code;
  ErrorMeaning meaning;
};

constexpr ErrorMeaning refused(std::uint16_t reason,
                               Consequence consequence = Consequence::kNone) noexcept {
  return {Fate::kRefused, reason, consequence};
}
constexpr ErrorMeaning unknown(Consequence consequence = Consequence::kNone) noexcept {
  return {Fate::kUnknown, WRIT_REPORT_REASON_TIMEOUT, consequence};
}
constexpr ErrorMeaning kMissing = {Fate::kNotFound, WRIT_REPORT_REASON_NOT_FOUND,
                                   Consequence::kNone};

// A duplicate client order id proves that an order of this id is there: hence unknown.
constexpr std::array kRows = {
    Row{Where::kBoth, -1000, unknown()},
    Row{Where::kBoth, -1001, unknown()},
    Row{Where::kBoth, -1002, refused(WRIT_REPORT_REASON_OTHER, Consequence::kStopVenue)},
    Row{Where::kBoth, -1003, refused(WRIT_REPORT_REASON_RATE_LIMIT, Consequence::kBackOff)},
    Row{Where::kBoth, -1006, unknown()},
    Row{Where::kBoth, -1007, unknown()},
    Row{Where::kBoth, -1008, refused(WRIT_REPORT_REASON_RATE_LIMIT, Consequence::kBackOff)},
    Row{Where::kBoth, -1013, refused(WRIT_REPORT_REASON_FILTER)},
    Row{Where::kBoth, -1015, refused(WRIT_REPORT_REASON_RATE_LIMIT, Consequence::kBackOff)},
    Row{Where::kBoth, -1021, refused(WRIT_REPORT_REASON_OTHER, Consequence::kMeasureClock)},
    Row{Where::kBoth, -1022, refused(WRIT_REPORT_REASON_OTHER, Consequence::kStopVenue)},
    Row{Where::kBoth, -1111, refused(WRIT_REPORT_REASON_FILTER)},
    Row{Where::kBoth, -2011, kMissing},
    Row{Where::kBoth, -2013, kMissing},
    Row{Where::kBoth, -2014, refused(WRIT_REPORT_REASON_OTHER, Consequence::kStopVenue)},
    Row{Where::kBoth, -2015, refused(WRIT_REPORT_REASON_OTHER, Consequence::kStopVenue)},
    Row{Where::kBoth, -2016, refused(WRIT_REPORT_REASON_MARKET)},
    Row{Where::kSpot, -2021, unknown()},  // one half of a cancelReplace was done
    Row{Where::kSpot, -2026, kMissing},   // archived
    Row{Where::kUsdm, -2018, refused(WRIT_REPORT_REASON_BALANCE)},
    Row{Where::kUsdm, -2019, refused(WRIT_REPORT_REASON_BALANCE)},
    Row{Where::kUsdm, -2020, refused(WRIT_REPORT_REASON_NO_LIQUIDITY)},
    Row{Where::kUsdm, -2022, refused(WRIT_REPORT_REASON_REDUCE_ONLY)},
    Row{Where::kUsdm, -2024, refused(WRIT_REPORT_REASON_BALANCE)},
    Row{Where::kUsdm, -2025, refused(WRIT_REPORT_REASON_FILTER)},
    Row{Where::kUsdm, -2027, refused(WRIT_REPORT_REASON_FILTER)},
    Row{Where::kUsdm, -2028, refused(WRIT_REPORT_REASON_BALANCE)},
    Row{Where::kUsdm, -4116, unknown()},
    Row{Where::kUsdm, -4118, refused(WRIT_REPORT_REASON_REDUCE_ONLY)},
    Row{Where::kUsdm, -4131, refused(WRIT_REPORT_REASON_FILTER)},
    Row{Where::kUsdm, -4140, refused(WRIT_REPORT_REASON_MARKET)},
    Row{Where::kUsdm, -4141, refused(WRIT_REPORT_REASON_MARKET)},
    Row{Where::kUsdm, -4164, refused(WRIT_REPORT_REASON_FILTER)},
    Row{Where::kUsdm, -4400, refused(WRIT_REPORT_REASON_REDUCE_ONLY)},
    Row{Where::kUsdm, -4401, refused(WRIT_REPORT_REASON_REDUCE_ONLY)},
    Row{Where::kUsdm, -5021, refused(WRIT_REPORT_REASON_NO_LIQUIDITY)},
    Row{Where::kUsdm, -5022, refused(WRIT_REPORT_REASON_POST_ONLY)},
    Row{Where::kUsdm, -5028, refused(WRIT_REPORT_REASON_OTHER, Consequence::kMeasureClock)},
};

bool says(std::string_view message, std::string_view words) noexcept {
  return message.find(words) != std::string_view::npos;
}

/// -2010 of both markets, told apart by its text alone.
ErrorMeaning rejected_for(std::string_view message) noexcept {
  if (says(message, "Duplicate order")) return unknown();
  if (says(message, "insufficient balance")) return refused(WRIT_REPORT_REASON_BALANCE);
  if (says(message, "immediately match")) return refused(WRIT_REPORT_REASON_POST_ONLY);
  if (says(message, "Filter failure")) return refused(WRIT_REPORT_REASON_FILTER);
  if (says(message, "Market is closed")) return refused(WRIT_REPORT_REASON_MARKET);
  return refused(WRIT_REPORT_REASON_OTHER);
}

std::optional<ErrorMeaning> in_table(Market market, std::int64_t code) noexcept {
  const Where here = market == Market::kSpot ? Where::kSpot : Where::kUsdm;
  for (const Row& row : kRows) {
    if (row.code == code && (row.where == Where::kBoth || row.where == here)) return row.meaning;
  }
  return std::nullopt;
}

}  // namespace

ErrorMeaning meaning_of_error(Market market, int status, std::int64_t code,
                              std::string_view message) noexcept {
  if (status == 418) return refused(WRIT_REPORT_REASON_RATE_LIMIT, Consequence::kBackOff);
  if (code == -2010) return rejected_for(message);
  if (const auto known = in_table(market, code)) return *known;
  if (status == 429) return refused(WRIT_REPORT_REASON_RATE_LIMIT, Consequence::kBackOff);
  // The one 5xx that is a promise: the request was not executed.
  if (status == 503 && market == Market::kUsdm && says(message, "Service Unavailable")) {
    return refused(WRIT_REPORT_REASON_RATE_LIMIT, Consequence::kBackOff);
  }
  const bool refusal = status >= 400 && status < 500 && status != 408 && status != 409;
  return refusal ? refused(WRIT_REPORT_REASON_OTHER) : unknown();
}

}  // namespace writ::venue::binance
