#pragma once

#include "host/cli/host_session.hpp"
#include "host/config/config.hpp"
#include "host/engine/ports.hpp"
#include "host/engine/run.hpp"
#include "host/engine/swaps.hpp"
#include "host/ops/attention.hpp"
#include "host/ops/file_watch.hpp"
#include "host/ops/run_operators.hpp"
#include "host/ops/worker.hpp"

#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace writ::cli {

/// Reads a running host's configuration and plugin folders again and applies what changed: limits,
/// ownership, signals and strategies, plugin folders. Everything else needs a restart. All that can
/// be is done on a thread beside the run: reading, loading, making the new instances, and the end
/// of the old ones. One reload after the other. [sequencer-thread]
class Reloader final : public ops::ReloadPort, public engine::RetirementPort {
 public:
  /// `file` and `overrides` are those of the start. `session` and `attention` must outlive it.
  Reloader(std::filesystem::path file, config::Overrides overrides, HostSession& session,
           ops::Attention& attention);
  ~Reloader() override;
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  /// Whether a plugin file has appeared or changed since the last call, where they are watched.
  [[nodiscard]] bool take_changed() { return watch_ && watch_->take(); }

  /// With `dry_run` true in the request nothing is changed, with `if_changed` nothing is put on
  /// record where nothing is different.
  void begin(engine::Run& run, std::shared_ptr<ops::ControlRequest> request) override;
  [[nodiscard]] std::optional<engine::OperatorPort::Request> poll() override;

  void retire(std::vector<engine::Retired> gone) override;

  /// The run has ended: what waits is refused, what is made is destroyed. Before the run is.
  void close();

 private:
  struct Preparation;
  /// What the thread beside the run wants done in it.
  class Outbox {
   public:
    explicit Outbox(ops::Attention& attention) : attention_(attention) {}
    void put(engine::OperatorPort::Request request);
    [[nodiscard]] std::optional<engine::OperatorPort::Request> take();
    void clear();

   private:
    ops::Attention& attention_;
    std::atomic<bool> any_{false};
    std::mutex mutex_;
    std::deque<engine::OperatorPort::Request> requests_;
  };

  void begin_next(engine::Run& run);
  void apply(engine::Run& run, Preparation& preparation);
  void refuse(engine::Run& run, ops::ControlRequest& request, const std::string& why);

  std::filesystem::path file_;
  config::Overrides overrides_;
  config::Document document_;  // as it runs now
  OutsidePlugins& outside_;
  std::vector<std::uint32_t> instruments_;
  std::chrono::nanoseconds patience_;
  std::deque<std::shared_ptr<ops::ControlRequest>> waiting_;
  std::shared_ptr<Preparation> under_way_;
  bool hangs_ = false;  // the one under way does not come back
  std::optional<ops::FileWatch> watch_;
  std::shared_ptr<Outbox> outbox_;  // shared with a thread that may be left behind
  std::unique_ptr<ops::Worker> worker_;
};

}  // namespace writ::cli
