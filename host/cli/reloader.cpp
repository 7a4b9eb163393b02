#include "host/cli/reloader.hpp"

#include "host/base/input_error.hpp"
#include "host/cli/assemble.hpp"
#include "host/cli/core_options.hpp"
#include "host/cli/program_files.hpp"
#include "host/cli/venue_accounts.hpp"
#include "host/config/difference.hpp"
#include "host/model/names.hpp"
#include "host/model/record_words.hpp"
#include "host/model/table_copy.hpp"
#include "host/plugin/process_state.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace writ::cli {
namespace {

// Sections of the configuration that may change while the host runs.
constexpr std::array<std::string_view, 5> kChangeable = {"risk", "ownership", "signals",
                                                         "strategies", "plugins.dirs"};

bool may_change(std::string_view path) {
  for (const auto section : kChangeable) {
    if (path.substr(0, section.size()) != section) continue;
    if (path.size() == section.size() ||
        path.find_first_of(".[ ", section.size()) == section.size()) {
      return true;
    }
  }
  return false;
}

void refuse_fixed(const config::Document& after, const std::vector<config::Difference>& found) {
  for (const auto& difference : found) {
    if (may_change(difference.path)) continue;
    const auto& place = after.key_place(difference.place);
    throw base::InputError(
        place.file, place.line, place.column,
        difference.path + " cannot change while the host runs: stop and start it");
  }
}

bool asks(const boost::json::object& asked, std::string_view what) {
  const auto* flag = asked.if_contains(what);
  return flag != nullptr && flag->is_bool() && flag->get_bool();
}

bool same_instruments(const model::InstrumentTable& a, const model::InstrumentTable& b) {
  const auto known = b.instruments();
  return std::all_of(known.begin(), known.end(), [&](const auto* instrument) {
    const auto* here = a.instrument(instrument->instrument);
    return here != nullptr && model::same_payload(here->header, instrument->header);
  });
}

// What making a plugin must leave as it was, as loading it.
engine::Made make_harmlessly(const engine::Reload& changes, const engine::Workshop& workshop) {
  const auto before = plugin::ProcessState::capture();
  std::exception_ptr failure;
  engine::Made made;
  try {
    made = engine::make_in_process(changes, workshop);
  } catch (...) {
    failure = std::current_exception();
  }
  const auto harm = before.restore();
  if (failure) std::rethrow_exception(failure);
  if (harm)
    throw base::InputError("plugins", 0, 0, "one of the new builds " + *harm + " when made");
  return made;
}

boost::json::array swaps_in(const engine::Run& run) {
  boost::json::array swaps;
  for (const auto& [instance, told] : run.swaps()) {
    boost::json::object swap;
    swap["instance"] = run.pipeline().tables().instance_name(instance);
    swap["step"] = model::kReloadStepWords.text(told.step);
    swap["preparation_ns"] = told.preparation_ns;
    swap["pause_ns"] = told.pause_ns;
    swaps.push_back(std::move(swap));
  }
  return swaps;
}

}  // namespace

/// One reload, as much of it as is done beside the run. What it is made of is copied at the
/// request.
struct Reloader::Preparation {
  std::shared_ptr<ops::ControlRequest> request;
  std::filesystem::path file;
  config::Overrides overrides;
  config::Document running_document;
  OutsidePlugins& outside;
  std::vector<std::uint32_t> instruments;
  model::InstrumentTable tables;
  std::vector<engine::InstanceSetup> running;
  engine::CoreOptions core;
  std::int64_t now = 0;
  plugin::HostServices& services;

  // What came of it.
  std::string refusal;
  boost::json::object answer;
  config::Document document;
  std::vector<std::filesystem::path> folders;
  bool different = false;
  engine::ReloadSetup setup;

  void prepare() {
    const auto begun = std::chrono::steady_clock::now();
    try {
      read();
    } catch (const std::exception& error) {
      refusal = error.what();
    }
    running.clear();  // a build it holds would not leave the process
    setup.preparation_ns =
        std::chrono::nanoseconds(std::chrono::steady_clock::now() - begun).count();
  }

 private:
  void read() {
    auto loaded = config::load_config(file, overrides);
    Numbering numbering(tables);
    setup.deposits = assemble_accounts(loaded.config, numbering);
    auto instances =
        assemble_instances(loaded, find_in_folders(loaded, loaded.config.journal.dir / "objects"),
                           isolation_in(loaded.config.mode, &outside), instruments, numbering);
    refuse_unknown_markets(loaded, numbering.tables());
    refuse_foreign_instruments(loaded, instances, numbering.tables());
    // After assembling: the parameters of both are then full sets.
    const auto found = config::difference(running_document.values(), loaded.document.values());
    refuse_fixed(loaded.document, found);

    setup.config_text = loaded.document.canonical();
    setup.config_hash = digest_of(loaded.document.hash());
    setup.tables = numbering.changed();
    setup.changes = compare_instances(running, std::move(instances));
    setup.changes.arbiter = arbiter_options(loaded.config, numbering.tables());
    setup.changes.prepared_ts = now;
    auto& lines = answer["changes"].emplace_array();
    for (const auto& difference : found) {
      lines.push_back(boost::json::value(config::to_string(difference)));
    }
    const auto& changes = setup.changes;
    answer["added"] = changes.added.size();
    answer["changed"] = changes.changed.size();
    answer["tuned"] = changes.tuned.size();
    answer["removed"] = changes.removed.size();
    answer["config_hash"] = loaded.document.hash();
    different = !found.empty() || !changes.added.empty() || !changes.changed.empty() ||
                !changes.tuned.empty() || !changes.removed.empty();
    folders = plugin_folders(loaded.config.plugins.dirs);
    document = std::move(loaded.document);
    if (asks(request->asked(), "dry_run")) return;
    setup.made = make_harmlessly(changes, {numbering.tables(), core, now, services});
  }
};

