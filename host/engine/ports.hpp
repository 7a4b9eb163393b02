#pragma once

#include <writ/abi/record.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace writ::model {
class InstrumentTable;
}  // namespace writ::model

namespace writ::engine {

class Run;
struct Retired;

/// How core time passes. A tape's time passes as fast as it is read; a paper or live run waits for
/// the clock. The one place where the engine meets real time.
class Pacer {
 public:
  virtual ~Pacer() = default;

  /// Waits until `ts` has come or someone calls for attention; true if it has come.
  /// [sequencer-thread]
  virtual bool wait_until(std::int64_t ts) = 0;

  /// What an event scheduled for `ts` is stamped with: `ts` itself for a tape, never earlier than
  /// the clock otherwise. [sequencer-thread]
  [[nodiscard]] virtual std::int64_t stamp(std::int64_t ts) = 0;

  /// Real time in ns, for saying how long something took; 0 where nobody wants to know.
  /// [sequencer-thread]
  [[nodiscard]] virtual std::int64_t stopwatch() { return 0; }
};

/// Where instances that are not called any more end, and their libraries with them. What comes of
/// it is told by Run::tell_unloaded.
class RetirementPort {
 public:
  virtual ~RetirementPort() = default;
  /// [sequencer-thread]
  virtual void retire(std::vector<Retired> gone) = 0;
};

/// Who outside is told of incidents.
class IncidentPort {
 public:
  virtual ~IncidentPort() = default;
  /// A writ_incident with its text, on record or, where the journal fails, with seq 0. Must not
  /// wait for anybody. [sequencer-thread]
  virtual void tell(const writ_record& incident, const model::InstrumentTable& names) = 0;
};

/// What people ask of a run while it runs: each request is carried out between two inputs.
class OperatorPort {
 public:
  using Request = std::function<void(Run&)>;

  virtual ~OperatorPort() = default;
  /// The next request; nothing while there is none. [sequencer-thread]
  [[nodiscard]] virtual std::optional<Request> poll() = 0;
};

}  // namespace writ::engine
