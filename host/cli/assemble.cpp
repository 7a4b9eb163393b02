#include "host/cli/assemble.hpp"

#include "host/base/assert.hpp"
#include "host/base/input_error.hpp"
#include "host/base/near_name.hpp"
#include "host/cli/plugin_source.hpp"
#include "host/engine/operator_instance.hpp"
#include "host/model/record_view.hpp"
#include "host/sandbox/sandbox.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace writ::cli {
namespace {

/// Without quotes YAML has another type for it: boolean or number.
bool is_no_text_in_yaml(const std::string& text) {
  constexpr std::array<std::string_view, 6> kWords = {"true",  "True",  "TRUE",
                                                      "false", "False", "FALSE"};
  if (std::find(kWords.begin(), kWords.end(), text) != kWords.end()) return true;
  char* end = nullptr;
  static_cast<void>(std::strtod(text.c_str(), &end));
  const bool number = *end == '\0';
  return number || text.starts_with("0o") || text == ".inf" || text == "-.inf" || text == ".nan";
}

// One instance on its way from text to setup.
class InstanceAssembly {
 public:
  InstanceAssembly(const config::Document& document, const config::InstanceConfig& instance,
                   FoundPlugin found)
      : document_(document),
        instance_(instance),
        module_(std::move(found.module)),
        recorded_(std::move(found.parameters)),
        descriptor_(module_->find(instance.plugin)) {
    if (instance.name == engine::kOperatorName) {
      refuse("name", "\"" + instance.name + "\" is what people's own orders go by");
    }
    const auto wanted =
        instance.strategy ? plugin::PluginKind::kStrategy : plugin::PluginKind::kSignal;
    if (descriptor_->kind != wanted) {
      refuse("plugin",
             instance.plugin + " is a " +
                 (instance.strategy ? "signal, not a strategy" : "strategy, not a signal"));
    }
  }

  [[nodiscard]] const plugin::Descriptor& descriptor() const noexcept { return *descriptor_; }
  [[nodiscard]] const config::InstanceConfig& config() const noexcept { return instance_; }

  [[nodiscard]] plugin::ParameterSet parameters() const {
    if (recorded_) return plugin::ParameterSet::parse(*descriptor_, *recorded_, file());
    std::vector<plugin::ParameterText> texts;
    for (const auto& [name, text] : instance_.parameters) {
      const std::string path = instance_.path + ".params." + name;
      if (const auto* spec = descriptor_->parameter(name)) check_quotes(path, *spec, text);
      const auto& place = descriptor_->parameter(name) == nullptr ? document_.key_place(path)
                                                                  : document_.place(path);
      texts.push_back({name, text, place.line, place.column, place.file});
    }
    const auto& place = document_.place(instance_.path);
    return plugin::ParameterSet::parse(*descriptor_, texts, file(), place.line, place.column);
  }

  [[nodiscard]] std::uint64_t granted() const {
    if (!instance_.capabilities) return descriptor_->capabilities;
    std::uint64_t granted = 0;
    for (const auto& word : *instance_.capabilities) granted |= *plugin::capability_of(word);
    return granted;
  }

  /// 0 for a signal.
  [[nodiscard]] std::uint32_t account(const model::InstrumentTable& tables) const {
    const auto number = tables.find_account(instance_.account).value_or(0);
    if (!instance_.shadow) return number;
    const auto shadow = tables.with_shadow(number);
    WRIT_ASSERT(shadow.size() == 2);  // its orders must never be the main book's
    return shadow.back();
  }

  [[nodiscard]] std::vector<std::uint32_t> instruments(const std::vector<std::uint32_t>& all,
                                                       const model::InstrumentTable& tables) const {
    std::set<std::uint32_t> numbers;
    for (std::size_t i = 0; i < instance_.instruments.size(); ++i) {
      const std::string& name = instance_.instruments[i];
      if (name == "*") {
        numbers.insert(all.begin(), all.end());
        continue;
      }
      const auto number = tables.find_instrument(name);
      if (number && std::find(all.begin(), all.end(), *number) != all.end()) {
        numbers.insert(*number);
        continue;
      }
      std::vector<std::string> known;
      for (const auto known_number : all) known.emplace_back(tables.instrument_name(known_number));
      refuse("instruments[" + std::to_string(i) + "]",
             "no feed has the instrument \"" + name + "\"" + base::near_name(name, known));
    }
    return {numbers.begin(), numbers.end()};
  }

