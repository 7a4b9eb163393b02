#include "tests/sim/binance/live_simulation.hpp"

#include "host/execution/client_order_id.hpp"
#include "tests/support/silent_venue.hpp"

#include <writ/decimal.hpp>
#include <writ/int128.hpp>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

namespace writ::test {

namespace binance = venue::binance;

namespace {

constexpr std::int64_t kNoon = 1'700'049'600'000'000'000;
constexpr std::uint32_t kAccount = 1;
constexpr Int128 kOne = 1'000'000'000;  // of quantity in an amount
constexpr std::string_view kApiKey = "simulated-key";
constexpr std::string_view kSecret = "simulated-secret";

binance::Market market_of(venue_sim::Market market) {
  return market == venue_sim::Market::kSpot ? binance::Market::kSpot : binance::Market::kUsdm;
}

venue_sim::VenueOptions venue_options(const LiveWorld& setup) {
  venue_sim::VenueOptions options;
  options.market = setup.market;
  options.listings = venue_sim::default_listings(setup.market);
  const bool spot = setup.market == venue_sim::Market::kSpot;
  options.fees = {parse_rate(spot ? "0.001" : "0.0002").value,
                  parse_rate(spot ? "0.001" : "0.0005").value};
  venue_sim::AccountOption account;
  account.name = "main";
  account.keys = {{std::string(kApiKey), 0, std::string(kSecret), ""}};
  account.fees_in_bnb = setup.fees_in_bnb;
  account.balances["USDT"] = parse_money("1000000").value;
  if (spot) {
    account.balances["BTC"] = parse_money("10").value;
    account.balances["ETH"] = parse_money("100").value;
    account.balances["BNB"] = parse_money("100").value;
  }
  options.accounts = {account};
  options.recordings = setup.recordings;
  options.seed = setup.seed;
  options.start_ts = kNoon;
  return options;
}

/// Time passes until something is there for the sequencer.
class VirtualPacer final : public engine::Pacer {
 public:
  VirtualPacer(VirtualTime& time, VirtualMarket& feed, VirtualGateway& gateway)
      : time_(time), feed_(feed), gateway_(gateway) {}

  bool wait_until(std::int64_t ts) override {
    while (time_.now() < ts) {
      const auto waits = [&](const std::optional<std::int64_t>& due) { return due && *due < ts; };
      if (waits(feed_.next_ts()) || waits(gateway_.next_due())) return false;
      if (!time_.pass(ts)) break;
    }
    return true;
  }
  [[nodiscard]] std::int64_t stamp(std::int64_t ts) override { return std::max(ts, time_.now()); }

 private:
  VirtualTime& time_;
  VirtualMarket& feed_;
  VirtualGateway& gateway_;
};

/// Ends the run at a time.
class EndingOperator final : public engine::OperatorPort {
 public:
  EndingOperator(const VirtualTime& time, std::int64_t end, std::function<void()> last)
      : time_(time), end_(end), last_(std::move(last)) {}
  std::optional<Request> poll() override {
    if (time_.now() < end_ || std::exchange(asked_, true)) return std::nullopt;
    return [this](engine::Run& run) {
      last_();
      run.stop(WRIT_STOP_OPERATOR);
    };
  }

