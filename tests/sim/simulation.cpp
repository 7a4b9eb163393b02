#include "tests/sim/simulation.hpp"

#include "host/base/assert.hpp"
#include "host/engine/checkpointing.hpp"
#include "host/model/record_view.hpp"
#include "tests/sim/dead_host.hpp"
#include "tests/sim/host_setup.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace writ::test {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDepositUsdt = 10'000;
constexpr std::int64_t kDepositBtc = 20;
}  // namespace

Faults simulated_faults(std::uint32_t rate) {
  auto faults = Faults::all(rate);
  faults.dropped = rate / 20;
  faults.late_ns = 3 * kSecond;
  faults.drop_ns = 2 * kSecond;
  return faults;
}

struct Simulation::Host {
  Host(RecordChain& chain, RunNumber life, ChainSink::Watch watch, const SimulationOptions& options)
      : sink(chain, life, std::move(watch), options.attentive),
        pipeline(core_options(rules_of_host(), options.seed), sink),
        venue(venue::paper::PaperOptions{}),
        gateway(venue, options.seed, simulated_faults(options.fault_rate)) {}

  ChainSink sink;
  engine::Pipeline pipeline;
  venue::paper::PaperVenue venue;
  FaultyGateway gateway;
};

Simulation::Simulation(const SimulationOptions& options)
    : options_(options),
      checker_(options.checked),
      market_(options.seed),
      operator_(options.seed, "test.operator"),
      restarts_random_(options.seed, "test.restarts") {}

Simulation::~Simulation() = default;

std::unique_ptr<Simulation::Host> Simulation::make_host() {
  return std::make_unique<Host>(
      chain_, RunNumber{life_}, [this](const writ_record& record) { show(record); }, options_);
}

void Simulation::show(const writ_record& record) {
  if (dead_) return;
  if (options_.dies_after != 0 && life_ == 1) {
    record_.push_back(model::words_of(record));
    dead_ = record_.size() == options_.dies_after;
  }
  if (!options_.forge) return checker_.on_record(record);
  auto copy = model::words_of(record);
  if (options_.forge(model::record_in(copy))) checker_.on_record(model::record_in(copy));
}

void Simulation::begin() {
  host_ = make_host();
  now_ = market_.next_ts();
  auto started = life_begun(1);
  take(started.header);
  for (auto& table : wild_tables()) take(model::record_in(table));
  for (auto& table : people_and_strategies()) take(model::record_in(table));
  for (const auto& setup : hostile_strategies()) host_->pipeline.add_instance(setup);
  if (options_.checkpoints) write_checkpoint();
  for (int i = 0; i < 4; ++i) take(market_.take());  // coins are booked at a price
  for (std::uint32_t account = 1; account <= kShadowAccount; ++account) {
    deposit(account, kUsdt, kDepositUsdt);
    deposit(account, kBtc, kDepositBtc);
  }
}

void Simulation::go() {
  begin();
  while (failure().empty() && tally().intents < options_.intents) step();
  if (failure().empty()) compare_with_host();
  faults_ = host_->gateway.counts();
}

