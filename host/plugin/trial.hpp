#pragma once

#include "host/plugin/host_services.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/module.hpp"
#include "host/plugin/parameters.hpp"
#include "host/plugin/trial_market.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace writ::plugin {

/// The test has nothing to test in this plugin.
class NotApplicable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Ends a test: the plugin does not pass it.
[[noreturn]] void fail(const std::string& why);

/// A value for each parameter, the required ones too; `text` for the one named `changed`.
/// Throws base::InputError if that is out of its bounds.
[[nodiscard]] ParameterSet any_parameters(const Descriptor& descriptor,
                                          const std::string& changed = {},
                                          const std::string& text = {});

/// An instance in the trial market's instruments with all it declares granted.
/// Throws base::InputError if the plugin refuses.
[[nodiscard]] std::unique_ptr<Instance> make_trial_instance(
    const std::shared_ptr<const Module>& module, const Descriptor& descriptor, HostServices& host,
    ParameterSet parameters, std::uint32_t number = 1, std::uint32_t table_size = sizeof(writ_host),
    Isolate isolate = {});

/// One plugin in its own market.
struct Trial {
  Trial(const std::shared_ptr<const Module>& module, const Descriptor& descriptor,
        std::uint64_t seed, std::uint32_t number = 1, Isolate isolate = {});

  void run(int events);
  /// Its state now. Fails the test if it cannot be saved.
  [[nodiscard]] std::vector<std::byte> state() const;

  TrialHost host;
  TrialMarket market;
  std::unique_ptr<Instance> instance;
};

}  // namespace writ::plugin
