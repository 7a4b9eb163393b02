// What must hold: each form reads what is wanted and makes the function that says what is there in
// the same words, so that a failure shows both.
#include "tests/scenario/text/scenario_history.hpp"
#include "tests/scenario/text/scenario_reader.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace writ::test {
namespace {

std::string decimal(std::int64_t nano) { return DecimalText(nano, 9).str(); }

std::string number_text(const writ_money& raw, std::uint32_t unit) {
  const Int128 value = from_abi(raw).raw;
  switch (unit) {
    case WRIT_UNIT_MONEY:
      return DecimalText(value, 18).str();
    case WRIT_UNIT_PRICE:
    case WRIT_UNIT_QUANTITY:
    case WRIT_UNIT_RATE:
      return DecimalText(value, 9).str();
    default:
      return DecimalText(value, 0).str();
  }
}

/// The last check of a verdict: the one that decided.
const writ_check* deciding(const writ_verdict& verdict) {
  const auto checks = model::tail_array<writ_check>(verdict, verdict.check_count);
  for (const auto& check : checks) {
    if (check.check == verdict.detail) return &check;
  }
  return nullptr;
}

struct VerdictText {
  bool quantity = false;
  bool numbers = false;
};

std::string verdict_text(const writ_verdict* verdict, VerdictText with) {
  if (verdict == nullptr) return "unjudged";
  std::string text;
  if (verdict->approved == 0) {
    text = "vetoed " + std::string(model::kReasonWords.text(verdict->reason)) + " " +
           std::string(model::kCheckWords.text(verdict->detail));
  } else if (verdict->detail != WRIT_CHECK_NONE) {
    text = "reduced " + decimal(verdict->quantity) + " " +
           std::string(model::kCheckWords.text(verdict->detail));
  } else {
    text = "approved";
    if (with.quantity) text += " " + decimal(verdict->quantity);
  }
  if (const auto* check = with.numbers ? deciding(*verdict) : nullptr) {
    text += " value " + number_text(check->value, check->unit) + " limit " +
            number_text(check->limit, check->unit);
  }
  return text;
}

/// `value V limit L`, if they follow.
std::string read_numbers(ScenarioWords& words) {
  if (!words.take("value")) return "";
  auto text = " value " + words.text("the value found");
  if (!words.take("limit")) words.expected("\"limit\"");
  return text + " limit " + words.text("the limit");
}

}  // namespace

std::span<const ScenarioReader::Form> ScenarioReader::expect_forms() {
  using R = ScenarioReader;
  static constexpr std::array kForms = std::to_array<Form>({
      {"approved", "expect INTENT approved [QUANTITY]", "Its verdict; whole, not reduced.",
       &R::expect_approved},
      {"reduced", "expect INTENT reduced QUANTITY CHECK [value V limit L]",
       "Approved for less, and the check that cut it.", &R::expect_reduced},
      {"vetoed", "expect INTENT vetoed REASON CHECK [value V limit L]",
       "Refused; the words are those of docs/CHECKS.md.", &R::expect_vetoed},
      {"unjudged", "expect INTENT unjudged", "On record without a verdict, as in a warm-up.",
       &R::expect_unjudged},
      {"effect", "expect INTENT effect adds|reduces|neutral", "How it was classed.",
       &R::expect_effect},
      {"order", "expect INTENT order STATE|none [reason REASON]",
       "Its last order: new, ack, open, partial, filled, cancelled, expired, rejected, unknown, "
       "failed.",
       &R::expect_order},
      {"filled", "expect INTENT filled QUANTITY [@ PRICE]", "Of its order, at this average.",
       &R::expect_filled},
      {"working", "expect STRATEGY|ACCOUNT working COUNT", "Orders that are not final.",
       &R::expect_working},
      {"position", "expect STRATEGY|ACCOUNT position [INSTRUMENT] QUANTITY", "Signed.",
       &R::expect_position},
      {"result", "expect STRATEGY realized|fees|funding|adjustments [INSTRUMENT] AMOUNT",
       "Of its results there.", &R::expect_result},
      {"cash", "expect ACCOUNT cash|reserved ASSET AMOUNT",
       "The balance, or what working orders hold of it.", &R::expect_cash},
      {"account", "expect ACCOUNT equity|peak|drawdown|max_loss AMOUNT", "At the last valuation.",
       &R::expect_account},
      {"tier", "expect ACCOUNT tier normal|dd10|dd15|halt20", "Of its drawdown.", &R::expect_tier},
      {"lease", "expect INSTRUMENT lease STRATEGY|nobody", "Who holds the market.",
       &R::expect_lease},
      {"incidents", "expect incidents CODE COUNT", "So far, by its name in the journal.",
       &R::expect_incidents},
      {"by_host", "expect STRATEGY by_host COUNT",
       "Intents the host made on its behalf: to flatten, to unwind.", &R::expect_by_host},
      {"sent", "expect sent orders|cancels|replaces|lookups COUNT", "To the venue, so far.",
       &R::expect_sent},
  });
  return kForms;
}

