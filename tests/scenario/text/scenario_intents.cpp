// What strategies ask for. An intent travels to its strategy behind a bar, which no other part of
// the host looks at; its instance says who is to submit it, its target is a tag until it is played.
#include "tests/scenario/plugins/scripted_bar.hpp"
#include "tests/scenario/text/scenario_reader.hpp"

#include <writ/money_abi.hpp>

#include <array>

namespace writ::test {

std::span<const ScenarioReader::Command> ScenarioReader::strategy_commands() {
  using R = ScenarioReader;
  static constexpr std::array kCommands = std::to_array<Command>({
      {"buy", "STRATEGY buy QUANTITY [INSTRUMENT] @ PRICE [OPTION]...",
       "A limit order, good till cancelled; `at market` instead of a price: a market order. "
       "Options: "
       "ioc, fok, gtd DURATION, post_only, reduce_only, close_position, whole, ttl DURATION, "
       "beside "
       "DURATION (it comes from a sandbox, made on what was so long ago), ev AMOUNT, cost AMOUNT, "
       "confidence FRACTION, group ID SIZE [unwind], account NAME, as NAME.",
       &R::read_place, false},
      {"sell", "STRATEGY sell QUANTITY [INSTRUMENT] @ PRICE [OPTION]...", "The other side.",
       &R::read_place, false},
      {"cancel", "STRATEGY cancel INTENT [OPTION]...", "The order of an intent.", &R::read_cancel,
       false},
      {"cancel_all", "STRATEGY cancel_all [INSTRUMENT] [OPTION]...", "Its orders there.",
       &R::read_cancel_all, false},
      {"replace", "STRATEGY replace INTENT QUANTITY @ PRICE [OPTION]...",
       "The order of an intent becomes this one; what was filled counts.", &R::read_replace, false},
      {"flatten", "STRATEGY flatten [INSTRUMENT] [@ PRICE] [OPTION]...", "Closes its position.",
       &R::read_flatten, false},
      {"target", "STRATEGY target QUANTITY [INSTRUMENT] [@ PRICE] [OPTION]...",
       "Reaches this position.", &R::read_target, false},
      {"noop", "STRATEGY noop [INSTRUMENT] [OPTION]...", "Decides not to trade.", &R::read_noop,
       false},
      {"throws", "STRATEGY throws", "Fails; with `and`, after what it submitted in this call.",
       &R::read_throws, false},
  });
  return kCommands;
}

void ScenarioReader::read_and(ScenarioWords& words) {
  const bool follows = !result_.steps.empty() && expectations_.empty() &&
                       result_.steps.back().line < line_ &&
                       result_.steps.back().kind == ScenarioStep::Kind::kRecord &&
                       record_in(result_.steps.back().record).type == WRIT_RECORD_BAR;
  if (!follows) words.expected_before("an intent in the line before \"and\"");
  if (strategy_number(words.peek()) == 0) words.expected("the name of a strategy");
  together_ = true;
  read_intent(words);
}

void ScenarioReader::read_intent(ScenarioWords& words) {
  speaker_ = words.text("the name of a strategy");
  for (const auto& command : strategy_commands()) {
    if (words.peek() == command.word) return (this->*command.read)(words);
  }
  words.expected(
      "an intent: buy, sell, cancel, cancel_all, replace, flatten, target, noop, throws");
}

namespace {

writ_intent intent_of_kind(std::uint16_t kind) {
  auto intent = model::make_record<writ_intent>();
  intent.kind = kind;
  intent.price = WRIT_NONE;
  intent.quantity = WRIT_NONE;
  intent.expire_ts = WRIT_NONE;
  return intent;
}

void read_price(ScenarioWords& words, writ_intent& intent, bool required) {
  if (words.take("at")) {
    if (!words.take("market")) words.expected("\"market\"");
    intent.order_type = WRIT_ORDER_MARKET;
    intent.time_in_force = WRIT_TIF_IOC;
    intent.urgency = WRIT_URGENCY_TAKER;
  } else if (words.take("@")) {
    intent.price = words.nano("a price");
    intent.order_type = WRIT_ORDER_LIMIT;
    intent.time_in_force = WRIT_TIF_GTC;
    intent.urgency = WRIT_URGENCY_NEUTRAL;
  } else if (required) {
    words.expected("@ and a price, or \"at market\"");
  }
}

}  // namespace

void ScenarioReader::read_place(ScenarioWords& words) {
  auto intent = intent_of_kind(WRIT_INTENT_PLACE);
  intent.side = static_cast<std::uint16_t>(words.lower_word_of(model::kSideWords, "a side"));
  intent.quantity = words.nano("a quantity");
  intent.instrument = instrument_or_first(words);
  read_price(words, intent, true);
  read_options(words, intent);
}

void ScenarioReader::read_cancel(ScenarioWords& words) {
  (void)words.text("cancel");
  auto intent = intent_of_kind(WRIT_INTENT_CANCEL);
  const auto& target = take_intent(words);
  intent.instrument = target.instrument;
  intent.target_intent = target.tag;
  read_options(words, intent);
}

void ScenarioReader::read_cancel_all(ScenarioWords& words) {
  (void)words.text("cancel_all");
  auto intent = intent_of_kind(WRIT_INTENT_CANCEL_ALL);
  intent.instrument = instrument_or_first(words);
  read_options(words, intent);
}

void ScenarioReader::read_replace(ScenarioWords& words) {
  (void)words.text("replace");
  auto intent = intent_of_kind(WRIT_INTENT_REPLACE);
  const auto target = take_intent(words);
  intent.instrument = target.instrument;
  intent.target_intent = target.tag;
  intent.side = target.side;
  intent.quantity = words.nano("a quantity");
  read_price(words, intent, true);
  read_options(words, intent);
}

void ScenarioReader::read_flatten(ScenarioWords& words) {
  (void)words.text("flatten");
  auto intent = intent_of_kind(WRIT_INTENT_FLATTEN);
  intent.urgency = WRIT_URGENCY_TAKER;
  intent.instrument = instrument_or_first(words);
  read_price(words, intent, false);
  read_options(words, intent);
}

void ScenarioReader::read_target(ScenarioWords& words) {
  (void)words.text("target");
  auto intent = intent_of_kind(WRIT_INTENT_TARGET);
  intent.urgency = WRIT_URGENCY_NEUTRAL;
  intent.quantity = words.nano("a position");
  intent.instrument = instrument_or_first(words);
  read_price(words, intent, false);
  read_options(words, intent);
}

void ScenarioReader::read_noop(ScenarioWords& words) {
  (void)words.text("noop");
  auto intent = intent_of_kind(WRIT_INTENT_NOOP);
  intent.instrument = instrument_or_first(words);
  read_options(words, intent);
}

void ScenarioReader::read_throws(ScenarioWords& words) {
  (void)words.text("throws");
  auto intent = intent_of_kind(kScriptedThrow);
  intent.instrument = 1;
  add_intent(intent);
}

void ScenarioReader::read_options(ScenarioWords& words, writ_intent& intent) {
  while (!words.at_end()) {
    if (words.take("ioc")) {
      intent.time_in_force = WRIT_TIF_IOC;
      intent.urgency = WRIT_URGENCY_TAKER;
    } else if (words.take("fok")) {
      intent.time_in_force = WRIT_TIF_FOK;
      intent.urgency = WRIT_URGENCY_TAKER;
    } else if (words.take("gtd")) {
      intent.time_in_force = WRIT_TIF_GTD;
      intent.expire_ts = ts_ + delay_ns_.value_or(step_ns_) + words.duration_ns("a duration");
    } else if (words.take("post_only")) {
      intent.flags |= WRIT_INTENT_POST_ONLY;
      intent.urgency = WRIT_URGENCY_MAKER;
    } else if (words.take("reduce_only")) {
      intent.flags |= WRIT_INTENT_REDUCE_ONLY;
    } else if (words.take("close_position")) {
      intent.flags |= WRIT_INTENT_CLOSE_POSITION;
    } else if (words.take("whole")) {
      intent.flags |= WRIT_INTENT_NO_REDUCTION;
    } else if (words.take("ttl")) {
      intent.ttl_ns = words.duration_ns("a duration");
    } else if (words.take("beside")) {
      if (together_ || speaker_ == kOperator) words.expected_before("a strategy's own line");
      seen_before_ns_ = words.duration_ns("a duration");
    } else if (words.take("ev")) {
      intent.expected_value = to_abi(words.money("an amount"));
    } else if (words.take("cost")) {
      intent.risk_cost = to_abi(words.money("an amount"));
    } else if (words.take("confidence")) {
      intent.confidence = words.nano("a fraction");
    } else if (words.take("group")) {
      intent.group_id = static_cast<std::uint64_t>(words.count("a group's number"));
      intent.group_size = static_cast<std::uint32_t>(words.count("its size"));
      intent.group_policy = words.take("unwind") ? std::uint16_t{WRIT_GROUP_ALL_OR_NONE_UNWIND}
                                                 : std::uint16_t{WRIT_GROUP_ALL_OR_NONE};
    } else if (words.take("account")) {
      intent.account = take_account(words);
    } else if (words.take("as")) {
      name_intent(words, intent);
    } else {
      words.expected("an option of intents");
    }
  }
  add_intent(intent);
}

void ScenarioReader::name_intent(ScenarioWords& words, writ_intent& intent) {
  const auto name = words.text("a name for the intent");
  intent.tag = last_tag_ + 1;
  const NamedIntent named{intent.tag, intent.instrument, intent.side};
  const bool taken = accounts_.contains(name) || instruments_.contains(name) ||
                     strategy_number(name) != 0 || !intents_.emplace(name, named).second;
  if (taken) words.expected_before("a new name");
}

void ScenarioReader::add_intent(writ_intent intent) {
  intent.instance = strategy_number(speaker_);
  ++last_tag_;
  if (speaker_ == kOperator || seen_before_ns_) {
    intent.header.type = WRIT_RECORD_INTENT_INPUT;
    if (intent.account == 0) {
      intent.account = seen_before_ns_ ? account_of(intent.instance).raw() : 1;
    }
    add_record(intent.header, intent.instrument);
    record_in(result_.steps.back().record).event_ts -= seen_before_ns_.value_or(0);
    return;
  }
  model::RecordBuffer buffer;
  if (together_) {
    auto& carrier = result_.steps.back().record;
    const auto* bar = model::as<writ_bar>(record_in(carrier));
    buffer.begin(*bar).append(model::tail(*bar).data(), model::tail(*bar).size());
    carrier = words_of(buffer.append(&intent, sizeof intent).finish());
    return;
  }
  auto bar = model::make_record<writ_bar>();
  bar.instrument = intent.instrument;
  add_record(buffer.begin(bar).append(&intent, sizeof intent).finish(), intent.instrument);
}

}  // namespace writ::test
