#pragma once

#include "host/cli/venue_addresses.hpp"
#include "host/cli/venue_questions.hpp"
#include "host/config/config.hpp"
#include "host/model/instrument_table.hpp"
#include "host/venue/binance/address_budget.hpp"
#include "host/venue/binance/credentials.hpp"
#include "host/venue/binance/exchange_info.hpp"
#include "host/venue/binance/requests.hpp"
#include "host/venue/net/endpoint.hpp"
#include "host/venue/net/http_client.hpp"
#include "host/venue/net/io_thread.hpp"

#include <writ/abi/instrument.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace writ::cli {

/// Whether a venue is asked as one of its accounts, or as anybody.
enum class VenueKeys : std::uint8_t { kNone, kNeeded };

/// One venue of the configuration and the thread its network objects live on. Questions here are
/// waited for: they are a start's, or a person's. Outlives whatever uses its parts.
class VenueConnection {
 public:
  /// Reads the keys where they are needed; nothing leaves yet. Throws base::InputError, which names
  /// where the keys were looked for and never what they are.
  VenueConnection(const config::Loaded& loaded, const std::string& name, VenueKeys keys,
                  VenueAddresses& addresses);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const config::VenueConfig& config() const noexcept { return config_; }
  [[nodiscard]] venue::binance::Market market() const noexcept;
  /// Needs keys.
  [[nodiscard]] const venue::binance::Credentials& credentials() const;
  [[nodiscard]] venue::net::IoThread& io() noexcept { return io_; }
  /// Of all that ask this venue from here.
  [[nodiscard]] std::shared_ptr<venue::binance::AddressBudget> address() const { return address_; }
  /// One of the venue's other addresses, by its URL in the configuration.
  [[nodiscard]] venue::net::Endpoint endpoint(const std::string& url) const;

  /// Asks the venue's clock a few times. Throws base::InputError if ours is further from it than
  /// `clock_offset_max`, or std::runtime_error if the venue does not answer.
  void check_clock();
  /// What the venue lists, asked for once.
  [[nodiscard]] const venue::binance::ExchangeInfo& listing();
  /// A symbol as listed, with the account's fees, or without keys the usual ones; its numbers are
  /// 0. `path` is its place in the configuration: throws base::InputError with the nearest name for
  /// a symbol the venue does not list, or does not trade now.
  [[nodiscard]] venue::binance::ListedSymbol listed(const std::string& symbol,
                                                    const std::string& path);

  /// Throws base::InputError if the account pays fees in an asset these do not have, once its
  /// symbols were asked for: what it pays would not be booked.
  void check_fee_asset(const model::InstrumentTable& tables) const;

  /// The body of the answer. A signed request needs keys and a checked clock. Throws
  /// std::runtime_error with what the venue, or the way to it, said; never with a key.
  [[nodiscard]] std::string ask(const venue::binance::VenueRequest& request);

 private:
  std::string name_;
  config::Document document_;
  config::VenueConfig config_;
  std::optional<venue::binance::Credentials> credentials_;
  venue::net::IoThread io_;
  venue::net::HttpClient rest_;
  std::shared_ptr<venue::binance::AddressBudget> address_;
  VenueQuestions questions_;
  std::optional<venue::binance::ExchangeInfo> listing_;
  std::string discount_asset_;  ///< empty: none
};

}  // namespace writ::cli
