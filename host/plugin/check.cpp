#include "host/plugin/check.hpp"

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/base/input_error.hpp"
#include "host/base/result.hpp"
#include "host/plugin/bytes_in_use.hpp"
#include "host/plugin/instructions.hpp"
#include "host/plugin/isolated_run.hpp"
#include "host/plugin/module.hpp"
#include "host/plugin/plugin_tests.hpp"
#include "host/plugin/trial.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace writ::plugin {
namespace {

constexpr std::string_view kNotApplicable = "n/a: ";
constexpr std::string_view kOffers = ", offers: ";

constexpr std::chrono::milliseconds kLoadLimit{50};
constexpr int kLives = 100;
constexpr int kShortLife = 20;           // events
constexpr std::size_t kGrowthMax = 256;  // bytes a life: the loader's and allocator's own

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

std::size_t entries_of(const char* folder) {
  const std::filesystem::directory_iterator entries(folder);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
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
    if (!can_be_loaded()) return std::move(report_);
    isolated("file", "imports nothing that would break replay", [this] { return imports(); });
    isolated("file", "no instruction reads a clock or enters the kernel",
             [this] { return instructions(); });
    isolated("descriptor", "the same at every load", [this] { return same_descriptors(); });
    isolated("lifecycle", "an unknown id is not found", [this] { return unknown_id(); });
    isolated("unload", "leaves no mapping, thread, descriptor or memory, 100 times",
             [this] { return unload(); });
    for (const std::string& id : ids_) check_plugin(id);
    return std::move(report_);
  }

  CheckReport run_fuzz(std::uint32_t seeds) {
    if (!can_be_loaded()) return std::move(report_);
    for (std::uint32_t i = 0; i < seeds && report_.passed(); ++i, ++options_.seed) {
      for (const std::string& id : ids_) {
        isolated("fuzz", named(id, "seed " + std::to_string(options_.seed)), [&] {
          const auto module = load();
          return fuzz({module, *module->find(id), options_}, options_.events);
        });
      }
    }
    return std::move(report_);
  }

 private:
  bool can_be_loaded() {
    if (!check_file()) return false;
    isolated("load", "loads fast and leaves the process as it was", [this] { return load_time(); });
    return report_.passed();
  }

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

  [[nodiscard]] static bool all_nondeterministic(const Module& module) {
    return std::none_of(module.descriptors().begin(), module.descriptors().end(),
                        [](const Descriptor& descriptor) { return descriptor.deterministic(); });
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
    if (!found.empty() && !all_nondeterministic(*module)) {
      fail("without the capability nondeterministic:" + found);
    }
    return found.empty() ? "none" : "declared nondeterministic:" + found;
  }

  [[nodiscard]] std::string instructions() const {
    if constexpr (!kKnowsInstructions) throw NotApplicable("not known on this machine");
    const auto module = load();
    const auto content = base::read_file(file_);
    if (!content) fail(to_string(content.error()));
    const auto found = find_forbidden_instruction(*content, module->facts().code);
    if (found && !all_nondeterministic(*module)) {
      fail("without the capability nondeterministic: " + *found);
    }
    return found ? "declared nondeterministic: " + *found : "none";
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
    const auto live = [this] {
      auto module = load();
      const auto object = module->mapped_path();
      for (const std::string& id : ids_) {
        Trial(module, *module->find(id), options_.seed).run(kShortLife);
      }
      module.reset();
      if (is_mapped(object)) fail("still mapped after unloading");
    };
    live();  // what is allocated once, is
    const auto threads = entries_of("/proc/self/task");
    const auto descriptors = entries_of("/proc/self/fd");
    const auto before = bytes_in_use();
    for (int i = 0; i < kLives; ++i) live();
    if (entries_of("/proc/self/task") > threads) fail("leaves threads behind");
    if (entries_of("/proc/self/fd") > descriptors) fail("leaves descriptors open");
    const auto after = bytes_in_use();
    const auto grown = after > before ? after - before : 0;
    if (grown > kLives * kGrowthMax) fail("grew by " + std::to_string(grown) + " bytes");
    return "grew by " + std::to_string(grown) + " bytes";
  }

  void check_plugin(const std::string& id) {
    for (const PluginTest& test : plugin_tests()) {
      isolated(test.group, named(id, test.name), [&] {
        const auto module = load();
        return test.run({module, *module->find(id), options_});
      });
    }
  }

  [[nodiscard]] std::string named(const std::string& id, const std::string& test) const {
    return ids_.size() > 1 ? id + ": " + test : test;
  }

  std::filesystem::path file_;
  CheckOptions options_;
  ObjectsFolder objects_;
  CheckReport report_;
  std::vector<std::string> ids_;
};

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char character : text) {
    switch (character) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        // XML 1.0 has no way to write a control character.
        out += static_cast<unsigned char>(character) < 0x20 ? ' ' : character;
    }
  }
  return out;
}

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

std::string CheckReport::junit() const {
  const auto count = [this](CheckStatus status) {
    return std::to_string(std::count_if(results.begin(), results.end(), [&](const auto& result) {
      return result.status == status;
    }));
  };
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"" +
                    xml_text(file.string()) + "\" tests=\"" + std::to_string(results.size()) +
                    "\" failures=\"" + count(CheckStatus::kFailed) + "\" skipped=\"" +
                    count(CheckStatus::kNotApplicable) + "\">\n";
  for (const CheckResult& result : results) {
    out += "  <testcase classname=\"" + xml_text(result.group) + "\" name=\"" +
           xml_text(result.name) + "\"";
    const std::string detail = xml_text(result.detail);
    if (result.status == CheckStatus::kFailed) {
      out += "><failure message=\"" + detail + "\"/></testcase>\n";
    } else if (result.status == CheckStatus::kNotApplicable) {
      out += "><skipped message=\"" + detail + "\"/></testcase>\n";
    } else {
      out += detail.empty() ? "/>\n" : "><system-out>" + detail + "</system-out></testcase>\n";
    }
  }
  return out + "</testsuite>\n";
}

CheckReport check_plugin(const std::filesystem::path& file, const CheckOptions& options) {
  return Checker(file, options).run();
}

CheckReport fuzz_plugin(const std::filesystem::path& file, std::uint32_t seeds,
                        const CheckOptions& options) {
  return Checker(file, options).run_fuzz(seeds);
}

}  // namespace writ::plugin