  // Ports by name on both sides.
  [[nodiscard]] std::vector<plugin::SignalWire> wires(
      const std::map<std::string, const InstanceAssembly*>& by_name,
      const Numbering& numbering) const {
    std::vector<plugin::SignalWire> wires;
    for (const auto& wire : instance_.inputs) {
      const auto* in = descriptor_->signal_in(wire.port);
      if (in == nullptr) {
        refuse_key("signals." + wire.port, descriptor_->id + " has no input port \"" + wire.port +
                                               "\"" +
                                               near_port(wire.port, descriptor_->signals_in));
      }
      const InstanceAssembly& publisher = *by_name.at(wire.publisher);
      const auto* out = publisher.descriptor().signal_out(wire.signal);
      if (out == nullptr) {
        refuse("signals." + wire.port,
               publisher.descriptor().id + " has no output port \"" + wire.signal + "\"" +
                   near_port(wire.signal, publisher.descriptor().signals_out));
      }
      wires.push_back({in->id, numbering.instance_number(wire.publisher), out->id});
    }
    std::sort(wires.begin(), wires.end(),
              [](const auto& a, const auto& b) { return a.port < b.port; });
    return wires;
  }

  [[nodiscard]] writ_instance record(const Numbering& numbering) const {
    auto record = model::make_record<writ_instance>();
    record.instance = numbering.instance_number(instance_.name);
    record.kind = static_cast<std::uint32_t>(descriptor_->kind);
    record.account = account(numbering.tables());
    record.state = WRIT_INSTANCE_RUNNING;
    if (!model::set_text(record.name, instance_.name) ||
        !model::set_text(record.plugin, descriptor_->id) ||
        !model::set_text(record.version, descriptor_->version)) {
      refuse("name", "does not fit its record");
    }
    std::memcpy(record.object_hash, module_->object_hash().data(), sizeof record.object_hash);
    return record;
  }

  /// Of a nondeterministic one: whatever it would ask is denied there.
  void refuse_sandbox() const {
    if (instance_.isolation == config::Isolation::kInProcess) return;
    refuse("isolation", descriptor_->id + " is nondeterministic: it runs in the host's process");
  }

  [[nodiscard]] const std::shared_ptr<const plugin::Module>& module() const noexcept {
    return module_;
  }

 private:
  [[noreturn]] void throw_at(const config::Place& place, const std::string& what,
                             const std::string& message) const {
    throw base::InputError(place.file, place.line, place.column,
                           instance_.path + "." + what + ": " + message);
  }
  [[noreturn]] void refuse(const std::string& what, const std::string& message) const {
    throw_at(document_.place(instance_.path + "." + what), what, message);
  }
  [[noreturn]] void refuse_key(const std::string& what, const std::string& message) const {
    throw_at(document_.key_place(instance_.path + "." + what), what, message);
  }
  [[nodiscard]] const std::string& file() const { return document_.place(instance_.path).file; }

  // What a reader of YAML without our descriptors would take for something else.
  void check_quotes(const std::string& path, const plugin::ParameterSpec& spec,
                    const std::string& text) const {
    const auto& place = document_.place(path);
    const bool decimal = spec.type == plugin::ParameterType::kDecimal;
    const bool plain = spec.type == plugin::ParameterType::kInteger ||
                       spec.type == plugin::ParameterType::kBoolean;
    if (decimal && !document_.quoted(path)) {
      throw base::InputError(place.file, place.line, place.column,
                             path + ": write \"" + text +
                                 "\" as a text in quotes: decimals are "
                                 "exact");
    }
    if (spec.type == plugin::ParameterType::kText && !document_.quoted(path) &&
        is_no_text_in_yaml(text)) {
      throw base::InputError(place.file, place.line, place.column,
                             path + ": write \"" + text + "\" in quotes: it is a text");
    }
    if (plain && document_.quoted(path)) {
      throw base::InputError(place.file, place.line, place.column,
                             path + ": write " + text + " without quotes");
    }
  }