void ScenarioReader::read_expect(ScenarioWords& words) {
  if (!begun_) words.expected("an event before the first expectation");
  Expectation result;
  result.line = line_;
  constexpr std::array kResults = {"realized", "fees", "funding", "adjustments"};
  constexpr std::array kAccounts = {"equity", "peak", "drawdown", "max_loss"};
  const bool bare = words.peek() == "incidents" || words.peek() == "sent";
  const auto subject = bare ? "" : words.text("whom or what it is about");
  std::string_view word = words.peek();
  if (std::find(kResults.begin(), kResults.end(), word) != kResults.end()) word = "result";
  if (std::find(kAccounts.begin(), kAccounts.end(), word) != kAccounts.end()) word = "account";
  if (word == "reserved") word = "cash";
  for (const auto& form : expect_forms()) {
    if (form.word != word) continue;
    result.subject = bare ? std::string(word) : subject;
    const bool keeps_word = word == "result" || word == "account" || word == "cash";
    if (!keeps_word) (void)words.text("a form of expect");
    (this->*form.read)(words, subject, result);
    words.end();
    expectations_.push_back(std::move(result));
    return;
  }
  words.expected("a form of expect such as approved, order or position");
}

// --- verdicts -----------------------------------------------------------------------------------

void ScenarioReader::expect_approved(ScenarioWords& words, const std::string& subject,
                                     Expectation& result) {
  const auto tag = intent_of(words, subject).tag;
  const bool sized = !words.at_end();
  result.wanted = "approved" + (sized ? " " + decimal(words.nano("a quantity")) : "");
  result.found = [=](const Evidence& e) {
    return verdict_text(e.history.verdict(tag), {sized, false});
  };
}

void ScenarioReader::expect_reduced(ScenarioWords& words, const std::string& subject,
                                    Expectation& result) {
  const auto tag = intent_of(words, subject).tag;
  result.wanted = "reduced " + decimal(words.nano("a quantity"));
  const auto check = words.word_of(model::kCheckWords, "a check");
  result.wanted += " " + std::string(model::kCheckWords.text(check));
  const auto numbers = read_numbers(words);
  result.wanted += numbers;
  result.found = [=](const Evidence& e) {
    return verdict_text(e.history.verdict(tag), {true, !numbers.empty()});
  };
}

void ScenarioReader::expect_vetoed(ScenarioWords& words, const std::string& subject,
                                   Expectation& result) {
  const auto tag = intent_of(words, subject).tag;
  const auto reason = words.word_of(model::kReasonWords, "a reason");
  const auto check = words.word_of(model::kCheckWords, "a check");
  const auto numbers = read_numbers(words);
  result.wanted = "vetoed " + std::string(model::kReasonWords.text(reason)) + " " +
                  std::string(model::kCheckWords.text(check)) + numbers;
  result.found = [=](const Evidence& e) {
    return verdict_text(e.history.verdict(tag), {false, !numbers.empty()});
  };
}

void ScenarioReader::expect_unjudged(ScenarioWords& words, const std::string& subject,
                                     Expectation& result) {
  const auto tag = intent_of(words, subject).tag;
  result.wanted = "unjudged";
  result.found = [=](const Evidence& e) {
    const bool there =
        e.history.last<writ_intent>([tag](const auto& i) { return i.tag == tag; }) != nullptr;
    return there ? verdict_text(e.history.verdict(tag), {}) : std::string("not on record");
  };
}

void ScenarioReader::expect_effect(ScenarioWords& words, const std::string& subject,
                                   Expectation& result) {
  const auto tag = intent_of(words, subject).tag;
  const auto effect = words.word_of(model::kEffectWords, "adds, reduces or neutral");
  result.wanted = model::kEffectWords.text(effect);
  result.found = [=](const Evidence& e) {
    const auto* verdict = e.history.verdict(tag);
    return std::string(verdict == nullptr ? "unjudged" : model::kEffectWords.text(verdict->effect));
  };
}

