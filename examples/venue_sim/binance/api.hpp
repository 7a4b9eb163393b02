#pragma once

#include "exchange.hpp"
#include "faults.hpp"
#include "keys.hpp"
#include "limits.hpp"
#include "request.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::venue_sim {

enum class Security : std::uint8_t { kNone, kKey, kSigned };

/// What one WebSocket API connection has said of itself.
struct Session {
  std::optional<std::string> api_key;                   ///< logged on
  std::map<std::int64_t, std::uint32_t> subscriptions;  ///< user streams, by id
  std::int64_t next_subscription = 0;
};

/// Futures: keys of user streams, each of one account, valid an hour.
class ListenKeys {
 public:
  /// The account's key, made where it has none. Either way it is good for an hour again.
  std::string keep(std::uint32_t account, std::int64_t now);
  [[nodiscard]] bool has(std::uint32_t account) const;
  void end(std::uint32_t account);
  /// 0: nobody's.
  [[nodiscard]] std::uint32_t account_of(std::string_view key) const;
  /// Keys that end now, with their accounts; `all` ends every one.
  std::vector<std::pair<std::string, std::uint32_t>> expire(std::int64_t now, bool all);

 private:
  struct Entry {
    std::string key;
    std::int64_t until = 0;
  };
  std::map<std::uint32_t, Entry> keys_;
  std::uint64_t made_ = 0;
};

/// What a handler works with.
struct Call {
  Exchange& exchange;
  Limits& limits;
  ListenKeys& listen_keys;
  const Request& request;
  std::uint32_t account;  ///< 0 where the route needs no key
  Session* session;       ///< of the WebSocket API, else nullptr
};

/// One thing that can be asked. Either way of asking may be missing (empty).
struct Route {
  std::string_view method;
  std::string_view path;
  std::string_view ws_method;
  Security security;
  std::int64_t weight;
  boost::json::value (*answer)(Call&);
};

[[nodiscard]] const std::vector<Route>& spot_routes();
[[nodiscard]] const std::vector<Route>& futures_routes();

struct RestAsk {
  std::string method;
  std::string target;
  std::string body;
  std::string api_key;
};

struct RestAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// One market's REST and WebSocket API, text to text.
class Api {
 public:
  /// `patience`: see KeyRing::check. Exchange and faults outlive it.
  Api(Exchange& exchange, Faults& faults, KeyRing keys, std::int64_t patience);

  /// Throws Silence where a fault says so, as the other does.
  [[nodiscard]] RestAnswer rest(const RestAsk& ask);
  /// `text` is one message of a WebSocket API connection.
  [[nodiscard]] std::string message(Session& session, std::string_view text);

  [[nodiscard]] ListenKeys& listen_keys() noexcept { return listen_keys_; }
  [[nodiscard]] Limits& limits() noexcept { return limits_; }
  [[nodiscard]] const KeyRing& keys() const noexcept { return keys_; }

 private:
  boost::json::value answer(const Route& route, const Request& request, std::string_view api_key,
                            Session* session, std::uint32_t& account);

  Exchange& exchange_;
  Faults& faults_;
  KeyRing keys_;
  std::int64_t patience_;
  Limits limits_;
  ListenKeys listen_keys_;
};

}  // namespace writ::venue_sim
