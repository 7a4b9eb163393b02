// Plugins as they were built with each released minor version, in today's host: they load, and do
// what they did. With WRIT_RELEASE=1 what they do is written down instead.
#include "host/base/sha256.hpp"
#include "host/model/record_view.hpp"
#include "host/plugin/module.hpp"
#include "host/plugin/parameters.hpp"
#include "tests/abi/fixed_events.hpp"
#include "tests/support/tree_paths.hpp"
#include "tests/unit/plugin/plugin_files.hpp"
#include "tests/unit/plugin/recording_services.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace writ::plugin {
namespace {

namespace fs = std::filesystem;

constexpr int kEvents = 20'000;
constexpr const char* kActions = "actions.txt";

std::vector<fs::path> sorted(const fs::path& folder, const std::string& extension) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<fs::path> released_versions() {
  std::vector<fs::path> folders;
  for (const auto& facts : sorted(test::source_dir() / "tests" / "abi" / "released", ".facts")) {
    folders.push_back(fs::path(facts).replace_extension());
  }
  return folders;
}

// What the author decided, none of what the host stamps.
std::string line_of(const RecordingServices::Intent& asked) {
  const auto& intent = asked.intent;
  std::string line;
  for (const std::int64_t number :
       {std::int64_t{intent.kind}, std::int64_t{intent.instrument}, std::int64_t{intent.side},
        std::int64_t{intent.order_type}, std::int64_t{intent.time_in_force},
        std::int64_t{intent.flags}, intent.price, intent.quantity, intent.expire_ts,
        static_cast<std::int64_t>(intent.target_intent), static_cast<std::int64_t>(intent.tag)}) {
    line += std::to_string(number) + " ";
  }
  return line + asked.tags + " " + asked.rationale + "\n";
}

/// One released plugin in events of its own.
class Trial {
 public:
  Trial(const fs::path& file, const fs::path& objects, std::uint32_t number)
      : module_(Module::load(file, objects)) {
    const Descriptor& descriptor = module_->descriptors().front();
    InstanceOptions options;
    options.instance = number;
    options.name = file.stem();
    options.granted = descriptor.capabilities;
    options.instruments = {1, 2};
    instance_ =
        Instance::create(module_, descriptor.id, ParameterSet::parse(descriptor, {}, file.string()),
                         std::move(options), services_);
    services_.time = events_.time;
    events_.announce(*instance_);
    if (instance_->init() < 0) throw std::runtime_error(file.string() + ": init failed");
  }

  void step() {
    events_.step(*instance_);
    services_.time = events_.time;
    for (; answered_ < services_.intents.size(); ++answered_) {
      const auto& asked = services_.intents[answered_];
      actions_.update(line_of(asked));
      const auto intent = asked.intent;
      events_.answer(*instance_, {answered_ + 1, intent});
    }
  }

  [[nodiscard]] const std::string& id() const { return instance_->descriptor().id; }
  [[nodiscard]] std::size_t intents() const { return answered_; }
  [[nodiscard]] std::uint64_t errors() const { return instance_->statistics().errors; }
  [[nodiscard]] std::string actions() const {
    return std::to_string(answered_) + " intents " + actions_.hex();
  }

 private:
  std::shared_ptr<const Module> module_;
  RecordingServices services_;
  test::FixedEvents events_;
  std::unique_ptr<Instance> instance_;
  base::Sha256 actions_;
  std::size_t answered_ = 0;
};

// All plugins of a version at work in one process, by turns.
std::map<std::string, std::unique_ptr<Trial>> run_together(const fs::path& version,
                                                           const fs::path& objects) {
  std::map<std::string, std::unique_ptr<Trial>> trials;
  for (const auto& file : sorted(version, ".so")) {
    const auto number = static_cast<std::uint32_t>(trials.size()) + 1;
    trials[file.filename()] = std::make_unique<Trial>(file, objects, number);
  }
  for (int i = 0; i < kEvents; ++i) {
    for (const auto& [name, trial] : trials) trial->step();
  }
  return trials;
}

std::map<std::string, std::string> read_actions(const fs::path& file) {
  std::map<std::string, std::string> actions;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto space = line.find(' ');
    actions[line.substr(0, space)] = line.substr(space + 1);
  }
  return actions;
}

TEST(ReleasedPlugins, DoInTodaysHostWhatTheyDidWhenTheyWereReleased) {
  const auto versions = released_versions();
  ASSERT_FALSE(versions.empty()) << "no released version to compare with";
  const TemporaryFolder folder;
  for (const auto& version : versions) {
    const auto trials = run_together(version, folder.path() / "objects");
    ASSERT_GE(trials.size(), 4U) << version << ": the plugins it was released with are missing";
    if (std::getenv("WRIT_RELEASE") != nullptr) {
      std::ofstream out(version / kActions);
      for (const auto& [name, trial] : trials) out << name << ' ' << trial->actions() << '\n';
    }
    const auto released = read_actions(version / kActions);
    EXPECT_EQ(released.size(), trials.size()) << version;
    for (const auto& [name, trial] : trials) {
      EXPECT_EQ(trial->errors(), 0U) << name;
      EXPECT_GT(trial->intents(), 100U) << name << ": it hardly did anything";
      ASSERT_TRUE(released.contains(name)) << version << ": " << name << " was never run";
      EXPECT_EQ(trial->actions(), released.at(name)) << version << ": " << name;
    }
  }
}

TEST(ReleasedPlugins, OfEveryCompilerActAlikeInOneProcess) {
  const TemporaryFolder folder;
  for (const auto& version : released_versions()) {
    std::map<std::string, std::string> first;
    int alike = 0;
    for (const auto& [name, trial] : run_together(version, folder.path() / "objects")) {
      const auto [known, is_new] = first.emplace(trial->id(), trial->actions());
      if (is_new) continue;
      EXPECT_EQ(trial->actions(), known->second) << name;
      ++alike;
    }
    EXPECT_EQ(alike, 2) << version << ": g++, clang++ and clang++ with libc++";
  }
}

}  // namespace
}  // namespace writ::plugin
