// writ record: what a venue says, written as it was received.
#include "host/base/input_error.hpp"
#include "host/base/near_name.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_commands.hpp"
#include "host/cli/signal_watch.hpp"
#include "host/cli/venue_questions.hpp"
#include "host/config/config.hpp"
#include "host/journal/capture.hpp"
#include "host/model/record_view.hpp"
#include "host/ops/attention.hpp"
#include "host/venue/binance/market_receiver.hpp"
#include "host/venue/binance/trade_continuity.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace writ::cli {
namespace {

namespace binance = venue::binance;
namespace net = venue::net;

constexpr std::int64_t kSecondNs = 1'000'000'000;

// What is recorded, and where it is to be heard.
struct Wanted {
  std::string venue;
  binance::Market market = binance::Market::kSpot;
  std::string rest;
  std::string websocket;
  std::string ca_file;
  std::vector<std::string> symbols;
};

Wanted wanted_of_venue(const std::string& venue) {
  if (venue == "binance_spot") {
    return {venue,
            binance::Market::kSpot,
            "https://api.binance.com",
            "wss://stream.binance.com:9443",
            "",
            {}};
  }
  if (venue == "binance_usdm") {
    return {
        venue, binance::Market::kUsdm, "https://fapi.binance.com", "wss://fstream.binance.com", "",
        {}};
  }
  throw base::InputError("", "--venue: \"" + venue + "\" is not binance_spot or binance_usdm");
}

// A capture is of one venue: the configuration's only one, or the one named.
Wanted wanted_of_config(const std::filesystem::path& file, const std::string& venue) {
  const auto config = config::load_config(file).config;
  std::map<std::string, std::vector<std::string>> symbols;
  for (const auto& feed : config.feeds) {
    if (feed.type != config::FeedType::kBinance) continue;
    auto& of_venue = symbols[feed.venue];
    of_venue.insert(of_venue.end(), feed.symbols.begin(), feed.symbols.end());
  }
  const auto found = venue.empty() && symbols.size() == 1 ? symbols.begin() : symbols.find(venue);
  if (found == symbols.end()) {
    throw base::InputError(file.string(), symbols.empty() ? "no feed of a venue"
                                          : venue.empty()
                                              ? "feeds of several venues: name one with --venue"
                                              : "no feed of a venue \"" + venue + "\"");
  }
  const auto& where = config.venues.at(found->first);
  return {
      found->first,
      where.market == config::VenueMarket::kSpot ? binance::Market::kSpot : binance::Market::kUsdm,
      where.rest,
      where.websocket,
      where.ca_file ? where.ca_file->string() : "",
      found->second};
}

Wanted wanted_of(const Arguments& arguments) {
  auto wanted = arguments.has("config")
                    ? wanted_of_config(*arguments.path("config"), arguments.text("venue"))
                    : wanted_of_venue(arguments.required("venue"));
  if (arguments.has("symbol")) wanted.symbols = arguments.texts("symbol");
  if (arguments.has("rest")) wanted.rest = arguments.text("rest");
  if (arguments.has("websocket")) wanted.websocket = arguments.text("websocket");
  if (arguments.has("ca-file")) wanted.ca_file = arguments.text("ca-file");
  if (wanted.symbols.empty()) throw base::InputError("", "--symbol is missing");
  std::sort(wanted.symbols.begin(), wanted.symbols.end());
  wanted.symbols.erase(std::unique(wanted.symbols.begin(), wanted.symbols.end()),
                       wanted.symbols.end());
  return wanted;
}

net::Endpoint endpoint_of(const std::string& url, const std::string& ca_file) {
  auto endpoint = net::parse_endpoint(url);
  if (!endpoint) throw base::InputError("", url + ": " + endpoint.error().step());
  endpoint->ca_file = ca_file;
  return *endpoint;
}

binance::MarketReceiverOptions options_of(const Wanted& wanted) {
  binance::MarketReceiverOptions options;
  options.market = wanted.market;
  options.rest = endpoint_of(wanted.rest, wanted.ca_file);
  options.streams = endpoint_of(wanted.websocket, wanted.ca_file);
  options.address =
      std::make_shared<binance::AddressBudget>(binance::documented_limits(options.market));
  for (const std::string& symbol : wanted.symbols) {
    const auto number = static_cast<std::uint16_t>(options.subscriptions.size() + 1);
    options.subscriptions.push_back({symbol, number, number});
  }
  return options;
}

// A symbol that is not there would be a capture without it, and nobody would notice.
void check_symbols(net::IoThread& thread, const std::string& venue,
                   const binance::MarketReceiverOptions& options) {
  net::HttpClient rest(thread, options.rest);
  VenueQuestions questions(rest, {venue, options.market, options.address});
  const auto info = questions.listing();
  std::vector<std::string> listed;
  for (const auto& symbol : info.symbols) {
    listed.emplace_back(model::text_of(symbol.instrument.symbol));
  }
  for (const auto& subscription : options.subscriptions) {
    const std::string& symbol = subscription.symbol;
    if (info.find(symbol) != nullptr) continue;
    throw base::InputError(
        "", "the venue does not list \"" + symbol + "\"" + base::near_name(symbol, listed));
  }
}

// What is written, and what people are told, by the I/O thread.
class Recorder {
 public:
  Recorder(std::filesystem::path path, std::int64_t rotate_ns, binance::TradeContinuity trades,
           ops::Attention& attention)
      : writer_(std::move(path), rotate_ns), trades_(std::move(trades)), attention_(attention) {}

