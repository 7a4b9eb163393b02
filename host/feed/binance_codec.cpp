#include "host/feed/binance_codec.hpp"

#include "host/feed/plain_json.hpp"

#include <writ/decimal.hpp>

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

namespace writ::feed {
namespace {

namespace json = simdjson::ondemand;
using base::Errc;
using base::Error;
using base::Result;

// A JSON scalar as written: from its first byte, quotes stripped.
struct Token {
  std::string_view text;
  std::size_t offset = 0;
  [[nodiscard]] bool given() const noexcept { return !text.empty(); }
};

// The fields of all messages, by the letters the venue uses; each message fills its own.
struct Fields {
  Token stream;
  Token event;                                     // e
  Token symbol;                                    // s
  Token event_time, transaction_time;              // E, T
  Token first_id, last_id, prev_id;                // U, u, pu
  Token image_id;                                  // lastUpdateId
  Token price, quantity, best_quantity_bid;        // p, q, B
  Token bid_price, ask_price, best_quantity_ask;   // b, a, A as text
  Token trade_id, aggregate_id;                    // t, a as a number
  Token maker;                                     // m
  Token kind;                                      // X
  Token side;                                      // S
  Token index_price, funding_rate, average_price;  // i, r, ap
  bool has_bids = false;
  bool has_asks = false;
  bool has_order = false;  // o: the fields of a forced order
  bool is_reply = false;   // result or error
  std::size_t end = 0;     // of the message

  /// Where the value of a key of one letter goes; nullptr: of no interest. `first` is the value's
  /// first byte.
  [[nodiscard]] Token* of_letter(char key, char first) noexcept;
  /// The value of a longer key.
  void set(std::string_view key, const Token& token) noexcept;
};

Token* Fields::of_letter(char key, char first) noexcept {
  switch (key) {
    case 'e':
      return &event;
    case 's':
      return &symbol;
    case 'E':
      return &event_time;
    case 'T':
      return &transaction_time;
    case 'U':
      return &first_id;
    case 'u':
      return &last_id;
    case 'p':
      return &price;
    case 'q':
      return &quantity;
    case 'B':
      return &best_quantity_bid;
    case 'A':
      return &best_quantity_ask;
    case 'b':
      return &bid_price;
    case 'a':
      return first == '"' ? &ask_price : &aggregate_id;
    case 't':
      return &trade_id;
    case 'm':
      return &maker;
    case 'X':
      return &kind;
    case 'S':
      return &side;
    case 'i':
      return &index_price;
    case 'r':
      return &funding_rate;
    default:
      return nullptr;
  }
}

void Fields::set(std::string_view key, const Token& token) noexcept {
  if (key == "pu") {
    prev_id = token;
  } else if (key == "ap") {
    average_price = token;
  } else if (key == "lastUpdateId") {
    image_id = token;
  } else if (key == "symbol") {
    symbol = token;
  } else if (key == "stream") {
    stream = token;
  } else if (key == "result" || key == "error" || key == "code") {
    is_reply = true;
  }
}

bool begins_scalar(char first) noexcept {
  return first == '"' || first == '-' || (first >= '0' && first <= '9') || first == 't' ||
         first == 'f' || first == 'n';
}

/// The key as it stands, which is how the venue writes every key; only one with an escape in it is
/// made anew.
bool key_of(json::field& field, std::string_view& key) {
  const char* begin = field.key().raw();
  const char* end = begin;
  while (*end != '"' && *end != '\\') ++end;
  if (*end == '\\') return field.unescaped_key().get(key) == simdjson::SUCCESS;
  key = {begin, static_cast<std::size_t>(end - begin)};
  return true;
}

Error invalid(const char* what, std::size_t offset) {
  return Error(Errc::kInvalid, what, static_cast<std::int64_t>(offset));
}

std::string_view without_quotes(std::string_view token) noexcept {
  while (!token.empty() && (token.back() == ' ' || token.back() == '\t' || token.back() == '\r' ||
                            token.back() == '\n')) {
    token.remove_suffix(1);
  }
  if (token.size() >= 2 && token.front() == '"' && token.back() == '"') {
    token.remove_prefix(1);
    token.remove_suffix(1);
  }
  return token;
}

Result<std::int64_t> integer(const Token& token, const char* what) {
  if (!token.given()) return invalid(what, token.offset);
  std::int64_t value = 0;
  constexpr std::size_t kAlwaysFits = 18;
  if (token.text.size() <= kAlwaysFits) {
    for (const char c : token.text) {
      if (c < '0' || c > '9') return invalid(what, token.offset);
      value = value * 10 + (c - '0');
    }
    return value;
  }
  for (const char c : token.text) {
    if (c < '0' || c > '9' || __builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, c - '0', &value)) {
      return invalid(what, token.offset);
    }
  }
  return value;
}

Result<std::int64_t> decimal(const Token& token, const char* what) {
  if (!token.given()) return invalid(what, token.offset);
  const auto parsed = parse_nano(token.text);
  if (!parsed || parsed.value == WRIT_NONE) return invalid(what, token.offset);
  return parsed.value;
}

/// The same, a number of a level: Errors as decimal, without making one where there is none.
bool take_decimal(const Token& token, std::int64_t& number) noexcept {
  const auto parsed = parse_nano(token.text);
  number = parsed.value;
  return parsed.ok() && number != WRIT_NONE;
}

Result<std::int64_t> positive(const Token& token, const char* what) {
  const auto value = decimal(token, what);
  if (value && *value <= 0) return invalid(what, token.offset);
  return value;
}

Result<std::int64_t> time_of(const Token& token) {
  if (!token.given()) return WRIT_NONE;
  const auto value = integer(token, "a time is not a whole number");
  if (!value) return value;
  const std::int64_t ns = time_from_venue(*value);
  if (ns == WRIT_NONE) return invalid("a time is not in ms, us or ns", token.offset);
  return ns;
}

}  // namespace

