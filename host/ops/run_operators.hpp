#pragma once

#include "host/engine/ports.hpp"
#include "host/ops/control_queue.hpp"
#include "host/ops/kill_switch.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace writ::ops {

/// What reads the configuration again and applies it. It answers in its own time.
class ReloadPort {
 public:
  virtual ~ReloadPort() = default;
  /// `dry_run` in the request: only say what would change; `if_changed`: do nothing where nothing
  /// would. [sequencer-thread]
  virtual void begin(engine::Run& run, std::shared_ptr<ControlRequest> request) = 0;
  /// What it has to do in the run now, if anything. [sequencer-thread]
  [[nodiscard]] virtual std::optional<engine::OperatorPort::Request> poll() = 0;
};

/// Carries out what the control socket's clients and the process's signals ask for: kills first,
/// then status, pause, resume, flatten, resume_after_halt, stop, reload. Names stand for accounts,
/// instances and instruments.
class RunOperators final : public engine::OperatorPort {
 public:
  /// What signals asked for since the last look; each is set by a handler and taken here.
  struct Signals {
    std::function<bool()> take_stop;    ///< SIGINT, SIGTERM
    std::function<bool()> take_reload;  ///< SIGHUP
    /// A plugin file changed where such are watched.
    std::function<bool()> take_changed;
  };

  /// Adds to `writ status` what is beside the run: the databases. [sequencer-thread]
  using Status = std::function<void(boost::json::object& status)>;

  /// `queue`, `kills` and `reloads` must outlive it.
  RunOperators(ControlQueue& queue, KillSwitch& kills, ReloadPort& reloads, Signals signals,
               Status status = {})
      : queue_(queue),
        kills_(kills),
        reloads_(reloads),
        signals_(std::move(signals)),
        status_(std::move(status)) {}

  [[nodiscard]] std::optional<Request> poll() override;

 private:
  void carry_out(engine::Run& run, const std::shared_ptr<ControlRequest>& request) const;
  [[nodiscard]] Request unasked_reload(boost::json::object asked) const;
  void status(const engine::Run& run, ControlRequest& request) const;
  void adjust(engine::Run& run, ControlRequest& request) const;

  ControlQueue& queue_;
  KillSwitch& kills_;
  ReloadPort& reloads_;
  Signals signals_;
  Status status_;
};

}  // namespace writ::ops
