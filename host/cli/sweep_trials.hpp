#pragma once

#include "host/cli/feeds.hpp"
#include "host/cli/host_session.hpp"
#include "host/config/config.hpp"
#include "host/journal/folder.hpp"
#include "host/journal/storage.hpp"
#include "host/research/decoded_market.hpp"
#include "host/research/parameter_grid.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace writ::cli {

struct SweepOptions {
  std::filesystem::path config_file;
  std::vector<std::filesystem::path> tapes;  ///< if any: instead of the configuration's feeds
  std::filesystem::path grid_file;
  std::optional<std::int64_t> duration_ns;  ///< of market time, each trial
  /// Where each trial leaves its journal, as run number `host.run_number_base` + trial; nothing:
  /// its records are numbered, counted and hashed, and not kept.
  std::optional<std::filesystem::path> journals;
  std::size_t decoded_bytes_max = std::size_t{1} << 30U;
};

/// The trials of a sweep: backtests of one configuration on the same data that differ in the
/// parameters of a grid. Each is what `writ backtest` would make of a configuration with these
/// parameters.
class SweepTrials {
 public:
  /// Opens the data, decodes them once for all trials where they fit, and checks every trial
  /// against its plugins' parameters. `storage` outlives it. Throws base::InputError.
  SweepTrials(SweepOptions options, journal::Storage& storage);

  [[nodiscard]] std::size_t count() const noexcept { return grid_.size(); }
  /// What all rows are a function of: the runs' hashes and how long they last, 64 hex digits.
  [[nodiscard]] const std::string& identity() const noexcept { return identity_; }
  /// Memory that the trials share; 0: the data did not fit, each trial reads them itself.
  [[nodiscard]] std::size_t decoded_bytes() const noexcept {
    return market_ ? market_->bytes() : 0;
  }

  /// Makes room for the journals of the trials that are `left`, by index: removes what an earlier
  /// process of this sweep left of them. Throws base::InputError if there are others, any if this
  /// is the first process.
  void clear_journals(const std::vector<std::size_t>& left, bool first);

  /// Makes trial `index`, from 0: its row, the same whenever it is made. `refused` says why a
  /// plugin would not begin with these parameters. Nothing: it was ended, since `stopped`, which
  /// is asked now and then, said so. Throws base::InputError for damaged data, base::Failure where
  /// a journal cannot be written. [any thread, as many trials at a time as wanted]
  [[nodiscard]] std::optional<boost::json::object> run(std::size_t index,
                                                       const std::function<bool()>& stopped);

 private:
  [[nodiscard]] HostSession session_of(std::size_t index, engine::Keep keep,
                                       const research::DecodedMarket* market);
  [[nodiscard]] RunNumber run_number_of(std::size_t index) const;
  void check_all();

  SweepOptions options_;
  journal::Storage& storage_;
  config::ConfigText text_;
  config::Loaded base_;
  FindPlugin find_;
  Numbering numbering_;
  std::optional<Feeds> feeds_;
  std::optional<research::DecodedMarket> market_;
  std::vector<research::TrialParameters> grid_;
  std::shared_ptr<journal::FolderLock> lock_;  // of the journals
  std::string identity_;
};

}  // namespace writ::cli