std::int64_t time_from_venue(std::int64_t value) noexcept {
  // 1973 to 2286 in ms; each finer unit starts where the one before ends.
  constexpr std::int64_t kMs = 100'000'000'000;
  const std::int64_t unit = value < kMs * 100 ? 1'000'000 : value < kMs * 100'000 ? 1'000 : 1;
  std::int64_t ns = 0;
  return value < kMs || __builtin_mul_overflow(value, unit, &ns) ? WRIT_NONE : ns;
}

void set_instrument(writ_record& record, std::uint32_t instrument) noexcept {
  static_assert(offsetof(writ_book_snapshot, instrument) == sizeof(writ_record) &&
                offsetof(writ_book_delta, instrument) == sizeof(writ_record) &&
                offsetof(writ_book_top, instrument) == sizeof(writ_record) &&
                offsetof(writ_trade, instrument) == sizeof(writ_record) &&
                offsetof(writ_mark_price, instrument) == sizeof(writ_record) &&
                offsetof(writ_liquidation, instrument) == sizeof(writ_record) &&
                offsetof(writ_bar, instrument) == sizeof(writ_record) &&
                offsetof(writ_funding, instrument) == sizeof(writ_record) &&
                offsetof(writ_market_status, instrument) == sizeof(writ_record) &&
                offsetof(writ_settlement, instrument) == sizeof(writ_record) &&
                offsetof(writ_reduction, instrument) == sizeof(writ_record));
  std::memcpy(reinterpret_cast<std::byte*>(&record) + sizeof(writ_record), &instrument,
              sizeof instrument);
}

struct BinanceCodec::Parser {
  json::parser simd;
  std::vector<char> padded;
  std::vector<writ_level> bids;
  std::vector<writ_level> asks;
  std::string symbol;  // upper case, from a stream's name
  model::RecordBuffer record;

  [[nodiscard]] std::size_t offset_of(const char* at) const noexcept {
    return static_cast<std::size_t>(at - padded.data());
  }

  // The common case: the message is plain. False: something in it is not, which says nothing yet.
  [[nodiscard]] bool read_plain(std::size_t size, Fields& fields);
  [[nodiscard]] bool take_object(PlainJson& in, int depth, Fields& fields);
  [[nodiscard]] bool take_field(PlainJson& in, int depth, Fields& fields);
  [[nodiscard]] static bool take_levels(PlainJson& in, std::vector<writ_level>& levels);

  Result<void> read_object(json::object object, Fields& fields);
  Result<void> read_field(std::string_view key, json::value value, Fields& fields);
  Result<void> read_levels(json::value value, std::vector<writ_level>& levels);
  [[nodiscard]] Token token_of(std::string_view raw) const noexcept {
    return {without_quotes(raw), offset_of(raw.data())};
  }

