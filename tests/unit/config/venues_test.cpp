// Sections `venues` and `incidents`, and what mode live must not begin without.
#include "host/base/input_error.hpp"
#include "host/config/venue_checks.hpp"
#include "tests/unit/config/config_text.hpp"

#include <writ/abi/journal.h>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <string>

namespace writ::config {
namespace {

const std::string kVenue =
    "venues:\n"
    "  fut:\n"
    "    type: binance\n"
    "    market: futures\n"
    "    rest: https://fapi.binance.com\n"
    "    websocket: wss://fstream.binance.com\n"
    "    websocket_api: wss://ws-fapi.binance.com/ws-fapi/v1\n"
    "    credentials: {file: keys}\n";
const std::string kFeed = "feeds:\n  - {name: f, type: binance, venue: fut, symbols: [BTCUSDT]}\n";

// With the account at the venue and its strategy in the venue's instrument.
std::string live(const std::string& venue = kVenue, const std::string& feed = kFeed) {
  return "mode: live\njournal: {dir: journal}\n" + venue + feed +
         "accounts:\n"
         "  - {name: main, reporting: USDT, venue: fut}\n"
         "strategies:\n"
         "  - {name: mm, plugin: p, account: main, instruments: [binance_usdm/BTCUSDT]}\n";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

std::string error_of(const std::string& text) {
  try {
    const auto loaded = load_text(text);
    check_live(loaded.config, loaded.document);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(VenuesConfig, SaysWhereEachPartOfAVenueIs) {
  const auto loaded = load_text(live());
  check_live(loaded.config, loaded.document);
  const auto& venue = loaded.config.venues.at("fut");
  EXPECT_EQ(venue.market, VenueMarket::kFutures);
  EXPECT_EQ(venue.rest, "https://fapi.binance.com");
  EXPECT_EQ(venue.websocket, "wss://fstream.binance.com");
  EXPECT_EQ(venue.websocket_api, "wss://ws-fapi.binance.com/ws-fapi/v1");
  EXPECT_EQ(venue.credentials.file, "/etc/writ/keys");
  EXPECT_EQ(venue.credentials.env, "");
  EXPECT_EQ(venue.self_trade_prevention, SelfTrade::kExpireTaker);
  EXPECT_EQ(venue.recv_window_ns, 5'000'000'000);
  EXPECT_EQ(venue.clock_offset_max_ns, 1'000'000'000);
  EXPECT_EQ(venue.countdown_ns, 120'000'000'000);
  EXPECT_EQ(loaded.config.feeds[0].capture, std::nullopt);
  EXPECT_EQ(loaded.config.accounts[0].venue, "fut");
  EXPECT_EQ(loaded.config.feeds[0].symbols, std::vector<std::string>{"BTCUSDT"});
}

TEST(VenuesConfig, MayNameWhereWhatAFeedHearsIsKept) {
  const auto config =
      load_text(live(kVenue, replaced(kFeed, "symbols", "capture: said/f.jsonl.gz, symbols")))
          .config;
  EXPECT_EQ(config.feeds[0].capture, "/etc/writ/said/f.jsonl.gz");
}

TEST(VenuesConfig, PaperListensToAVenueWithoutKeys) {
  const auto text = replaced(live(), "mode: live", "mode: paper");
  EXPECT_EQ(error_of(replaced(replaced(text, "    credentials: {file: keys}\n", ""),
                              ", venue: fut}", "}")),
            "");
}

TEST(VenuesConfig, RecordNeitherKeysNorWhoIsTold) {
  const auto loaded = load_text(
      live() + "incidents: {webhook: https://hooks.example/T0/SECRET, command: [/bin/tell]}\n");
  const auto recorded = loaded.document.canonical();
  for (const char* word : {"SECRET", "hooks.example", "/bin/tell", "credentials", "keys"}) {
    EXPECT_EQ(recorded.find(word), recorded.npos) << word;
  }
  EXPECT_NE(recorded.find("fapi.binance.com"), recorded.npos);
  const auto shown = boost::json::serialize(loaded.document.shown_values());
  EXPECT_EQ(shown.find("SECRET"), shown.npos);
  // What is on record is read again, without what was left out.
  const auto again = Document::recorded(recorded, "record");
  EXPECT_EQ(read_config(again, "/etc/writ").venues.at("fut").rest, "https://fapi.binance.com");
  EXPECT_EQ(again.hash(), loaded.document.hash());
}

TEST(VenuesConfig, RefuseWhatIsWrongInAnyModeWithItsPlace) {
  EXPECT_EQ(error_of(live(replaced(kVenue, "https://fapi", "http://fapi"))),
            "writ.yaml:7:11: venues.fut.rest: in the clear to another machine: https://");
  EXPECT_EQ(error_of(live(replaced(kVenue, "https://fapi.binance.com", "http://127.0.0.1:8001"))),
            "");
  EXPECT_EQ(error_of(live(replaced(kVenue, "https://fapi.binance.com", "http://[::1]:8001/x"))),
            "");
  EXPECT_EQ(error_of(live(replaced(kVenue, "https://fapi", "ftp://fapi"))),
            "writ.yaml:7:11: venues.fut.rest: a URL of https://HOST is needed");
  EXPECT_EQ(error_of(live(replaced(kVenue, "https://fapi", "https://me:word@fapi"))),
            "writ.yaml:7:11: venues.fut.rest: a URL with a name or a password in it");
  EXPECT_EQ(error_of(live(replaced(kVenue, "https://fapi.binance.com", "https://:443"))),
            "writ.yaml:7:11: venues.fut.rest: no https://HOST[:PORT]");
  EXPECT_EQ(error_of(live(replaced(kVenue, "wss://fstream", "https://fstream"))),
            "writ.yaml:8:16: venues.fut.websocket: a URL of wss://HOST is needed");
  EXPECT_EQ(
      error_of(live(replaced(kVenue, "{file: keys}", "{file: keys, env: W}"))),
      "writ.yaml:10:31: venues.fut.credentials: a file and the environment: which one counts?");
  EXPECT_EQ(error_of(live(kVenue + "    self_trade_prevention: decrement\n")),
            "writ.yaml:11:28: venues.fut.self_trade_prevention: decrement is of spot only");
  EXPECT_EQ(error_of(live(kVenue + "    recv_window: 61s\n")),
            "writ.yaml:11:18: venues.fut.recv_window: 61s is above 60s, the most");
  EXPECT_EQ(error_of(live(kVenue + "    countdown: 3s\n")),
            "writ.yaml:11:16: venues.fut.countdown: 3s is below 4s, the least");
  EXPECT_EQ(
      error_of(live(kVenue, replaced(kFeed, "symbols", "capture: f, symbols") +
                                "  - {name: g, type: binance, venue: fut, capture: f, symbols: "
                                "[ETHUSDT]}\n")),
      "writ.yaml:13:51: feeds[1].capture: two feeds would write into one file");
  EXPECT_EQ(error_of(live(kVenue, "feeds:\n  - {name: f, type: tape, files: [t], capture: f}\n")),
            "writ.yaml:12:39: feeds[0].capture is for type binance only");
  EXPECT_EQ(error_of(live(kVenue, replaced(kFeed, "venue: fut", "venue: fun"))),
            "writ.yaml:12:37: feeds[0].venue: `venues` has no \"fun\", did you mean \"fut\"?");
  EXPECT_EQ(error_of(live(kVenue, replaced(kFeed, "[BTCUSDT]", "[BTCUSDT, BTCUSDT]"))),
            "writ.yaml:12:61: feeds[0].symbols[1]: the symbol \"BTCUSDT\" is given twice");
  EXPECT_EQ(error_of(replaced(live(), "USDT, venue: fut", "USDT, venue: futt")),
            "writ.yaml:14:42: accounts[0].venue: `venues` has no \"futt\", did you mean \"fut\"?");
  EXPECT_EQ(
      error_of(replaced(
          live(), "strategies:", "  - {name: two, reporting: USDT, venue: fut}\nstrategies:")),
      "writ.yaml:15:41: accounts[1].venue: \"fut\" is account \"main\"'s: its credentials are of "
      "one account there");
  EXPECT_EQ(
      error_of(replaced(live(), "mode: live", "mode: backtest")),
      "writ.yaml:12:21: feeds[0].type: binance has no end and no second time: a backtest needs a "
      "tape (`writ record`)");
}

TEST(VenuesConfig, ModeLiveNeedsItsVenueItsKeysAndItsMarket) {
  EXPECT_EQ(error_of(replaced(live(), ", venue: fut}\nstrategies", "}\nstrategies")),
            "writ.yaml:14:5: accounts[0]: mode live needs `venue` of account \"main\"");
  EXPECT_EQ(
      error_of(live(replaced(kVenue, "    credentials: {file: keys}\n", ""))),
      "writ.yaml:4:3: venues.fut: mode live needs `credentials: {file: FILE}` or `credentials: "
      "{env: PREFIX}`");
  EXPECT_EQ(
      error_of(live(kVenue, "feeds:\n  - {name: f, type: tape, files: [t]}\n")),
      "writ.yaml:12:21: feeds[0].type: mode live trades on what a venue says now, not on a tape");
  EXPECT_EQ(error_of(live(
                kVenue,
                "feeds:\n  - {name: f, type: simulated, instruments: [{market: A, base: A, "
                "quote: B, tick: \"1\", lot: \"1\", price: \"1\", typical_quantity: \"1\"}]}\n")),
            "writ.yaml:12:21: feeds[0].type: mode live trades on what a venue says now, not on a "
            "simulated market");
}

TEST(IncidentsConfig, SaysWhoIsToldOfWhat) {
  const auto none = load_text(kLeast).config.incidents;
  EXPECT_TRUE(none.command.empty());
  EXPECT_EQ(none.webhook, "");
  EXPECT_EQ(none.severity_min, std::uint32_t{WRIT_SEVERITY_ERROR});
  const auto some = load_text(kLeast +
                              "incidents: {command: [bin/tell, \"-x\"], min_severity: WARN, "
                              "codes: [KILL, HALT], timeout: 2s, attempts: 2}\n")
                        .config.incidents;
  EXPECT_EQ(some.command, (std::vector<std::string>{"bin/tell", "-x"}));
  EXPECT_EQ(some.severity_min, std::uint32_t{WRIT_SEVERITY_WARN});
  EXPECT_EQ(some.codes, (std::vector<std::uint32_t>{WRIT_INCIDENT_KILL, WRIT_INCIDENT_HALT}));
  EXPECT_EQ(some.timeout_ns, 2'000'000'000);
  EXPECT_EQ(some.attempts, 2U);
}

TEST(IncidentsConfig, RefusesWhatIsNoIncidentAndAWebhookInTheClear) {
  EXPECT_EQ(error_of(kLeast + "incidents: {codes: [KIL]}\n"),
            "writ.yaml:13:21: incidents.codes[0]: no incident \"KIL\", did you mean \"KILL\"?");
  EXPECT_EQ(error_of(kLeast + "incidents: {webhook: http://hooks.example/}\n"),
            "writ.yaml:13:22: incidents.webhook: in the clear to another machine: https://");
}

}  // namespace
}  // namespace writ::config
