#include "options.hpp"

#include "host/base/input_error.hpp"

#include <writ/decimal.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/program_options.hpp>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>

namespace writ::venue_sim {
namespace {

namespace json = boost::json;
namespace program = boost::program_options;

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw base::InputError(path, "cannot be read");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::map<std::string, Money> balances_of(const std::string& path, const json::object& account,
                                         const char* market) {
  std::map<std::string, Money> balances;
  const json::value* listed = account.if_contains(market);
  if (listed == nullptr) return balances;
  for (const auto& [asset, amount] : listed->as_object()) {
    const auto parsed = parse_money(std::string_view(amount.as_string()));
    if (!parsed) throw base::InputError(path, std::string(asset) + ": not an exact decimal");
    balances[std::string(asset)] = parsed.value;
  }
  return balances;
}

Key key_of(const std::string& path, const json::object& option) {
  Key key;
  key.api_key = option.at("api_key").as_string().c_str();
  if (const json::value* secret = option.if_contains("secret")) {
    key.secret = secret->as_string().c_str();
  } else if (const json::value* pem = option.if_contains("public_key")) {
    key.public_key_pem = pem->as_string().c_str();
  } else {
    throw base::InputError(path, "a key has neither secret nor public_key");
  }
  return key;
}

void add_accounts(const std::string& path, ProgramOptions& options) {
  try {
    const json::value parsed = json::parse(read_file(path));
    for (const json::value& one : parsed.as_array()) {
      const json::object& account = one.as_object();
      AccountOption made;
      made.name = account.at("name").as_string().c_str();
      for (const json::value& key : account.at("keys").as_array()) {
        made.keys.push_back(key_of(path, key.as_object()));
      }
      made.fees_in_bnb = account.contains("fees_in_bnb") && account.at("fees_in_bnb").as_bool();
      made.balances = balances_of(path, account, "spot");
      options.spot.accounts.push_back(made);
      made.balances = balances_of(path, account, "futures");
      options.futures.accounts.push_back(std::move(made));
    }
  } catch (const base::InputError&) {
    throw;
  } catch (const std::exception& error) {
    throw base::InputError(path, error.what());
  }
}

/// The account of a simulator nobody told about any.
void add_default_account(ProgramOptions& options) {
  const Key key{"writ-sim-key", 0, "writ-sim-secret", ""};
  AccountOption account{"main", {key}, {}, false};
  account.balances = {{"USDT", parse_money("100000").value},
                      {"BTC", parse_money("2").value},
                      {"ETH", parse_money("20").value},
                      {"BNB", parse_money("10").value}};
  options.spot.accounts.push_back(account);
  account.balances = {{"USDT", parse_money("100000").value}};
  options.futures.accounts.push_back(account);
}

std::int64_t real_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Fees fees_of(const std::string& text, const char* option) {
  const std::size_t comma = text.find(',');
  const auto maker = parse_rate(text.substr(0, comma));
  const auto taker = comma == std::string::npos ? maker : parse_rate(text.substr(comma + 1));
  if (!maker || !taker) throw base::InputError("", std::string(option) + ": wants MAKER,TAKER");
  return {maker.value, taker.value};
}

}  // namespace

std::optional<ProgramOptions> read_options(int argc, const char* const* argv) {
  ProgramOptions options;
  std::string accounts;
  std::string clock;
  std::string spot_fees;
  std::string futures_fees;
  std::string truth;
  std::int64_t start_ms = 0;
  program::options_description about("writ-venue-sim: Binance spot and USDT-M futures, simulated");
  about.add_options()("help", "this text")("spot-port", program::value<std::uint16_t>(),
                                           "serve spot on this port, 0: any")(
      "futures-port", program::value<std::uint16_t>(), "serve futures on this port, 0: any")(
      "tls", program::value(&options.tls_folder),
      "serve TLS; a CA (ca.pem) and a certificate are made in this folder")(
      "accounts", program::value(&accounts),
      "JSON file: [{name, keys: [{api_key, secret | public_key}], spot: {ASSET: \"1\"}, futures}]")(
      "spot-fees", program::value(&spot_fees)->default_value("0.001,0.001"), "MAKER,TAKER")(
      "futures-fees", program::value(&futures_fees)->default_value("0.0002,0.0005"), "MAKER,TAKER")(
      "replay-spot", program::value(&options.spot.recordings)->multitoken(),
      "recordings that are the spot market")(
      "replay-futures", program::value(&options.futures.recordings)->multitoken(),
      "recordings that are the futures market")(
      "replay-speed", program::value(&options.spot.recording_speed)->default_value(1),
      "recorded seconds in a venue second")(
      "seed", program::value(&options.spot.seed)->default_value(1), "of the markets made up")(
      "quiet", "no market but what POST /sim/market says")(
      "speed", program::value(&options.clock.speed)->default_value(1), "venue seconds in a second")(
      "clock", program::value(&clock)->default_value("real"), "real | manual (POST /sim/time)")(
      "start-ms", program::value(&start_ms), "venue time at the start, default: now")(
      "faults", program::value(&options.faults)->multitoken(), "JSON files of scripted faults")(
      "truth", program::value(&truth),
      "prefix of the truth journals: PREFIX.spot.jsonl and PREFIX.futures.jsonl");
  program::variables_map given;
  try {
    program::store(program::parse_command_line(argc, argv, about), given);
    program::notify(given);
  } catch (const program::error& error) {
    throw base::InputError("", error.what());
  }
  if (given.count("help") != 0) {
    std::cout << about;
    return std::nullopt;
  }
  if (given.count("spot-port") != 0) options.spot_port = given["spot-port"].as<std::uint16_t>();
  if (given.count("futures-port") != 0) {
    options.futures_port = given["futures-port"].as<std::uint16_t>();
  }
  if (!options.spot_port && !options.futures_port) options.spot_port = options.futures_port = 0;
  if (options.clock.speed < 1) throw base::InputError("", "--speed: wants 1 or more");
  if (options.spot.recording_speed < 1)
    throw base::InputError("", "--replay-speed: wants 1 or more");
  if (clock != "real" && clock != "manual") {
    throw base::InputError("", "--clock: wants real or manual");
  }
  if (accounts.empty()) {
    add_default_account(options);
  } else {
    add_accounts(accounts, options);
  }
  options.clock.start_ts = start_ms == 0 ? real_now() : start_ms * 1'000'000;
  const std::int64_t patience = options.clock.speed;
  if (clock == "manual") options.clock.speed = 0;
  options.spot.fees = fees_of(spot_fees, "--spot-fees");
  options.futures.fees = fees_of(futures_fees, "--futures-fees");
  options.futures.market = Market::kUsdm;
  options.futures.seed = options.spot.seed;
  options.futures.recording_speed = options.spot.recording_speed;
  for (VenueOptions* venue : {&options.spot, &options.futures}) {
    venue->listings = default_listings(venue->market);
    venue->quiet = given.count("quiet") != 0;
    venue->start_ts = options.clock.start_ts;
    venue->speed = patience;
    if (truth.empty()) continue;
    venue->truth_file = truth + (venue->market == Market::kSpot ? ".spot.jsonl" : ".futures.jsonl");
  }
  return options;
}

}  // namespace writ::venue_sim
