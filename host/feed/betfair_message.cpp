#include "host/feed/betfair_message.hpp"

#include "host/base/calendar_time.hpp"

#include <writ/decimal.hpp>

#include <simdjson.h>

#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>

namespace writ::feed {
namespace {

namespace json = simdjson::ondemand;

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

// Fields come in any order, and those of a runner's change before what says that it is an image: a
// line is read whole before anything is made of it.
class BetfairParser::Core {
 public:
  const BetfairMessage& parse(std::string_view line);

 private:
  [[nodiscard]] std::size_t offset_of(const char* at) const noexcept {
    return static_cast<std::size_t>(at - padded_.data());
  }
  [[noreturn]] void fail(json::value& value, const std::string& what) const {
    const std::string_view token = value.raw_json_token();
    throw BetfairFault(offset_of(token.data()),
                       what + ": `" + std::string(token.substr(0, 40)) + "`");
  }

  // A scalar as written, without quotes.
  [[nodiscard]] static std::string_view text(json::value& value) {
    std::string_view token = value.raw_json_token();
    while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
    if (token.size() >= 2 && token.front() == '"' && token.back() == '"') {
      token = token.substr(1, token.size() - 2);
    }
    return token;
  }
  [[nodiscard]] std::int64_t decimal(json::value& value, const char* what) const {
    const auto parsed = parse_nano(text(value));
    if (!parsed || parsed.value == WRIT_NONE)
      fail(value, std::string(what) + " is no exact decimal");
    return parsed.value;
  }
  [[nodiscard]] std::uint32_t count(json::value& value, const char* what) const {
    const std::string_view digits = text(value);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      fail(value, std::string(what) + " is no whole number");
    }
    return number;
  }
  [[nodiscard]] bool truth(json::value& value, const char* what) const {
    const std::string_view word = text(value);
    if (word != "true" && word != "false") fail(value, std::string(what) + " is no truth value");
    return word == "true";
  }
  [[nodiscard]] static bool is_null(json::value& value) { return text(value) == "null"; }

  std::int64_t time(json::value& value) const;
  template <std::size_t N>
  bool numbers(json::array part, std::array<std::int64_t, N>& out, json::value& list) const;
  void levels(json::value value, std::vector<writ_level>& out) const;
  void rungs(json::value value, std::vector<BetfairRung>& out) const;
  void read_market(json::object object, BetfairMarketChange& market);
  void read_definition(json::object object, BetfairDefinition& definition);
  void read_ladder(json::object object, BetfairDefinition& definition) const;
  void read_runner(json::object object, BetfairRunner& runner) const;
  void read_change(json::object object, BetfairRunnerChange& change) const;

  // What names a runner.
  struct Selection {
    std::string_view id;
    std::string_view handicap;

    // Whether the field is part of it.
    bool take(std::string_view key, json::value& value) {
      if (key == "id") id = text(value);
      if (key == "hc" && !is_null(value)) handicap = text(value);
      return key == "id" || key == "hc";
    }
    [[nodiscard]] std::string name(const char* whose) const {
      if (id.empty()) throw BetfairFault(0, std::string(whose) + " has no id");
      std::string all(id);
      const auto hc = parse_nano(handicap);
      if (!handicap.empty() && (!hc || hc.value != 0)) all.append(":").append(handicap);
      return all;
    }
  };

  json::parser simd_;
  std::vector<char> padded_;
  BetfairMessage message_;
};

// 13 digits: ms since 1970, from 2001 to 2286.
std::int64_t BetfairParser::Core::time(json::value& value) const {
  const std::string_view digits = text(value);
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), ms);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.size() != 13 ||
      ms < 0) {
    fail(value, "pt is not in ms");
  }
  return ms * 1'000'000;
}

// Whether there are just N decimals from 0.
template <std::size_t N>
bool BetfairParser::Core::numbers(json::array part, std::array<std::int64_t, N>& out,
                                  json::value& list) const {
  std::size_t count = 0;
  for (auto element : part) {
    json::value number = element.value();
    if (count == N) return false;
    out[count] = decimal(number, "a number of a list");
    if (out[count++] < 0) fail(list, "a price or size is negative");
  }
  return count == N;
}

void BetfairParser::Core::levels(json::value value, std::vector<writ_level>& out) const {
  if (is_null(value)) return;
  for (auto element : value.get_array()) {
    std::array<std::int64_t, 2> level{};
    if (!numbers(element.get_array(), level, value) || level[0] == 0) {
      throw BetfairFault(0, "a level is not a price and a size");
    }
    out.push_back({level[0], level[1]});
  }
}

void BetfairParser::Core::rungs(json::value value, std::vector<BetfairRung>& out) const {
  if (is_null(value)) return;
  for (auto element : value.get_array()) {
    std::array<std::int64_t, 3> rung{};
    if (!numbers(element.get_array(), rung, value) || (rung[1] == 0) != (rung[2] == 0)) {
      throw BetfairFault(0, "a rung is not a level, a price and a size");
    }
    out.push_back({rung[0], {rung[1], rung[2]}});
  }
}

void BetfairParser::Core::read_ladder(json::object object, BetfairDefinition& definition) const {
  for (auto field : object) {
    const std::string_view key = field.unescaped_key();
    json::value value = field.value();
    if (key == "type") definition.ladder = text(value);
  }
}

