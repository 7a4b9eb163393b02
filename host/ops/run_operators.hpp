#pragma once

#include "host/engine/ports.hpp"
#include "host/ops/control_queue.hpp"
#include "host/ops/kill_switch.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace writ::ops {

/// Carries out what the control socket's clients and the process's signals ask for: kills first,
/// then status, pause, resume, flatten, resume_after_halt, stop, reload. Names stand for accounts,
/// instances and instruments.
class RunOperators final : public engine::OperatorPort {
 public:
  /// Reads the configuration again and applies it, or (`dry_run`) only says what would change;
  /// what it returns is the answer. Throws base::InputError for a refusal. [sequencer-thread]
  using Reload = std::function<boost::json::object(engine::Run&, const boost::json::object& asked)>;
  /// What signals asked for since the last look; each is set by a handler and taken here.
  struct Signals {
    std::function<bool()> take_stop;    ///< SIGINT, SIGTERM
    std::function<bool()> take_reload;  ///< SIGHUP
  };

  /// Adds to `writ status` what is beside the run: the databases. [sequencer-thread]
  using Status = std::function<void(boost::json::object& status)>;

  /// `queue` and `kills` must outlive it.
  RunOperators(ControlQueue& queue, KillSwitch& kills, Reload reload, Signals signals,
               Status status = {})
      : queue_(queue),
        kills_(kills),
        reload_(std::move(reload)),
        signals_(std::move(signals)),
        status_(std::move(status)) {}

  [[nodiscard]] std::optional<Request> poll() override;

 private:
  void carry_out(engine::Run& run, ControlRequest& request) const;
  void status(const engine::Run& run, ControlRequest& request) const;
  void reload(engine::Run& run, ControlRequest& request) const;
  void adjust(engine::Run& run, ControlRequest& request) const;

  ControlQueue& queue_;
  KillSwitch& kills_;
  Reload reload_;
  Signals signals_;
  Status status_;
};

}  // namespace writ::ops
