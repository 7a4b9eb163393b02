#include "tests/unit/venue/scenario.hpp"

#include "host/execution/order_gateway.hpp"
#include "host/venue/paper/paper_venue.hpp"
#include "tests/unit/venue/market_records.hpp"

#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace writ::test {
namespace {

const char* reason_text(std::uint16_t reason) {
  switch (reason) {
    case WRIT_REPORT_REASON_POST_ONLY:
      return "post_only";
    case WRIT_REPORT_REASON_NO_LIQUIDITY:
      return "no_liquidity";
    case WRIT_REPORT_REASON_FILTER:
      return "filter";
    case WRIT_REPORT_REASON_SELF_TRADE:
      return "self_trade";
    case WRIT_REPORT_REASON_NOT_FOUND:
      return "not_found";
    case WRIT_REPORT_REASON_MARKET:
      return "market";
    case WRIT_REPORT_REASON_USER:
      return "user";
    case WRIT_REPORT_REASON_EXPIRY:
      return "expiry";
    case WRIT_REPORT_REASON_REDUCE_ONLY:
      return "reduce_only";
    case WRIT_REPORT_REASON_OTHER:
      return "other";
    default:
      return "?";
  }
}

std::string describe(const writ_report& report) {
  const std::string amended =
      to_string(Quantity{report.quantity}) + " @ " + to_string(Price{report.price});
  const std::string reason = reason_text(report.reason);
  switch (report.kind) {
    case WRIT_REPORT_ACCEPTED:
      return "accepted";
    case WRIT_REPORT_REJECTED:
      return "rejected " + reason;
    case WRIT_REPORT_CANCELLED:
      return "cancelled " + reason;
    case WRIT_REPORT_EXPIRED:
      return "expired " + reason;
    case WRIT_REPORT_CANCEL_REJECTED:
      return "cancel_rejected " + reason;
    case WRIT_REPORT_REPLACED:
      return "replaced " + amended;
    case WRIT_REPORT_REPLACE_REJECTED:
      return "replace_rejected " + reason;
    default:
      return "?";
  }
}

std::string describe(const writ_fill& fill) {
  return "fill " + to_string(Quantity{fill.quantity}) + " @ " + to_string(Price{fill.price}) +
         (fill.liquidity == WRIT_LIQUIDITY_MAKER ? " maker fee " : " taker fee ") +
         to_string(from_abi(fill.fee));
}

class Scenario {
 public:
  std::string run(std::string_view text) {
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
      line = line.substr(0, line.find('#'));
      std::istringstream words(line);
      std::vector<std::string> parts{std::istream_iterator<std::string>(words), {}};
      if (parts.empty()) continue;
      if (parts[0] == "->") {
        std::string expected;
        for (std::size_t i = 1; i < parts.size(); ++i) expected += (i > 1 ? " " : "") + parts[i];
        expected_.push_back(expected);
      } else {
        event(parts);
      }
    }
    start();
    while (const auto due = venue_->next_due()) take(*due);
    return difference();
  }

 private:
  void event(const std::vector<std::string>& parts) {
    if (parts[0] == "latency") {
      options_.order_latency_ns = std::stoll(parts.at(1));
      options_.report_latency_ns = std::stoll(parts.at(2));
      return;
    }
    if (parts[0] == "bet_delay") {
      options_.bet_delay_ns = std::stoll(parts.at(1));
      return;
    }
    if (parts[0] == "recorded") {
      recording_ += parts.at(1) + "\n";
      return;
    }
    if (parts[0] == "kind") {
      static const std::map<std::string, std::uint32_t> kKinds = {{"spot", WRIT_KIND_SPOT},
                                                                  {"perp", WRIT_KIND_PERP},
                                                                  {"binary", WRIT_KIND_BINARY},
                                                                  {"runner", WRIT_KIND_RUNNER}};
      kind_ = kKinds.at(parts.at(1));
      return;
    }
    if (parts[0] == "stp") {
      using venue::paper::SelfTrade;
      static const std::map<std::string, SelfTrade> kModes = {
          {"expire_taker", SelfTrade::kExpireTaker},
          {"expire_maker", SelfTrade::kExpireMaker},
          {"expire_both", SelfTrade::kExpireBoth},
          {"decrement", SelfTrade::kDecrement}};
      options_.self_trade = kModes.at(parts.at(1));
      return;
    }
    start();
    const std::int64_t at = std::stoll(parts[0]);
    const std::string& what = parts.at(1);
    static const std::set<std::string> kOrders = {"buy", "sell",   "back",
                                                  "lay", "cancel", "replace"};
    const bool is_order = kOrders.count(what) != 0;
    for (auto due = venue_->next_due(); due && *due < at; due = venue_->next_due()) take(*due);
    if (is_order) {
      order(at, parts);
    } else {
      market(at, parts);
    }
  }