void Reloader::Outbox::put(engine::OperatorPort::Request request) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    any_.store(true);
  }
  attention_.raise();
}

std::optional<engine::OperatorPort::Request> Reloader::Outbox::take() {
  if (!any_.load(std::memory_order_relaxed)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  auto request = std::move(requests_.front());
  requests_.pop_front();
  any_.store(!requests_.empty());
  return request;
}

void Reloader::Outbox::clear() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
  any_.store(false);
}

Reloader::Reloader(std::filesystem::path file, config::Overrides overrides, HostSession& session,
                   ops::Attention& attention)
    : file_(std::move(file)),
      overrides_(std::move(overrides)),
      document_(session.loaded().document),
      outside_(session.outside()),
      instruments_(session.feeds().instruments()),
      patience_(session.loaded().config.plugins.hang_timeout_ns),
      outbox_(std::make_shared<Outbox>(attention)),
      worker_(std::make_unique<ops::Worker>(patience_)) {
  const auto& plugins = session.loaded().config.plugins;
  if (plugins.watch) watch_.emplace(plugin_folders(plugins.dirs), attention);
}

Reloader::~Reloader() { close(); }

void Reloader::close() {
  worker_.reset();
  outbox_->clear();
  if (under_way_ && !hangs_) waiting_.push_front(under_way_->request);
  for (const auto& request : std::exchange(waiting_, {})) request->refuse("the run has ended");
  under_way_.reset();
}

void Reloader::begin(engine::Run& run, std::shared_ptr<ops::ControlRequest> request) {
  waiting_.push_back(std::move(request));
  begin_next(run);
}

void Reloader::begin_next(engine::Run& run) {
  while (hangs_ && !waiting_.empty()) {
    refuse(run, *waiting_.front(), "a plugin of an earlier reload has not come back: restart");
    waiting_.pop_front();
  }
  if (under_way_ || waiting_.empty()) return;
  auto core = run.setup().core;
  core.progress.reset();
  core.call_watch = nullptr;
  under_way_ = std::shared_ptr<Preparation>(new Preparation{std::move(waiting_.front()),
                                                            file_,
                                                            overrides_,
                                                            document_,
                                                            outside_,
                                                            instruments_,
                                                            model::copy_of(run.pipeline().tables()),
                                                            run.pipeline().setups(),
                                                            std::move(core),
                                                            run.core_ts(),
                                                            run.services(),
                                                            {},
                                                            {},
                                                            {},
                                                            {},
                                                            false,
                                                            {}});
  waiting_.pop_front();
  worker_->post([preparation = under_way_, outbox = outbox_, this] {
    preparation->prepare();
    outbox->put([preparation, this](engine::Run& in) { apply(in, *preparation); });
  });
}

std::optional<engine::OperatorPort::Request> Reloader::poll() {
  if (auto request = outbox_->take()) return request;
  if (!under_way_ || hangs_ || worker_->busy_for() <= patience_) return std::nullopt;
  return [this](engine::Run& run) {
    hangs_ = true;
    refuse(run, *under_way_->request, "a plugin does not come back while it is loaded or made");
  };
}

void Reloader::apply(engine::Run& run, Preparation& preparation) {
  if (hangs_) return;  // it came back after all, and was refused
  const auto done = std::exchange(under_way_, nullptr);
  auto& request = *preparation.request;
  if (!preparation.refusal.empty()) {
    refuse(run, request, preparation.refusal);
  } else if (!same_instruments(preparation.tables, run.pipeline().tables())) {
    waiting_.push_front(preparation.request);  // what was told to the new ones is not true any more
  } else {
    const bool only_says = asks(request.asked(), "dry_run") ||
                           (asks(request.asked(), "if_changed") && !preparation.different);
    auto& answer = preparation.answer;
    answer["applied"] = !only_says;
    try {
      if (!only_says) {
        run.reload(std::move(preparation.setup));
        document_ = std::move(preparation.document);
        if (watch_) watch_->add(preparation.folders);
        answer["swaps"] = swaps_in(run);
      }
      request.reply(std::move(answer));
    } catch (const base::InputError& error) {
      refuse(run, request, error.what());
    }
  }
  // What was made in vain ends beside the run too.
  auto left = std::make_shared<engine::ReloadSetup>(std::move(preparation.setup));
  worker_->post([left = std::move(left)] {});
  begin_next(run);
}

void Reloader::refuse(engine::Run& run, ops::ControlRequest& request, const std::string& why) {
  run.refuse_reload(why);
  request.refuse(why);
}

void Reloader::retire(std::vector<engine::Retired> gone) {
  if (worker_ == nullptr) return;
  auto left = std::make_shared<std::vector<engine::Retired>>(std::move(gone));
  worker_->post([left = std::move(left), outbox = outbox_] {
    struct Build {
      std::uint32_t instance;
      base::Sha256Digest hash;
      std::filesystem::path mapped;  // empty: it was never loaded here
      std::weak_ptr<const plugin::Module> module;
    };
    std::map<const plugin::Module*, Build> builds;
    for (const auto& one : *left) {
      const auto& module = one.actor.instance->shared_module();
      builds[module.get()] = {one.actor.number(), module->object_hash(), module->mapped_path(),
                              module};
    }
    left->clear();
    for (const auto& [unused, build] : builds) {
      if (!build.module.expired()) continue;  // others work with it
      const bool still = !build.mapped.empty() && plugin::is_mapped(build.mapped);
      outbox->put([build = build, still](engine::Run& run) {
        run.tell_unloaded(build.instance, build.hash, still);
      });
    }
  });
}

}  // namespace writ::cli
