#include "host/storage/projection.hpp"

#include "host/base/input_error.hpp"
#include "host/base/uuid.hpp"
#include "host/journal/folder.hpp"
#include "host/storage/migration.hpp"
#include "host/storage/writer_lease.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace writ::storage {
namespace {

constexpr std::string_view kSaveCheckpoint =
    "INSERT INTO projection_checkpoint (run_id, run_number, journal_seq, records, rows_made, "
    "rejected, core_ts) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (run_id) DO UPDATE SET "
    "journal_seq = excluded.journal_seq, records = excluded.records, "
    "rows_made = excluded.rows_made, rejected = excluded.rejected, core_ts = excluded.core_ts";

constexpr std::string_view kLoadCheckpoint =
    "SELECT journal_seq, records, rows_made, rejected, core_ts FROM projection_checkpoint "
    "WHERE run_id = $1";

constexpr std::size_t kCarefulRecords = 256;

std::uint64_t unsigned_of(std::int64_t value) { return static_cast<std::uint64_t>(value); }
std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

class Projection::Core {
 public:
  Core(Database& database, journal::Storage& files, const std::filesystem::path& folder,
       journal::Reader reader, ProjectionOptions options)
      : database_(database),
        files_(files),
        folder_(folder),
        reader_(std::move(reader)),
        options_(options),
        run_id_(base::to_string(reader_.identity().run_id)) {}

  // Takes up the state of the last commit.
  base::Result<void> resume() {
    ready_ = false;
    base_ = {};
    auto load = database_.prepare(kLoadCheckpoint);
    if (!load) return database_error(load.error());
    (*load)->bind_text(1, run_id_);
    const auto found = (*load)->step();
    if (!found) return database_error(found.error());
    if (*found) {
      base_.journal_seq = unsigned_of((*load)->integer(0));
      base_.records = unsigned_of((*load)->integer(1));
      base_.rows = unsigned_of((*load)->integer(2));
      base_.rejected = unsigned_of((*load)->integer(3));
      base_.core_ts = (*load)->integer(4);
    }
    auto tables = load_run_tables(database_, run_id_);
    if (!tables) return database_error(tables.error());
    projector_.emplace(database_, std::move(*tables),
                       [this](std::uint64_t seq) { return find(seq); });
    if (auto sought = reader_.seek(Seq{base_.journal_seq + 1}); !sought) {
      return reader_error(sought.error());
    }
    progress_ = base_;
    ready_ = true;
    return {};
  }

  base::Result<Progress> advance(std::size_t max_records) {
    if (!ready_) {
      if (auto resumed = resume(); !resumed) return resumed.error();
    }
    // Near a refused record, little is written twice.
    const bool careful = progress_.journal_seq < careful_until_;
    const std::size_t count = careful ? std::min(max_records, kCarefulRecords) : max_records;
    const auto done = keep(project(count, Rows::kAllOrNone));
    if (done || done.error().code() != base::Errc::kRejected) return done;
    careful_until_ = std::max(careful_until_, last_read_);
    if (auto resumed = resume(); !resumed) return resumed.error();
    const std::size_t fewer = std::min(count, kCarefulRecords);
    if (fewer < count) return advance(fewer);
    return keep(project(count, Rows::kOneByOne));
  }

  bool finished() { return progress_.at_end && reader_.closed(); }
  const Progress& progress() const { return progress_; }
  const std::string& why() const { return why_; }
  std::size_t batch() const { return options_.batch_records; }

 private:
  enum class Rows : std::uint8_t { kOneByOne, kAllOrNone };

  base::Result<Progress> keep(base::Result<Progress> done) {
    if (!done) ready_ = false;
    return done;
  }

  base::Result<Progress> project(std::size_t max_records, Rows rows) {
    damage_pending_ = false;
    auto read = reader_.next();
    if (!read) return reader_error(read.error());
    const writ_record* record = *read;
    Progress reached = progress_;
    reached.at_end = record == nullptr;
    if (record == nullptr) return progress_ = reached;

    auto transaction = begin_alone(database_);
    if (!transaction) return database_error(transaction.error());
    if (auto mine = check_checkpoint(); !mine) return mine.error();
    if (rows == Rows::kAllOrNone) projector_->collect();
    for (std::size_t count = 0; record != nullptr; ++count) {
      last_read_ = record->seq;
      if (auto applied = projector_->apply(*record); !applied) return row_error(applied.error());
      reached.journal_seq = record->seq;
      reached.core_ts = record->ingest_ts;
      ++reached.records;
      if (count + 1 >= max_records) break;
      read = reader_.next();
      if (!read) {
        // What came before the damage is good: commit it, and report the damage next time.
        damage_pending_ = true;
        break;
      }
      record = *read;
      reached.at_end = record == nullptr;
    }
    if (auto sent = projector_->flush(); !sent) return row_error(sent.error());
    reached.rows = base_.rows + projector_->rows();
    reached.rejected = base_.rejected + projector_->rejected();
    if (auto saved = save(reached); !saved) return saved.error();
    if (auto committed = transaction->commit(); !committed) {
      return database_error(committed.error());
    }
    progress_ = reached;
    if (std::exchange(damage_pending_, false)) return reader_error(read.error());
    return progress_;
  }