  Result<BinanceMessage> read(std::size_t size);
  Result<BinanceMessage> finish(const Fields& fields);
  Result<void> make_delta(const Fields& fields, BinanceMessage& message);
  Result<void> make_image(const Fields& fields, BinanceMessage& message);
  Result<void> make_top(const Fields& fields, BinanceMessage& message);
  Result<void> make_trade(const Fields& fields, BinanceMessage& message, bool aggregate);
  Result<void> make_mark(const Fields& fields, BinanceMessage& message);
  Result<void> make_liquidation(const Fields& fields, BinanceMessage& message);
  void append_levels();
};

bool BinanceCodec::Parser::take_levels(PlainJson& in, std::vector<writ_level>& levels) {
  levels.clear();
  if (!in.take('[')) return false;
  if (in.take(']')) return true;
  do {
    writ_level level{};
    if (!in.take('[') || !in.take_nano(level.price) || level.price == 0) return false;
    if (!in.take(',') || !in.take_nano(level.quantity) || !in.take(']')) return false;
    levels.push_back(level);
  } while (in.take(','));
  return in.take(']');
}

bool BinanceCodec::Parser::take_field(PlainJson& in, int depth, Fields& fields) {
  const char letter = in.take_letter();
  std::string_view key(&letter, 1);
  if (letter == '\0' && (!in.take_string(key) || !in.take(':'))) return false;
  const char first = in.next();
  if (first == '[') {
    const bool is_bids = key == "b" || key == "bids";
    if (!is_bids && key != "a" && key != "asks") return false;
    (is_bids ? fields.has_bids : fields.has_asks) = true;
    return take_levels(in, is_bids ? bids : asks);
  }
  if (first == '{') {
    if (key != "data" && key != "o") return false;
    if (key == "o") fields.has_order = true;
    return take_object(in, depth + 1, fields);
  }
  Token token{{}, offset_of(in.at())};
  if (!(first == '"' ? in.take_string(token.text) : in.take_bare(token.text))) return false;
  if (letter != '\0') {
    if (Token* field = fields.of_letter(letter, first)) *field = token;
  } else if (key.size() != 1) {
    fields.set(key, token);
  }
  return true;
}

bool BinanceCodec::Parser::take_object(PlainJson& in, int depth, Fields& fields) {
  constexpr int kDepthMax = 3;  // a stream's message, its data, an order in it
  if (depth > kDepthMax || !in.take('{')) return false;
  do {
    if (!take_field(in, depth, fields)) return false;
  } while (in.take(','));
  return in.take('}');
}

bool BinanceCodec::Parser::read_plain(std::size_t size, Fields& fields) {
  padded[size] = '\0';
  PlainJson in(padded.data());
  return take_object(in, 1, fields) && in.at() == padded.data() + size;
}

Result<void> BinanceCodec::Parser::read_levels(json::value value, std::vector<writ_level>& levels) {
  const std::size_t offset = offset_of(value.raw_json_token().data());
  levels.clear();
  json::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) {
    return invalid("a book side is not a list", offset);
  }
  for (auto element : array) {
    json::array pair;
    if (element.get_array().get(pair) != simdjson::SUCCESS) {
      return invalid("a level is not a pair", offset);
    }
    std::array<std::int64_t, 2> numbers{};
    std::size_t count = 0;
    for (auto part : pair) {
      json::value text;
      if (part.get(text) != simdjson::SUCCESS) return invalid("a level is not a pair", offset);
      if (count == numbers.size()) {
        ++count;  // a third element, as some venues append, says nothing about the level
        continue;
      }
      const Token token = token_of(text.raw_json_token());
      std::int64_t& number = numbers[count];
      if (!token.given() || !take_decimal(token, number)) {
        return invalid(count == 0 ? "a level's price is not an exact decimal"
                                  : "a level's quantity is not an exact decimal",
                       token.offset);
      }
      if (number < 0 || (count == 0 && number == 0)) {
        return invalid("a level's price or quantity is negative", token.offset);
      }
      ++count;
    }
    if (count < numbers.size()) return invalid("a level is not a pair", offset);
    levels.push_back({numbers[0], numbers[1]});
  }
  return {};
}

