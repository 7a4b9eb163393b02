#include "host/plugin/trial.hpp"

#include <iterator>
#include <utility>

namespace writ::plugin {

void fail(const std::string& why) { throw std::runtime_error(why); }

ParameterSet any_parameters(const Descriptor& descriptor, const std::string& changed,
                            const std::string& text) {
  std::vector<ParameterText> texts;
  for (const ParameterSpec& spec : descriptor.parameters) {
    if (spec.name == changed) {
      texts.push_back({spec.name, text});
    } else if (spec.required) {
      const std::int64_t number = spec.min.value_or(spec.max.value_or(0));
      const auto value = spec.default_value.value_or(ParameterValue{number, "x"});
      texts.push_back({spec.name, to_text(spec, value)});
    }
  }
  return ParameterSet::parse(descriptor, texts, "parameters");
}

std::unique_ptr<Instance> make_trial_instance(const std::shared_ptr<const Module>& module,
                                              const Descriptor& descriptor, HostServices& host,
                                              ParameterSet parameters, std::uint32_t number,
                                              std::uint32_t table_size, Isolate isolate) {
  InstanceOptions options;
  options.instance = number;
  options.name = "check";
  options.granted = descriptor.capabilities;
  options.instruments.assign(std::begin(TrialMarket::kInstruments),
                             std::end(TrialMarket::kInstruments));
  for (const Port& input : descriptor.signals_in) options.inputs.push_back({input.id, 77, 1});
  options.host_table_size = table_size;
  options.isolate = std::move(isolate);
  return Instance::create(module, descriptor.id, std::move(parameters), std::move(options), host);
}

Trial::Trial(const std::shared_ptr<const Module>& module, const Descriptor& descriptor,
             std::uint64_t seed, std::uint32_t number, Isolate isolate)
    : market(seed, host),
      instance(make_trial_instance(module, descriptor, host, any_parameters(descriptor), number,
                                   sizeof(writ_host), std::move(isolate))) {
  market.announce(*instance);
  if (const writ_status status = instance->init(); status < 0) {
    fail(std::string("init failed: ") + status_name(status));
  }
}

void Trial::run(int events) {
  for (int i = 0; i < events; ++i) (void)market.step(*instance);
}

std::vector<std::byte> Trial::state() const {
  auto saved = instance->save_state();
  if (!saved) fail("save failed: " + to_string(saved.error()));
  return std::move(*saved);
}

}  // namespace writ::plugin
