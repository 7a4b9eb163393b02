// Money and tokens that move without a trade.
#include "tests/scenario/text/scenario_reader.hpp"

#include <writ/money_abi.hpp>

#include <string>
#include <string_view>

namespace writ::test {

void ScenarioReader::read_convert(ScenarioWords& words) {
  auto conversion = model::make_record<writ_conversion>();
  conversion.asset = take_asset(words);
  conversion.into = take_asset(words);
  conversion.rate = words.nano("a rate");
  add_record(conversion.header);
}

void ScenarioReader::read_deposit(ScenarioWords& words) {
  auto deposit = model::make_record<writ_deposit>();
  deposit.account = take_account(words);
  deposit.asset = take_asset(words);
  deposit.amount = to_abi(words.money("an amount"));
  add_record(deposit.header);
}

void ScenarioReader::read_tokens(ScenarioWords& words) {
  auto change = model::make_record<writ_token_change>();
  change.kind = words.word_of(model::kTokenChangeWords, "split, merge, redeem or convert");
  change.instance = strategy_number(words.text("a strategy"));
  if (change.instance == 0) words.expected_before("a strategy");
  change.account = account_of(change.instance).raw();
  change.quantity = words.nano("a quantity");
  change.payout_denominator = 1;
  std::vector<writ_question> questions;
  if (change.kind == WRIT_TOKENS_CONVERT) {
    for (std::uint32_t given = 1; !words.at_end();) {
      if (words.take("for")) {
        given = 0;
      } else if (words.take("fee")) {
        change.fee_bips = static_cast<std::uint32_t>(words.count("a fee in 1/10000"));
      } else {
        questions.push_back({take_instrument(words), given});
      }
    }
  } else {
    change.instrument = take_instrument(words);
    if (change.kind == WRIT_TOKENS_REDEEM) {
      change.payout_numerator = words.count("what a token pays: units ...");
      change.payout_denominator = words.count("... of so many");
    }
  }
  change.question_count = static_cast<std::uint32_t>(questions.size());
  model::RecordBuffer buffer;
  buffer.begin(change).append(questions.data(), questions.size() * sizeof(writ_question));
  add_record(buffer.finish());
}

void ScenarioReader::read_adjust(ScenarioWords& words) {
  constexpr std::string_view kWhy = "the script says so";
  auto adjustment = model::make_record<writ_adjustment>();
  adjustment.kind = words.word_of(model::kAdjustmentWords, "transfer, cash or position");
  adjustment.price = WRIT_NONE;
  if (adjustment.kind == WRIT_ADJUST_POSITION) {
    adjustment.instance = strategy_number(words.text("a strategy"));
    if (adjustment.instance == 0) words.expected_before("a strategy");
    adjustment.account = account_of(adjustment.instance).raw();
    adjustment.instrument = take_instrument(words);
    adjustment.quantity = words.nano("a change of the position");
    if (words.take("@")) adjustment.price = words.nano("a price");
  } else {
    adjustment.account = take_account(words);
    adjustment.asset = take_asset(words);
    adjustment.amount = to_abi(words.money("an amount"));
  }
  adjustment.text_size = static_cast<std::uint32_t>(kWhy.size());
  model::RecordBuffer buffer;
  add_record(buffer.begin(adjustment).append(kWhy.data(), kWhy.size()).finish());
}

}  // namespace writ::test
