#include "host/base/input_error.hpp"
#include "tests/unit/config/config_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::config {
namespace {

std::string error_of(const std::string& text) {
  try {
    static_cast<void>(load_text(text));
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "no error";
}

// kLeast with one line replaced.
std::string with_line(std::size_t number, const std::string& line) {
  std::string result;
  std::size_t at = 0;
  for (std::size_t n = 1; at < kLeast.size(); ++n) {
    const std::size_t end = kLeast.find('\n', at);
    result += (n == number ? line : kLeast.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return result;
}

struct Case {
  const char* name;
  std::string text;
  const char* error;
};

class ConfigError : public testing::TestWithParam<Case> {};

TEST_P(ConfigError, IsOneLineWithItsPlace) {
  EXPECT_EQ(error_of(GetParam().text), GetParam().error);
}

const std::vector<Case> kCases = {
    {"WrongKey", kLeast + "jurnal: {dir: x}\n",
     "writ.yaml:13:1: unknown key \"jurnal\" in the configuration, did you mean \"journal\"?"},
    {"WrongKeyInSection", with_line(2, "journal: {dir: j, segment_mb: 64}"),
     "writ.yaml:2:19: unknown key \"segment_mb\" in journal, did you mean \"segment_mib\"?"},
    {"WrongKeyNearNone", kLeast + "zzzzzzzzzz: 1\n",
     "writ.yaml:13:1: unknown key \"zzzzzzzzzz\" in the configuration"},
    {"WrongType", with_line(2, "journal: {dir: j, segment_mib: many}"),
     "writ.yaml:2:32: journal.segment_mib: \"many\" is not an integer"},
    {"QuotedInteger", with_line(2, "journal: {dir: j, segment_mib: \"64\"}"),
     "writ.yaml:2:32: journal.segment_mib: \"64\" is not an integer: write it without quotes"},
    {"OctalLookingInteger", with_line(2, "journal: {dir: j, segment_mib: 064}"),
     "writ.yaml:2:32: journal.segment_mib: \"064\" is not an integer"},
    {"FeedFromNoTime", kLeast + "feeds:\n  - {name: t, type: tape, files: [a.tape], from: soon}\n",
     "writ.yaml:14:50: feeds[0].from: \"soon\" is no time: write YYYY-MM-DD HH:MM:SS, UTC"},
    {"FeedToNotAfterFrom",
     kLeast + "feeds:\n  - {name: t, type: tape, files: [a.tape], from: \"2024-01-02\", to: "
              "\"2024-01-02\"}\n",
     "writ.yaml:14:68: feeds[0].to: not after feeds[0].from"},
    {"MappingNeeded", with_line(2, "journal: folder"),
     "writ.yaml:2:10: journal: a mapping is needed, not a text"},
    {"ListNeeded", with_line(11, "    instruments: sim/BTCUSDT"),
     "writ.yaml:11:18: strategies[0].instruments: a list is needed, not a text"},
    {"ScalarNeeded", with_line(8, "  - name: [mm]"),
     "writ.yaml:8:11: strategies[0].name: a text is needed, not a list"},
    {"EmptyList", with_line(11, "    instruments: []"),
     "writ.yaml:11:18: strategies[0].instruments is empty"},
    {"DuplicateKey", kLeast + "mode: live\n",
     "writ.yaml:13:1: key \"mode\" is given twice, first at line 1"},
    {"DuplicateKeyInFlow", with_line(6, "    initial: {USDT: \"1\", USDT: \"2\"}"),
     "writ.yaml:6:26: key \"USDT\" is given twice, first at line 6"},
    {"MissingKey", with_line(1, ""), "writ.yaml:2:1: the configuration needs the key \"mode\""},
    {"MissingKeyInItem", with_line(9, ""), "writ.yaml:8:5: strategies[0] needs the key \"plugin\""},
    {"NoValue", with_line(1, "mode:"), "writ.yaml:1:1: mode has no value"},
    {"NullValue", with_line(1, "mode: null"), "writ.yaml:1:1: mode has no value"},
    {"Anchor", with_line(1, "mode: &m paper"),
     "writ.yaml:1:7: anchors (&name) are not part of the configuration's YAML"},
    {"AnchorOnMapping", with_line(2, "journal: &j {dir: journal}"),
     "writ.yaml:2:10: anchors (&name) are not part of the configuration's YAML"},
    {"Star", with_line(11, "    instruments: [*]"),
     "writ.yaml:11:20: not YAML: alias not found after *"},
    {"Tag", with_line(1, "mode: !!str paper"),
     "writ.yaml:1:7: tags (!name) are not part of the configuration's YAML"},
    {"MergeKey", kLeast + "<<: {mode: live}\n",
     "writ.yaml:13:1: merge keys (<<) are not part of the configuration's YAML"},
    {"SecondDocument", kLeast + "---\nmode: live\n",
     "writ.yaml:13:1: a second document: a configuration is one"},
    {"KeyIsMapping", "? {a: 1}\n: 2\n", "writ.yaml:1:3: a key must be a text"},
    {"NotYaml", "mode: paper\n\tjournal: 1\n",
     "writ.yaml:2:1: not YAML: illegal tab when looking for indentation"},
    {"NotAMapping", "- mode\n",
     "writ.yaml:1:1: the configuration: a mapping is needed, not a list"},
    {"BadDuration", kLeast + "paper: {order_latency: 5}\n",
     "writ.yaml:13:24: paper.order_latency: \"5\" is not a duration such as 250ms (units ns us ms "
     "s "
     "m h d)"},
    {"NegativeDuration", kLeast + "paper: {order_latency: -5ms}\n",
     "writ.yaml:13:24: paper.order_latency: -5ms is below 0s, the least"},
    {"UnquotedMoney", with_line(6, "    initial: {USDT: 10000}"),
     "writ.yaml:6:21: accounts[0].initial.USDT: write \"10000\" as a text in quotes: decimals are "
     "exact"},
    {"MoneyThatIsNone", with_line(6, "    initial: {USDT: \"1,000\"}"),
     "writ.yaml:6:21: accounts[0].initial.USDT: \"1,000\" is not a decimal number"},
    {"MoneyTooFine", with_line(6, "    initial: {USDT: \"0.0000000000000000001\"}"),
     "writ.yaml:6:21: accounts[0].initial.USDT: \"0.0000000000000000001\" has more than 18 "
     "decimals"},
    {"NegativeMoney", with_line(6, "    initial: {USDT: \"-1\"}"),
     "writ.yaml:6:21: accounts[0].initial.USDT: -1 is below 0, the least"},
    {"RateTooLarge", kLeast + "instruments: {sim/BTCUSDT: {taker_fee: \"1\"}}\n",
     "writ.yaml:13:40: instruments.sim/BTCUSDT.taker_fee: 1 is above 0.1, the most"},
    {"WordThatIsNone", with_line(1, "mode: papper"),
     "writ.yaml:1:7: mode: \"papper\" is not backtest, paper or live, did you mean \"paper\"?"},
    {"BooleanWord", kLeast + "storage: {store_features: yes}\n",
     "writ.yaml:13:27: storage.store_features: \"yes\" is neither true nor false"},
    {"TextThatLooksLikeANumber", with_line(8, "  - name: 007"),
     "writ.yaml:8:11: strategies[0].name: write \"007\" in quotes: without, it is no text to every "
     "reader of YAML"},
    {"TextThatLooksLikeABoolean", with_line(8, "  - name: on"),
     "writ.yaml:8:11: strategies[0].name: write \"on\" in quotes: without, it is no text to every "
     "reader of YAML"},
    {"TapeKeyOfSimulatedFeed",
     kLeast + "feeds:\n  - {name: f, type: simulated, files: [x], instruments: []}\n",
     "writ.yaml:14:32: feeds[0].files is for type tape only"},
    {"FeedWithoutFiles", kLeast + "feeds:\n  - {name: f, type: tape}\n",
     "writ.yaml:14:5: feeds[0] needs the key \"files\""},
    {"UnknownAccount", with_line(10, "    account: mian"),
     "writ.yaml:10:14: strategies[0].account: no account \"mian\", did you mean \"main\"?"},
    {"NameTwice", kLeast + "signals:\n  - {name: mm, plugin: p, instruments: [a/b]}\n",
     "writ.yaml:8:11: strategies[0].name: the name \"mm\" is given twice"},
    {"OperatorIsTaken", with_line(8, "  - name: operator"),
     "writ.yaml:8:11: strategies[0].name: \"operator\" stands for the people at the host"},
    {"WireWithoutPort", kLeast + "    signals: {in: flow}\n",
     "writ.yaml:13:19: strategies[0].signals.in: \"flow\" is not INSTANCE.PORT"},
    {"WireFromNobody", kLeast + "    signals: {in: flow.cvd}\n",
     "writ.yaml:13:19: strategies[0].signals.in: no signal instance \"flow\""},
    {"LimitsOfUnknownStrategy", kLeast + "risk: {strategies: {m: {strategy_budget: \"1\"}}}\n",
     "writ.yaml:13:21: risk.strategies.m: no strategy \"m\", did you mean \"mm\"?"},
    {"LimitOutOfItsScope", kLeast + "risk: {venues: {sim: {daily_loss_max: \"1\"}}}\n",
     "writ.yaml:13:23: unknown key \"daily_loss_max\" in risk.venues.sim"},
    {"LimitsOfUnknownAccount", kLeast + "risk: {accounts: {mian: {position_max: \"1\"}}}\n",
     "writ.yaml:13:19: risk.accounts.mian: no account \"mian\", did you mean \"main\"?"},
    {"NameTooLong", with_line(4, "  - name: " + std::string(32, 'a')),
     "writ.yaml:4:11: accounts[0].name: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" is longer than 31 "
     "bytes"},
    {"NameWithDot", with_line(8, "  - name: m.m"),
     "writ.yaml:8:11: strategies[0].name: \"m.m\" holds a dot or a space"},
    {"AccountWithSlash", with_line(4, "  - name: main/shadow"),
     "writ.yaml:4:11: accounts[0].name: \"main/shadow\" holds a \"/\""},
    {"ShadowIsNoWord", kLeast + "    shadow: perhaps\n",
     "writ.yaml:13:13: strategies[0].shadow: \"perhaps\" is neither true nor false"},
    {"ASignalIsNotShadow",
     kLeast + "signals:\n  - {name: flow, plugin: writ.order_flow, instruments: [\"*\"], shadow: "
              "true}\n",
     "writ.yaml:14:63: unknown key \"shadow\" in signals[0], did you mean \"sha256\"?"},
    {"HashThatIsNone", kLeast + "    sha256: \"5EED\"\n",
     "writ.yaml:13:13: strategies[0].sha256: \"5EED\" is not 64 hex digits, as sha256sum prints "
     "them"},
    {"NoIntentAtAll", kLeast + "    budget: {intents_per_second: 0}\n",
     "writ.yaml:13:34: strategies[0].budget.intents_per_second: 0 is below 1, the least"},
    {"SignalsHaveNoIntents",
     kLeast + "signals:\n  - {name: flow, plugin: writ.order_flow, instruments: [\"*\"], budget: "
              "{intents_per_second: 1}}\n",
     "writ.yaml:14:72: unknown key \"intents_per_second\" in signals[0].budget"},
    {"ASandboxHasItsOwnDeadline", kLeast + "    isolation: sandbox\n    budget: {deadline: 5ms}\n",
     "writ.yaml:14:24: strategies[0].budget.deadline: of a sandbox it is `sandbox: {deadline}`"},
    {"AssetTooLong", with_line(6, "    initial: {ABCDEFGHIJKLMNOP: \"1\"}"),
     "writ.yaml:6:15: accounts[0].initial.ABCDEFGHIJKLMNOP: an asset's name has at most 15 bytes"},
};

INSTANTIATE_TEST_SUITE_P(All, ConfigError, testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(LoadConfig, NamesTheFileThatIsNotThere) {
  try {
    static_cast<void>(load_config("/nonexistent/writ.yaml"));
    FAIL() << "no error";
  } catch (const base::InputError& error) {
    EXPECT_EQ(std::string(error.what()).rfind("/nonexistent/writ.yaml: ", 0), 0U) << error.what();
  }
}

}  // namespace
}  // namespace writ::config
