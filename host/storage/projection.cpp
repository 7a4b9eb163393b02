#include "host/storage/projection.hpp"

#include "host/base/input_error.hpp"
#include "host/base/uuid.hpp"
#include "host/journal/folder.hpp"
#include "host/storage/migration.hpp"
#include "host/storage/writer_lease.hpp"

#include <algorithm>
#include <future>
#include <memory>
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
        run_number_(reader_.identity().run_number),
        run_id_(base::to_string(reader_.identity().run_id)) {}

  // Takes up the state of the last commit.
  base::Result<void> resume() {
    ready_ = false;
    base_ = {};
    auto load = database_.prepare(kLoadCheckpoint);
    if (!load) return database_error(load.error(), why_);
    (*load)->bind_text(1, run_id_);
    const auto found = (*load)->step();
    if (!found) return database_error(found.error(), why_);
    if (*found) {
      base_.journal_seq = unsigned_of((*load)->integer(0));
      base_.records = unsigned_of((*load)->integer(1));
      base_.rows = unsigned_of((*load)->integer(2));
      base_.rejected = unsigned_of((*load)->integer(3));
      base_.core_ts = (*load)->integer(4);
    }
    auto tables = load_run_tables(database_, run_id_);
    if (!tables) return database_error(tables.error(), why_);
    projector_.emplace(database_, std::move(*tables),
                       [this](std::uint64_t seq) { return find(seq); });
    if (auto sought = reader_.seek(Seq{base_.journal_seq + 1}); !sought) {
      return reader_error(sought.error());
    }
    made_progress_ = progress_ = base_;
    ready_ = true;
    return {};
  }

  base::Result<Progress> advance(std::size_t max_records) {
    if (!ready_) {
      if (auto resumed = resume(); !resumed) return resumed.error();
    }
    // Near a refused record, little is written twice.
    const std::size_t count = is_careful() ? std::min(max_records, kCarefulRecords) : max_records;
    const auto done = keep(project(count, Rows::kAllOrNone));
    if (done || done.error().code() != base::Errc::kRejected) return done;
    careful_until_ = std::max(careful_until_, last_read_);
    if (auto resumed = resume(); !resumed) return resumed.error();
    const std::size_t fewer = std::min(count, kCarefulRecords);
    if (fewer < count) return advance(fewer);
    return keep(project(count, Rows::kOneByOne));
  }

  base::Result<Progress> catch_up(const Committed& committed) {
    std::uint64_t told_seq = progress_.journal_seq;
    while (true) {
      auto reached = next_commit();
      if (!reached) return reached;
      const bool is_new = std::exchange(told_seq, reached->journal_seq) != reached->journal_seq;
      if (is_new && committed && !committed(*reached)) return keep(last_commit());
      if (reached->at_end) return reached;
    }
  }

  bool finished() { return progress_.at_end && reader_.closed(); }
  const Progress& progress() const { return progress_; }
  const std::string& why() const { return why_; }

 private:
  enum class Rows : std::uint8_t { kOneByOne, kAllOrNone };

  // A batch whose rows are made.
  struct Made {
    Progress reached;         // once they are committed
    base::Result<void> read;  // what ended it, if not its size or the end of the journal
  };
  struct Sent {
    base::Result<void> done;
    std::string why;
  };

  bool is_careful() const { return progress_.journal_seq < careful_until_; }

  base::Result<Progress> keep(base::Result<Progress> done) {
    if (done) return done;
    ready_ = false;
    transaction_.reset();
    return done;
  }

  // The next batch, alone: no other is being sent.
  base::Result<Progress> project(std::size_t max_records, Rows rows) {
    const auto made = make(max_records, rows);
    return made ? finish(*made) : made.error();
  }

  // As advance(), but what is returned may be the commit of the batch before.
  base::Result<Progress> next_commit() {
    if (!ready_) {
      if (auto resumed = resume(); !resumed) return resumed.error();
    }
    if (is_careful()) return advance(options_.batch_records);
    const auto done = keep(make_ahead());
    if (done || done.error().code() != base::Errc::kRejected) return done;
    careful_until_ = std::max(careful_until_, last_read_);
    return advance(options_.batch_records);
  }

  base::Result<Progress> make_ahead() {
    const auto made = make(options_.batch_records, Rows::kAllOrNone);
    if (auto before = last_commit(); !before) return before;
    if (!made) return made.error();
    if (transaction_ || made->reached.at_end || !made->read) return finish(*made);
    projector_->exchange(sent_rows_);
    sent_progress_ = made->reached;
    sending_ = std::async(std::launch::async, [this] { return send(); });
    return progress_;
  }

  // Once the batch that is being sent is committed.
  base::Result<Progress> last_commit() {
    if (!sending_.valid()) return progress_;
    Sent sent = sending_.get();
    if (sent.done) return progress_ = sent_progress_;
    why_ = std::move(sent.why);
    sent_rows_ = std::make_unique<RowBatch>(database_);
    return sent.done.error();
  }

  // Reads up to so many records and makes their rows, most of which wait: the transaction is only
  // begun where one is not to wait.
  base::Result<Made> make(std::size_t max_records, Rows rows) {
    Made made{made_progress_, {}};
    if (rows == Rows::kAllOrNone) {
      projector_->collect([this] { return open(); });
    } else if (auto opened = open(); !opened) {
      return opened.error();
    }
    for (std::size_t count = 0; count < max_records; ++count) {
      const auto read = reader_.next();
      if (!read) {
        made.read = read.error();
        break;
      }
      const writ_record* record = *read;
      made.reached.at_end = record == nullptr;
      if (record == nullptr) break;
      last_read_ = record->seq;
      if (auto applied = projector_->apply(*record); !applied) return row_error(applied.error());
      made.reached.journal_seq = record->seq;
      made.reached.core_ts = record->ingest_ts;
      ++made.reached.records;
    }
    made.reached.rows = base_.rows + projector_->rows();
    made.reached.rejected = base_.rejected + projector_->rejected();
    made_progress_ = made.reached;
    return made;
  }

  // Commits what was made, and then reports the damage that ended it.
  base::Result<Progress> finish(const Made& made) {
    if (made.reached.journal_seq != progress_.journal_seq) {
      if (auto opened = open(); !opened) return opened.error();
      if (auto sent = projector_->flush(); !sent) return row_error(sent.error());
      if (auto saved = save(made.reached, why_); !saved) return saved.error();
      if (auto committed = transaction_->commit(); !committed) {
        return database_error(committed.error(), why_);
      }
    }
    transaction_.reset();
    progress_ = made.reached;
    if (!made.read) return reader_error(made.read.error());
    return progress_;
  }

  // Where the database is needed at once.
  base::Result<void> open() {
    if (transaction_) return {};
    if (auto before = last_commit(); !before) return open_error(before.error());
    auto begun = begin(why_);
    if (!begun) return open_error(begun.error());
    transaction_.emplace(std::move(*begun));
    return {};
  }

  // All of it in a thread of its own; the database is nobody else's meanwhile.
  Sent send() {
    Sent sent;
    sent.done = send_rows(sent.why);
    return sent;
  }
  base::Result<void> send_rows(std::string& why) {
    auto transaction = begin(why);
    if (!transaction) return transaction.error();
    if (auto flushed = sent_rows_->flush(); !flushed) return database_error(flushed.error(), why);
    if (auto saved = save(sent_progress_, why); !saved) return saved.error();
    if (auto committed = transaction->commit(); !committed) {
      return database_error(committed.error(), why);
    }
    return {};
  }

  base::Result<Transaction> begin(std::string& why) {
    auto transaction = begin_alone(database_);
    if (!transaction) return database_error(transaction.error(), why);
    if (auto mine = check_checkpoint(why); !mine) return mine.error();
    return transaction;
  }

  // Another projection of this run may have passed meanwhile: its rows would be written twice.
  base::Result<void> check_checkpoint(std::string& why) {
    auto load = database_.prepare(kLoadCheckpoint);
    if (!load) return database_error(load.error(), why);
    (*load)->bind_text(1, run_id_);
    const auto found = (*load)->step();
    if (!found) return database_error(found.error(), why);
    const std::uint64_t seq = *found ? unsigned_of((*load)->integer(0)) : 0;
    if (seq == progress_.journal_seq) return {};
    why = database_.url() + ": another projection writes run " + run_id_ + " here";
    return base::Error(base::Errc::kMismatch, "checkpoint of the projection",
                       static_cast<std::int64_t>(seq));
  }

  base::Result<void> save(const Progress& reached, std::string& why) {
    auto prepared = database_.prepare(kSaveCheckpoint);
    if (!prepared) return database_error(prepared.error(), why);
    Statement& row = **prepared;
    row.bind_text(1, run_id_);
    row.bind_integer(2, signed_of(run_number_.raw()));
    row.bind_integer(3, signed_of(reached.journal_seq));
    row.bind_integer(4, signed_of(reached.records));
    row.bind_integer(5, signed_of(reached.rows));
    row.bind_integer(6, signed_of(reached.rejected));
    row.bind_integer(7, reached.core_ts);
    if (const auto stepped = row.step(); !stepped) return database_error(stepped.error(), why);
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

  base::Error database_error(const base::Error& error, std::string& why) {
    why = database_.url() + ": " + database_.last_error();
    return error;
  }
  base::Error open_error(const base::Error& error) {
    open_failed_ = true;
    return error;
  }
  base::Error reader_error(const base::Error& error) {
    why_ = reader_.describe(error);
    return error;
  }
  base::Error row_error(const base::Error& error) {
    if (!std::exchange(open_failed_, false)) {
      why_ = database_.url() + ": " + projector_->why();
    }
    return error;
  }

  Database& database_;
  journal::Storage& files_;
  std::filesystem::path folder_;
  journal::Reader reader_;
  std::optional<journal::Reader> finder_;
  ProjectionOptions options_;
  const RunNumber run_number_;  // the reader is read on while this is sent
  const std::string run_id_;
  std::optional<Projector> projector_;
  Progress base_;           // of the checkpoint the projector began at
  Progress progress_;       // of the last commit
  Progress made_progress_;  // of the last row made
  bool ready_ = false;
  bool open_failed_ = false;                // and said why
  std::optional<Transaction> transaction_;  // of the batch being made
  std::uint64_t last_read_ = 0;             // seq of the last record that was tried
  std::uint64_t careful_until_ = 0;         // seq before which a refused record was met
  std::string why_;
  // The batch that is being sent.
  Progress sent_progress_;
  std::unique_ptr<RowBatch> sent_rows_ = std::make_unique<RowBatch>(database_);
  std::future<Sent> sending_;  // last: it uses all of the above
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

base::Result<Progress> Projection::catch_up(const Committed& committed) {
  return core_->catch_up(committed);
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
