#include "host/plugin/check.hpp"

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/base/input_error.hpp"
#include "host/base/result.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/isolated_run.hpp"
#include "host/plugin/module.hpp"
#include "host/plugin/state_blob.hpp"
#include "host/plugin/trial_market.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <malloc.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace writ::plugin {
namespace {

/// The test has nothing to test in this plugin.
class NotApplicable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
constexpr std::string_view kNotApplicable = "n/a: ";
constexpr std::string_view kOffers = ", offers: ";

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

constexpr int kTrialEvents = 20'000;
constexpr std::chrono::milliseconds kLoadLimit{50};

/// What a plugin must not import unless it declares itself nondeterministic: its outcome would not
/// be a function of parameters, state and events.
constexpr std::array kNondeterministicImports = {
    "clock_gettime",
    "gettimeofday",
    "time",
    "clock",
    "nanosleep",
    "usleep",
    "getrandom",
    "getentropy",
    "rand",
    "random",
    "srand",
    "drand48",
    "getenv",
    "secure_getenv",
    "socket",
    "connect",
    "open",
    "open64",
    "openat",
    "fopen",
    "fopen64",
    "pthread_create",
    "fork",
    "vfork",
    "execve",
    "system",
    "popen",
    "dlopen",
    "syscall",
    "signal",
    "sigaction",
    "setlocale",
    "chdir",
    "umask",
    "gethostname",
    "_ZNSt6chrono3_V212system_clock3nowEv",
    "_ZNSt6chrono3_V212steady_clock3nowEv",
    "_ZNSt6thread15_M_start_threadESt10unique_ptrINS_6_StateESt14default_deleteIS1_EEPFvvE"};

/// A folder of its own for the copies, gone at the end.
class ObjectsFolder {
 public:
  ObjectsFolder() {
    std::string name = std::filesystem::temp_directory_path() / "writ-check-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      throw base::Failure(base::error_from_errno(errno, "make a folder for the check"));
    }
    path_ = name;
  }
  ~ObjectsFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  ObjectsFolder(const ObjectsFolder&) = delete;
  ObjectsFolder& operator=(const ObjectsFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// A value for each parameter, the required ones too.
ParameterSet any_parameters(const Descriptor& descriptor, const std::string& changed = {},
                            const std::string& text = {}) {
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

std::unique_ptr<Instance> make_instance(const std::shared_ptr<const Module>& module,
                                        const Descriptor& descriptor, HostServices& host,
                                        ParameterSet parameters, std::uint32_t number = 1,
                                        std::uint32_t table_size = sizeof(writ_host)) {
  InstanceOptions options;
  options.instance = number;
  options.name = "check";
  options.granted = descriptor.capabilities;
  options.instruments.assign(std::begin(TrialMarket::kInstruments),
                             std::end(TrialMarket::kInstruments));
  for (const Port& input : descriptor.signals_in) options.inputs.push_back({input.id, 77, 1});
  options.host_table_size = table_size;
  return Instance::create(module, descriptor.id, std::move(parameters), std::move(options), host);
}

/// One plugin in its own market.
struct Trial {
  Trial(const std::shared_ptr<const Module>& module, const Descriptor& descriptor,
        std::uint64_t seed, std::uint32_t number = 1)
      : market(seed, host),
        instance(make_instance(module, descriptor, host, any_parameters(descriptor), number)) {
    market.announce(*instance);
    if (const writ_status status = instance->init(); status < 0) {
      fail(std::string("init failed: ") + status_name(status));
    }
  }
  void run(int events) {
    for (int i = 0; i < events; ++i) (void)market.step(*instance);
  }
  [[nodiscard]] std::vector<std::byte> state() const {
    auto saved = instance->save_state();
    if (!saved) fail("save failed: " + to_string(saved.error()));
    return std::move(*saved);
  }

  TrialHost host;
  TrialMarket market;
  std::unique_ptr<Instance> instance;
};

void require_state(const Descriptor& descriptor) {
  if (descriptor.state_schema == 0) throw NotApplicable("has no state: a restart is cold");
}

bool is_mapped(const std::filesystem::path& object) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find(object.filename().string()) != line.npos) return true;
  }
  return false;
}

