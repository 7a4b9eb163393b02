// The world of a scenario: money, instruments, strategies, configuration.
#include "host/base/assert.hpp"
#include "host/base/input_error.hpp"
#include "host/config/document.hpp"
#include "host/config/key_tree.hpp"
#include "tests/scenario/text/scenario_reader.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>
#include <utility>

namespace writ::test {
namespace {

constexpr std::int64_t kOne = 1'000'000'000;
constexpr std::string_view kVenue = "sim";

config::Node scalar(const config::Place& place, std::string text, bool quoted) {
  config::Node node;
  node.kind = config::Node::Kind::kScalar;
  node.place = place;
  node.text = std::move(text);
  node.quoted = quoted;
  return node;
}

config::Node mapping(const config::Place& place) {
  config::Node node;
  node.kind = config::Node::Kind::kMapping;
  node.place = place;
  return node;
}

config::Node list_of(const config::Place& place) {
  config::Node node;
  node.kind = config::Node::Kind::kList;
  node.place = place;
  return node;
}

/// Whether a value of this key is written in quotes; false too for a key that is not there.
bool is_quoted(const std::vector<std::string>& path) {
  const auto tree = config::key_tree(config::keys());
  const auto* at = &tree;
  for (const auto& name : path) {
    at = at->child(name);
    if (at == nullptr) return false;
  }
  return at->key.kind != config::KeyKind::kInteger && at->key.kind != config::KeyKind::kBoolean;
}

}  // namespace

void ScenarioReader::read_start(ScenarioWords& words) {
  const auto text = words.text("a time of day such as 23:59:50");
  int hours = 0;
  int minutes = 0;
  int seconds = 0;
  char more = 0;
  if (std::sscanf(text.c_str(), "%2d:%2d:%2d%c", &hours, &minutes, &seconds, &more) != 3) {
    words.expected_before("a time of day such as 23:59:50");
  }
  constexpr std::int64_t kDay = 86'400 * kOne;
  ts_ = ts_ / kDay * kDay + (std::int64_t{hours} * 3'600 + minutes * 60 + seconds) * kOne;
}

void ScenarioReader::read_step(ScenarioWords& words) { step_ns_ = words.duration_ns("a duration"); }

void ScenarioReader::read_no_restarts(ScenarioWords& words) {
  if (!words.take("restarts")) words.expected("\"restarts\"");
  result_.restarts = false;
}

std::uint32_t ScenarioReader::asset(const std::string& name) {
  const auto next = static_cast<std::uint32_t>(assets_.size() + 1);
  return assets_.try_emplace(name, next).first->second;
}

void ScenarioReader::read_account(ScenarioWords& words) {
  const auto name = words.text("the account's name");
  auto account = model::make_record<writ_account>();
  account.account = static_cast<std::uint32_t>(accounts_.size() + 1);
  account.book = WRIT_BOOK_MAIN;
  if (!accounts_.emplace(name, account.account).second) words.expected_before("a new name");
  if (!model::set_text(account.name, name)) words.expected_before("a shorter name");
  const auto reporting = words.text("an asset");
  account.reporting_asset = asset(reporting);
  result_.world.people.push_back(words_of(account.header));
  for (auto money = reporting; !words.at_end();) {
    auto deposit = model::make_record<writ_deposit>();
    deposit.account = account.account;
    deposit.asset = asset(money);
    deposit.amount = to_abi(words.money("an amount"));
    result_.world.deposits.push_back(deposit);
    if (!words.at_end()) money = words.text("an asset");
  }
  const config::Place place{words.file(), words.line(), 1};
  auto entry = mapping(place);
  entry.set("name", scalar(place, name, true));
  entry.set("reporting", scalar(place, reporting, true));
  add_setting("accounts", place, std::move(entry));
}

std::uint32_t ScenarioReader::shadow_account(const std::string& name, std::uint32_t shadowed) {
  const auto next = static_cast<std::uint32_t>(accounts_.size() + 1);
  const auto [known, fresh] = accounts_.emplace(name + "/shadow", next);
  if (!fresh) return known->second;
  auto account = *model::as<writ_account>(record_in(result_.world.people[shadowed - 1]));
  account.account = next;
  account.shadow_of = shadowed;
  account.book = WRIT_BOOK_SHADOW;
  result_.world.people.push_back(words_of(account.header));
  for (std::size_t i = 0, known_count = result_.world.deposits.size(); i < known_count; ++i) {
    auto deposit = result_.world.deposits[i];
    if (deposit.account != shadowed) continue;
    deposit.account = next;
    result_.world.deposits.push_back(deposit);
  }
  return next;
}

void ScenarioReader::read_instrument(ScenarioWords& words) {
  auto made = model::make_record<writ_instrument>();
  const auto name = words.text("the instrument's name");
  made.instrument = static_cast<std::uint32_t>(instruments_.size() + 1);
  if (!instruments_.emplace(name, made.instrument).second) words.expected_before("a new name");
  made.kind = words.lower_word_of(model::kInstrumentKindWords, "spot, perp, binary or runner");
  const auto assets = words.text("its assets");
  const auto slash = assets.find('/');
  const bool pair = made.kind == WRIT_KIND_SPOT || made.kind == WRIT_KIND_PERP;
  if (pair != (slash != assets.npos)) {
    words.expected_before(pair ? "assets as BASE/QUOTE" : "one asset");
  }
  const auto quote = pair ? assets.substr(slash + 1) : assets;
  const auto base = pair ? assets.substr(0, slash) : name;
  made.quote_asset = made.settle_asset = asset(quote);
  made.base_asset = pair ? asset(base) : 0;
  made.status = WRIT_INSTRUMENT_ACTIVE;
  made.ladder = made.kind == WRIT_KIND_RUNNER ? WRIT_LADDER_CLASSIC : WRIT_LADDER_TICK;
  made.tick = made.kind == WRIT_KIND_RUNNER ? kOne / 100 : kOne / 10;
  if (made.kind == WRIT_KIND_BINARY) made.tick = kOne / 100;
  made.lot = kOne / 1'000;
  made.price_min = made.price_max = made.quantity_min = made.quantity_max = WRIT_NONE;
  made.quantity_unit = kOne;
  made.fee_decimals = 8;
  made.fee_rounding = WRIT_ROUND_CEIL;
  made.start_ts = made.expiry_ts = WRIT_NONE;
  const bool fits = model::set_text(made.venue, kVenue) && model::set_text(made.market, name) &&
                    model::set_text(made.symbol, name) && model::set_text(made.base, base) &&
                    model::set_text(made.quote, quote) && model::set_text(made.settle, quote);
  if (!fits) words.expected_before("shorter names");
  while (!words.at_end()) read_instrument_key(words, made);
  instrument_records_.push_back(made);
}

void ScenarioReader::read_instrument_key(ScenarioWords& words, writ_instrument& made) {
  const std::map<std::string_view, std::int64_t*> numbers = {{"tick", &made.tick},
                                                             {"lot", &made.lot},
                                                             {"min", &made.quantity_min},
                                                             {"max", &made.quantity_max},
                                                             {"price_min", &made.price_min},
                                                             {"price_max", &made.price_max},
                                                             {"maker_fee", &made.maker_fee},
                                                             {"taker_fee", &made.taker_fee},
                                                             {"each_way", &made.each_way_divisor}};
  const auto key = words.text("a key");
  if (const auto number = numbers.find(key); number != numbers.end()) {
    *number->second = words.nano("a number");
  } else if (key == "notional_min") {
    made.notional_min = to_abi(words.money("an amount"));
  } else if (key == "notional_max") {
    made.notional_max = to_abi(words.money("an amount"));
  } else if (key == "fee_decimals") {
    made.fee_decimals = static_cast<std::uint32_t>(words.count("a count"));
  } else if (key == "winners") {
    made.winners = static_cast<std::uint32_t>(words.count("a count"));
  } else if (key == "runners") {
    made.runners = static_cast<std::uint32_t>(words.count("a count"));
  } else if (key == "ladder") {
    made.ladder = words.word_of(model::kLadderWords, "a price ladder");
  } else if (key == "expiry") {
    made.expiry_ts = ts_ + words.duration_ns("a time from the start");
  } else if (key == "market") {
    const auto market = words.text("the market's name");
    const auto next = static_cast<std::uint32_t>(markets_.size() + 1);
    made.market_group = markets_.try_emplace(market, next).first->second;
    const auto selection = std::string(model::text_of(made.symbol));
    if (!model::set_text(made.market, market) || !model::set_text(made.selection, selection)) {
      words.expected_before("a shorter name");
    }
  } else if (key == "complement") {
    const auto other = words.text("an instrument");
    const auto found = instruments_.find(other);
    if (found == instruments_.end() || found->second == made.instrument) {
      words.expected_before("an instrument named above");
    }
    made.complement = found->second;
    instrument_records_[found->second - 1].complement = made.instrument;
  } else {
    words.expected_before("a key of instruments");
  }
}

void ScenarioReader::read_strategy(ScenarioWords& words) {
  const config::Place place{words.file(), words.line(), 1};
  Player player;
  player.name = words.text("the strategy's name");
  if (strategy_number(player.name) != 0) words.expected_before("a new name");
  player.plugin = "test.scripted";
  auto entry = mapping(place);
  std::string account = "main";
  bool shadow = false;
  while (!words.at_end()) {
    if (words.take("warmup")) {
      player.plugin = "test.scripted_warm";
    } else if (words.take("account")) {
      account = words.peek();
      player.account = take_account(words);
    } else if (words.take("shadow")) {
      shadow = true;
      entry.set("shadow", scalar(place, "true", false));
    } else if (words.take("priority")) {
      const config::Place at{words.file(), words.line(), words.column()};
      entry.set("priority", scalar(at, words.text("a priority"), false));
    } else {
      words.expected("\"account\", \"shadow\", \"priority\" or \"warmup\"");
    }
  }
  if (shadow) player.account = shadow_account(account, player.account);
  entry.set("name", scalar(place, player.name, true));
  entry.set("plugin", scalar(place, player.plugin, true));
  entry.set("account", scalar(place, account, true));
  auto instruments = list_of(place);
  instruments.items.push_back(scalar(place, "*", true));
  entry.set("instruments", std::move(instruments));
  add_setting("strategies", place, std::move(entry));
  player.parameters = {{"number", std::to_string(result_.world.players.size() + 1)}};
  result_.world.players.push_back(std::move(player));
}

void ScenarioReader::add_setting(const std::string& list, const config::Place& place,
                                 config::Node entry) {
  auto entries = settings_.take(list);
  if (entries.kind == config::Node::Kind::kNull) entries = list_of(place);
  entries.items.push_back(std::move(entry));
  settings_.set(list, std::move(entries));
}

void ScenarioReader::read_config(ScenarioWords& words) {
  const auto key = words.text("a key of writ.yaml");
  std::vector<std::string> path;
  for (std::size_t at = 0; at <= key.size();) {
    const auto end = std::min(key.find('.', at), key.size());
    path.push_back(key.substr(at, end - at));
    at = end + 1;
  }
  set_configuration(path, words);
}

void ScenarioReader::read_risk(ScenarioWords& words) {
  std::vector<std::string> path = {"risk"};
  if (accounts_.contains(std::string(words.peek()))) {
    path.insert(path.end(), {"accounts", words.text("an account")});
  }
  if (const auto found = instruments_.find(std::string(words.peek()));
      found != instruments_.end()) {
    (void)words.text("an instrument");
    path.insert(path.end(), {"instruments", model::canonical_name(instrument(found->second))});
  }
  path.push_back(words.text("a key of risk"));
  set_configuration(path, words);
}

void ScenarioReader::set_configuration(const std::vector<std::string>& path, ScenarioWords& words) {
  const config::Place place{words.file(), words.line(), words.column()};
  auto value = words.text("a value");
  auto* at = &settings_;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    if (at->find(path[i]) == nullptr) at->set(path[i], mapping(place));
    at = const_cast<config::Node*>(&at->find(path[i])->value);
  }
  at->set(path.back(), scalar(place, std::move(value), is_quoted(path)));
  if (!begun_) return;
  result_.configurations.push_back(configuration_text());
  auto clock = model::make_record<writ_clock>();
  add_record(clock.header);
  auto& step = result_.steps.back();
  step.kind = ScenarioStep::Kind::kReload;
  step.configuration = result_.configurations.size() - 1;
}

// Checked as a host checks its own: what is wrong is named with its place in the scenario.
std::string ScenarioReader::configuration_text() {
  const auto document = config::Document::check(settings_);
  (void)config::read_config(document, "/");
  return document.canonical();
}

// The first event: all that is played with is known.
void ScenarioReader::begin_events() {
  if (begun_) return;
  const config::Place place{result_.file, line_, 1};
  if (accounts_.empty() || instruments_.empty()) {
    throw base::InputError(place.file, place.line, place.column,
                           "expected an account and an instrument before the first event");
  }
  begun_ = true;
  settings_.set("mode", scalar(place, "paper", false));
  auto journal = settings_.take("journal");
  journal.kind = config::Node::Kind::kMapping;
  journal.place = place;
  journal.set("dir", scalar(place, "/journal", true));
  settings_.set("journal", std::move(journal));
  result_.configurations.push_back(configuration_text());

  auto& tables = result_.world.script.tables;
  for (const auto& [name, number] : assets_) {
    auto made = model::make_record<writ_asset>();
    made.asset = number;
    made.decimals = 8;
    WRIT_ASSERT(model::set_text(made.name, name));
    tables.push_back(words_of(made.header));
  }
  for (const auto& made : instrument_records_) tables.push_back(words_of(made.header));
  for (const auto& made : instrument_records_) {
    auto stream = model::make_record<writ_stream>();
    stream.stream = stream.instrument = made.instrument;
    WRIT_ASSERT(model::set_text(stream.source, kVenue));
    tables.push_back(words_of(stream.header));
  }
  auto person = model::make_record<writ_instance>();
  person.instance = strategy_number(kOperator);
  person.account = 1;
  person.state = 1;
  WRIT_ASSERT(model::set_text(person.name, kOperator));
  result_.world.people.push_back(words_of(person.header));
}

// --- names --------------------------------------------------------------------------------------

const writ_instrument& ScenarioReader::instrument(std::uint32_t number) const {
  return instrument_records_[number - 1];
}

std::uint32_t ScenarioReader::take_instrument(ScenarioWords& words) {
  const auto found = instruments_.find(words.text("an instrument"));
  if (found == instruments_.end()) words.expected_before("an instrument");
  return found->second;
}

std::uint32_t ScenarioReader::instrument_or_first(ScenarioWords& words) {
  const auto found = instruments_.find(std::string(words.peek()));
  if (found == instruments_.end()) return 1;
  (void)words.text("an instrument");
  return found->second;
}

std::uint32_t ScenarioReader::take_account(ScenarioWords& words) {
  const auto found = accounts_.find(words.text("an account"));
  if (found == accounts_.end()) words.expected_before("an account");
  return found->second;
}

std::uint32_t ScenarioReader::take_asset(ScenarioWords& words) {
  const auto found = assets_.find(words.text("an asset"));
  if (found == assets_.end()) words.expected_before("an asset of an account or instrument");
  return found->second;
}

const ScenarioReader::NamedIntent& ScenarioReader::take_intent(ScenarioWords& words) {
  const auto name = words.text("the name of an intent");
  return intent_of(words, name);
}

const ScenarioReader::NamedIntent& ScenarioReader::intent_of(ScenarioWords& words,
                                                             const std::string& name) const {
  const auto found = intents_.find(name);
  if (found == intents_.end()) words.expected_before("the name of an intent");
  return found->second;
}

std::uint32_t ScenarioReader::strategy_number(std::string_view name) const {
  const auto& players = result_.world.players;
  for (std::size_t i = 0; i < players.size(); ++i) {
    if (players[i].name == name) return static_cast<std::uint32_t>(i + 1);
  }
  return begun_ && name == kOperator ? static_cast<std::uint32_t>(players.size() + 1) : 0;
}

AccountId ScenarioReader::account_of(std::uint32_t strategy) const {
  const auto& players = result_.world.players;
  return AccountId{strategy <= players.size() ? players[strategy - 1].account : 1};
}

}  // namespace writ::test
