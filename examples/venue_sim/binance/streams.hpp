#pragma once

#include "api.hpp"
#include "exchange.hpp"
#include "faults.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::venue_sim {

/// One WebSocket connection, numbered by who holds its bytes.
using ConnectionId = std::uint64_t;

/// What is to be done with a connection.
struct Output {
  enum class Kind : std::uint8_t {
    kText,
    kClose,  ///< with a close frame
    kCut,    ///< without
    kFreeze  ///< nothing more is read or written
  };
  ConnectionId connection = 0;
  Kind kind = Kind::kText;
  std::string text;
};

/// The WebSocket side of one market: who listens to what, and what is said when.
class Streams {
 public:
  Streams(Exchange& exchange, Api& api, Faults& faults)
      : exchange_(exchange), api_(api), faults_(faults) {}

  /// A connection was made under `target`, path and query. False: there is nothing there (404).
  bool opened(ConnectionId id, std::string_view target);
  void received(ConnectionId id, std::string_view text);
  void closed(ConnectionId id);

  /// Tells what happened. To be called after everything that may have changed the exchange.
  void publish(const std::vector<Event>& events);
  /// Tells what is told by the clock; at each tenth of a second.
  void tick();
  /// `whole` faults of connections.
  void suffer(const Fault& fault);

  [[nodiscard]] std::vector<Output> take_output();
  [[nodiscard]] std::size_t connections() const noexcept { return connections_.size(); }

 private:
  struct Connection {
    bool api = false;
    bool combined = false;
    std::string part;  ///< futures: public, market or private, each with streams of its own
    bool frozen = false;
    std::int64_t opened_ts = 0;
    std::int64_t second = 0;  ///< in which so many
    int requests = 0;         ///< requests came
    Session session;
    std::set<std::string> streams;
    std::set<std::uint32_t> accounts;  ///< futures: whose user streams
    std::map<std::uint32_t, std::string> listen_keys;
    std::vector<std::string> waiting;  ///< to be sent after the next message
    std::vector<std::string> held;     ///< to be sent once nothing is held back
  };

  void control(ConnectionId id, Connection& connection, std::string_view text);
  /// A stream that is not served there is answered like any other, and silent.
  void subscribe(ConnectionId id, Connection& connection, const std::string& stream);
  void unsubscribe(ConnectionId id, Connection& connection, const std::string& stream);
  [[nodiscard]] bool heard(const std::string& stream) const;
  void send(const std::string& stream, const boost::json::object& event);
  void deliver(ConnectionId id, Connection& connection, std::string_view stream, std::string text);
  void say(ConnectionId id, const Connection& connection, std::string text,
           Output::Kind kind = Output::Kind::kText);
  void send_to(std::uint32_t account, std::string_view kind, const boost::json::object& event);

  void tell(const PublicTrade& trade);
  void tell(const AggregateTrade& trade);
  void tell(const OrderEvent& event);
  void tell(const BalanceEvent& event);
  void tell(const ForcedEvent& event);
  void tell_tops();
  void tell_depth(const ListedBook& listed, std::int64_t period_ms);
  void tell_marks(bool third_second);
  void end_listen_keys(bool all);
  void release_held();
  void cut_the_old();

  Exchange& exchange_;
  Api& api_;
  Faults& faults_;
  std::map<ConnectionId, Connection> connections_;
  std::map<std::string, std::set<ConnectionId>> listeners_;  ///< by stream
  std::map<std::pair<std::string, std::int64_t>, std::uint64_t> told_ids_;
  std::map<std::string, std::pair<BookLevel, BookLevel>> tops_;
  std::int64_t shutdown_ts_ = 0;
  std::vector<Output> output_;
};

}  // namespace writ::venue_sim