std::size_t bytes_in_use() {
#if defined(WRIT_SANITIZED)
  return 0;  // the sanitizer's allocator does not account here; it finds leaks by itself
#else
  return ::mallinfo2().uordblks;
#endif
}

/// The tests of one file, in order.
class Checker {
 public:
  Checker(const std::filesystem::path& file, const CheckOptions& options)
      : file_(file), options_(options) {
    report_.file = file;
#if defined(WRIT_SANITIZED)
    options_.time_limit *= 10;
#endif
  }

  CheckReport run() {
    if (!check_file()) return std::move(report_);
    isolated("load", "loads fast and leaves the process as it was", [this] { return load_time(); });
    if (!report_.passed()) return std::move(report_);
    isolated("file", "imports nothing that would break replay", [this] { return imports(); });
    isolated("descriptor", "the same at every load", [this] { return same_descriptors(); });
    isolated("lifecycle", "an unknown id is not found", [this] { return unknown_id(); });
    isolated("unload", "leaves no mapping, 100 times", [this] { return unload(); });
    for (const std::string& id : ids_) check_plugin(id);
    return std::move(report_);
  }

 private:
  using Work = std::function<std::string(const std::shared_ptr<const Module>&, const Descriptor&)>;

  void add(const std::string& group, const std::string& name, CheckStatus status,
           const std::string& detail) {
    report_.results.push_back({group, name, status, detail});
  }

  /// Everything that can be told without running any of its code.
  bool check_file() {
    const auto content = base::read_file(file_);
    if (!content) {
      add("file", "can be read", CheckStatus::kFailed, to_string(content.error()));
      return false;
    }
    try {
      const auto facts = inspect_object(file_, *content);
      add("file", "is a plugin of this ABI", CheckStatus::kPassed,
          "ABI " + std::to_string(facts.note.major) + "." + std::to_string(facts.note.min_minor) +
              ", one export, " + std::to_string(facts.imports.size()) + " imports");
    } catch (const base::InputError& error) {
      add("file", "is a plugin of this ABI", CheckStatus::kFailed, error.message());
      return false;
    }
    return true;
  }

  void isolated(const std::string& group, const std::string& name,
                const std::function<std::string()>& work) {
    const auto outcome = run_isolated(
        [&]() -> std::string {
          try {
            return work();
          } catch (const NotApplicable& reason) {
            return std::string(kNotApplicable) + reason.what();
          }
        },
        options_.time_limit);
    const bool returned = outcome.end == IsolatedOutcome::End::kReturned;
    const bool not_applicable = returned && outcome.text.rfind(kNotApplicable, 0) == 0;
    add(group, name,
        not_applicable ? CheckStatus::kNotApplicable
        : returned     ? CheckStatus::kPassed
                       : CheckStatus::kFailed,
        not_applicable ? outcome.text.substr(kNotApplicable.size()) : outcome.text);
    if (group == "load" && returned) read_ids(outcome.text);
  }

  void isolated(const std::string& id, const std::string& group, const std::string& name,
                const Work& work) {
    isolated(group, ids_.size() > 1 ? id + ": " + name : name, [&] {
      const auto module = load();
      return work(module, *module->find(id));
    });
  }

  [[nodiscard]] std::shared_ptr<const Module> load() const {
    return Module::load(file_, objects_.path());
  }

