// Messages of Binance's streams to checked integers, against the same fields taken by simdjson on
// demand without any further check, and by a parser that builds a document (G9).
#include "host/feed/binance_codec.hpp"
#include "tests/bench/feed_messages.hpp"
#include "tests/bench/rounds.hpp"

#include <boost/json.hpp>
#include <simdjson.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace writ;
namespace ondemand = simdjson::ondemand;

volatile std::int64_t seen = 0;  // what was computed is used

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "codec_bench: %s\n", what.c_str());
  std::exit(1);
}

/// A decimal of at most nine places at 1e-9, as little as reading it takes.
std::int64_t decimal(std::string_view text) {
  std::int64_t value = 0;
  int places = -1;
  for (const char c : text) {
    if (c == '.') {
      places = 0;
    } else {
      value = value * 10 + (c - '0');
      if (places >= 0) ++places;
    }
  }
  for (int i = places < 0 ? 0 : places; i < 9; ++i) value *= 10;
  return value;
}

double ours(const std::vector<std::string>& messages) {
  feed::BinanceCodec codec;
  return bench::timed([&] {
    std::int64_t sum = 0;
    for (const auto& message : messages) {
      const auto decoded = codec.decode(message);
      if (!decoded || decoded->record == nullptr) fail("a message is not decoded");
      sum += decoded->record->event_ts;
    }
    seen = sum;
    return messages.size();
  });
}

/// Views of whole messages with the room behind them that simdjson wants.
std::vector<simdjson::padded_string> padded(const std::vector<std::string>& messages) {
  std::vector<simdjson::padded_string> texts;
  texts.reserve(messages.size());
  for (const auto& message : messages) texts.emplace_back(message);
  return texts;
}

std::int64_t trade_fields(ondemand::object data) {
  std::int64_t sum = 0;
  sum += data["E"].get_int64().value();
  sum += static_cast<std::int64_t>(data["s"].get_string().value().size());
  sum += data["a"].get_int64().value();
  sum += decimal(data["p"].get_string().value());
  sum += decimal(data["q"].get_string().value());
  sum += data["T"].get_int64().value();
  sum += data["m"].get_bool().value() ? 1 : 0;
  return sum;
}

std::int64_t depth_fields(ondemand::object data) {
  std::int64_t sum = data["E"].get_int64().value();
  sum += data["T"].get_int64().value();
  sum += static_cast<std::int64_t>(data["s"].get_string().value().size());
  for (const char* id : {"U", "u", "pu"}) sum += data[id].get_int64().value();
  for (const char* side : {"b", "a"}) {
    for (ondemand::array level : data[side].get_array().value()) {
      for (auto number : level) sum += decimal(number.get_string().value());
    }
  }
  return sum;
}

std::int64_t text_size(ondemand::object& data, const char* key) {
  return static_cast<std::int64_t>(data[key].get_string().value().size());
}
std::int64_t number(ondemand::object& data, const char* key) {
  return decimal(data[key].get_string().value());
}

std::int64_t top_fields(ondemand::object data) {
  std::int64_t sum = data["u"].get_int64().value() + text_size(data, "s");
  for (const char* key : {"b", "B", "a", "A"}) sum += number(data, key);
  return sum;
}

std::int64_t print_fields(ondemand::object data) {
  std::int64_t sum = data["E"].get_int64().value() + text_size(data, "s");
  sum += data["t"].get_int64().value();
  sum += number(data, "p") + number(data, "q");
  sum += data["T"].get_int64().value();
  return sum + (data["m"].get_bool().value() ? 1 : 0);
}

std::int64_t mark_fields(ondemand::object data) {
  std::int64_t sum = data["E"].get_int64().value() + text_size(data, "s");
  for (const char* key : {"p", "P", "i", "r"}) sum += number(data, key);
  return sum + data["T"].get_int64().value();
}

std::int64_t liquidation_fields(ondemand::object data) {
  std::int64_t sum = data["E"].get_int64().value();
  ondemand::object order = data["o"].get_object().value();
  sum += text_size(order, "s") + text_size(order, "S");
  sum += number(order, "q") + number(order, "p");
  return sum + order["T"].get_int64().value();
}

template <class Fields>
double on_demand(const std::vector<simdjson::padded_string>& messages, Fields fields) {
  ondemand::parser parser;
  return bench::timed([&] {
    std::int64_t sum = 0;
    for (const auto& message : messages) {
      auto document = parser.iterate(message).value();
      sum += fields(document["data"].get_object().value());
    }
    seen = sum;
    return messages.size();
  });
}

std::int64_t trade_document(const boost::json::object& data) {
  std::int64_t sum = data.at("E").as_int64() + data.at("a").as_int64() + data.at("T").as_int64();
  sum += decimal(data.at("p").as_string()) + decimal(data.at("q").as_string());
  return sum + (data.at("m").as_bool() ? 1 : 0);
}

std::int64_t depth_document(const boost::json::object& data) {
  std::int64_t sum = data.at("E").as_int64() + data.at("T").as_int64();
  for (const char* id : {"U", "u", "pu"}) sum += data.at(id).as_int64();
  for (const char* side : {"b", "a"}) {
    for (const auto& level : data.at(side).as_array()) {
      for (const auto& number : level.as_array()) sum += decimal(number.as_string());
    }
  }
  return sum;
}

template <class Fields>
double as_document(const std::vector<std::string>& messages, Fields fields) {
  return bench::timed([&] {
    std::int64_t sum = 0;
    for (const auto& message : messages) {
      const auto document = boost::json::parse(message);
      sum += fields(document.at("data").as_object());
    }
    seen = sum;
    return messages.size();
  });
}

}  // namespace

int main() {
  const auto messages = bench::standard_messages();
  const auto trades = padded(messages.trades);
  const auto depths = padded(messages.depths);
  const std::string on_demand_name = "simdjson on demand, the same fields";
  const std::string document_name = "Boost.JSON, a document";

  bench::print_heading("codec_bench");
  const auto our_trades = [&] { return ours(messages.trades); };
  const auto our_depths = [&] { return ours(messages.depths); };
  bench::compare({"G9", "aggTrade to a checked record", our_trades, on_demand_name,
                  [&] { return on_demand(trades, trade_fields); }, 1.15});
  bench::compare({"G9", "aggTrade to a checked record", our_trades, document_name,
                  [&] { return as_document(messages.trades, trade_document); }, 1.0 / 3});
  bench::compare({"G9", "depth of 20 and 20 levels", our_depths, on_demand_name,
                  [&] { return on_demand(depths, depth_fields); }, 1.15});
  bench::compare({"G9", "depth of 20 and 20 levels", our_depths, document_name,
                  [&] { return as_document(messages.depths, depth_document); }, 0.5});

  const auto others = bench::other_messages();
  const auto beside = [&](const std::string& kind, const std::vector<std::string>& texts,
                          auto fields) {
    const auto theirs = padded(texts);
    bench::compare({"wire", kind + " to a checked record", [&] { return ours(texts); },
                    on_demand_name, [&] { return on_demand(theirs, fields); }, std::nullopt});
  };
  beside("bookTicker", others.tops, top_fields);
  beside("trade", others.prints, print_fields);
  beside("markPriceUpdate", others.marks, mark_fields);
  beside("forceOrder", others.liquidations, liquidation_fields);
  return 0;
}
