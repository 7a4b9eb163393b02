#pragma once

#include "host/cli/host_session.hpp"
#include "host/config/config.hpp"
#include "host/engine/run.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <vector>

namespace writ::cli {

/// Reads a running host's configuration file again and applies what changed: limits, ownership,
/// signals and strategies, plugin folders. Everything else needs a restart.
class Reloader {
 public:
  /// `file` and `overrides` are those of the start.
  Reloader(std::filesystem::path file, config::Overrides overrides, HostSession& session,
           std::vector<std::uint32_t> instruments)
      : file_(std::move(file)),
        overrides_(std::move(overrides)),
        document_(session.loaded().document),
        instances_(session.instances()),
        outside_(session.outside()),
        instruments_(std::move(instruments)) {}

  /// The answer to a reload request; with `dry_run` true in it nothing is changed. Throws
  /// base::InputError, and the run goes on as it was. [sequencer-thread]
  boost::json::object reload(engine::Run& run, const boost::json::object& asked);

 private:
  std::filesystem::path file_;
  config::Overrides overrides_;
  config::Document document_;  // as it runs now
  std::vector<engine::InstanceSetup> instances_;
  OutsidePlugins& outside_;
  std::vector<std::uint32_t> instruments_;
};

}  // namespace writ::cli