  void market(std::int64_t at, const std::vector<std::string>& parts) {
    const std::string& what = parts[1];
    if (what == "book" || what == "depth") {
      std::vector<writ_level> bids;
      std::vector<writ_level> asks;
      auto* side = &bids;
      for (std::size_t i = 2; i < parts.size(); ++i) {
        if (parts[i] == "bid" || parts[i] == "ask") {
          side = parts[i] == "bid" ? &bids : &asks;
          continue;
        }
        const auto cut = parts[i].find('x');
        side->push_back({px(parts[i].substr(0, cut)), qty(parts[i].substr(cut + 1))});
      }
      venue_->observe(what == "book" ? records_.image(at, bids, asks)
                                     : records_.change(at, bids, asks));
    } else if (what == "gap") {
      venue_->observe(records_.gap(at));
    } else if (what == "trade") {
      const std::uint16_t side = side_of(parts.at(2));
      const bool outside = parts.size() > 6;
      venue_->observe(records_.trade(at, side, px(parts.at(5)), qty(parts.at(3)),
                                     outside ? WRIT_TRADE_OUTSIDE_BOOK : 0));
    } else if (what == "status") {
      static const std::map<std::string, std::uint32_t> kStatus = {
          {"open", WRIT_MARKET_OPEN},
          {"suspended", WRIT_MARKET_SUSPENDED},
          {"closed", WRIT_MARKET_CLOSED},
          {"connected", WRIT_MARKET_CONNECTED},
          {"disconnected", WRIT_MARKET_DISCONNECTED}};
      const bool in_play = parts.size() > 3;
      const auto delay_s =
          parts.size() > 4 ? static_cast<std::uint32_t>(std::stoul(parts[4])) : std::uint32_t{0};
      venue_->observe(records_.status(at, kStatus.at(parts.at(2)), in_play, delay_s));
    } else if (what == "settled") {
      venue_->observe(
          records_.settlement(at, parts.size() > 2 ? WRIT_SETTLED_REVERSED : WRIT_SETTLED_PAYOUT));
    } else if (what == "adjust") {
      venue_->observe(records_.adjustment(at, qty(parts.at(2))));
    } else if (what == "reduction") {
      venue_->observe(records_.reduction(at, static_cast<std::uint32_t>(std::stoul(parts.at(2))),
                                         px(parts.at(3)), parts.size() > 4));
    } else if (what == "tick") {
      venue_->observe(records_.tick(at, px(parts.at(2))));
    } else {
      throw std::runtime_error("unknown event " + what);
    }
  }

  void order(std::int64_t at, const std::vector<std::string>& parts) {
    const std::string& what = parts[1];
    const std::string& name = parts.at(2);
    if (what != "cancel" && what != "replace") {
      writ_order order =
          make_order(++orders_made_, side_of(what),
                     parts.at(5) == "market" ? WRIT_NONE : px(parts.at(5)), qty(parts.at(3)));
      for (std::size_t i = 6; i < parts.size(); ++i) {
        if (parts[i] == "ioc") order.time_in_force = WRIT_TIF_IOC;
        if (parts[i] == "fok") order.time_in_force = WRIT_TIF_FOK;
        if (parts[i] == "post") order.flags |= WRIT_INTENT_POST_ONLY;
        if (parts[i] == "reduce") order.flags |= WRIT_INTENT_REDUCE_ONLY;
        if (parts[i].rfind("gtd=", 0) == 0) {
          order.time_in_force = WRIT_TIF_GTD;
          order.expire_ts = std::stoll(parts[i].substr(4));
        }
        if (parts[i].rfind("instance=", 0) == 0) {
          order.instance = static_cast<std::uint32_t>(std::stoul(parts[i].substr(9)));
        }
        if (parts[i].rfind("account=", 0) == 0) {
          order.account = static_cast<std::uint32_t>(std::stoul(parts[i].substr(8)));
        }
      }
      names_[order.order_id] = name;
      orders_[name] = order;
    }
    writ_order command = orders_.at(name);
    command.header.ingest_ts = at;
    command.command = what == "cancel"    ? WRIT_COMMAND_CANCEL
                      : what == "replace" ? WRIT_COMMAND_REPLACE
                                          : WRIT_COMMAND_SEND;
    if (what == "replace") {
      command.quantity = qty(parts.at(3));
      command.price = px(parts.at(5));
    }
    venue_->send(command);
  }

  void start() {
    if (venue_) return;
    if (!recording_.empty()) {
      options_.recorded_latency = std::make_shared<venue::paper::RecordedLatency>(
          venue::paper::parse_latency(recording_, "recording"));
    }
    venue_.emplace(options_);
    venue_->observe(records_.instrument(0, kind_));
  }

  static std::uint16_t side_of(const std::string& word) {
    if (word == "none") return WRIT_SIDE_NONE;
    return word == "buy" || word == "back" ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
  }

  void take(std::int64_t due) {
    const writ_record* record = venue_->take_report(due);
    if (record == nullptr) return;
    const auto* report = model::as<writ_report>(*record);
    const auto* fill = model::as<writ_fill>(*record);
    const std::uint64_t order = report != nullptr ? report->order_id : fill->order_id;
    found_.push_back(std::to_string(record->ingest_ts) + " " + names_.at(order) + " " +
                     (report != nullptr ? describe(*report) : describe(*fill)));
  }

  [[nodiscard]] std::string difference() const {
    if (found_ == expected_) return "";
    std::string text = "expected:\n";
    for (const auto& line : expected_) text += "  -> " + line + "\n";
    text += "found:\n";
    for (const auto& line : found_) text += "  -> " + line + "\n";
    return text;
  }

  std::uint32_t kind_ = WRIT_KIND_SPOT;
  std::string recording_;
  venue::paper::PaperOptions options_{0, 0, {}, venue::paper::SelfTrade::kExpireTaker};
  std::optional<venue::paper::PaperVenue> venue_;
  MarketRecords records_;
  std::uint64_t orders_made_ = 0;
  std::map<std::string, writ_order> orders_;
  std::map<std::uint64_t, std::string> names_;
  std::vector<std::string> expected_;
  std::vector<std::string> found_;
};

}  // namespace

std::string run_scenario(std::string_view text) { return Scenario().run(text); }

}  // namespace writ::test