// --- orders -------------------------------------------------------------------------------------

void ScenarioReader::expect_order(ScenarioWords& words, const std::string& subject,
                                  Expectation& result) {
  const auto tag = intent_of(words, subject).tag;
  if (words.take("none")) {
    result.wanted = "none";
  } else {
    const auto state = words.lower_word_of(model::kOrderStateWords, "an order's state, or none");
    result.wanted = lower(model::kOrderStateWords.text(state));
  }
  const bool with_reason = words.take("reason");
  if (with_reason) {
    const auto reason = words.word_of(model::kReportReasonWords, "a reason");
    result.wanted += " reason " + std::string(model::kReportReasonWords.text(reason));
  }
  result.found = [=](const Evidence& e) -> std::string {
    const auto* order = e.history.order(tag);
    if (order == nullptr) return "none";
    const auto state = lower(model::kOrderStateWords.text(order->state));
    if (!with_reason) return state;
    return state + " reason " + std::string(model::kReportReasonWords.text(order->reason));
  };
}

void ScenarioReader::expect_filled(ScenarioWords& words, const std::string& subject,
                                   Expectation& result) {
  const auto tag = intent_of(words, subject).tag;
  result.wanted = decimal(words.nano("a quantity"));
  const bool priced = words.take("@");
  if (priced) result.wanted += " @ " + decimal(words.nano("a price"));
  result.found = [=](const Evidence& e) -> std::string {
    const auto* order = e.history.order(tag);
    if (order == nullptr) return "no order";
    auto text = decimal(order->filled);
    if (priced && order->filled != 0) {
      text += " @ " + DecimalText(from_abi(order->fill_value).raw / Int128{order->filled}, 9).str();
    }
    return text;
  };
}

void ScenarioReader::expect_working(ScenarioWords& words, const std::string& subject,
                                    Expectation& result) {
  const auto strategy = strategy_number(subject);
  const auto account = accounts_.find(subject);
  if (strategy == 0 && account == accounts_.end()) words.expected_before("a strategy or account");
  const execution::OrderScope scope{strategy == 0 ? account->second : 0, 0, strategy};
  result.wanted = std::to_string(words.count("a count"));
  result.found = [=](const Evidence& e) {
    return std::to_string(e.host.orders().sums(scope).count);
  };
}

void ScenarioReader::expect_by_host(ScenarioWords& words, const std::string& subject,
                                    Expectation& result) {
  const auto strategy = strategy_number(subject);
  if (strategy == 0) words.expected_before("a strategy");
  result.wanted = std::to_string(words.count("a count"));
  result.found = [=](const Evidence& e) {
    return std::to_string(e.history.count<writ_intent>([strategy](const auto& intent) {
      return intent.instance == strategy && (intent.flags & WRIT_INTENT_BY_HOST) != 0;
    }));
  };
}

void ScenarioReader::expect_sent(ScenarioWords& words, const std::string& /*subject*/,
                                 Expectation& result) {
  const std::map<std::string_view, std::uint16_t> commands = {{"orders", WRIT_COMMAND_SEND},
                                                              {"cancels", WRIT_COMMAND_CANCEL},
                                                              {"replaces", WRIT_COMMAND_REPLACE},
                                                              {"lookups", WRIT_COMMAND_LOOKUP}};
  const auto what = words.text("orders, cancels, replaces or lookups");
  const auto known = commands.find(what);
  if (known == commands.end()) words.expected_before("orders, cancels, replaces or lookups");
  const auto command = known->second;
  result.wanted = what + " " + std::to_string(words.count("a count"));
  result.found = [=](const Evidence& e) {
    return what + " " + std::to_string(e.history.count<writ_order>([command](const auto& order) {
             return order.command == command;
           }));
  };
}

// --- positions and money ------------------------------------------------------------------------

void ScenarioReader::expect_position(ScenarioWords& words, const std::string& subject,
                                     Expectation& result) {
  const auto strategy = strategy_number(subject);
  const auto named = accounts_.find(subject);
  if (strategy == 0 && named == accounts_.end()) words.expected_before("a strategy or account");
  const AccountId account = strategy == 0 ? AccountId{named->second} : account_of(strategy);
  const InstrumentId instrument{instrument_or_first(words)};
  result.wanted = decimal(words.nano("a position"));
  result.found = [=](const Evidence& e) {
    const auto& ledger = e.host.ledger();
    const auto position = strategy == 0
                              ? ledger.position(account, instrument)
                              : ledger.strategy_position(account, InstanceId{strategy}, instrument);
    return decimal(position.raw);
  };
}