Result<void> BinanceCodec::Parser::read_field(std::string_view key, json::value value,
                                              Fields& fields) {
  const std::string_view raw = value.raw_json_token();
  const char first = raw.front();
  const bool list = first == '[';
  const bool object = first == '{';
  if (list && (key == "b" || key == "bids")) {
    fields.has_bids = true;
    return read_levels(value, bids);
  }
  if (list && (key == "a" || key == "asks")) {
    fields.has_asks = true;
    return read_levels(value, asks);
  }
  if (object && (key == "data" || key == "o")) {
    if (key == "o") fields.has_order = true;
    json::object inner;
    if (value.get_object().get(inner) != simdjson::SUCCESS) {
      return invalid("a message is not an object", offset_of(raw.data()));
    }
    return read_object(inner, fields);
  }
  if (list || object) return {};
  if (!begins_scalar(first)) return invalid("a value is not JSON", offset_of(raw.data()));
  const Token token = token_of(raw);
  if (key.size() == 1) {
    if (Token* field = fields.of_letter(key.front(), first)) *field = token;
  } else {
    fields.set(key, token);
  }
  return {};
}

Result<void> BinanceCodec::Parser::read_object(json::object object, Fields& fields) {
  for (auto field : object) {
    json::field pair;
    std::string_view key;
    if (std::move(field).get(pair) != simdjson::SUCCESS || !key_of(pair, key)) {
      return Error(Errc::kCorrupt, "not JSON", 0);
    }
    if (const auto read = read_field(key, pair.value(), fields); !read) return read;
  }
  return {};
}

void BinanceCodec::Parser::append_levels() {
  record.append(bids.data(), bids.size() * sizeof(writ_level));
  record.append(asks.data(), asks.size() * sizeof(writ_level));
}

Result<void> BinanceCodec::Parser::make_delta(const Fields& fields, BinanceMessage& message) {
  auto delta = model::make_record<writ_book_delta>();
  if (!fields.has_bids || !fields.has_asks) {
    return invalid("a depth update has no list of bids or asks", fields.end);
  }
  const auto first = integer(fields.first_id, "U is not an update id");
  if (!first) return first.error();
  const auto last = integer(fields.last_id, "u is not an update id");
  if (!last) return last.error();
  if (*last < *first) return invalid("u is below U", fields.last_id.offset);
  delta.first_id = static_cast<std::uint64_t>(*first);
  delta.last_id = static_cast<std::uint64_t>(*last);
  if (fields.prev_id.given()) {
    const auto previous = integer(fields.prev_id, "pu is not an update id");
    if (!previous) return previous.error();
    delta.prev_id = static_cast<std::uint64_t>(*previous);
    delta.flags = WRIT_DELTA_LINKED;
    message.venue = BinanceVenue::kUsdm;
  } else {
    delta.flags = WRIT_DELTA_CONTIGUOUS;
    message.venue = BinanceVenue::kSpot;
  }
  delta.bid_count = static_cast<std::uint32_t>(bids.size());
  delta.ask_count = static_cast<std::uint32_t>(asks.size());
  record.begin(delta);
  append_levels();
  return {};
}

Result<void> BinanceCodec::Parser::make_image(const Fields& fields, BinanceMessage& message) {
  auto image = model::make_record<writ_book_snapshot>();
  if (!fields.has_bids || !fields.has_asks) {
    return invalid("an image has no list of bids or asks", fields.end);
  }
  const auto id = integer(fields.image_id, "lastUpdateId is not an update id");
  if (!id) return id.error();
  image.last_id = static_cast<std::uint64_t>(*id);
  image.bid_count = static_cast<std::uint32_t>(bids.size());
  image.ask_count = static_cast<std::uint32_t>(asks.size());
  // Spot images carry no time.
  if (fields.event_time.given()) message.venue = BinanceVenue::kUsdm;
  record.begin(image);
  append_levels();
  return {};
}