  static std::string near_port(const std::string& wrong, const std::vector<plugin::Port>& ports) {
    std::vector<std::string> names;
    for (const auto& port : ports) names.push_back(port.name);
    return base::near_name(wrong, names);
  }

  const config::Document& document_;
  const config::InstanceConfig& instance_;
  std::shared_ptr<const plugin::Module> module_;
  std::optional<std::vector<plugin::ParameterText>> recorded_;
  const plugin::Descriptor* descriptor_;
};

void isolate_as(const InstanceAssembly& assembly, const Isolations& isolations,
                engine::InstanceSetup& setup) {
  const auto& instance = assembly.config();
  if (!assembly.descriptor().deterministic()) {
    assembly.refuse_sandbox();
    setup.isolate = isolations.nondeterministic;
    return;
  }
  if (instance.isolation == config::Isolation::kInProcess) return;
  auto options = sandbox_options();
  options.wait = static_cast<sandbox::Wait>(instance.sandbox.wait);
  options.memory_max = instance.sandbox.memory_bytes;
  options.cpu_seconds_max = instance.sandbox.cpu_seconds.value_or(0);
  options.deadline_ns = instance.sandbox.deadline_ns;
  setup.isolate = isolations.sandboxed(options);
  for (const auto number : {options.memory_max, options.cpu_seconds_max,
                            static_cast<std::uint64_t>(options.deadline_ns),
                            static_cast<std::uint64_t>(options.wait)}) {
    setup.isolated_as += std::to_string(number) + " ";
  }
}

// Instances of an earlier run that the configuration has no more.
void retire_missing(const config::Config& config, Numbering& numbering) {
  std::set<std::string, std::less<>> present;
  for (const auto& instance : config.instances) present.insert(instance.name);
  std::vector<writ_instance> gone;
  std::vector<std::string> parameters;
  for (const auto* known : numbering.tables().instances()) {
    if (known->kind == 0 || present.count(model::text_of(known->name)) > 0) continue;
    writ_instance copy = *known;
    copy.header.size = sizeof copy;
    copy.state = WRIT_INSTANCE_REMOVED;
    gone.push_back(copy);
    parameters.emplace_back(model::tail_text(*known, known->parameters_size));
  }
  for (std::size_t i = 0; i < gone.size(); ++i) numbering.instance(gone[i], parameters[i]);
}

bool same_but_parameters(const engine::InstanceSetup& a, const engine::InstanceSetup& b) {
  const auto wires_equal = [](const plugin::SignalWire& x, const plugin::SignalWire& y) {
    return x.port == y.port && x.instance == y.instance && x.signal == y.signal;
  };
  return a.name == b.name && a.plugin == b.plugin &&
         a.module->object_hash() == b.module->object_hash() && a.granted == b.granted &&
         a.account == b.account && a.isolated_as == b.isolated_as && a.budget == b.budget &&
         a.instruments == b.instruments &&
         std::equal(a.inputs.begin(), a.inputs.end(), b.inputs.begin(), b.inputs.end(),
                    wires_equal);
}

bool all_live(const std::vector<plugin::ParameterChange>& changes) {
  return std::all_of(changes.begin(), changes.end(),
                     [](const auto& change) { return change.spec.live; });
}

}  // namespace

Isolations isolation_in(config::Mode mode, OutsidePlugins* outside) {
  Isolations isolations;
  isolations.sandboxed = [mode, outside](const auto& options) {
    if (mode == config::Mode::kBacktest) return sandbox::isolate(options);
    return outside == nullptr ? sandbox::recorded() : outside->sandboxed().isolate(options);
  };
  isolations.nondeterministic =
      outside == nullptr ? sandbox::recorded() : outside->nondeterministic().isolate();
  return isolations;
}