  // Another projection of this run may have passed meanwhile: its rows would be written twice.
  base::Result<void> check_checkpoint() {
    auto load = database_.prepare(kLoadCheckpoint);
    if (!load) return database_error(load.error());
    (*load)->bind_text(1, run_id_);
    const auto found = (*load)->step();
    if (!found) return database_error(found.error());
    const std::uint64_t seq = *found ? unsigned_of((*load)->integer(0)) : 0;
    if (seq == progress_.journal_seq) return {};
    why_ = database_.url() + ": another projection writes run " + run_id_ + " here";
    return base::Error(base::Errc::kMismatch, "checkpoint of the projection",
                       static_cast<std::int64_t>(seq));
  }

  base::Result<void> save(const Progress& reached) {
    auto prepared = database_.prepare(kSaveCheckpoint);
    if (!prepared) return database_error(prepared.error());
    Statement& row = **prepared;
    row.bind_text(1, run_id_);
    row.bind_integer(2, signed_of(reader_.identity().run_number.raw()));
    row.bind_integer(3, signed_of(reached.journal_seq));
    row.bind_integer(4, signed_of(reached.records));
    row.bind_integer(5, signed_of(reached.rows));
    row.bind_integer(6, signed_of(reached.rejected));
    row.bind_integer(7, reached.core_ts);
    if (const auto stepped = row.step(); !stepped) return database_error(stepped.error());
    return {};
  }

  // Beside the reading on.
  base::Result<const writ_record*> find(std::uint64_t seq) {
    if (!finder_) {
      auto opened = journal::Reader::open(files_, folder_, options_.limit);
      if (!opened) return opened.error();
      finder_.emplace(std::move(*opened));
    }
    if (auto sought = finder_->seek(Seq{seq}); !sought) return sought.error();
    return finder_->next();
  }

  base::Error database_error(const base::Error& error) {
    why_ = database_.url() + ": " + database_.last_error();
    return error;
  }
  base::Error reader_error(const base::Error& error) {
    why_ = reader_.describe(error);
    return error;
  }
  base::Error row_error(const base::Error& error) {
    why_ = database_.url() + ": " + projector_->why();
    return error;
  }

  Database& database_;
  journal::Storage& files_;
  std::filesystem::path folder_;
  journal::Reader reader_;
  std::optional<journal::Reader> finder_;
  ProjectionOptions options_;
  std::string run_id_;
  std::optional<Projector> projector_;
  Progress base_;      // of the checkpoint the projector began at
  Progress progress_;  // of the last commit
  bool ready_ = false;
  bool damage_pending_ = false;
  std::uint64_t last_read_ = 0;      // seq of the last record that was tried
  std::uint64_t careful_until_ = 0;  // seq before which a refused record was met
  std::string why_;
};

Projection::Projection(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Projection::~Projection() = default;
Projection::Projection(Projection&&) noexcept = default;
Projection& Projection::operator=(Projection&&) noexcept = default;

base::Result<Projection> Projection::open(Database& database, journal::Storage& files,
                                          const std::filesystem::path& run_folder,
                                          ProjectionOptions options) {
  auto reader = journal::Reader::open(files, run_folder, options.limit);
  if (!reader) return reader.error();
  auto core = std::make_unique<Core>(database, files, run_folder, std::move(*reader), options);
  if (auto resumed = core->resume(); !resumed) return resumed.error();
  return Projection(std::move(core));
}

base::Result<Progress> Projection::advance(std::size_t max_records) {
  return core_->advance(std::max<std::size_t>(max_records, 1));
}

base::Result<Progress> Projection::catch_up() {
  while (true) {
    auto reached = core_->advance(core_->batch());
    if (!reached || reached->at_end) return reached;
  }
}

const Progress& Projection::progress() const noexcept { return core_->progress(); }
bool Projection::finished() { return core_->finished(); }

std::string Projection::describe(const base::Error& error) const {
  return core_->why().empty() ? base::to_string(error) : core_->why();
}

base::Result<std::vector<RebuiltRun>> rebuild(Database& target, journal::Storage& files,
                                              const std::filesystem::path& folder,
                                              ProjectionOptions options, std::string* failed) {
  const auto fail = [failed](const base::Error& error, std::string line) {
    if (failed != nullptr) *failed = std::move(line);
    return error;
  };
  migrate(target);
  const auto runs = journal::list_runs(files, folder);
  if (!runs) return fail(runs.error(), folder.string() + ": " + base::to_string(runs.error()));
  std::vector<RebuiltRun> rebuilt;
  for (const auto& run : *runs) {
    auto projection = Projection::open(target, files, run.folder, options);
    if (!projection) {
      const auto& error = projection.error();
      return fail(error, base::InputError::from(run.folder.string(), error).what());
    }
    const auto reached = projection->catch_up();
    if (!reached) {
      return fail(reached.error(),
                  run.folder.string() + ": " + projection->describe(reached.error()));
    }
    rebuilt.push_back({run.folder, *reached});
  }
  return rebuilt;
}

base::Result<bool> holds_run(Database& database, const std::string& run_id) {
  auto query = database.prepare("SELECT 1 FROM run WHERE run_id = $1");
  if (!query) return query.error();
  (*query)->bind_text(1, run_id);
  return (*query)->step();
}

}  // namespace writ::storage