  [[nodiscard]] binance::MarketReceiver::Handlers handlers() {
    return {
        [this](const writ_record& record) {
          static_cast<void>(trades_.missing_before(record));
          trades_.on_told(record);
        },
        [this](std::string_view message, std::int64_t ts) { note(writer_.append(ts, message)); },
        [this](std::string_view line) {
          last_trouble_ = line;
          std::cerr << "writ: " << line << std::endl;
        }};
  }
  // Whether writing goes on.
  [[nodiscard]] bool flush() {
    note(writer_.flush());
    return !failure_;
  }
  void finish() {
    note(writer_.finish());
    if (failure_) throw base::Failure(*failure_);
    if (writer_.messages() != 0) return;
    throw std::runtime_error("nothing was received" +
                             (last_trouble_.empty() ? "" : ": " + last_trouble_));
  }
  [[nodiscard]] const journal::CaptureWriter& writer() const noexcept { return writer_; }
  [[nodiscard]] std::uint64_t trades_missing() const noexcept { return trades_.missing(); }

 private:
  void note(const base::Result<void>& done) {
    if (done || failure_) return;
    failure_ = done.error();
    attention_.raise();
  }

  journal::CaptureWriter writer_;
  binance::TradeContinuity trades_;
  ops::Attention& attention_;
  std::optional<base::Error> failure_;
  std::string last_trouble_;
};

void print(const Arguments& arguments, const Recorder& recorder,
           const binance::MarketStreams::Counters& counters) {
  const auto& writer = recorder.writer();
  if (arguments.json()) {
    boost::json::object result;
    auto& files = result["files"].emplace_array();
    for (const auto& file : writer.files()) files.push_back(boost::json::value(file.string()));
    result["messages"] = writer.messages();
    result["bytes"] = writer.bytes();
    result["first_ts"] = writer.first_ts();
    result["last_ts"] = writer.last_ts();
    result["refused"] = counters.bad;
    result["trades_missing"] = recorder.trades_missing();
    auto& unknown = result["unknown"].emplace_object();
    for (const auto& [event, count] : counters.unknown_events) unknown[event] = count;
    return print_json(result);
  }
  std::cout << grouped(writer.messages()) << " messages, " << grouped(writer.bytes())
            << " bytes, from " << time_text(writer.first_ts()) << " to "
            << time_text(writer.last_ts()) << " UTC\n";
  for (const auto& file : writer.files()) std::cout << "  " << file.string() << "\n";
  if (counters.bad != 0) std::cout << "  " << grouped(counters.bad) << " messages refused\n";
  if (recorder.trades_missing() != 0) {
    std::cout << "  " << grouped(recorder.trades_missing()) << " trades missing\n";
  }
  for (const auto& [event, count] : counters.unknown_events) {
    std::cout << "  " << grouped(count) << " of the unknown type \"" << event << "\"\n";
  }
}

}  // namespace

ExitStatus record_market(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.option("output,o", "FILE", "the capture; compressed if it ends in .gz")
      .option("venue", "VENUE", "binance_spot or binance_usdm; with --config one of its venues")
      .option("config", "FILE", "addresses and symbols from its venues and feeds")
      .repeated("symbol", "SYMBOL", "as the venue lists it, such as BTCUSDT")
      .option("rest", "URL", "instead of the venue's own")
      .option("websocket", "URL", "instead of the venue's own")
      .option("ca-file", "FILE", "who may vouch for the venue, instead of the system's store")
      .option("for", "DURATION", "end after this long, such as 1h; without it at SIGINT")
      .option("rotate", "DURATION", "a file for each, named after the time of its first message");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto wanted = wanted_of(arguments);
  auto options = options_of(wanted);
  const std::filesystem::path file = arguments.required("output");
  const auto duration_ns = arguments.duration("for");
  if (!arguments.has("rotate") && std::filesystem::exists(file)) {
    throw base::InputError(file.string(), "is there already");
  }

  ops::Attention attention;
  SignalWatch signals(attention);
  net::IoThread thread("record");
  check_symbols(thread, wanted.venue, options);

  Recorder recorder(file, arguments.duration("rotate").value_or(0),
                    {options.market, options.subscriptions}, attention);
  std::optional<binance::MarketReceiver> receiver;
  thread.run([&] { receiver.emplace(thread, std::move(options), recorder.handlers()); });
  const std::int64_t begin = net::wall_clock_ns();
  Progress progress;
  for (bool goes_on = true; goes_on && !signals.take_stop();) {
    const std::int64_t left = duration_ns ? begin + *duration_ns - net::wall_clock_ns() : kSecondNs;
    if (left <= 0) break;
    static_cast<void>(attention.wait(std::min(left, kSecondNs)));
    std::uint64_t messages = 0;
    thread.run([&] {
      goes_on = recorder.flush();
      messages = recorder.writer().messages();
    });
    if (progress.visible()) progress.show(grouped(messages) + " messages");
  }
  binance::MarketStreams::Counters counters;
  thread.run([&] {
    counters = receiver->streams().counters();
    receiver.reset();
  });
  recorder.finish();
  print(arguments, recorder, counters);
  return ExitStatus::kOk;
}

}  // namespace writ::cli