std::vector<writ_deposit> assemble_accounts(const config::Config& config, Numbering& numbering) {
  std::set<std::string> shadowed;
  for (const auto& instance : config.instances) {
    if (instance.shadow) shadowed.insert(instance.account);
  }
  std::vector<writ_deposit> deposits;
  const auto pay_in = [&](const config::AccountConfig& account, std::uint32_t number) {
    for (const auto& [asset, amount] : account.initial) {
      if (amount == Money{}) continue;
      auto deposit = model::make_record<writ_deposit>();
      deposit.account = number;
      deposit.asset = numbering.asset(asset);
      deposit.amount = to_abi(amount);
      deposits.push_back(deposit);
    }
  };
  std::vector<std::uint32_t> numbers;
  for (const auto& account : config.accounts) {
    numbers.push_back(numbering.account(account.name, numbering.asset(account.reporting), 0));
    pay_in(account, numbers.back());
  }
  // After them: the numbers of the accounts do not depend on who is watched.
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto& account = config.accounts[i];
    if (!shadowed.contains(account.name)) continue;
    const auto reporting = numbering.asset(account.reporting);
    pay_in(account, numbering.account(account.name, reporting, numbers[i]));
  }
  return deposits;
}

std::vector<engine::InstanceSetup> assemble_instances(config::Loaded& loaded,
                                                      const FindPlugin& find,
                                                      const Isolations& isolations,
                                                      const std::vector<std::uint32_t>& instruments,
                                                      Numbering& numbering) {
  std::vector<InstanceAssembly> assemblies;
  assemblies.reserve(loaded.config.instances.size());
  std::map<std::string, const InstanceAssembly*> by_name;
  for (const auto& instance : loaded.config.instances) {
    assemblies.emplace_back(loaded.document, instance, find(instance));
    by_name[instance.name] = &assemblies.back();
  }
  retire_missing(loaded.config, numbering);

  // Numbers first: a wire may name an instance further down.
  std::vector<plugin::ParameterSet> parameters;
  for (const auto& assembly : assemblies) {
    parameters.push_back(assembly.parameters());
    numbering.instance(assembly.record(numbering), parameters.back().canonical_json());
  }
  const auto people = numbering.instance_number(engine::kOperatorName);
  static_cast<void>(numbering.instance(engine::operator_instance(people), {}));
  std::vector<engine::InstanceSetup> setups;
  for (std::size_t i = 0; i < assemblies.size(); ++i) {
    const auto& assembly = assemblies[i];
    const auto& config = assembly.config();
    engine::InstanceSetup setup;
    setup.number = numbering.instance_number(config.name);
    setup.name = config.name;
    setup.module = assembly.module();
    setup.plugin = config.plugin;
    setup.granted = assembly.granted();
    setup.account = assembly.account(numbering.tables());
    setup.instruments = assembly.instruments(instruments, numbering.tables());
    setup.inputs = assembly.wires(by_name, numbering);
    setup.reset_on_state_mismatch = config.reset_state_on_mismatch;
    setup.budget = {config.budget.deadline_ns.value_or(0),
                    config.budget.intents_per_second.value_or(0)};
    isolate_as(assembly, isolations, setup);
    setup.parameters = std::move(parameters[i]);
    setups.push_back(std::move(setup));
  }
  std::size_t signals = 0;
  for (const auto& config : loaded.config.instances) signals += config.strategy ? 0U : 1U;
  for (std::size_t i = 0; i < setups.size(); ++i) {
    const bool strategy = loaded.config.instances[i].strategy;
    loaded.document.set_parameters(strategy ? "strategies" : "signals", strategy ? i - signals : i,
                                   setups[i].parameters.json());
  }
  return setups;
}

engine::Reload compare_instances(const std::vector<engine::InstanceSetup>& before,
                                 std::vector<engine::InstanceSetup> after) {
  engine::Reload reload;
  const auto with_number = [](const std::vector<engine::InstanceSetup>& setups,
                              std::uint32_t number) {
    return std::find_if(setups.begin(), setups.end(),
                        [number](const auto& setup) { return setup.number == number; });
  };
  for (const auto& setup : before) {
    if (with_number(after, setup.number) == after.end()) reload.removed.push_back(setup.number);
  }
  for (auto& setup : after) {
    const auto known = with_number(before, setup.number);
    if (known == before.end()) {
      reload.added.push_back(std::move(setup));
      continue;
    }
    const auto changes = plugin::changes(known->parameters, setup.parameters);
    if (!same_but_parameters(*known, setup) || !all_live(changes)) {
      reload.changed.push_back(std::move(setup));
    } else if (!changes.empty()) {
      reload.tuned.push_back(std::move(setup));
    }
  }
  return reload;
}

}  // namespace writ::cli
