#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace writ::venue_sim {

enum class FaultKind : std::uint8_t {
  // Of one stream.
  kGap,        ///< messages are lost
  kDuplicate,  ///< messages come twice
  kReorder,    ///< a message comes after the next one of another stream
  kStale,      ///< messages are held back, then come all at once
  // Of one kind of request.
  kAcceptThenTimeout,  ///< it is done, the answer says that nobody knows
  kAcceptThenSilence,  ///< it is done, the connection is cut instead of an answer
  kServerError,        ///< it is not done; 5xx
  // Of everything.
  kRateLimit,        ///< 429; who goes on asking gets 418
  kDrop,             ///< connections are cut
  kHalfOpen,         ///< connections stay, nothing passes any more
  kListenKeyExpiry,  ///< every listen key ends
  kCut,              ///< WebSocket connections are closed as after 24 hours
  kShutdown          ///< serverShutdown, and 10 s later the cut
};

/// One thing that goes wrong, by script.
struct Fault {
  FaultKind kind = FaultKind::kGap;
  std::string target;       ///< part of a stream's name or of `METHOD /path ws.method`; empty: all
  std::int64_t count = 1;   ///< so many messages or requests
  std::int64_t for_ns = 0;  ///< how long, of those that last
  std::int64_t at_ts = 0;   ///< not before
  int status = 503;         ///< of a server error
};

/// What a stream does with one message.
enum class Fate : std::uint8_t { kSent, kLost, kTwice, kAfterNext, kHeld };

/// The faults to come, and those that are on.
class Faults {
 public:
  /// `{"fault": "gap", "target": "btcusdt@depth", "count": 1, "for_ms": 0, "at_ms": 0, "status":
  /// 503}`; at_ms counts from `now`. Throws Refusal -1102 for a fault it does not know.
  void add(const boost::json::object& fault, std::int64_t now);
  void clear() { faults_.clear(); }

  /// Those of everything whose time has come, each handed out once.
  [[nodiscard]] std::vector<Fault> due(std::int64_t now);
  /// What becomes of a message; counts it.
  [[nodiscard]] Fate of_message(std::string_view stream, std::int64_t now);
  /// Whether messages are held back now.
  [[nodiscard]] bool is_stale(std::int64_t now) const;
  /// Refuses what must fail before it is done.
  void before(std::string_view request, std::int64_t now);
  /// Refuses, after it was done, what must look failed. `Silence` where nothing may be answered.
  void after(std::string_view request, std::int64_t now);

  /// Every fault that took effect, by its word, with how often.
  [[nodiscard]] boost::json::object counts() const;

 private:
  Fault* find(FaultKind kind, std::string_view name, std::int64_t now);
  void used(Fault& fault);

  std::vector<Fault> faults_;
  std::vector<std::int64_t> counts_ = std::vector<std::int64_t>(13);
};

/// The request is not answered, its connection is cut.
struct Silence {};

}  // namespace writ::venue_sim