Result<void> BinanceCodec::Parser::make_top(const Fields& fields, BinanceMessage& message) {
  auto top = model::make_record<writ_book_top>();
  const auto id = integer(fields.last_id, "u is not an update id");
  if (!id) return id.error();
  top.update_id = static_cast<std::uint64_t>(*id);
  const auto side = [](const Token& price, const Token& quantity, std::int64_t& price_out,
                       std::int64_t& quantity_out) -> Result<void> {
    const auto parsed_price = decimal(price, "a best price is not an exact decimal");
    if (!parsed_price) return parsed_price.error();
    const auto parsed_quantity = decimal(quantity, "a best quantity is not an exact decimal");
    if (!parsed_quantity) return parsed_quantity.error();
    if (*parsed_price < 0 || *parsed_quantity < 0) {
      return invalid("a best price or quantity is negative", price.offset);
    }
    const bool empty = *parsed_price == 0 || *parsed_quantity == 0;
    price_out = empty ? WRIT_NONE : *parsed_price;
    quantity_out = empty ? WRIT_NONE : *parsed_quantity;
    return {};
  };
  if (const auto bid =
          side(fields.bid_price, fields.best_quantity_bid, top.bid_price, top.bid_quantity);
      !bid) {
    return bid;
  }
  if (const auto ask =
          side(fields.ask_price, fields.best_quantity_ask, top.ask_price, top.ask_quantity);
      !ask) {
    return ask;
  }
  message.venue = fields.event.given() ? BinanceVenue::kUsdm : BinanceVenue::kSpot;
  record.begin(top);
  return {};
}

Result<void> BinanceCodec::Parser::make_trade(const Fields& fields, BinanceMessage& message,
                                              bool aggregate) {
  auto trade = model::make_record<writ_trade>();
  const auto id = integer(aggregate ? fields.aggregate_id : fields.trade_id, "no trade id");
  if (!id) return id.error();
  const auto price = decimal(fields.price, "p is not an exact decimal");
  if (!price) return price.error();
  const auto quantity = decimal(fields.quantity, "q is not an exact decimal");
  if (!quantity) return quantity.error();
  if (*price < 0 || *quantity < 0) return invalid("p or q is negative", fields.price.offset);
  if (fields.maker.text != "true" && fields.maker.text != "false") {
    return invalid("m is neither true nor false", fields.maker.offset);
  }
  trade.trade_id = static_cast<std::uint64_t>(*id);
  trade.price = *price;
  trade.quantity = *quantity;
  // m: the buyer was the maker, so the aggressor sold.
  trade.side = fields.maker.text == "true" ? WRIT_SIDE_SELL : WRIT_SIDE_BUY;
  trade.flags = aggregate ? WRIT_TRADE_AGGREGATE : 0;
  if (!aggregate) {
    message.venue = fields.kind.given() ? BinanceVenue::kUsdm : BinanceVenue::kUnknown;
    if (fields.kind.given() && fields.kind.text != "MARKET") trade.flags |= WRIT_TRADE_OUTSIDE_BOOK;
  }
  record.begin(trade);
  // Futures announce some insurance-fund events as trades of nothing.
  if (*quantity == 0 || *price == 0) message.kind = BinanceMessage::Kind::kNothing;
  return {};
}

Result<void> BinanceCodec::Parser::make_mark(const Fields& fields, BinanceMessage& message) {
  auto mark = model::make_record<writ_mark_price>();
  const auto price = positive(fields.price, "p is not a positive exact decimal");
  if (!price) return price.error();
  mark.mark = *price;
  mark.index = WRIT_NONE;
  if (fields.index_price.given()) {
    const auto index = decimal(fields.index_price, "i is not an exact decimal");
    if (!index) return index.error();
    if (*index > 0) mark.index = *index;
  }
  if (fields.funding_rate.given()) {  // empty for contracts without funding
    const auto rate = decimal(fields.funding_rate, "r is not an exact decimal");
    if (!rate) return rate.error();
    mark.funding_rate = *rate;
  }
  const auto next = integer(fields.transaction_time, "T is not a time");
  if (!next) return next.error();
  mark.next_funding_ts = time_from_venue(*next);
  message.venue = BinanceVenue::kUsdm;
  record.begin(mark);
  return {};
}

Result<void> BinanceCodec::Parser::make_liquidation(const Fields& fields, BinanceMessage& message) {
  auto liquidation = model::make_record<writ_liquidation>();
  if (!fields.has_order) return invalid("a forced order has no order", fields.end);
  if (fields.side.text != "BUY" && fields.side.text != "SELL") {
    return invalid("S is neither BUY nor SELL", fields.side.offset);
  }
  liquidation.side = fields.side.text == "BUY" ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
  // What it traded at, where known; its limit otherwise.
  const auto average = fields.average_price.given()
                           ? decimal(fields.average_price, "ap is not an exact decimal")
                           : Result<std::int64_t>(0);
  if (!average) return average.error();
  const auto price = positive(fields.price, "p is not a positive exact decimal");
  if (!price) return price.error();
  const auto quantity = positive(fields.quantity, "q is not a positive exact decimal");
  if (!quantity) return quantity.error();
  liquidation.price = *average > 0 ? *average : *price;
  liquidation.quantity = *quantity;
  message.venue = BinanceVenue::kUsdm;
  record.begin(liquidation);
  return {};
}