 private:
  const VirtualTime& time_;
  std::int64_t end_;
  std::function<void()> last_;
  bool asked_ = false;
};

}  // namespace

LiveSimulation::LiveSimulation(LiveWorld setup)
    : setup_(std::move(setup)),
      time_(kNoon),
      venue_(std::make_unique<venue_sim::Venue>(venue_options(setup_))),
      network_(std::make_unique<VirtualNetwork>(time_, *venue_, setup_.seed, setup_.network)),
      credentials_{std::string(kApiKey), binance::Signer::hmac(std::string(kSecret))},
      storage_(std::make_unique<FaultyStorage>()) {
  list();
  add_people();
  world_.players = setup_.players;
  world_.mode = WRIT_MODE_LIVE;
  world_.reconcile.balance_dust = Money{};  // to the last unit
  world_.core.arbiter.defaults.position_max = setup_.position_max;
}

LiveSimulation::~LiveSimulation() = default;

// Tables as a host makes them of what the venue lists.
void LiveSimulation::list() {
  const auto market = market_of(setup_.market);
  const auto request = binance::exchange_info_request(market);
  const auto answer =
      venue_->rest({std::string(request.method), std::string(request.path), "", ""});
  auto read = binance::read_exchange_info(market, answer->body);
  ASSERT_TRUE(read) << to_string(read.error());
  listing_ = std::move(*read);

  std::map<std::string, std::uint32_t> assets;
  const auto number_of = [&](const char* name) {
    const auto [at, is_new] = assets.emplace(name, static_cast<std::uint32_t>(assets.size() + 1));
    if (is_new) {
      auto asset = model::make_record<writ_asset>();
      asset.asset = at->second;
      asset.decimals = 8;
      EXPECT_TRUE(model::set_text(asset.name, name));
      world_.script.tables.push_back(words_of(asset.header));
    }
    return at->second;
  };
  for (const char* name : {"USDT", "BTC", "ETH", "BNB"}) number_of(name);
  for (const auto& symbol : setup_.symbols) {
    const auto* listed = listing_.find(symbol);
    ASSERT_NE(listed, nullptr) << symbol;
    auto instrument = listed->instrument;
    instrument.instrument = static_cast<std::uint32_t>(subscriptions_.size() + 1);
    instrument.base_asset = number_of(instrument.base);
    instrument.quote_asset = number_of(instrument.quote);
    instrument.settle_asset = number_of(instrument.settle);
    const bool spot = setup_.market == venue_sim::Market::kSpot;
    instrument.maker_fee = parse_rate(spot ? "0.001" : "0.0002").value.raw;
    instrument.taker_fee = parse_rate(spot ? "0.001" : "0.0005").value.raw;
    world_.script.tables.push_back(words_of(instrument.header));
    auto stream = model::make_record<writ_stream>();
    stream.stream = instrument.instrument;
    stream.instrument = instrument.instrument;
    EXPECT_TRUE(model::set_text(stream.source, "binance"));
    world_.script.tables.push_back(words_of(stream.header));
    subscriptions_.push_back(
        {symbol, instrument.instrument, static_cast<std::uint16_t>(stream.stream)});
  }
}

void LiveSimulation::add_people() {
  auto account = model::make_record<writ_account>();
  account.account = kAccount;
  account.book = WRIT_BOOK_MAIN;
  account.reporting_asset = 1;
  EXPECT_TRUE(model::set_text(account.name, "main"));
  world_.people = {words_of(account.header)};
  std::uint32_t asset = 0;
  for (const char* name : {"USDT", "BTC", "ETH", "BNB"}) {
    ++asset;
    const auto& balances = venue_->exchange().account(kAccount).balances;
    const auto found = balances.find(name);
    if (found == balances.end()) continue;
    auto deposit = model::make_record<writ_deposit>();
    deposit.account = kAccount;
    deposit.asset = asset;
    deposit.amount = to_abi(found->second.free + found->second.locked);
    world_.deposits.push_back(deposit);
  }
}

std::uint32_t LiveSimulation::live(std::int64_t duration_ns, End end) {
  trouble_.clear();
  ++lives_;
  std::optional<engine::Past> past;
  if (lives_ > 1) {
    past = open_past(world_, *storage_);
    if (!past) return 0;
  }
  VirtualMarket feed(time_, *network_, market_of(setup_.market), subscriptions_);
  VirtualGateway gateway(time_, *network_, market_of(setup_.market), kAccount, credentials_,
                         listing_);
  VirtualPacer pacer(time_, feed, gateway);
  std::unique_ptr<journal::Storage> left;
  EndingOperator operators(time_, time_.now() + duration_ns, [&] {
    if (end != End::kDeath) return;
    left = dynamic_cast<FaultyStorage&>(*storage_).after_process_death();
    gateway.die();
    network_->drop_all();
  });
  auto started = engine::Run::start(world_.setup(lives_), *storage_, past ? &*past : nullptr, feed,
                                    gateway, pacer, operators);
  if (!started) {
    trouble_ = to_string(started.error());
    return 0;
  }
  const auto reason = (*started)->go();
  trouble_ = (*started)->halt_reason();
  if (!left) return reason;
  started->reset();  // it writes on, to a disk that nobody reads any more
  storage_ = std::move(left);
  return 0;
}

void LiveSimulation::pass(std::int64_t duration_ns) {
  const std::int64_t until = time_.now() + duration_ns;
  while (time_.pass(until)) {
  }
}

void LiveSimulation::suffer(const std::string& faults_json) {
  const auto answer = venue_->rest({"POST", "/sim/faults", faults_json, ""});
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->status, 200) << answer->body;
}

