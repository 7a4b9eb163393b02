#pragma once

#include "host/cli/assemble.hpp"
#include "host/cli/feeds.hpp"
#include "host/cli/live_venues.hpp"
#include "host/cli/manifest.hpp"
#include "host/cli/numbering.hpp"
#include "host/config/config.hpp"
#include "host/engine/past.hpp"
#include "host/engine/run.hpp"
#include "host/journal/folder.hpp"
#include "host/journal/storage.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace writ::cli {

/// What backtests that differ in parameters only have in common, opened once. Read by any thread.
struct SharedParts {
  FindPlugin find;
  const Feeds* feeds = nullptr;                     ///< used up
  const research::DecodedMarket* market = nullptr;  ///< nullptr: each opens the feeds itself
  const model::InstrumentTable* tables = nullptr;   ///< of the feeds
};

/// How a run is to be made, besides its configuration.
struct SessionOptions {
  std::optional<std::int64_t> duration_ns;
  /// A run that happened before, made again under a new id: a REPLAY row in the database.
  bool again = false;
  /// Measures how long each stage of an input's way takes.
  bool trace_latency = false;
  engine::Keep keep = engine::Keep::kJournal;
  const SharedParts* shared = nullptr;       ///< nullptr: all its own
  std::optional<RunNumber> run_number = {};  ///< nothing: the next of the journal folder
  /// Called when something came for the sequencer. [any thread]
  std::function<void()> wake = {};
  /// No venue is connected to: the run only puts something on record.
  bool offline = false;
};

/// Everything a run is made of, put together from a configuration: numbered tables, feeds, plugin
/// instances, venue, manifest. The journal folder is locked, the run itself not begun.
class HostSession {
 public:
  /// `past` is the run to continue, if any. Throws base::InputError, and nothing has changed but
  /// copies of plugins under objects/.
  HostSession(config::Loaded loaded, journal::Storage& storage,
              std::shared_ptr<journal::FolderLock> lock, const engine::Past* past,
              const SessionOptions& options);

  [[nodiscard]] const config::Loaded& loaded() const noexcept { return loaded_; }
  [[nodiscard]] Feeds& feeds() noexcept { return *feeds_; }
  /// The simulated exchange, or in mode live each account's venue.
  [[nodiscard]] execution::OrderGateway& venue() noexcept { return *venue_; }
  /// Where plugins whose wishes are inputs meet the core.
  [[nodiscard]] OutsidePlugins& outside() noexcept { return outside_; }
  [[nodiscard]] const Manifest& manifest() const noexcept { return manifest_; }
  [[nodiscard]] const journal::RunIdentity& identity() const noexcept { return setup_.identity; }
  [[nodiscard]] std::string run_id() const { return base::to_string(setup_.identity.run_id); }
  /// Of the run that this one makes again; empty: of none.
  [[nodiscard]] const std::string& origin_run_id() const noexcept { return origin_run_id_; }
  /// The run's setup, for Run::start.
  [[nodiscard]] const engine::RunSetup& setup() const noexcept { return setup_; }
  /// The run has begun, and has them: who is replaced there is to leave the process.
  void forget_instances() {
    setup_.instances.clear();
    setup_.past.reset();
  }

 private:
  [[nodiscard]] std::unique_ptr<Feeds> open_feeds(journal::Storage& storage,
                                                  const SimulatedTime& time,
                                                  const SharedParts* shared);
  [[nodiscard]] SimulatedTime simulated_time(const engine::Past* past,
                                             const SessionOptions& options) const;

  config::Loaded loaded_;
  Numbering numbering_;
  std::unique_ptr<LiveVenues> live_;  // nullptr: no real venue has a part in this
  std::unique_ptr<Feeds> feeds_;
  OutsidePlugins outside_;
  std::unique_ptr<execution::OrderGateway> venue_;
  Manifest manifest_;
  std::string origin_run_id_;
  engine::RunSetup setup_;
};

/// When the simulated market of a backtest is: always the same time.
[[nodiscard]] SimulatedTime backtest_time(std::optional<std::int64_t> duration_ns);

/// The plugins of instances in the plugin folders (PluginSource); copies are kept under `objects`.
/// Throws base::InputError for a folder that is not there.
[[nodiscard]] FindPlugin find_in_folders(const config::Loaded& loaded,
                                         const std::filesystem::path& objects);

/// Takes the journal folder. Throws base::InputError if another host has it.
[[nodiscard]] std::shared_ptr<journal::FolderLock> lock_journal(journal::Storage& storage,
                                                                const config::Config& config);

/// The run a start would continue, recovered; nothing if there is none. Throws base::InputError
/// that names the file and the offset of damage.
[[nodiscard]] std::optional<engine::Past> past_of(journal::Storage& storage,
                                                  const journal::FolderLock& lock);

/// The run whose kill stands in the way of a start: by its journal, or by the mark beside it of a
/// host that never came to record it. Nothing: none does. Throws base::InputError for a mark that
/// cannot be read.
[[nodiscard]] std::optional<std::uint64_t> killed_run(const std::filesystem::path& journal_folder,
                                                      const engine::Past* past);

/// 32 bytes of 64 hexadecimal digits.
[[nodiscard]] base::Sha256Digest digest_of(const std::string& hex);

}  // namespace writ::cli
