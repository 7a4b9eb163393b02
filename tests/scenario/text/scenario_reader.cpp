// The lines of a scenario: header, time, and which command reads the rest.
#include "tests/scenario/text/scenario_reader.hpp"

#include "host/base/input_error.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace writ::test {
namespace {

constexpr std::int64_t kDefaultStart =
    std::chrono::sys_days{std::chrono::year{2026} / 1 / 2}.time_since_epoch().count() *
        86'400'000'000'000 +
    10 * 3'600'000'000'000;

}  // namespace

Scenario read_scenario(const std::string& file, std::string_view text) {
  ScenarioReader reader(file);
  std::int64_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    reader.read_line(++number, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.finish(number);
}

ScenarioReader::ScenarioReader(std::string file) : ts_(kDefaultStart) {
  result_.file = std::move(file);
  settings_.kind = config::Node::Kind::kMapping;
  settings_.place = {result_.file, 1, 1};
}

void ScenarioReader::read_line(std::int64_t number, std::string_view text) {
  line_ = number;
  if (number <= 2) return read_header(number, text);
  ScenarioWords words(result_.file, number, text);
  if (!words.at_end()) dispatch(words);
}

// The first line is the title, the comment after it says what is shown.
void ScenarioReader::read_header(std::int64_t number, std::string_view text) {
  constexpr std::string_view kTitle = "title ";
  if (number == 1) {
    if (!text.starts_with(kTitle)) {
      throw base::InputError(result_.file, 1, 1, "expected \"title\" and a title");
    }
    result_.title = text.substr(kTitle.size());
  } else if (!text.starts_with("# ")) {
    throw base::InputError(result_.file, 2, 1, "expected a comment that says what is shown");
  }
}

void ScenarioReader::dispatch(ScenarioWords& words) {
  delay_ns_.reset();
  together_ = false;
  seen_before_ns_.reset();
  if (words.peek().starts_with('+')) {
    ScenarioWords delay(words.file(), words.line(), words.peek().substr(1));
    const auto place = words.column();
    (void)words.text("a delay");
    try {
      delay_ns_ = delay.peek() == "0" ? 0 : delay.duration_ns("a delay such as +5ms");
    } catch (const base::InputError&) {
      throw base::InputError(words.file(), words.line(), place, "expected a delay such as +5ms");
    }
  }
  for (const auto& command : commands()) {
    if (command.word.empty() || words.peek() != command.word) continue;
    if (command.setup && begun_) words.expected("an event: this is said before the first one");
    (void)words.text("a command");
    (this->*command.read)(words);
    return words.end();
  }
  if (strategy_number(words.peek()) == 0) words.expected("a command or the name of a strategy");
  read_intent(words);
  words.end();
}

std::span<const ScenarioReader::Command> ScenarioReader::commands() {
  using R = ScenarioReader;
  static constexpr std::array kCommands = std::to_array<Command>({
      {"start", "start HH:MM:SS", "Time of day of the first line, UTC; else 10:00:00.",
       &R::read_start, true},
      {"step", "step DURATION", "Time between two events that do not say theirs; else 10ms.",
       &R::read_step, true},
      {"no", "no restarts", "It ends otherwise when the host dies on the way: it is played once.",
       &R::read_no_restarts, true},
      {"account", "account NAME REPORTING [AMOUNT] [ASSET AMOUNT]...",
       "An account, the asset it is counted in, and what is paid in at the start.",
       &R::read_account, true},
      {"instrument", "instrument NAME KIND ASSETS [KEY VALUE]...",
       "KIND is spot, perp (ASSETS is BASE/QUOTE), binary or runner (ASSETS is the currency). "
       "Keys: "
       "tick lot min max price_min price_max notional_min notional_max maker_fee taker_fee "
       "fee_decimals market (the one it is part of) complement (the other token) ladder expiry; of "
       "a runner winners runners each_way.",
       &R::read_instrument, true},
      {"strategy", "strategy NAME [account NAME] [shadow] [priority N] [warmup]",
       "A strategy that submits what the script says, of `main` unless said otherwise; shadow: "
       "only watched, for the account `NAME/shadow`; warmup: its first three market events are "
       "history.",
       &R::read_strategy, true},
      {"venue", "venue scripted",
       "Orders meet no simulated exchange; `venue` lines say what the venue answers to an intent, "
       "or "
       "to `host`: to the last that the host made by itself.",
       &R::read_venue, false},
      {"config", "config KEY VALUE",
       "A key of writ.yaml, with dots: `config paper.order_latency 5ms`. After the first event: a "
       "reload at that moment.",
       &R::read_config, false},
      {"risk", "risk [ACCOUNT] [INSTRUMENT] KEY VALUE",
       "Short for `config risk.KEY VALUE`, of one account or instrument if named.", &R::read_risk,
       false},

      {"book", "book INSTRUMENT [PRICExQUANTITY]... / [PRICExQUANTITY]...",
       "The whole book: bids from the best down, asks from the best up.", &R::read_book, false},
      {"change", "change INSTRUMENT [PRICExQUANTITY]... / [PRICExQUANTITY]...",
       "Levels that changed; quantity 0 takes one away.", &R::read_change, false},
      {"gap", "gap INSTRUMENT", "The next change after one that was lost.", &R::read_gap, false},
      {"trade", "trade INSTRUMENT buy|sell QUANTITY @ PRICE", "A trade; the side is the taker's.",
       &R::read_trade, false},
      {"mark", "mark INSTRUMENT PRICE", "The venue's mark price.", &R::read_mark, false},
      {"status", "status INSTRUMENT open|suspended|closed|connected|disconnected [in_play DELAY]",
       "What the venue or the connection says of the market; DELAY is the bet delay in seconds.",
       &R::read_status, false},
      {"funding", "funding INSTRUMENT RATE @ MARK", "Funding is applied to open perpetuals.",
       &R::read_funding, false},
      {"settle", "settle INSTRUMENT payout N/D | winner [PLACES/TIED] | loser | void | reversed",
       "The result of a market.", &R::read_settle, false},
      {"reduction", "reduction INSTRUMENT PERCENT win|place",
       "A runner is withdrawn: the odds of the others are cut.", &R::read_reduction, false},
      {"tick", "tick INSTRUMENT TICK", "The step of prices changes.", &R::read_tick, false},
      {"convert", "convert ASSET INTO RATE", "What one unit is worth in another asset.",
       &R::read_convert, false},
      {"deposit", "deposit ACCOUNT ASSET AMOUNT", "Money moves in, or out if negative.",
       &R::read_deposit, false},
      {"tokens", "tokens split|merge|redeem|convert STRATEGY QUANTITY INSTRUMENT...",
       "Outcome tokens change without a trade. INSTRUMENT is the YES token; redeem: the token, "
       "then "
       "what it pays as two counts; convert: the YES tokens of the questions whose NO is given, "
       "`for` those that are received, and `fee BIPS`.",
       &R::read_tokens, false},
      {"adjust",
       "adjust transfer|cash ACCOUNT ASSET AMOUNT or position STRATEGY INSTRUMENT CHANGE "
       "[@ PRICE]",
       "A person puts the books right.", &R::read_adjust, false},
      {"wait", "wait DURATION", "Nothing happens for so long.", &R::read_wait, false},

      {"operator", "operator COMMAND [ACCOUNT] [STRATEGY] [INSTRUMENT]",
       "What a person asks for, by its name in the journal: pause, resume, kill, flatten ...; or "
       "an "
       "intent of their own, as a strategy's: `operator buy 1 @ 99`.",
       &R::read_operator, false},
      {"restart", "restart [before_verdict INTENT]",
       "The host is killed and started again; or it was, the first time, when an intent was the "
       "last thing on record.",
       &R::read_restart, false},
      {"and", "and STRATEGY ...", "One more intent within the input of the line before.",
       &R::read_and, false},
      {"expect", "expect ...",
       "What holds a step after the event before, or just before the next if that is sooner; see "
       "below.",
       &R::read_expect, false},
  });
  return kCommands;
}

ScenarioStep& ScenarioReader::add_step(ScenarioStep::Kind kind) {
  begin_events();
  const auto ts = ts_ + delay_ns_.value_or(step_ns_);
  if (!expectations_.empty() && ts > ts_ + step_ns_) {  // looked at well before
    auto clock = model::make_record<writ_clock>();
    clock.header.event_ts = clock.header.ingest_ts = ts_ + step_ns_;
    put_step(ScenarioStep::Kind::kRecord, ts_ + step_ns_).record = words_of(clock.header);
  }
  return put_step(kind, ts);
}

ScenarioStep& ScenarioReader::put_step(ScenarioStep::Kind kind, std::int64_t ts) {
  ts_ = ts;
  ScenarioStep step;
  step.kind = kind;
  step.line = line_;
  step.ts = ts;
  step.expectations = std::exchange(expectations_, {});
  return result_.steps.emplace_back(std::move(step));
}

void ScenarioReader::add_record(writ_record& record, std::uint32_t of_instrument) {
  auto& step = add_step(ScenarioStep::Kind::kRecord);
  record.stream = static_cast<std::uint16_t>(of_instrument);
  record.event_ts = ts_;
  record.ingest_ts = ts_;
  step.record = words_of(record);
}

Scenario ScenarioReader::finish(std::int64_t last_line) {
  if (!begun_) {
    throw base::InputError(result_.file, last_line, 1, "expected an event, found the end");
  }
  line_ = last_line;
  delay_ns_.reset();
  auto clock = model::make_record<writ_clock>();
  add_record(clock.header);  // the last expectations are looked at before it
  return std::move(result_);
}

std::string scenario_language_markdown() {
  std::string text = "| command | what it does |\n|---|---|\n";
  const auto row = [&text](std::string_view usage, std::string_view doc) {
    text += "| `";
    for (const char c : usage) text += c == '|' ? std::string("\\|") : std::string(1, c);
    text += "` | " + std::string(doc) + " |\n";
  };
  for (const auto& command : ScenarioReader::commands()) row(command.usage, command.doc);
  text += "\n| intent | what it asks for |\n|---|---|\n";
  for (const auto& command : ScenarioReader::strategy_commands()) row(command.usage, command.doc);
  text += "\n| expectation | what must hold |\n|---|---|\n";
  for (const auto& form : ScenarioReader::expect_forms()) row(form.usage, form.doc);
  return text;
}

}  // namespace writ::test