void BetfairParser::Core::read_runner(json::object object, BetfairRunner& runner) const {
  Selection selection;
  for (auto field : object) {
    const std::string_view key = field.unescaped_key();
    json::value value = field.value();
    if (selection.take(key, value)) continue;
    if (key == "status") {
      runner.status = text(value);
    } else if (key == "adjustmentFactor" && !is_null(value)) {
      runner.factor = decimal(value, "adjustmentFactor");
    } else if (key == "bsp") {
      // "NaN" and "Infinity" are there where nobody took a starting price.
      const auto price = parse_nano(text(value));
      if (price && price.value > 0) runner.starting_price = price.value;
    }
  }
  if (runner.status.empty()) throw BetfairFault(0, "a runner of the definition has no status");
  runner.selection = selection.name("a runner of the definition");
}

void BetfairParser::Core::read_definition(json::object object, BetfairDefinition& definition) {
  for (auto field : object) {
    const std::string_view key = field.unescaped_key();
    json::value value = field.value();
    if (key == "runners") {
      for (auto runner : value.get_array()) {
        read_runner(runner.get_object(), definition.runners.emplace_back());
      }
      continue;
    }
    if (key == "priceLadderDefinition" && !is_null(value)) {
      read_ladder(value.get_object(), definition);
      continue;
    }
    if (key == "status") {
      definition.status = text(value);
    } else if (key == "marketType") {
      definition.market_type = text(value);
    } else if (key == "inPlay") {
      definition.in_play = truth(value, "inPlay");
    } else if (key == "betDelay") {
      definition.bet_delay_s = count(value, "betDelay");
    } else if (key == "numberOfWinners") {
      definition.winners = count(value, "numberOfWinners");
    } else if (key == "marketBaseRate") {
      definition.base_rate = decimal(value, "marketBaseRate");
    } else if (key == "eachWayDivisor" && !is_null(value)) {
      definition.each_way_divisor = decimal(value, "eachWayDivisor");
    } else if (key == "lineMinUnit" && !is_null(value)) {
      definition.line_min = decimal(value, "lineMinUnit");
    } else if (key == "lineMaxUnit" && !is_null(value)) {
      definition.line_max = decimal(value, "lineMaxUnit");
    } else if (key == "lineInterval" && !is_null(value)) {
      definition.line_interval = decimal(value, "lineInterval");
    } else if (key == "marketTime") {
      const auto start = base::calendar_time(text(value));
      if (!start) fail(value, "marketTime is no time");
      definition.start_ts = *start;
    }
  }
  if (definition.runners.empty()) throw BetfairFault(0, "the definition names no runner");
}

void BetfairParser::Core::read_change(json::object object, BetfairRunnerChange& change) const {
  Selection selection;
  for (auto field : object) {
    const std::string_view key = field.unescaped_key();
    json::value value = field.value();
    if (selection.take(key, value)) continue;
    if (key == "atb" || key == "atl") {
      change.has_prices = true;
      levels(value, key == "atb" ? change.to_back : change.to_lay);
    } else if (key == "batb" || key == "batl") {
      change.has_levels = true;
      rungs(value, key == "batb" ? change.best_to_back : change.best_to_lay);
    } else if (key == "trd") {
      change.has_traded = true;
      levels(value, change.traded);
    } else if (key == "ltp" && !is_null(value)) {
      change.last_price = decimal(value, "ltp");
      if (change.last_price <= 0) fail(value, "ltp is not positive");
    }
  }
  change.selection = selection.name("a runner's change");
}

void BetfairParser::Core::read_market(json::object object, BetfairMarketChange& market) {
  for (auto field : object) {
    const std::string_view key = field.unescaped_key();
    json::value value = field.value();
    if (key == "id") {
      market.market = text(value);
    } else if (key == "img" && !is_null(value)) {
      market.image = truth(value, "img");
    } else if (key == "marketDefinition" && !is_null(value)) {
      market.has_definition = true;
      read_definition(value.get_object(), market.definition);
    } else if (key == "rc" && !is_null(value)) {
      for (auto change : value.get_array()) {
        read_change(change.get_object(), market.runners.emplace_back());
      }
    }
  }
  if (market.market.empty()) throw BetfairFault(0, "a market change has no id");
}

const BetfairMessage& BetfairParser::Core::parse(std::string_view line) {
  padded_.resize(line.size() + simdjson::SIMDJSON_PADDING);
  std::memcpy(padded_.data(), line.data(), line.size());
  std::memset(padded_.data() + line.size(), 0, simdjson::SIMDJSON_PADDING);
  message_ = BetfairMessage{};
  try {
    json::document document = simd_.iterate(padded_.data(), line.size(), padded_.size());
    for (auto field : document.get_object()) {
      const std::string_view key = field.unescaped_key();
      json::value value = field.value();
      if (key == "op") {
        message_.op = text(value);
      } else if (key == "pt") {
        message_.ts = time(value);
      } else if (key == "mc" && !is_null(value)) {
        for (auto market : value.get_array()) {
          read_market(market.get_object(), message_.markets.emplace_back());
        }
      }
    }
    const char* rest = nullptr;
    if (document.current_location().get(rest) == simdjson::SUCCESS) {
      throw BetfairFault(offset_of(rest), "more than one JSON value on a line");
    }
  } catch (const simdjson::simdjson_error& error) {
    throw BetfairFault(0, std::string("not JSON: ") + error.what());
  }
  return message_;
}

BetfairParser::BetfairParser() : core_(std::make_unique<Core>()) {}
BetfairParser::~BetfairParser() = default;
const BetfairMessage& BetfairParser::parse(std::string_view line) { return core_->parse(line); }

}  // namespace writ::feed
