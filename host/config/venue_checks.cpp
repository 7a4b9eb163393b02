#include "host/config/venue_checks.hpp"

#include "host/base/input_error.hpp"
#include "host/base/near_name.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::config {
namespace {

[[noreturn]] void refuse(const Place& place, const std::string& message) {
  throw base::InputError(place.file, place.line, place.column, message);
}

bool is_this_machine(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

// Host of SCHEME://HOST[:PORT][/PATH]; empty if it is none.
std::string_view host_in(std::string_view rest) {
  const auto authority = rest.substr(0, rest.find('/'));
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
  const auto port = colon == authority.npos ? std::string_view() : authority.substr(colon + 1);
  const bool digits = port.find_first_not_of("0123456789") == port.npos && port.size() <= 5;
  const bool empty_port = colon != authority.npos && port.empty();
  return digits && !empty_port ? authority.substr(0, colon) : std::string_view();
}

/// `secure` is https or wss; without the s only on this machine.
void check_url(const Document& document, const std::string& path, const std::string& url,
               std::string_view secure) {
  const auto& place = document.place(path);
  const auto plain = secure.substr(0, secure.size() - 1);
  const auto end = url.find("://");
  const auto scheme = std::string_view(url).substr(0, end == url.npos ? 0 : end);
  // What is printed must hold no password of a URL.
  if (scheme != secure && scheme != plain) {
    refuse(place, path + ": a URL of " + std::string(secure) + "://HOST is needed");
  }
  const auto rest = std::string_view(url).substr(end + 3);
  if (rest.substr(0, rest.find('/')).find('@') != rest.npos) {
    refuse(place, path + ": a URL with a name or a password in it");
  }
  const auto host = host_in(rest);
  if (host.empty() || url.find_first_of(" \t\r\n") != url.npos) {
    refuse(place, path + ": no " + std::string(secure) + "://HOST[:PORT]");
  }
  if (scheme == plain && !is_this_machine(host)) {
    refuse(place, path + ": in the clear to another machine: " + std::string(secure) + "://");
  }
}

class VenueChecks {
 public:
  VenueChecks(const Config& config, const Document& document)
      : config_(config), document_(document) {
    for (const auto& [name, venue] : config.venues) names_.push_back(name);
  }

  void check_venues() const {
    for (const auto& [name, venue] : config_.venues) {
      const std::string path = "venues." + name;
      if (name.size() > 31 || name.find_first_of("./ \t\r\n") != name.npos) {
        refuse(document_.key_place(path),
               path + ": a name of 31 bytes at most, without dot, slash and space");
      }
      check_url(document_, path + ".rest", venue.rest, "https");
      check_url(document_, path + ".websocket", venue.websocket, "wss");
      check_url(document_, path + ".websocket_api", venue.websocket_api, "wss");
      if (venue.credentials.file && !venue.credentials.env.empty()) {
        refuse(document_.key_place(path + ".credentials.env"),
               path + ".credentials: a file and the environment: which one counts?");
      }
      if (venue.market == VenueMarket::kFutures &&
          venue.self_trade_prevention == SelfTrade::kDecrement) {
        refuse(document_.place(path + ".self_trade_prevention"),
               path + ".self_trade_prevention: decrement is of spot only");
      }
    }
    if (!config_.incidents.webhook.empty()) {
      check_url(document_, "incidents.webhook", config_.incidents.webhook, "https");
    }
  }

  void check_accounts() const {
    std::map<std::string, std::string> owners;
    for (std::size_t i = 0; i < config_.accounts.size(); ++i) {
      const auto& account = config_.accounts[i];
      if (account.venue.empty()) continue;
      const std::string path = account_path(i) + ".venue";
      check_named(path, account.venue);
      const auto [known, mine] = owners.emplace(account.venue, account.name);
      if (mine) continue;
      refuse(document_.place(path), path + ": \"" + account.venue + "\" is account \"" +
                                        known->second +
                                        "\"'s: its credentials are of one account there");
    }
  }

  void check_feeds() const {
    std::set<std::pair<VenueMarket, std::string>> symbols;
    std::set<std::filesystem::path> captures;
    for (std::size_t i = 0; i < config_.feeds.size(); ++i) {
      const auto& feed = config_.feeds[i];
      if (feed.type != FeedType::kBinance) continue;
      check_named(feed_path(i) + ".venue", feed.venue);
      if (feed.capture && !captures.insert(*feed.capture).second) {
        refuse(document_.place(feed_path(i) + ".capture"),
               feed_path(i) + ".capture: two feeds would write into one file");
      }
      const auto market = config_.venues.at(feed.venue).market;
      for (std::size_t j = 0; j < feed.symbols.size(); ++j) {
        if (symbols.emplace(market, feed.symbols[j]).second) continue;
        const std::string path = feed_path(i) + ".symbols[" + std::to_string(j) + "]";
        refuse(document_.place(path),
               path + ": the symbol \"" + feed.symbols[j] + "\" is given twice");
      }
      if (config_.mode == Mode::kBacktest) {
        refuse(document_.place(feed_path(i) + ".type"),
               feed_path(i) +
                   ".type: binance has no end and no second time: a backtest needs a "
                   "tape (`writ record`)");
      }
    }
  }

  void check_live() const {
    for (std::size_t i = 0; i < config_.feeds.size(); ++i) {
      if (config_.feeds[i].type == FeedType::kBinance) continue;
      const std::string path = feed_path(i) + ".type";
      refuse(document_.place(path),
             path + ": mode live trades on what a venue says now, not on a " +
                 (config_.feeds[i].type == FeedType::kTape ? "tape" : "simulated market"));
    }
    for (std::size_t i = 0; i < config_.accounts.size(); ++i) {
      const auto& account = config_.accounts[i];
      if (account.venue.empty()) {
        refuse(document_.place(account_path(i)),
               account_path(i) + ": mode live needs `venue` of account \"" + account.name + "\"");
      }
      const auto& credentials = config_.venues.at(account.venue).credentials;
      if (credentials.file || !credentials.env.empty()) continue;
      const std::string path = "venues." + account.venue;
      refuse(
          document_.key_place(path),
          path + ": mode live needs `credentials: {file: FILE}` or `credentials: {env: PREFIX}`");
    }
  }

 private:
  static std::string account_path(std::size_t i) { return "accounts[" + std::to_string(i) + "]"; }
  static std::string feed_path(std::size_t i) { return "feeds[" + std::to_string(i) + "]"; }

  void check_named(const std::string& path, const std::string& name) const {
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) return;
    refuse(document_.place(path),
           path + ": `venues` has no \"" + name + "\"" + base::near_name(name, names_));
  }

  const Config& config_;
  const Document& document_;
  std::vector<std::string> names_;
};

}  // namespace

void check_venues(const Config& config, const Document& document) {
  const VenueChecks checks(config, document);
  checks.check_venues();
  checks.check_accounts();
  checks.check_feeds();
}

void check_live(const Config& config, const Document& document) {
  if (config.mode == Mode::kLive) VenueChecks(config, document).check_live();
}

}  // namespace writ::config