// One turn of a run: at equal times the market goes before the venue's answers, and both before the
// clock.
void Simulation::step() {
  const auto market_ts = market_.next_ts();
  const auto report_ts = host_->gateway.next_due().value_or(INT64_MAX);
  const auto deadline = host_->pipeline.next_deadline().value_or(INT64_MAX);
  const auto next = std::min({market_ts, report_ts, deadline});
  stalls_ = next > now_ ? 0 : stalls_ + 1;
  if (stalls_ > 10'000) return checker_.fail("something is due and stays so: time stands still");
  if (market_ts == next) {
    take(market_.take());
    operate();
  } else if (report_ts == next) {
    if (const auto* report = host_->gateway.take_report(next)) {
      model::assign(input_, *report);
      take(model::record_in(input_));
    }
  } else {
    auto clock = model::make_record<writ_clock>();
    clock.header.ingest_ts = next;
    take(clock.header);
  }
  if (dead_) live_again();
  ++inputs_;
  if (inputs_ % 2'000 == 0) compare_with_host();
  if (options_.restart_every == 0) return;
  if (inputs_ < restart_at_) return;
  restart();
  restart_at_ = inputs_ + 1 + restarts_random_.below(2 * options_.restart_every);
}

void Simulation::take(writ_record& input) {
  if (dead_) return;
  now_ = std::max(now_, input.ingest_ts);
  input.ingest_ts = now_;
  if (input.event_ts == 0) input.event_ts = now_;
  host_->sink.append_input(input);
  host_->gateway.observe(input);
  host_->pipeline.on_input(input);
  if (dead_) return;
  checker_.on_event_end();
  host_->pipeline.take_commands([this](const writ_order& order) { host_->gateway.send(order); });
  if (host_->pipeline.take_checkpoint_due() && options_.checkpoints) write_checkpoint();
}

void Simulation::write_checkpoint() {
  const auto written = engine::write_checkpoint(host_->pipeline, host_->gateway, host_->sink);
  if (!written) checker_.fail("no checkpoint: " + to_string(written.error()));
}

void Simulation::command(std::uint32_t command, std::uint32_t account, std::uint32_t instance) {
  auto asked = model::make_record<writ_command>();
  asked.command = command;
  asked.account = account;
  asked.instance = instance;
  take(asked.header);
}

void Simulation::deposit(std::uint32_t account, std::uint32_t asset, std::int64_t units) {
  auto moved = model::make_record<writ_deposit>();
  moved.account = account;
  moved.asset = asset;
  moved.amount = to_abi(Money{Int128{units} * kSecond * kSecond});
  take(moved.header);
}

// Of a person: the same way as a strategy's.
void Simulation::order_by_hand(std::uint32_t account) {
  writ_intent intent{};
  intent.header.size = sizeof intent;
  intent.header.type = WRIT_RECORD_INTENT_INPUT;
  intent.instance = kOperator;
  intent.account = account;
  intent.instrument = yes_of(market_.season()) + static_cast<std::uint32_t>(operator_.below(2));
  if (operator_.below(2) == 0) intent.instrument = operator_.below(2) == 0 ? kSpot : kPerp;
  constexpr std::array<std::uint16_t, 4> kKinds = {WRIT_INTENT_PLACE, WRIT_INTENT_PLACE,
                                                   WRIT_INTENT_CANCEL_ALL, WRIT_INTENT_FLATTEN};
  intent.kind = kKinds[operator_.below(kKinds.size())];
  intent.price = intent.expire_ts = WRIT_NONE;
  if (intent.kind == WRIT_INTENT_PLACE) {
    const Quote& quote = checker_.run().market(intent.instrument).valid;
    if (!quote.two_sided()) return;
    const bool buys = operator_.below(2) == 0;
    intent.side = buys ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
    intent.order_type = WRIT_ORDER_LIMIT;
    intent.time_in_force = operator_.below(2) == 0 ? WRIT_TIF_GTC : WRIT_TIF_IOC;
    intent.price = buys == (operator_.below(2) == 0) ? quote.ask : quote.bid;
    intent.quantity =
        lot_of(intent.instrument) * (1 + static_cast<std::int64_t>(operator_.below(2'000)));
  }
  take(intent.header);
}

// Collateral becomes a pair of tokens, or the other way round, or a token what it pays.
void Simulation::change_tokens(std::uint32_t account) {
  auto change = model::make_record<writ_token_change>();
  change.account = account;
  change.instance = operator_.below(2) == 0 ? 0 : instance_in(account);
  change.instrument = yes_of(market_.season());
  constexpr std::array<std::uint16_t, 3> kKinds = {WRIT_TOKENS_SPLIT, WRIT_TOKENS_MERGE,
                                                   WRIT_TOKENS_REDEEM};
  change.kind = kKinds[operator_.below(kKinds.size())];
  change.quantity = kSecond * (1 + static_cast<std::int64_t>(operator_.below(500)));
  change.payout_denominator = 1;
  if (change.kind == WRIT_TOKENS_REDEEM) {
    change.instrument += static_cast<std::uint32_t>(operator_.below(2));
    change.quantity /= 20;
    change.payout_numerator = static_cast<std::int64_t>(operator_.below(4));
    change.payout_denominator = 3;
  }
  take(change.header);
}

// One of the strategies of the account.
std::uint32_t Simulation::instance_in(std::uint32_t account) {
  const auto first = static_cast<std::uint32_t>(operator_.below(kStrategies / kAccounts));
  return first * kAccounts + (account == 1 ? kAccounts : account - 1);
}

// What people do: now and then something drastic, and some time later its end.
void Simulation::operate() {
  if (operator_.below(60) != 0) return;
  const auto account = static_cast<std::uint32_t>(1 + operator_.below(kAccounts));
  const auto instance = static_cast<std::uint32_t>(operator_.below(kOperator));
  switch (operator_.below(30)) {
    case 0:
      return command(WRIT_OPERATOR_KILL, account);
    case 1:
      return command(WRIT_OPERATOR_FLATTEN, account, operator_.below(2) == 0 ? instance : 0);
    case 2:
      return command(WRIT_OPERATOR_PAUSE, account, instance);
    case 3:
      return command(WRIT_OPERATOR_STOP_FLATTEN, account);
    case 4:
    case 5:
    case 6:
    case 7:
      return command(WRIT_OPERATOR_RESUME_AFTER_KILL, 0);
    case 8:
    case 9:
      return command(WRIT_OPERATOR_RESUME, 0);
    case 10:
    case 11:
    case 12:
    case 13:
      return order_by_hand(account);
    case 14:
    case 15:
      return change_tokens(account);
    default:
      break;
  }
  for (std::uint32_t number = 1; number <= kShadowAccount; ++number) {
    if (checker_.run().drawdown_halted(number)) command(WRIT_OPERATOR_RESET_DRAWDOWN, number);
    const Int128 poor = Int128{kDepositUsdt} * kSecond * kSecond / 2;
    const auto& cash = checker_.run().books().accounts().at(number).cash;
    if (cash.at(kUsdt) < poor) deposit(number, kUsdt, kDepositUsdt / 2);
    if (cash.at(kBtc) == 0) deposit(number, kBtc, kDepositBtc / 2);
  }
}

// A core and a venue made of what was saved go on where the others were.
void Simulation::restart() {
  ++restarts_;
  const auto core = host_->pipeline.save();
  const auto venue = host_->gateway.save();
  auto fresh = make_host();
  fresh->pipeline.enter_run(life_begun(life_));
  enter_tables(*fresh);
  for (auto tables : {wild_tables(), people_and_strategies()}) {
    for (auto& table : tables) fresh->gateway.observe(model::record_in(table));
  }
  const auto loaded = fresh->pipeline.load(core, {}, engine::Pipeline::LoadFor::kRepeat);
  if (!loaded) return checker_.fail("the core does not load: " + to_string(loaded.error()));
  const auto taken = fresh->gateway.load(venue);
  if (!taken) return checker_.fail("the venue does not load: " + to_string(taken.error()));
  host_ = std::move(fresh);
}

void Simulation::enter_tables(Host& host) {
  for (auto tables : {wild_tables(), people_and_strategies()}) {
    for (auto& table : tables) host.pipeline.enter_table(model::record_in(table));
  }
  for (const auto& setup : hostile_strategies()) host.pipeline.add_instance(setup);
}

// The next host folds the journal and goes on, as a run does that is started again. What it
// completes belongs to the event in which the first one died.
void Simulation::live_again() {
  dead_ = false;
  ++life_;
  auto fresh = make_host();
  const auto storage = dead_host(record_, record_.size());
  auto folded = fold(*storage, options_.seed, fresh->gateway);
  if (!folded) return checker_.fail("the journal does not fold");
  const auto& restarted = folded->restarted;
  if (restarted.unmatched_records != 0 || !restarted.differing.empty()) {
    checker_.fail("the fold does otherwise than is on record");
  }
  for (const auto& completed : folded->completed) show(model::record_in(completed));
  checker_.on_event_end();
  chain_.last_seq = folded->last_seq;
  fresh->sink.begin(model::record_in(folded->completed.front()));
  enter_tables(*fresh);
  const auto loaded = fresh->pipeline.load(restarted.state, {}, engine::Pipeline::LoadFor::kGoOn);
  if (!loaded) return checker_.fail("the folded core does not load: " + to_string(loaded.error()));
  fresh->pipeline.enter_run(life_begun(life_));
  fresh->pipeline.after_restart({1, restarted.differing, restarted.hung, restarted.cold, 0});
  host_ = std::move(fresh);
  write_checkpoint();
  auto found = model::make_record<writ_run_stopped>();
  found.run_number = 1;
  found.reason = WRIT_STOP_FOUND_DEAD;
  take(found.header);
}

// The host's own sums beside the checker's.
void Simulation::compare_with_host() {
  const auto& ledger = host_->pipeline.ledger();
  const auto& orders = host_->pipeline.orders();
  for (const auto& [number, books] : checker_.run().books().accounts()) {
    const AccountId account{number};
    for (const auto& [asset, amount] : books.cash) {
      if (ledger.cash(account, AssetId{asset}).raw != amount) checker_.fail("the ledger's cash");
    }
    for (const auto& [instrument, lots] : books.truth) {
      if (ledger.position(account, InstrumentId{instrument}).raw != lots.position()) {
        checker_.fail("the ledger's position");
      }
    }
    for (const auto& [key, strategy] : books.strategies) {
      const auto own =
          ledger.strategy_position(account, InstanceId{key.second}, InstrumentId{key.first});
      if (own.raw != strategy.lots.position()) checker_.fail("the ledger's strategy position");
    }
    if (orders.sums({number, 0, 0}).count != checker_.run().orders().working(number, 0, 0)) {
      checker_.fail("the count of working orders");
    }
  }
}

}  // namespace writ::test