std::vector<Words> LiveSimulation::records() {
  std::vector<Words> all;
  for (std::uint32_t life = 1; life <= lives_; ++life) {
    auto records = read_run(*storage_, run_folder(world_, life));
    std::move(records.begin(), records.end(), std::back_inserter(all));
  }
  return all;
}

void LiveSimulation::expect_last_life_verifies() {
  SilentVenue venue(false);
  expect_verifies(world_, *storage_, lives_, &venue);
}

// --- the truth -----------------------------------------------------------------------------------

namespace {

std::string words_of_fill(std::string_view symbol, std::uint64_t trade, Price price,
                          Quantity quantity) {
  return std::string(symbol) + " trade " + std::to_string(trade) + ": " + to_string(quantity) +
         " at " + to_string(price);
}

}  // namespace

std::vector<std::string> differences(const std::vector<Words>& records, const World& world,
                                     venue_sim::Venue& venue) {
  std::map<std::uint32_t, std::string> symbols;
  for (const auto& table : world.script.tables) {
    if (const auto* made = model::as<writ_instrument>(record_in(table))) {
      symbols[made->instrument] = model::text_of(made->symbol);
    }
  }
  std::map<std::string, int> ours;  // fills: each must be there once
  for (const auto* fill : all<writ_fill>(records)) {
    const auto trade = std::stoull(std::string(model::text_of(fill->exchange_trade_id)));
    ++ours[words_of_fill(symbols[fill->instrument], trade, Price{fill->price},
                         Quantity{fill->quantity})];
  }
  std::vector<std::string> found;
  const std::int64_t settled = venue.exchange().now() - 1'000'000'000;
  std::map<std::string, int> theirs;
  std::set<std::string> under_way;
  for (const auto& fill : venue.exchange().fills()) {
    if (fill.account != kAccount) continue;
    const auto what = words_of_fill(fill.symbol, fill.trade_id, fill.price, fill.quantity);
    if (fill.ts > settled) {
      under_way.insert(what);
    } else {
      ++theirs[what];
    }
  }
  for (const auto& [what, times] : theirs) {
    const auto at = ours.find(what);
    const int known = at == ours.end() ? 0 : at->second;
    if (known < times) found.push_back("not on record: " + what);
  }
  for (const auto& [what, times] : ours) {
    if (!theirs.contains(what) && !under_way.contains(what))
      found.push_back("nothing the venue knows: " + what);
  }

  std::map<std::string, const writ_order*> last;
  for (const auto* order : all<writ_order>(records)) {
    last[std::string(model::text_of(order->client_order_id))] = order;
  }
  std::map<std::string, int> placed;
  for (const auto& [id, order] : venue.exchange().orders()) {
    if (order.account != kAccount) continue;
    if (++placed[order.client_id] == 2) found.push_back("placed twice: " + order.client_id);
    const auto at = last.find(order.client_id);
    if (order.updated_ts > settled) continue;
    if (at == last.end()) {
      found.push_back("an order the host does not know: " + order.client_id);
    } else if (at->second->filled != order.executed.raw) {
      found.push_back(order.client_id + ": filled " + to_string(Quantity{at->second->filled}) +
                      " here, " + to_string(order.executed) + " there");
    }
  }
  return found;
}

Quantity largest_position(venue_sim::Venue& venue, const std::string& symbol, Quantity begin) {
  Quantity position = begin;
  Quantity largest = abs(begin);
  for (const auto& fill : venue.exchange().fills()) {
    if (fill.account != kAccount || fill.symbol != symbol) continue;
    position += fill.side == venue_sim::Side::kBuy ? fill.quantity : -fill.quantity;
    if (symbol.starts_with(fill.commission_asset)) {
      position = position - Quantity{static_cast<std::int64_t>(fill.commission.raw / kOne)};
    }
    largest = std::max(largest, abs(position));
  }
  return largest;
}

}  // namespace writ::test