void ScenarioReader::expect_result(ScenarioWords& words, const std::string& subject,
                                   Expectation& result) {
  const auto strategy = strategy_number(subject);
  if (strategy == 0) words.expected_before("a strategy");
  const AccountId account = account_of(strategy);
  const auto what = words.text("which result");
  const InstrumentId instrument{instrument_or_first(words)};
  result.wanted = what + " " + to_string(words.money("an amount"));
  result.found = [=](const Evidence& e) {
    const auto all = e.host.ledger().result(account, InstanceId{strategy}, instrument);
    const Money found = what == "realized"  ? all.realized
                        : what == "fees"    ? all.fees
                        : what == "funding" ? all.funding
                                            : all.adjustments;
    return what + " " + to_string(found);
  };
}

void ScenarioReader::expect_cash(ScenarioWords& words, const std::string& subject,
                                 Expectation& result) {
  const auto account = accounts_.find(subject);
  if (account == accounts_.end()) words.expected_before("an account");
  const AccountId number{account->second};
  const auto what = words.text("cash or reserved");
  const AssetId asset{take_asset(words)};
  result.wanted = what + " " + to_string(words.money("an amount"));
  result.found = [=](const Evidence& e) {
    return what + " " +
           to_string(what == "cash" ? e.host.ledger().cash(number, asset)
                                    : e.host.orders().reserved(number, asset));
  };
}

void ScenarioReader::expect_account(ScenarioWords& words, const std::string& subject,
                                    Expectation& result) {
  const auto account = accounts_.find(subject);
  if (account == accounts_.end()) words.expected_before("an account");
  const AccountId number{account->second};
  const auto what = words.text("which figure");
  result.wanted = what + " " + to_string(words.money("an amount"));
  result.found = [=](const Evidence& e) {
    const auto& ledger = e.host.ledger();
    const auto* drawdown = ledger.drawdown(number);
    if (drawdown == nullptr) return std::string("no such account yet");
    const Money found = what == "equity"     ? ledger.equity(number)
                        : what == "max_loss" ? ledger.max_loss(number)
                        : what == "peak"     ? drawdown->peak()
                                             : drawdown->drawdown();
    return what + " " + to_string(found);
  };
}

void ScenarioReader::expect_tier(ScenarioWords& words, const std::string& subject,
                                 Expectation& result) {
  const auto account = accounts_.find(subject);
  if (account == accounts_.end()) words.expected_before("an account");
  const AccountId number{account->second};
  const auto tier = words.lower_word_of(model::kTierWords, "a tier");
  result.wanted = lower(model::kTierWords.text(tier));
  result.found = [=](const Evidence& e) {
    return lower(model::kTierWords.text(e.host.ledger().tier(number)));
  };
}

// --- the host -----------------------------------------------------------------------------------

void ScenarioReader::expect_lease(ScenarioWords& words, const std::string& subject,
                                  Expectation& result) {
  const auto traded = instruments_.find(subject);
  if (traded == instruments_.end()) words.expected_before("an instrument");
  const auto instrument = traded->second;
  result.wanted = words.text("a strategy or nobody");
  if (result.wanted != "nobody" && strategy_number(result.wanted) == 0) {
    words.expected_before("a strategy or nobody");
  }
  std::vector<std::string> names = {"nobody"};
  for (const auto& player : result_.world.players) names.push_back(player.name);
  result.found = [=](const Evidence& e) {
    const auto owner = e.host.arbiter().owner(1, instrument);
    return owner < names.size() ? names[owner] : "instance " + std::to_string(owner);
  };
}

void ScenarioReader::expect_incidents(ScenarioWords& words, const std::string& /*subject*/,
                                      Expectation& result) {
  const auto code = words.word_of(model::kIncidentWords, "an incident's code");
  const auto name = std::string(model::kIncidentWords.text(code));
  result.wanted = name + " " + std::to_string(words.count("a count"));
  result.found = [=](const Evidence& e) {
    return name + " " + std::to_string(e.history.count<writ_incident>([code](const auto& told) {
             return told.code == code;
           }));
  };
}

}  // namespace writ::test
