#pragma once

#include "host/base/result.hpp"
#include "host/journal/reader.hpp"
#include "host/journal/storage.hpp"
#include "host/storage/database.hpp"
#include "host/storage/projector.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace writ::storage {

struct ProjectionOptions {
  /// By default a row never tells of a record that a power cut could take back.
  journal::ReadLimit limit = journal::ReadLimit::kDurable;
  /// Records in one transaction, at most.
  std::size_t batch_records = 10'000;
};

/// How far a projection is.
struct Progress {
  std::uint64_t journal_seq = 0;  ///< last record whose rows are committed
  std::uint64_t records = 0;      ///< of the run, read so far
  std::uint64_t rows = 0;         ///< written so far
  std::uint64_t rejected = 0;     ///< records refused so far: `projection_reject`
  std::int64_t core_ts = 0;  ///< ingest_ts of the last record: the lag is the host's time less this
  bool at_end = false;       ///< the journal had no more
};

/// Follows the journal of one run and keeps the database equal to it. Rows and the checkpoint that
/// covers them are committed together: a crash neither loses nor doubles a row. Reads the journal
/// only, never live objects; usable from a thread or process of its own, on a Database of its own,
/// beside the writer of the journal. One thread at a time.
class Projection {
 public:
  /// Resumes where this database's checkpoint of the run is, or begins. `database` is migrated;
  /// it and `files` outlive the projection. Errors: as journal::Reader and the database.
  [[nodiscard]] static base::Result<Projection> open(Database& database, journal::Storage& files,
                                                     const std::filesystem::path& run_folder,
                                                     ProjectionOptions options = {});
  ~Projection();
  Projection(Projection&&) noexcept;
  Projection& operator=(Projection&&) noexcept;

  /// Projects up to `max_records` in one transaction. After an error nothing of it is in the
  /// database, and the next call tries again from the checkpoint.
  /// Errors: as journal::Reader; the database's; kExists and kInvalid as Projector::apply;
  /// kMismatch, another projection of this run was here since the last call.
  [[nodiscard]] base::Result<Progress> advance(std::size_t max_records);
  /// Gets each commit; false: enough, after the batch on its way. [the caller's thread]
  using Committed = std::function<bool(const Progress&)>;
  /// Projects to the present end of the journal, batch by batch; or, short of it, until it was
  /// enough. The rows of a batch are made while a thread of its own commits the one before.
  [[nodiscard]] base::Result<Progress> catch_up(const Committed& committed = {});

  [[nodiscard]] const Progress& progress() const noexcept;
  /// Whether the run was closed and every record of it is projected.
  [[nodiscard]] bool finished();
  /// One line for an error this projection returned.
  [[nodiscard]] std::string describe(const base::Error& error) const;

 private:
  class Core;
  explicit Projection(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

/// One run of a rebuilt database.
struct RebuiltRun {
  std::filesystem::path folder;
  Progress progress;
};

/// Projects every run of a journal folder, by rising number, into `target`, which is migrated
/// first; runs already there are continued. Errors: as Projection; `failed`, if given, gets the
/// line that says where. Throws base::InputError as `migrate`.
[[nodiscard]] base::Result<std::vector<RebuiltRun>> rebuild(Database& target,
                                                            journal::Storage& files,
                                                            const std::filesystem::path& folder,
                                                            ProjectionOptions options = {},
                                                            std::string* failed = nullptr);

/// Whether the run with this id is in the database: the same backtest twice is the same run.
[[nodiscard]] base::Result<bool> holds_run(Database& database, const std::string& run_id);

}  // namespace writ::storage
