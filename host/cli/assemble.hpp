#pragma once

#include "host/cli/numbering.hpp"
#include "host/cli/outside_plugins.hpp"
#include "host/config/config.hpp"
#include "host/engine/setup.hpp"
#include "host/plugin/isolation.hpp"
#include "host/plugin/module.hpp"
#include "host/plugin/parameters.hpp"
#include "host/sandbox/process.hpp"

#include <writ/abi/journal.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace writ::cli {

/// What an instance is made of.
struct FoundPlugin {
  std::shared_ptr<const plugin::Module> module;  ///< offers its plugin
  /// Those it worked with; nothing: as the configuration says.
  std::optional<std::vector<plugin::ParameterText>> parameters;
};
/// Throws base::InputError, with the place in the configuration, if the plugin is not to be had.
using FindPlugin = std::function<FoundPlugin(const config::InstanceConfig& instance)>;

/// How instances are run that are not simply called.
struct Isolations {
  std::function<plugin::Isolate(const sandbox::SandboxOptions& options)> sandboxed;
  plugin::Isolate nondeterministic;
};
/// A sandbox in lock-step in a backtest and beside the core otherwise, a nondeterministic one
/// always at its port; without `outside` all as it is on record.
[[nodiscard]] Isolations isolation_in(config::Mode mode, OutsidePlugins* outside);

/// Accounts, the shadow accounts that strategies need, and their first money: a shadow account has
/// as much as the one it stands beside. Enters assets and accounts.
[[nodiscard]] std::vector<writ_deposit> assemble_accounts(const config::Config& config,
                                                          Numbering& numbering);

/// Every signal and strategy of the configuration, ready to be made: its plugin found, parameters
/// and wires checked against the descriptors. Enters INSTANCE records, those of instances that are
/// gone included, and puts the full parameters into the document, so that the hash covers them.
/// `instruments` are those with a feed: what `*` stands for. Throws base::InputError with the
/// place.
[[nodiscard]] std::vector<engine::InstanceSetup> assemble_instances(
    config::Loaded& loaded, const FindPlugin& find, const Isolations& isolations,
    const std::vector<std::uint32_t>& instruments, Numbering& numbering);

/// What changed from one set of instances to another.
[[nodiscard]] engine::Reload compare_instances(const std::vector<engine::InstanceSetup>& before,
                                               std::vector<engine::InstanceSetup> after);

}  // namespace writ::cli
