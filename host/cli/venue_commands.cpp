// writ venue ...: a venue asked and told what to do by the account's keys alone, without a host.
#include "host/base/assert.hpp"
#include "host/base/input_error.hpp"
#include "host/base/near_name.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/command.hpp"
#include "host/cli/host_connection.hpp"
#include "host/cli/output.hpp"
#include "host/cli/venue_connection.hpp"
#include "host/model/names.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/binance/account_replies.hpp"
#include "host/venue/binance/venue_names.hpp"

#include <writ/decimal.hpp>

#include <boost/json/array.hpp>

#include <array>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace writ::cli {
namespace {

namespace binance = venue::binance;
namespace json = boost::json;

/// A venue and the names of everything it lists, numbered for this command.
class AskedVenue {
 public:
  AskedVenue(const config::Loaded& loaded, const std::string& name, VenueAddresses& addresses)
      : line_(loaded, name, VenueKeys::kNeeded, addresses), names_(line_.market(), 1) {
    line_.check_clock();
    for (const auto& listed : line_.listing().symbols) {
      auto instrument = listed.instrument;
      instrument.instrument = static_cast<std::uint32_t>(symbols_.size() + 1);
      symbols_.emplace_back(model::text_of(instrument.symbol));
      names_.add(instrument);
      for (const auto asset : {model::text_of(instrument.base), model::text_of(instrument.quote),
                               model::text_of(instrument.settle)}) {
        if (!asset.empty()) add_asset(std::string(asset));
      }
    }
  }

  [[nodiscard]] const std::string& name() const { return line_.name(); }
  [[nodiscard]] const std::string& symbol(std::uint32_t instrument) const {
    return symbols_.at(instrument - 1);
  }
  [[nodiscard]] const std::string& asset(std::uint32_t number) const {
    return assets_.at(number - 1);
  }

  /// Those in symbols no record can hold are said on stderr.
  [[nodiscard]] std::vector<execution::VenueOrder> open_orders() {
    std::size_t others = 0;
    auto open = taken(binance::read_orders(
        line_.ask(binance::open_orders_request(line_.market(), "")), names_, &others));
    if (others > 0) {
      std::cerr << "writ: WARN: " << others << " open orders at " << name()
                << " are in symbols that cannot be read here\n";
    }
    return open;
  }
  void cancel_all(const std::string& symbol) {
    static_cast<void>(line_.ask(binance::cancel_all_request(line_.market(), symbol)));
  }
  /// The reply both of the next read.
  [[nodiscard]] std::string account() {
    return line_.ask(binance::account_request(line_.market()));
  }
  [[nodiscard]] std::vector<execution::VenuePosition> positions(const std::string& account) const {
    if (line_.market() == binance::Market::kSpot) return {};  // they are balances
    return taken(binance::read_positions(account, names_));
  }
  [[nodiscard]] std::vector<execution::VenueBalance> balances(const std::string& account) const {
    return taken(binance::read_balances(account, names_));
  }

 private:
  void add_asset(const std::string& name) {
    if (names_.asset(name) != 0) return;
    auto asset = model::make_record<writ_asset>();
    if (!model::set_text(asset.name, name)) return;
    assets_.push_back(name);
    asset.asset = static_cast<std::uint32_t>(assets_.size());
    names_.add(asset);
  }

  template <class T>
  [[nodiscard]] T taken(base::Result<T> read) const {
    if (!read) throw std::runtime_error("venue " + name() + ": " + to_string(read.error()));
    return std::move(*read);
  }

