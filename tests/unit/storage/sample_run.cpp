#include "tests/unit/storage/sample_run.hpp"

#include "host/base/uuid.hpp"

#include <cstring>

namespace writ::storage::test {
namespace {

template <std::size_t N>
void put(char (&field)[N], std::string_view text) {
  static_cast<void>(model::set_text(field, text));
}

}  // namespace

void SampleRun::run_id_bytes(std::uint8_t (&bytes)[16]) const {
  std::memset(bytes, 0xab, sizeof bytes);
  bytes[15] = static_cast<std::uint8_t>(run_number_);
}

std::string SampleRun::run_id() const {
  std::uint8_t bytes[16];
  run_id_bytes(bytes);
  base::Uuid uuid;
  std::memcpy(uuid.bytes.data(), bytes, sizeof bytes);
  return base::to_string(uuid);
}

std::uint64_t SampleRun::add(std::uint16_t type, const void* fixed, std::size_t size,
                             std::string_view tail) {
  std::vector<std::uint64_t> words((size + tail.size() + 7) / 8, 0);
  std::memcpy(words.data(), fixed, size);
  if (!tail.empty()) {
    std::memcpy(reinterpret_cast<char*>(words.data()) + size, tail.data(), tail.size());
  }
  auto& header = *reinterpret_cast<writ_record*>(words.data());
  header.size = static_cast<std::uint32_t>(words.size() * 8);
  header.type = type;
  header.seq = next_seq();
  header.ingest_ts = kStart + static_cast<std::int64_t>(header.seq) * 1'000'000;
  header.event_ts = header.ingest_ts - 500'000;
  if (fixed_ts_) header.event_ts = header.ingest_ts = *fixed_ts_;
  records_.push_back(std::move(words));
  return header.seq;
}

std::uint64_t SampleRun::append(writ_record& record) {
  const auto* bytes = reinterpret_cast<const char*>(&record);
  const std::uint64_t seq = add(record.type, bytes, record.size, {});
  record = this->record(records_.size() - 1);
  return seq;
}

SampleRun& SampleRun::begin(std::uint64_t continues) {
  auto started = model::make_record<writ_run_started>();
  started.run_number = run_number_;
  started.continues = continues;
  started.mode = mode_;
  started.manifest_size = static_cast<std::uint32_t>(manifest_.size());
  run_id_bytes(started.run_id);
  std::memset(started.config_hash, 0xcd, sizeof started.config_hash);
  add(started, manifest_);

  auto asset = model::make_record<writ_asset>();
  asset.asset = kUsdt;
  asset.decimals = 8;
  put(asset.name, "USDT");
  add(asset);
  asset.asset = kEth;
  put(asset.name, "ETH");
  add(asset);

  auto account = model::make_record<writ_account>();
  account.account = kAccount;
  account.book = WRIT_BOOK_MAIN;
  account.reporting_asset = kUsdt;
  put(account.name, "main");
  add(account);

  auto instrument = model::make_record<writ_instrument>();
  instrument.instrument = kSpot;
  instrument.kind = WRIT_KIND_SPOT;
  instrument.base_asset = kEth;
  instrument.quote_asset = kUsdt;
  instrument.settle_asset = kUsdt;
  instrument.status = WRIT_INSTRUMENT_ACTIVE;
  instrument.tick = nano("0.01");
  instrument.lot = nano("0.0001");
  instrument.price_min = WRIT_NONE;
  instrument.price_max = WRIT_NONE;
  instrument.quantity_min = nano("0.0001");
  instrument.quantity_max = WRIT_NONE;
  instrument.notional_min = cash("5");
  instrument.quantity_unit = nano("1");
  instrument.maker_fee = nano("0.0010");
  instrument.taker_fee = nano("0.001");
  instrument.start_ts = WRIT_NONE;
  instrument.expiry_ts = WRIT_NONE;
  put(instrument.venue, "binance");
  put(instrument.market, "ETHUSDT");
  put(instrument.symbol, "ETHUSDT");
  put(instrument.base, "ETH");
  put(instrument.quote, "USDT");
  put(instrument.settle, "USDT");
  add(instrument);
  instrument.instrument = kPerp;
  instrument.kind = WRIT_KIND_PERP;
  put(instrument.venue, "binance_usdm");
  add(instrument);

  auto stream = model::make_record<writ_stream>();
  stream.stream = 1;
  stream.instrument = kSpot;
  put(stream.source, "binance_ws");
  add(stream);

  auto instance = model::make_record<writ_instance>();
  instance.instance = kMaker;
  instance.kind = 1;
  instance.account = kAccount;
  instance.state = 1;
  put(instance.name, "mm");
  put(instance.plugin, "writ.market_maker");
  put(instance.version, "1.0.0");
  add(instance);
  return *this;
}

SampleRun& SampleRun::found_dead(std::uint64_t run_number) {
  auto stopped = model::make_record<writ_run_stopped>();
  stopped.run_number = run_number;
  stopped.reason = WRIT_STOP_FOUND_DEAD;
  add(stopped);
  return *this;
}

SampleRun& SampleRun::config(std::string_view json) {
  auto record = model::make_record<writ_config_change>();
  record.text_size = static_cast<std::uint32_t>(json.size());
  add(record, json);
  return *this;
}

void SampleRun::entry(std::uint16_t ledger, std::uint16_t kind, std::string_view amount,
                      std::uint16_t ref_kind, std::uint64_t ref) {
  auto record = model::make_record<writ_ledger>();
  record.account = kAccount;
  record.asset = kUsdt;
  record.ledger = ledger;
  record.kind = kind;
  record.book = WRIT_BOOK_MAIN;
  record.ref_kind = ref_kind;
  record.ref = ref;
  record.amount = cash(amount);
  if (ledger == WRIT_LEDGER_CASH) {
    balance_ += parse_money(amount).value;
    record.balance_after = to_abi(balance_);
  }
  if (ledger == WRIT_LEDGER_PNL || ref_kind == WRIT_REF_FILL) {
    record.instrument = kSpot;
    record.instance = kMaker;
  }
  add(record);
}

SampleRun& SampleRun::deposit(std::string_view amount) {
  auto record = model::make_record<writ_deposit>();
  record.account = kAccount;
  record.asset = kUsdt;
  record.amount = cash(amount);
  const std::uint64_t seq = add(record);
  entry(WRIT_LEDGER_CASH, WRIT_ENTRY_DEPOSIT, amount, WRIT_REF_DEPOSIT, id(seq));
  deposited_ += parse_money(amount).value;
  return *this;
}

std::uint64_t SampleRun::snapshot() {
  auto record = model::make_record<writ_snapshot>();
  record.instance = kMaker;
  record.instrument = kSpot;
  record.account = kAccount;
  record.flags = WRIT_SNAPSHOT_CAN_TRADE | WRIT_SNAPSHOT_IN_SYNC;
  record.as_of_seq = next_seq() - 1;
  record.bid_price = nano("99.99");
  record.bid_quantity = nano("3");
  record.ask_price = nano("100.01");
  record.ask_quantity = nano("4.5");
  record.equity = to_abi(balance_);
  record.cash_left = to_abi(balance_);
  record.feature_schema = 1;
  record.feature_count = 2;
  record.signal_count = 1;
  const writ_feature features[2] = {{0.25, WRIT_FEATURE_CROWDING, 1},
                                    {0, WRIT_FEATURE_TOXICITY, 0}};
  writ_signal_value signal{};
  signal.instance = kMaker;
  signal.ingest_ts = kStart;
  signal.value = -0.5;
  std::string tail(reinterpret_cast<const char*>(features), sizeof features);
  tail.append(reinterpret_cast<const char*>(&signal), sizeof signal);
  return add(record, tail);
}

writ_intent SampleRun::make_intent(std::uint64_t snapshot_seq) const {
  auto record = model::make_record<writ_intent>();
  record.instance = kMaker;
  record.instrument = kSpot;
  record.kind = WRIT_INTENT_PLACE;
  record.side = WRIT_SIDE_BUY;
  record.order_type = WRIT_ORDER_LIMIT;
  record.time_in_force = WRIT_TIF_GTC;
  record.urgency = WRIT_URGENCY_MAKER;
  record.flags = WRIT_INTENT_POST_ONLY;
  record.price = nano("100");
  record.quantity = nano("2");
  record.ttl_ns = 5'000'000'000;
  record.expire_ts = WRIT_NONE;
  record.expected_value = cash("0.01");
  record.confidence = nano("0.75");
  record.tag = 0xffff'ffff'ffff'ffffU;
  record.snapshot_seq = snapshot_seq;
  return record;
}

std::uint64_t SampleRun::intent(std::uint64_t snapshot_seq) {
  auto record = make_intent(snapshot_seq);
  record.tags_size = 7;
  record.rationale_size = 9;
  return add(record, R"(["a/b"]{"w":"x"})");
}

writ_verdict SampleRun::make_verdict(std::uint64_t intent_seq, bool approved) const {
  auto record = model::make_record<writ_verdict>();
  record.intent_id = id(intent_seq);
  record.instance = kMaker;
  record.instrument = kSpot;
  record.account = kAccount;
  record.book = WRIT_BOOK_MAIN;
  record.approved = approved ? 1 : 0;
  record.reason = approved ? WRIT_REASON_OK : WRIT_REASON_RISK_VETO;
  record.detail = approved ? WRIT_CHECK_NONE : WRIT_CHECK_CASH;
  record.effect = WRIT_EFFECT_ADDS;
  record.owner = kMaker;
  record.price = approved ? nano("100") : WRIT_NONE;
  record.quantity = approved ? nano("2") : WRIT_NONE;
  return record;
}

std::uint64_t SampleRun::verdict(std::uint64_t intent_seq, bool approved) {
  auto record = make_verdict(intent_seq, approved);
  record.check_count = 1;
  writ_check check{};
  check.check = WRIT_CHECK_CASH;
  check.result = approved ? WRIT_CHECK_PASSED : WRIT_CHECK_FAILED;
  check.unit = WRIT_UNIT_MONEY;
  check.value = cash("200");
  check.limit = cash(approved ? "10000" : "199.5");
  return add(record, {reinterpret_cast<const char*>(&check), sizeof check});
}

writ_order SampleRun::make_order(std::uint64_t intent_seq, std::uint64_t verdict_seq) const {
  auto record = model::make_record<writ_order>();
  record.order_id = id(next_seq());
  record.intent_id = id(intent_seq);
  record.verdict_id = id(verdict_seq);
  record.instance = kMaker;
  record.instrument = kSpot;
  record.account = kAccount;
  record.book = WRIT_BOOK_MAIN;
  record.side = WRIT_SIDE_BUY;
  record.order_type = WRIT_ORDER_LIMIT;
  record.time_in_force = WRIT_TIF_GTC;
  record.state = WRIT_ORDER_NEW;
  record.price = nano("100");
  record.quantity = nano("2");
  record.expire_ts = WRIT_NONE;
  record.requested = cash("200.2");
  record.cash_before = to_abi(balance_);
  put(record.client_order_id, "wr1-" + std::to_string(id(next_seq())));
  return record;
}

writ_fill SampleRun::make_fill(std::uint64_t order_id) const {
  auto record = model::make_record<writ_fill>();
  record.order_id = order_id;
  record.instance = kMaker;
  record.instrument = kSpot;
  record.account = kAccount;
  record.side = WRIT_SIDE_BUY;
  record.liquidity = WRIT_LIQUIDITY_MAKER;
  record.price = nano("100");
  record.quantity = nano("2");
  record.fee_asset = kUsdt;
  record.book = WRIT_BOOK_MAIN;
  put(record.client_order_id, "wr1-" + std::to_string(order_id));
  put(record.venue_order_id, "77");
  put(record.exchange_trade_id, "t" + std::to_string(next_seq()));
  return record;
}

SampleRun& SampleRun::trade(std::uint16_t side, std::string_view quantity, std::string_view price,
                            std::string_view fee, std::string_view opened_at,
                            std::string_view result) {
  const bool buys = side == WRIT_SIDE_BUY;
  const std::uint64_t intent_seq = intent(snapshot());
  const std::uint64_t verdict_seq = verdict(intent_seq);
  auto order = make_order(intent_seq, verdict_seq);
  order.side = side;
  order.price = nano(price);
  order.quantity = nano(quantity);
  if (!buys) order.requested = {};
  add(order);
  order.state = WRIT_ORDER_OPEN;
  put(order.venue_order_id, "77");
  add(order);
  auto fill = make_fill(order.order_id);
  fill.intent_id = order.intent_id;
  fill.side = side;
  fill.price = nano(price);
  fill.quantity = nano(quantity);
  fill.fee = cash(fee);
  fill.fee_asset_quantity = fill.fee;
  const std::uint64_t fill_id = id(add(fill));
  order.state = WRIT_ORDER_FILLED;
  order.filled = order.quantity;
  add(order);

  Money flow = notional(parse_price(price).value, parse_quantity(quantity).value);
  if (buys) flow = -flow;
  const Money paid = parse_money(fee).value;
  entry(WRIT_LEDGER_CASH, WRIT_ENTRY_TRADE, to_string(flow), WRIT_REF_FILL, fill_id);
  entry(WRIT_LEDGER_CASH, WRIT_ENTRY_FEE, to_string(-paid), WRIT_REF_FILL, fill_id);
  entry(WRIT_LEDGER_PNL, WRIT_ENTRY_FEE, to_string(-paid), WRIT_REF_FILL, fill_id);
  if (!buys) entry(WRIT_LEDGER_PNL, WRIT_ENTRY_REALIZED, result, WRIT_REF_FILL, fill_id);
  fees_ += paid;
  realized_ += parse_money(result).value;

  auto leg = model::make_record<writ_executed_trade>();
  leg.fill_id = fill_id;
  leg.account = kAccount;
  leg.instrument = kSpot;
  leg.instance = kMaker;
  leg.side = side;
  leg.book = WRIT_BOOK_MAIN;
  leg.closes = buys ? 0 : 1;
  leg.quantity = nano(quantity);
  leg.entry_price = nano(opened_at);
  leg.exit_price = buys ? 0 : nano(price);
  leg.fee = cash(fee);
  leg.realized = cash(result);
  leg.position_after = buys ? nano(quantity) : 0;
  add(leg);
  return *this;
}

SampleRun& SampleRun::portfolio(std::string_view quantity, std::string_view mark,
                                std::string_view unrealized) {
  const Money held = notional(parse_price(mark).value, parse_quantity(quantity).value);
  auto record = model::make_record<writ_portfolio>();
  record.account = kAccount;
  record.reporting_asset = kUsdt;
  record.equity = to_abi(balance_ + held);
  record.initial = to_abi(deposited_);
  record.realized = to_abi(realized_);
  record.unrealized = cash(unrealized);
  record.fees = to_abi(fees_);
  record.gross_exposure = to_abi(held);
  record.net_exposure = to_abi(held);
  record.peak = record.equity;
  record.book = WRIT_BOOK_MAIN;
  record.balance_count = 1;
  record.position_count = 1;
  writ_balance balance{};
  balance.asset = kUsdt;
  balance.amount = to_abi(balance_);
  balance.value = balance.amount;
  writ_position position{};
  position.instrument = kSpot;
  position.quantity = nano(quantity);
  position.mark = nano(mark);
  position.value = to_abi(held);
  position.exposure = position.value;
  std::string tail(reinterpret_cast<const char*>(&balance), sizeof balance);
  tail.append(reinterpret_cast<const char*>(&position), sizeof position);
  add(record, tail);
  return *this;
}

SampleRun& SampleRun::stop(std::uint32_t reason) {
  auto record = model::make_record<writ_run_stopped>();
  record.run_number = run_number_;
  record.reason = reason;
  add(record);
  return *this;
}

SampleRun& SampleRun::whole() {
  begin().deposit("10000");
  trade(WRIT_SIDE_BUY, "2", "100", "0.2", "100").portfolio("2", "100.5", "1");
  trade(WRIT_SIDE_SELL, "2", "101", "0.202", "100", "2").portfolio("0", "101", "0");
  return stop();
}

}  // namespace writ::storage::test
