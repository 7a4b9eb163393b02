#pragma once

#include <writ/abi/outcome.h>
#include <writ/abi/plugin.h>
#include <writ/abi/snapshot.h>

#include <cstdint>

namespace writ::sandbox {

// What the host says to a worker: a Call, then as said. Each is answered by one kReturned.
enum class Ask : std::uint32_t {
  kDescribe = 1,  ///< answered by kPiece... kReturned
  kCreate,        ///< CreateHead, the id, values, wires, texts
  kInit,
  kEvent,     ///< a record
  kSnapshot,  ///< a writ_snapshot
  kSave,      ///< answered by kPiece... kReturned
  kLoad,      ///< StateHead; the bytes follow as kPiece
  kPiece,     ///< bytes of the state being loaded; not answered
  kDestroy
};

// What a worker says to the host. Where there is an answer it is a Reply.
enum class Say : std::uint32_t {
  kReady = 1,  ///< loaded, guarded
  kReturned,   ///< Returned: the call is over
  kSubmit,     ///< a writ_intent; answered
  kPublish,    ///< a writ_signal or writ_signal_report; answered
  kSetTimer,   ///< TimerCall; answered
  kCancelTimer,
  kRandom,   ///< nothing; answered
  kLog,      ///< LogCall, the text; not answered
  kLevels,   ///< LevelsCall; answered, levels follow the reply
  kWorking,  ///< the same with orders
  kPiece     ///< Piece, bytes of a description or of the state being saved; not answered
};

struct Call {
  std::int64_t now;  ///< core time
};
struct CreateHead {
  std::uint32_t values;
  std::uint32_t wires;
  std::uint32_t id_size;
  std::uint32_t reserved;
};
struct CreateValue {
  std::uint32_t parameter;
  std::uint32_t type;
  std::int64_t value;
  std::uint32_t text_size;  ///< UINT32_MAX = no text
  std::uint32_t reserved;
};
struct CreateWire {
  std::uint32_t port;
  std::uint32_t instance;
  std::uint32_t signal;
  std::uint32_t reserved;
};
struct StateHead {
  std::uint64_t size;
  std::uint32_t schema;
  std::uint32_t reserved;
};

struct Returned {
  std::int32_t status;
  std::uint32_t offers;       ///< of kCreate: Offer bits
  std::uint64_t allocations;  ///< made in the call
};
enum Offer : std::uint32_t { kOffersSnapshots = 1, kOffersState = 2 };

struct TimerCall {
  std::uint64_t timer;
  std::int64_t due_ts;
};
struct LogCall {
  std::uint32_t severity;
  std::uint32_t size;
};
struct LevelsCall {
  std::uint32_t instrument;
  std::uint32_t side;
  std::uint32_t capacity;
  std::uint32_t reserved;
};
struct Piece {
  std::uint64_t size;  ///< of the bytes that follow
};
/// At the start of the reply area.
struct Reply {
  std::int32_t status;
  std::uint32_t count;  ///< of what follows
  std::uint64_t value;  ///< intent id, random number
};

/// As many as an answer has room for.
inline constexpr std::uint32_t kLevelsMax = 4096;
inline constexpr std::uint32_t kOrdersMax = 1024;
inline constexpr std::uint32_t kPieceMax = 64U << 10U;
inline constexpr std::uint32_t kTextMax = 4096;  ///< of a logged line, before it is cut

static_assert(kLevelsMax * sizeof(writ_level) + sizeof(Reply) <= (1U << 20U));
static_assert(kOrdersMax * sizeof(writ_order) + sizeof(Reply) <= (1U << 20U));

}  // namespace writ::sandbox