  VenueConnection line_;
  binance::VenueNames names_;
  std::vector<std::string> symbols_;  // by number, from 1
  std::vector<std::string> assets_;
};

// The venue named, else each that an account trades at.
std::vector<std::string> wanted_venues(const config::Loaded& loaded, const Arguments& arguments) {
  const auto& venues = loaded.config.venues;
  std::vector<std::string> names;
  for (const auto& [name, venue] : venues) names.push_back(name);
  if (const auto wanted = arguments.text("venue"); !wanted.empty()) {
    if (venues.count(wanted) == 0) {
      throw base::InputError("", "--venue: the configuration has no venue \"" + wanted + "\"" +
                                     base::near_name(wanted, names));
    }
    names = {wanted};
  } else {
    std::set<std::string> traded;
    for (const auto& account : loaded.config.accounts) traded.insert(account.venue);
    std::erase_if(names, [&traded](const auto& name) { return traded.count(name) == 0; });
  }
  if (names.empty()) throw base::InputError("", "no account of the configuration has a venue");
  for (const auto& name : names) {
    const auto& keys = venues.at(name).credentials;
    if (keys.file || !keys.env.empty()) continue;
    const auto& place = loaded.document.key_place("venues." + name);
    throw base::InputError(place.file, place.line, place.column,
                           "venues." + name + " has no `credentials`");
  }
  return names;
}

json::object to_json(const AskedVenue& venue, const execution::VenueOrder& order) {
  return {{"venue", venue.name()},
          {"symbol", venue.symbol(order.instrument)},
          {"client_order_id", order.client_order_id},
          {"venue_order_id", order.venue_order_id},
          {"state", model::kOrderStateWords.text(static_cast<std::uint32_t>(order.state))},
          {"price", to_string(Price{order.price})},
          {"quantity", to_string(Quantity{order.quantity})},
          {"filled", to_string(Quantity{order.filled})}};
}

std::vector<std::string> row_of(const json::object& object,
                                std::initializer_list<const char*> keys) {
  std::vector<std::string> row;
  for (const char* key : keys) row.push_back(text_at(object, key));
  return row;
}

void print_rows(const json::array& rows, std::initializer_list<const char*> keys) {
  std::vector<std::vector<std::string>> table = {{keys.begin(), keys.end()}};
  for (const auto& row : rows) table.push_back(row_of(row.as_object(), keys));
  print_table(table);
}

using DoAt = std::function<void(AskedVenue&)>;

// False: help was asked for.
bool at_each_venue(const Command& command, const Words& words, bool& as_json, const DoAt& act) {
  Arguments arguments(command);
  arguments.option("config", "FILE", "the configuration, for its `venues`")
      .option("venue", "NAME", "one of them; without it each that an account trades at");
  if (!arguments.parse(words)) return false;
  as_json = arguments.json();
  const auto loaded = config::load_config(arguments.required("config"));
  VenueAddresses addresses;
  for (const auto& name : wanted_venues(loaded, arguments)) {
    AskedVenue venue(loaded, name, addresses);
    act(venue);
  }
  return true;
}

ExitStatus orders(const Command& command, const Words& words) {
  json::array rows;
  bool as_json = false;
  const bool asked = at_each_venue(command, words, as_json, [&rows](AskedVenue& venue) {
    for (const auto& order : venue.open_orders()) rows.push_back(to_json(venue, order));
  });
  if (!asked) return ExitStatus::kOk;
  if (as_json) {
    print_json({{"orders", std::move(rows)}});
  } else {
    print_rows(rows, {"venue", "symbol", "client_order_id", "venue_order_id", "state", "price",
                      "quantity", "filled"});
  }
  return ExitStatus::kOk;
}

ExitStatus positions(const Command& command, const Words& words) {
  json::array rows;
  bool as_json = false;
  const bool asked = at_each_venue(command, words, as_json, [&rows](AskedVenue& venue) {
    const auto account = venue.account();
    for (const auto& position : venue.positions(account)) {
      rows.push_back({{"venue", venue.name()},
                      {"what", venue.symbol(position.instrument)},
                      {"kind", "position"},
                      {"amount", to_string(position.quantity)}});
    }
    for (const auto& balance : venue.balances(account)) {
      rows.push_back({{"venue", venue.name()},
                      {"what", venue.asset(balance.asset)},
                      {"kind", "balance"},
                      {"amount", to_string(balance.amount)}});
    }
  });
  if (!asked) return ExitStatus::kOk;
  if (as_json) {
    print_json({{"positions", std::move(rows)}});
  } else {
    print_rows(rows, {"venue", "what", "kind", "amount"});
  }
  return ExitStatus::kOk;
}

ExitStatus cancel_all(const Command& command, const Words& words) {
  json::array left;
  std::size_t cancelled = 0;
  bool as_json = false;
  const bool asked = at_each_venue(command, words, as_json, [&](AskedVenue& venue) {
    const auto open = venue.open_orders();
    std::set<std::string> symbols;
    for (const auto& order : open) symbols.insert(venue.symbol(order.instrument));
    for (const auto& symbol : symbols) {
      try {
        venue.cancel_all(symbol);
      } catch (const std::runtime_error& error) {  // the others' turn comes all the same
        std::cerr << "writ: " << error.what() << "\n";
      }
    }
    const auto still = venue.open_orders();
    for (const auto& order : still) left.push_back(to_json(venue, order));
    cancelled += open.size() - std::min(open.size(), still.size());
  });
  if (!asked) return ExitStatus::kOk;
  const bool all = left.empty();
  if (as_json) {
    print_json({{"ok", all}, {"cancelled", cancelled}, {"left", std::move(left)}});
  } else {
    std::cout << cancelled << " orders cancelled, " << left.size() << " left\n";
  }
  return all ? ExitStatus::kOk : ExitStatus::kFailed;
}

}  // namespace

std::span<const Command> venue_commands() {
  static constexpr std::array kCommands = {
      Command{"venue orders", "--config FILE [--venue NAME]",
              "what is open at a venue, asked by the account's keys alone", orders},
      Command{"venue positions", "--config FILE [--venue NAME]", "positions and balances there",
              positions},
      Command{"venue cancel-all", "--config FILE [--venue NAME]",
              "cancel every order of the account there; needs no host and stops none", cancel_all},
  };
  return kCommands;
}

}  // namespace writ::cli
