// The golden chain as lines for people.
#include "host/cli/output.hpp"
#include "host/cli/trace.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <cstdio>
#include <sstream>
#include <string_view>

namespace writ::cli {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_double()) {
    std::array<char, 32> digits{};
    std::snprintf(digits.data(), digits.size(), "%.9g", value.get_double());
    return digits.data();
  }
  return value.is_string() ? std::string(value.get_string()) : std::string(json::serialize(value));
}

std::string text_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? "-" : text_of(*value);
}

std::string time_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? time_text(value->get_int64()) : "-";
}

// `name value` pairs of the members that say something.
void pairs(std::ostringstream& out, const json::object& object,
           std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    const std::string text = text_at(object, key);
    if (text != "-" && !text.empty() && text != "[]") out << " " << key << " " << text;
  }
}

void decision(std::ostringstream& out, const json::object& trace) {
  if (const auto* snapshot = trace.at("snapshot").if_object()) {
    out << "snapshot " << text_at(*snapshot, "id") << "  " << time_at(*snapshot, "ingest_ts")
        << "\n ";
    pairs(out, *snapshot,
          {"instrument", "bid_price", "bid_quantity", "ask_price", "ask_quantity", "position",
           "cash_left", "equity", "open_orders", "flags"});
    out << "\n";
  }
  if (const auto* features = trace.at("features").if_object(); features && !features->empty()) {
    out << "features\n ";
    for (const auto& [name, value] : *features) {
      out << " " << std::string_view(name) << " " << text_of(value);
    }
    out << "\n";
  }
  if (const auto* signals = trace.at("signals").if_array(); signals && !signals->empty()) {
    out << "signals\n";
    for (const auto& signal : *signals) {
      out << " ";
      pairs(out, signal.as_object(), {"instance", "port", "instrument", "value", "flags"});
      out << "\n";
    }
  }
  if (const auto* intent = trace.at("intent").if_object()) {
    out << "intent " << text_at(*intent, "id") << "  " << time_at(*intent, "ingest_ts") << "\n ";
    pairs(out, *intent,
          {"instance", "account", "instrument", "kind", "side", "price", "quantity", "order_type",
           "time_in_force", "flags", "tags"});
    out << "\n";
  }
  if (!trace.at("rationale").is_null()) {
    out << "rationale\n  " << json::serialize(trace.at("rationale")) << "\n";
  }
}

void verdict(std::ostringstream& out, const json::object& trace) {
  const auto* verdict = trace.at("verdict").if_object();
  if (verdict == nullptr) return;
  const bool approved = text_at(*verdict, "approved") == "true";
  out << "verdict " << text_at(*verdict, "id") << "  " << (approved ? "APPROVED" : "VETOED");
  pairs(out, *verdict, {"effect", "reason", "detail", "price", "quantity"});
  out << "\n";
  for (const auto& one : verdict->at("checks").as_array()) {
    const auto& check = one.as_object();
    out << "  " << text_at(check, "result") << "  " << text_at(check, "check");
    if (text_at(check, "unit") != "-" && !text_at(check, "unit").empty()) {
      out << "  " << text_at(check, "value") << " against " << text_at(check, "limit") << " "
          << text_at(check, "unit");
    }
    out << "\n";
  }
  if (const auto* failed = verdict->if_contains("failed")) {
    out << "  vetoed by " << text_at(failed->as_object(), "check");
    if (failed->as_object().contains("by")) {
      out << ", off by " << text_at(failed->as_object(), "by") << " "
          << text_at(failed->as_object(), "unit");
    }
    out << "\n";
  }
}

void orders(std::ostringstream& out, const json::object& trace) {
  for (const auto& one : trace.at("orders").as_array()) {
    const auto& order = one.as_object();
    out << "order " << text_at(order, "order_id") << "  " << text_at(order, "client_order_id")
        << "  " << text_at(order, "side") << "  " << text_at(order, "state") << "\n";
    for (const auto& step : order.at("transitions").as_array()) {
      const auto& transition = step.as_object();
      out << "  " << time_at(transition, "ingest_ts") << "  " << text_at(transition, "state");
      pairs(out, transition, {"command", "price", "quantity", "filled", "reason"});
      out << "\n";
    }
  }
}

void outcome(std::ostringstream& out, const json::object& trace) {
  for (const auto& one : trace.at("fills").as_array()) {
    const auto& fill = one.as_object();
    out << "fill " << text_at(fill, "id") << "  " << time_at(fill, "ingest_ts") << "\n ";
    pairs(out, fill, {"side", "price", "quantity", "liquidity", "fee", "exchange_trade_id"});
    out << "\n";
  }
  if (!trace.at("ledger").as_array().empty()) out << "ledger\n";
  for (const auto& one : trace.at("ledger").as_array()) {
    const auto& entry = one.as_object();
    out << "  " << text_at(entry, "ledger") << " " << text_at(entry, "kind") << " "
        << text_at(entry, "amount") << " " << text_at(entry, "asset");
    if (text_at(entry, "ledger") == "CASH") out << ", then " << text_at(entry, "balance_after");
    out << "\n";
  }
  for (const auto& [asset, sums] : trace.at("pnl").as_object()) {
    out << "PnL realized " << text_at(sums.as_object(), "realized") << ", fees "
        << text_at(sums.as_object(), "fees") << ", net " << text_at(sums.as_object(), "net") << " "
        << std::string_view(asset) << "\n";
  }
}

}  // namespace

std::string trace_text(const json::object& trace) {
  std::ostringstream out;
  decision(out, trace);
  verdict(out, trace);
  orders(out, trace);
  outcome(out, trace);
  return out.str();
}

}  // namespace writ::cli
