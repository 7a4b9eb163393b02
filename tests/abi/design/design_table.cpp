#include "tests/abi/design/design_table.hpp"

#include "host/model/catalogue.hpp"

#include <writ/abi/journal.h>

#include <cctype>

namespace writ::test {
namespace {

constexpr const char* kNoFunding = "pays no funding: nothing is booked";
constexpr const char* kNoLiquidation = "has no margin: only told";
constexpr const char* kNoReduction = "has no other runners: nothing is cut";
constexpr const char* kNoTokens = "is no outcome token: refused";
constexpr const char* kNone = "of no instrument";

constexpr auto kRecords = std::to_array<RecordRow>({
    {WRIT_RECORD_RUN_STARTED, Given::kNobody, "a run, its mode and manifest"},
    {WRIT_RECORD_RUN_STOPPED, Given::kNobody, "its end, and why"},
    {WRIT_RECORD_ASSET, Given::kNobody, "a currency or coin"},
    {WRIT_RECORD_ACCOUNT, Given::kNobody, "who holds, and in what it is counted"},
    {WRIT_RECORD_INSTRUMENT, Given::kWhoNames,
     "kind, assets, tick or ladder, lot, bounds, fees, market and complement; before the first "
     "event, and when it changes"},
    {WRIT_RECORD_STREAM, Given::kNobody, "what a header's stream stands for"},
    {WRIT_RECORD_INSTANCE, Given::kNobody, "a plugin instance and its parameters"},
    {WRIT_RECORD_CONFIG, Given::kNobody, "the configuration from here on"},
    {WRIT_RECORD_COMMAND, Given::kNobody, "what a person asked of the host"},
    {WRIT_RECORD_CLOCK, Given::kNobody, "time that passed without anything"},
    {WRIT_RECORD_DEPOSIT, Given::kNobody, "money in or out; `cash_left` of the next snapshot"},
    {WRIT_RECORD_CONVERSION, Given::kNobody, "what one asset is worth in another"},
    {WRIT_RECORD_ADJUSTMENT, Given::kNobody,
     "books put right; `position` and `cash_left` of the next snapshot"},
    {WRIT_RECORD_TOKENS,
     Given::kNobody,
     "tokens made, merged, redeemed; `position` of the next snapshot",
     {kNoTokens, kNoTokens, nullptr, kNoTokens}},
    {WRIT_RECORD_RELOAD,
     Given::kNobody,
     "how far an instance's replacement is",
     {kNone, kNone, kNone, kNone}},
    {WRIT_RECORD_BOOK_SNAPSHOT, Given::kWhoNames, "the whole book; a runner's in odds and stakes"},
    {WRIT_RECORD_BOOK_DELTA, Given::kWhoNames, "levels that changed"},
    {WRIT_RECORD_BOOK_TOP, Given::kWhoNames, "the venue's own best prices"},
    {WRIT_RECORD_TRADE, Given::kWhoNames, "a trade; `side` is the taker's, of a runner BUY = back"},
    {WRIT_RECORD_MARK_PRICE, Given::kWhoNames, "the venue's mark, where it states one"},
    {WRIT_RECORD_BAR, Given::kWhoNames, "a closed bar"},
    {WRIT_RECORD_MARKET_STATUS, Given::kWhoNames,
     "open, suspended, closed; connection; of betting `in_play` and `bet_delay_s`"},
    {WRIT_RECORD_FUNDING,
     Given::kWhoNames,
     "`rate` at `mark`, of positions open at its instant; positive: longs pay",
     {kNoFunding, nullptr, kNoFunding, kNoFunding}},
    {WRIT_RECORD_LIQUIDATION,
     Given::kWhoNames,
     "a forced order of someone else, as published",
     {kNoLiquidation, nullptr, kNoLiquidation, kNoLiquidation}},
    {WRIT_RECORD_SETTLEMENT,
     Given::kWhoNames,
     "the result: PAYOUT per unit, of a runner WINNER, LOSER or VOID; REVERSED takes it back",
     {"is never settled: refused", nullptr, nullptr, nullptr}},
    {WRIT_RECORD_TICK_CHANGE,
     Given::kWhoNames,
     "the step of prices from here on",
     {nullptr, nullptr, nullptr, "its prices go by the ladder, which stays"}},
    {WRIT_RECORD_REDUCTION,
     Given::kWhoNames,
     "a non-runner and the per cent its factor cuts of the others' odds; to all who name a runner "
     "of its market",
     {kNoReduction, kNoReduction, kNoReduction, nullptr}},
    {WRIT_RECORD_SIGNAL_INPUT, Given::kWhoIsFed, "a value from outside the core"},
    {WRIT_RECORD_SIGNAL_REPORT_INPUT, Given::kWhoIsFed, "the same with JSON behind it"},
    {WRIT_RECORD_INTENT_INPUT, Given::kNobody, "an intent from outside the core"},
    {WRIT_RECORD_PLUGIN_FAULT, Given::kNobody, "what real time did to an instance"},
    {WRIT_RECORD_PLUGIN_STAT,
     Given::kNobody,
     "what an instance did and what its calls cost",
     {kNone, kNone, kNone, kNone}},
    {WRIT_RECORD_REPORT, Given::kNobody,
     "the venue's word of an order; its effect reaches the strategy as ORDER"},
    {WRIT_RECORD_FILL, Given::kWhoseItIs, "price, quantity, fee; of a runner odds and stake"},
    {WRIT_RECORD_SNAPSHOT, Given::kWhoNames, "what a strategy is evaluated on"},
    {WRIT_RECORD_SIGNAL, Given::kWhoIsFed, "a published value"},
    {WRIT_RECORD_INTENT, Given::kNobody, "what a strategy wants"},
    {WRIT_RECORD_VERDICT, Given::kWhoseItIs, "what the arbiter said of it"},
    {WRIT_RECORD_ORDER, Given::kWhoseItIs, "an order after each transition"},
    {WRIT_RECORD_LEDGER, Given::kNobody, "one entry of the books"},
    {WRIT_RECORD_PORTFOLIO, Given::kNobody, "an account at one instant; a runner in win units"},
    {WRIT_RECORD_EXECUTED_TRADE, Given::kNobody, "one FIFO leg of a fill"},
    {WRIT_RECORD_INCIDENT, Given::kNobody, "something a person must find"},
    {WRIT_RECORD_SIGNAL_REPORT, Given::kWhoIsFed, "a published value with JSON behind it"},
    {WRIT_RECORD_TIMER, Given::kWhoseItIs, "a timer that is due"},
    {WRIT_RECORD_PARAMETER,
     Given::kWhoseItIs,
     "a live parameter that changed; this host makes an instance with other parameters anew and "
     "hands its state over",
     {kNone, kNone, kNone, kNone}},
    {WRIT_RECORD_LOG, Given::kNobody, "a line a plugin wrote"},
    {WRIT_RECORD_CHECKPOINT, Given::kNobody, "a piece of the core's state"},
    {WRIT_RECORD_VETO_MARK, Given::kNobody, "what a vetoed order would have been worth"},
});

constexpr auto kLife = std::to_array<LifeRow>({
    {"settlement",
     WRIT_REF_SETTLEMENT,
     {{{"cannot happen, a coin is not settled: SETTLEMENT is refused, `BAD_MESSAGE`",
        "settlement 1 result 1 payout 1/1"},
       {"SETTLEMENT `PAYOUT`: each unit at numerator / denominator as its price, against entry; "
        "REVERSED books the opposite",
        "settlement 1 result 1 payout 110/1", WRIT_REF_SETTLEMENT},
       {"SETTLEMENT `PAYOUT` of each token: 1/1, 0/1 or a part; REVERSED books the opposite",
        "settlement 1 result 1 payout 1/1", WRIT_REF_SETTLEMENT},
       {"SETTLEMENT `WINNER` with `places` / `tied`, `LOSER`; commission once the market is "
        "settled; REVERSED books the opposite",
        "settlement 1 result 2 payout 1/1 places 1 tied 2", WRIT_REF_SETTLEMENT}}}},
    {"funding",
     WRIT_REF_FUNDING,
     {{{"cannot happen, nothing is borrowed: FUNDING is told and moves nothing",
        "funding 1 rate 0.01 mark 100"},
       {"FUNDING: `rate` x `mark` x position, longs pay while it is positive",
        "funding 1 rate 0.001 mark 100", WRIT_REF_FUNDING},
       {"cannot happen, a token is paid for in full: told and moves nothing",
        "funding 1 rate 0.01 mark 0.6"},
       {"cannot happen, a bet is paid for in full: told and moves nothing",
        "funding 1 rate 0.01 mark 6"}}}},
    {"void",
     WRIT_REF_SETTLEMENT,
     {{{"cannot happen to the instrument: VOID is refused. A trade the venue takes back is an "
        "ADJUSTMENT `POSITION` at its price",
        "settlement 1 result 4"},
       {"cannot happen to the instrument: VOID is refused. A trade taken back is an ADJUSTMENT",
        "settlement 1 result 4", WRIT_REF_SETTLEMENT},
       {"SETTLEMENT `PAYOUT` 1/2 of both tokens; the word VOID is refused",
        "settlement 1 result 1 payout 1/2", WRIT_REF_SETTLEMENT},
       {"SETTLEMENT `VOID`: stakes come back, nothing is won or lost", "settlement 2 result 4",
        WRIT_REF_SETTLEMENT}}}},
    {"amend",
     0,
     {{{"intent REPLACE, `quantity` the whole order's with the filled part; ORDER with command "
        "REPLACE and the terms asked for, and when the venue answered ORDER without a command, "
        "with "
        "these terms or after a refusal with the ones before",
        "order 1 state 3 command 0 reason 0 side 1 1 @ 99.1 filled 0"},
       {"the same", "order 1 state 3 command 0 reason 0 side 1 1 @ 99.1 filled 0"},
       {"the same", "order 1 state 3 command 0 reason 0 side 1 5 @ 0.51 filled 0"},
       {"the same, in odds and stake",
        "order 1 state 3 command 0 reason 0 side 1 4 @ 6.8 filled 0"}}}},
    {"tick change",
     0,
     {{{"TICK_CHANGE: prices off it are vetoed, `invalid`; what rests stays until the venue says "
        "otherwise",
        "tick_change 1 from 0.1 to 0.5"},
       {"the same", "tick_change 1 from 0.1 to 0.5"},
       {"the same", "tick_change 1 from 0.01 to 0.001"},
       {"cannot happen, prices go by the ladder of INSTRUMENT: TICK_CHANGE is told and every price "
        "of the ladder stays valid",
        "tick_change 1 from 0.01 to 0.5"}}}},
    {"suspension",
     0,
     {{{"MARKET_STATUS `SUSPENDED`: what adds is vetoed, `market_state`, until OPEN",
        "market_status 1 status 2"},
       {"the same", "market_status 1 status 2"},
       {"the same", "market_status 1 status 2"},
       {"the same; turning in play is MARKET_STATUS with `in_play` and the bet delay, and ends "
        "what rests",
        "market_status 1 status 1 in_play 1 delay 5"}}}},
    {"reduction factor",
     WRIT_REF_REDUCTION,
     {{{"cannot happen: REDUCTION is told and moves nothing", "reduction 1 of market 0 by 20"},
       {"cannot happen: REDUCTION is told and moves nothing", "reduction 1 of market 0 by 20"},
       {"cannot happen, a candidate who withdraws is settled: told and moves nothing",
        "reduction 1 of market 1 by 20"},
       {"REDUCTION: the odds of bets matched before are cut, and with them the position in win "
        "units; bets on the non-runner come back by VOID",
        "reduction 2 of market 1 by 16.2 per cent, kind 1", WRIT_REF_REDUCTION}}}},
});

const char* words_of(Given given) {
  switch (given) {
    case Given::kNobody:
      return "";
    case Given::kWhoNames:
      return "who names it";
    case Given::kWhoIsFed:
      return "who is wired to it";
    case Given::kWhoseItIs:
      return "whose it is";
  }
  return "";
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

std::span<const RecordRow> record_rows() noexcept { return kRecords; }
std::span<const LifeRow> life_rows() noexcept { return kLife; }

std::string design_markdown() {
  std::string columns;
  std::string rule;
  for (const std::string kind : kKindNames) {
    columns += " " + upper(kind) + " |";
    rule += "---|";
  }
  std::string text = "| what happens |" + columns + "\n|---|" + rule + "\n";
  for (const auto& row : kLife) {
    text += "| " + std::string(row.event) + " |";
    for (const auto& cell : row.cells) text += " " + std::string(cell.says) + " |";
    text += "\n";
  }
  text += "\n| record | what it carries | a plugin gets it |" + columns + "\n|---|---|---|" + rule +
          "\n";
  for (const auto& row : kRecords) {
    text += "| " + upper(std::string(model::type_name(row.type))) + " | " + row.carries + " | " +
            words_of(row.given) + " |";
    for (const auto* why : row.moves_nothing) {
      text += why == nullptr ? " yes |" : " " + std::string(why) + " |";
    }
    text += "\n";
  }
  return text;
}

}  // namespace writ::test