  // The names come back from the child as the detail: this process never loads the file.
  void read_ids(const std::string& detail) {
    const auto at = detail.find(kOffers);
    if (at == detail.npos) return;
    for (std::size_t begin = at + kOffers.size(); begin < detail.size();) {
      const auto end = std::min(detail.find(' ', begin), detail.size());
      ids_.push_back(detail.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  [[nodiscard]] std::string load_time() const {
    (void)load();  // makes the copy
    // The best of some: another process may have the processor.
    auto took = std::chrono::microseconds::max();
    for (int i = 0; i < 5; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      (void)load();
      took = std::min(took, std::chrono::duration_cast<std::chrono::microseconds>(
                                std::chrono::steady_clock::now() - begin));
    }
    if (took > kLoadLimit) fail("took " + std::to_string(took.count()) + " us");
    std::string text = std::to_string(took.count()) + " us" + std::string(kOffers);
    const auto module = load();
    for (const Descriptor& descriptor : module->descriptors()) text += descriptor.id + " ";
    text.pop_back();
    return text;
  }

  [[nodiscard]] std::string imports() const {
    const auto module = load();
    std::string found;
    for (const std::string& import : module->facts().imports) {
      const std::string_view name = std::string_view(import).substr(0, import.find('@'));
      if (std::find(kNondeterministicImports.begin(), kNondeterministicImports.end(), name) !=
          kNondeterministicImports.end()) {
        found += " " + import;
      }
    }
    const bool all_honest =
        std::none_of(module->descriptors().begin(), module->descriptors().end(),
                     [](const Descriptor& descriptor) { return descriptor.deterministic(); });
    if (!found.empty() && !all_honest) {
      fail("without the capability nondeterministic:" + found);
    }
    return found.empty() ? "none" : "declared nondeterministic:" + found;
  }

  [[nodiscard]] std::string same_descriptors() const {
    const auto texts = [this] {
      std::string text;
      const auto module = load();
      for (const auto& descriptor : module->descriptors()) {
        text += boost::json::serialize(describe(descriptor));
      }
      return text;
    };
    const std::string first = texts();
    if (texts() != first) fail("another at the second load");
    return std::to_string(first.size()) + " bytes of JSON";
  }

  [[nodiscard]] std::string unknown_id() const {
    const auto module = load();
    TrialHost host;
    writ_host table{};
    table.struct_size = sizeof table;
    writ_plugin* plugin = nullptr;
    const writ_status status =
        module->table().create("nobody.knows.this", &table, nullptr, 0, 0, &plugin);
    if (status != WRIT_E_NOT_FOUND || plugin != nullptr) {
      fail(std::string("create returned ") + status_name(status));
    }
    return "";
  }

  [[nodiscard]] std::string unload() const {
    for (int i = 0; i < 100; ++i) {
      auto module = load();
      const auto object = module->object_path();
      module.reset();
      if (is_mapped(object)) fail("still mapped after unloading");
    }
    return "";
  }

  void check_plugin(const std::string& id) {
    isolated(
        id, "lifecycle", std::to_string(options_.life_cycles) + " create and destroy without leak",
        [this](const auto& module, const auto& descriptor) { return life(module, descriptor); });
    isolated(
        id, "lifecycle", "two instances do not disturb each other",
        [this](const auto& module, const auto& descriptor) { return two(module, descriptor); });
    isolated(id, "lifecycle", "host tables smaller and larger than 1.0",
             [](const auto& module, const auto& descriptor) { return tables(module, descriptor); });
    isolated(id, "parameters", "starts at every bound, out of range is refused",
             [](const auto& module, const auto& descriptor) { return bounds(module, descriptor); });
    isolated(
        id, "events", "unknown types, spoilt buffers, random events",
        [this](const auto& module, const auto& descriptor) { return events(module, descriptor); });
    isolated(id, "events", "extreme numbers", [this](const auto& module, const auto& descriptor) {
      return extremes(module, descriptor);
    });
    isolated(
        id, "events", "the same events twice give the same actions",
        [this](const auto& module, const auto& descriptor) { return again(module, descriptor); });
    isolated(
        id, "intents", "every error of the host is tolerated",
        [this](const auto& module, const auto& descriptor) { return errors(module, descriptor); });
    isolated(
        id, "state", "goes on from a saved state as if never stopped",
        [this](const auto& module, const auto& descriptor) { return resume(module, descriptor); });
    isolated(
        id, "state", "truncated and random state is refused",
        [this](const auto& module, const auto& descriptor) { return damage(module, descriptor); });
  }

  [[nodiscard]] std::string life(const std::shared_ptr<const Module>& module,
                                 const Descriptor& descriptor) const {
    TrialHost host;
    const auto parameters = any_parameters(descriptor);
    const auto cycle = [&] {
      const auto instance = make_instance(module, descriptor, host, parameters);
      if (instance->init() < 0) fail("init failed");
    };
    for (int i = 0; i < 50; ++i) cycle();  // what is allocated once, is
    const std::size_t before = bytes_in_use();
    for (std::uint32_t i = 0; i < options_.life_cycles; ++i) cycle();
    const std::size_t after = bytes_in_use();
    const std::size_t grown = after > before ? after - before : 0;
    if (grown > options_.life_cycles) fail("grew by " + std::to_string(grown) + " bytes");
    return "grew by " + std::to_string(grown) + " bytes";
  }

  [[nodiscard]] std::string two(const std::shared_ptr<const Module>& module,
                                const Descriptor& descriptor) const {
    Trial alone(module, descriptor, options_.seed);
    alone.run(kTrialEvents / 10);
    Trial one(module, descriptor, options_.seed);
    Trial other(module, descriptor, options_.seed + 1);
    for (int i = 0; i < kTrialEvents / 10; ++i) {
      one.run(1);
      other.run(2);
    }
    if (one.host.hash() != alone.host.hash()) fail("one acts differently beside another");
    return std::to_string(one.host.count()) + " actions";
  }

  [[nodiscard]] static std::string tables(const std::shared_ptr<const Module>& module,
                                          const Descriptor& descriptor) {
    TrialHost host;
    const auto parameters = any_parameters(descriptor);
    for (const std::uint32_t size :
         {static_cast<std::uint32_t>(offsetof(writ_host, now)),
          static_cast<std::uint32_t>(offsetof(writ_host, random)),
          static_cast<std::uint32_t>(offsetof(writ_host, get_extension))}) {
      try {
        const auto instance = make_instance(module, descriptor, host, parameters, 1, size);
        (void)instance->init();
      } catch (const base::InputError&) {
        // Saying no is right.
      }
    }
    const auto grown =
        make_instance(module, descriptor, host, parameters, 1, sizeof(writ_host) + 64);
    if (grown->init() < 0) fail("does not start with a larger table");
    return "";
  }

  [[nodiscard]] static std::string bounds(const std::shared_ptr<const Module>& module,
                                          const Descriptor& descriptor) {
    int tried = 0;
    int refused = 0;
    for (const ParameterSpec& spec : descriptor.parameters) {
      for (const bool upper : {false, true}) {
        const auto& bound = upper ? spec.max : spec.min;
        if (!bound) continue;
        const auto text_of = [&](std::int64_t number) {
          return to_text(spec, ParameterValue{number, {}});
        };
        TrialHost host;
        TrialMarket market(1, host);
        const auto instance = make_instance(module, descriptor, host,
                                            any_parameters(descriptor, spec.name, text_of(*bound)));
        market.announce(*instance);
        if (instance->init() < 0)
          fail("does not start with " + spec.name + " = " + text_of(*bound));
        for (int i = 0; i < 200; ++i) (void)market.step(*instance);
        ++tried;
        if (*bound == INT64_MIN || *bound == INT64_MAX) continue;
        try {
          (void)any_parameters(descriptor, spec.name, text_of(upper ? *bound + 1 : *bound - 1));
          fail(spec.name + " may be out of its bounds");
        } catch (const base::InputError&) {
          ++refused;
        }
      }
    }
    if (tried == 0) throw NotApplicable("no parameter has bounds");
    return std::to_string(tried) + " bounds tried, " + std::to_string(refused) +
           " refused past them";
  }

  [[nodiscard]] std::string events(const std::shared_ptr<const Module>& module,
                                   const Descriptor& descriptor) const {
    Trial trial(module, descriptor, options_.seed);
    writ_event unknown{};
    unknown.size = sizeof unknown;
    for (const std::uint16_t type : {std::uint16_t{999}, std::uint16_t{65'535}}) {
      unknown.type = type;
      if (const auto status = trial.instance->on_event(unknown); status != WRIT_IGNORED) {
        fail("type " + std::to_string(type) + " returned " + status_name(status));
      }
    }
    trial.run(kTrialEvents);
    const auto& counted = trial.instance->statistics();
    if (counted.float_control != 0) fail("changes the floating-point control");
    if (counted.errors != 0) fail(std::to_string(counted.errors) + " calls failed");
    return std::to_string(counted.calls) + " calls, " + std::to_string(trial.host.count()) +
           " actions, seed " + std::to_string(options_.seed);
  }

  [[nodiscard]] std::string extremes(const std::shared_ptr<const Module>& module,
                                     const Descriptor& descriptor) const {
    Trial trial(module, descriptor, options_.seed);
    trial.run(100);
    trial.market.extremes(*trial.instance);
    trial.run(100);
    return std::to_string(trial.instance->statistics().errors) + " calls refused them";
  }

  [[nodiscard]] std::string again(const std::shared_ptr<const Module>& module,
                                  const Descriptor& descriptor) const {
    if (!descriptor.deterministic()) throw NotApplicable("declared nondeterministic");
    Trial first(module, descriptor, options_.seed);
    first.run(kTrialEvents);
    // Another heap layout, so that an order by address shows.
    std::vector<std::unique_ptr<std::array<char, 4096>>> ballast;
    for (int i = 0; i < 100; ++i) ballast.push_back(std::make_unique<std::array<char, 4096>>());
    Trial second(module, descriptor, options_.seed);
    second.run(kTrialEvents);
    if (first.host.hash() != second.host.hash()) fail("the actions differ");
    return std::to_string(first.host.count()) + " actions, " + first.host.hash().substr(0, 16);
  }

  [[nodiscard]] std::string errors(const std::shared_ptr<const Module>& module,
                                   const Descriptor& descriptor) const {
    Trial trial(module, descriptor, options_.seed);
    for (const writ_status status : {WRIT_E_INVALID, WRIT_E_DENIED, WRIT_E_NOT_FOUND, WRIT_E_STATE,
                                     WRIT_E_LIMIT, WRIT_E_UNSUPPORTED, WRIT_E_INTERNAL}) {
      trial.host.answer = status;
      trial.run(kTrialEvents / 20);
    }
    trial.host.answer = WRIT_OK;
    trial.run(kTrialEvents / 20);
    return std::to_string(trial.instance->statistics().refused) + " refused calls";
  }

  [[nodiscard]] std::string resume(const std::shared_ptr<const Module>& module,
                                   const Descriptor& descriptor) const {
    require_state(descriptor);
    constexpr int kHalf = kTrialEvents / 4;
    Trial whole(module, descriptor, options_.seed);
    whole.run(kHalf);
    whole.host.forget_actions();
    whole.run(kHalf);

    Trial cut(module, descriptor, options_.seed);
    cut.run(kHalf);
    const auto saved = cut.state();
    if (cut.state() != saved) fail("the same state saves to other bytes");
    auto successor = make_instance(module, descriptor, cut.host, any_parameters(descriptor));
    cut.market.announce(*successor);
    if (successor->init() < 0) fail("init failed");
    if (const auto loaded = successor->load_state(saved); !loaded) {
      fail("load failed: " + to_string(loaded.error()));
    }
    cut.instance = std::move(successor);
    if (cut.state() != saved) fail("save after load gives other bytes");
    cut.host.forget_actions();
    cut.run(kHalf);
    if (cut.host.hash() != whole.host.hash()) fail("it acts differently after the interruption");
    if (cut.state() != whole.state()) fail("its state differs after the interruption");
    return std::to_string(saved.size()) + " bytes, " + std::to_string(whole.host.count()) +
           " actions after it";
  }

  [[nodiscard]] std::string damage(const std::shared_ptr<const Module>& module,
                                   const Descriptor& descriptor) const {
    require_state(descriptor);
    Trial trial(module, descriptor, options_.seed);
    trial.run(kTrialEvents / 10);
    const auto saved = trial.state();
    const auto decoded = decode_state(descriptor, saved);
    if (!decoded) fail("its own state is refused: " + to_string(decoded.error()));
    const std::vector<std::byte> payload(decoded->bytes.begin(), decoded->bytes.end());
    if (payload.empty()) throw NotApplicable("its state is empty");

    base::RandomStream random(options_.seed, "trial.damage");
    int refused = 0;
    for (int i = 0; i < 1'000; ++i) {
      auto damaged = payload;
      const bool cut = i % 2 == 0;
      if (cut) {
        damaged.resize(random.below(payload.size()));
      } else {
        for (auto& byte : damaged) byte = static_cast<std::byte>(random.next_u64() & 0xffU);
      }
      const auto loaded = trial.instance->load_state(encode_state(descriptor, damaged));
      if (!loaded) {
        ++refused;
        if (trial.state() != saved) fail("refused state left traces");
      } else if (cut) {
        fail("takes " + std::to_string(damaged.size()) + " of " + std::to_string(payload.size()) +
             " bytes of state for a whole one");
      } else if (!trial.instance->load_state(saved)) {
        fail("its own state is refused after a random one was taken");
      }
    }
    return std::to_string(refused) + " of 1000 refused";
  }

  std::filesystem::path file_;
  CheckOptions options_;
  ObjectsFolder objects_;
  CheckReport report_;
  std::vector<std::string> ids_;
};

const char* word_of(CheckStatus status) {
  switch (status) {
    case CheckStatus::kPassed:
      return "passed";
    case CheckStatus::kFailed:
      return "FAILED";
    case CheckStatus::kNotApplicable:
      return "n/a";
  }
  return "unknown";
}

}  // namespace

bool CheckReport::passed() const {
  return !results.empty() && std::none_of(results.begin(), results.end(), [](const auto& result) {
    return result.status == CheckStatus::kFailed;
  });
}

std::string CheckReport::text() const {
  std::string out;
  std::size_t failed = 0;
  for (const CheckResult& result : results) {
    failed += result.status == CheckStatus::kFailed ? 1 : 0;
    std::string line =
        std::string(word_of(result.status)) + "  " + result.group + ": " + result.name;
    if (!result.detail.empty()) line += " (" + result.detail + ")";
    out += line + "\n";
  }
  out += file.string() + ": " + std::to_string(results.size()) + " tests, " +
         std::to_string(failed) + " failed\n";
  return out;
}

boost::json::object CheckReport::json() const {
  boost::json::array tests;
  for (const CheckResult& result : results) {
    boost::json::object test;
    test["group"] = result.group;
    test["name"] = result.name;
    test["status"] = result.status == CheckStatus::kFailed ? "failed" : word_of(result.status);
    test["detail"] = result.detail;
    tests.push_back(std::move(test));
  }
  boost::json::object out;
  out["file"] = file.string();
  out["passed"] = passed();
  out["tests"] = std::move(tests);
  return out;
}

CheckReport check_plugin(const std::filesystem::path& file, const CheckOptions& options) {
  return Checker(file, options).run();
}

}  // namespace writ::plugin