Result<BinanceMessage> BinanceCodec::Parser::finish(const Fields& fields) {
  BinanceMessage message;
  message.kind = BinanceMessage::Kind::kRecord;
  message.event = fields.event.text;
  message.symbol = fields.symbol.text;
  const std::size_t at_sign = fields.stream.text.find('@');
  if (message.symbol.empty() && at_sign != std::string_view::npos) {
    symbol.assign(fields.stream.text.substr(0, at_sign));
    for (char& c : symbol) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    message.symbol = symbol;
  }

  Result<void> made;
  bool transaction_time = true;  // T is when it happened
  if (fields.event.text == "depthUpdate") {
    made = make_delta(fields, message);
  } else if (fields.event.text == "trade") {
    made = make_trade(fields, message, false);
  } else if (fields.event.text == "aggTrade") {
    made = make_trade(fields, message, true);
  } else if (fields.event.text == "markPriceUpdate") {
    made = make_mark(fields, message);
    transaction_time = false;  // T is the next funding
  } else if (fields.event.text == "forceOrder") {
    made = make_liquidation(fields, message);
  } else if (fields.event.text == "bookTicker" ||
             (!fields.event.given() && fields.last_id.given() && fields.bid_price.given())) {
    message.event = "bookTicker";
    made = make_top(fields, message);
  } else if (!fields.event.given() && fields.image_id.given()) {
    message.event = "depth";
    made = make_image(fields, message);
  } else if (!fields.event.given() && fields.is_reply) {
    message.kind = BinanceMessage::Kind::kNothing;
    return message;
  } else {
    message.kind = BinanceMessage::Kind::kUnknown;
    return message;
  }
  if (!made) return made.error();
  if (message.kind != BinanceMessage::Kind::kRecord) return message;
  if (message.symbol.empty() && message.event != "depth") {
    return invalid("the message names no symbol", fields.end);
  }

  message.record = &record.finish();
  auto event_ts = transaction_time ? time_of(fields.transaction_time) : WRIT_NONE;
  if (!event_ts) return event_ts.error();
  if (*event_ts == WRIT_NONE) event_ts = time_of(fields.event_time);
  if (!event_ts) return event_ts.error();
  message.record->event_ts = *event_ts;
  return message;
}

BinanceCodec::BinanceCodec() : parser_(std::make_unique<Parser>()) {}
BinanceCodec::~BinanceCodec() = default;
BinanceCodec::BinanceCodec(BinanceCodec&&) noexcept = default;
BinanceCodec& BinanceCodec::operator=(BinanceCodec&&) noexcept = default;

Result<BinanceMessage> BinanceCodec::decode(std::string_view text) {
  Parser& parser = *parser_;
  if (parser.padded.size() < text.size() + simdjson::SIMDJSON_PADDING) {
    parser.padded.resize(2 * text.size() + simdjson::SIMDJSON_PADDING);
  }
  if (!text.empty()) std::memcpy(parser.padded.data(), text.data(), text.size());
  Fields fields;
  fields.end = text.size();
  if (parser.read_plain(text.size(), fields)) return parser.finish(fields);
  return parser.read(text.size());
}

// Whatever JSON it is, and where it is none or not what it should be.
Result<BinanceMessage> BinanceCodec::Parser::read(std::size_t size) {
  Fields fields;
  fields.end = size;
  json::document document;
  const auto failed = [&](const char* what) {
    const char* at = nullptr;
    const bool known = document.current_location().get(at) == simdjson::SUCCESS;
    return Error(Errc::kCorrupt, what, static_cast<std::int64_t>(known ? offset_of(at) : size));
  };
  if (simd.iterate(padded.data(), size, padded.size()).get(document) != simdjson::SUCCESS) {
    return Error(Errc::kCorrupt, "not JSON", 0);
  }
  json::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS) {
    return failed("the message is not a JSON object");
  }
  if (const auto read = read_object(object, fields); !read) {
    if (read.error().code() == Errc::kCorrupt) return failed("not JSON");
    return read.error();
  }
  // Past the last token there is no location.
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) {
    return failed("bytes follow the message");
  }
  return finish(fields);
}

}  // namespace writ::feed
