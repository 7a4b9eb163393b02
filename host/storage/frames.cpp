#include "host/storage/frames.hpp"

#include "host/base/input_error.hpp"
#include "host/base/replay_hash.hpp"
#include "host/storage/archive.hpp"
#include "host/storage/table_catalogue.hpp"
#include "host/storage/table_rows.hpp"

#include <array>
#include <optional>
#include <utility>

namespace writ::storage {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr std::array<const char*, 8> kColumns = {
    "run_id", "source", "seq", "topic", "event_ts", "ingest_ts", "payload", "instrument_id"};

// Where the columns of a frame are in a row.
class FrameColumns {
 public:
  // Nothing if a column is missing.
  template <class IndexOf>
  static std::optional<FrameColumns> find(IndexOf index_of) {
    FrameColumns columns;
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const int index = index_of(kColumns[i]);
      if (index < 0) return std::nullopt;
      columns.at_[i] = static_cast<std::size_t>(index);
    }
    return columns;
  }

  Frame frame(const std::vector<Value>& row) const {
    Frame frame;
    frame.run_id = row[at_[0]].text;
    frame.source = row[at_[1]].text;
    frame.seq = row[at_[2]].integer;
    frame.topic = row[at_[3]].text;
    frame.event_ts = row[at_[4]].integer;
    frame.ingest_ts = row[at_[5]].integer;
    frame.payload = row[at_[6]].text;
    frame.instrument = row[at_[7]].text;
    return frame;
  }

 private:
  std::array<std::size_t, kColumns.size()> at_{};
};

// Rows of an ArchiveReader or of TableRows as frames.
template <class Rows>
class FrameRows final : public FrameSource {
 public:
  FrameRows(Rows rows, FrameColumns columns, std::string where)
      : rows_(std::move(rows)), columns_(columns), where_(std::move(where)) {}

  Result<const Frame*> next() override {
    const auto row = rows_.next();
    if (!row) return row.error();
    if (!*row) return nullptr;
    frame_ = columns_.frame(rows_.values());
    return &frame_;
  }
  std::string where() const override { return where_; }

 private:
  Rows rows_;
  FrameColumns columns_;
  std::string where_;
  Frame frame_;
};

// The catalogue lives as long as the rows that refer to it.
class StoredFrames final : public FrameSource {
 public:
  StoredFrames(Database& database, TableCatalogue catalogue)
      : database_(database), catalogue_(std::move(catalogue)) {}

  Result<void> open(const std::string& run_id) {
    RowQuery query;
    query.columns.assign(kColumns.begin(), kColumns.end());
    query.where = "t.run_id = " + sql_literal(run_id);
    query.order = {"source", "seq"};
    query.numbers_as_names = true;
    auto rows = TableRows::open(database_, catalogue_, *catalogue_.table("raw_event"), query);
    if (!rows) return rows.error();
    const auto in_order = [](const char* name) {
      int index = 0;
      while (std::string_view(kColumns[static_cast<std::size_t>(index)]) != name) ++index;
      return index;
    };
    frames_.emplace(std::move(*rows), *FrameColumns::find(in_order), database_.url());
    return {};
  }

  Result<const Frame*> next() override { return frames_->next(); }
  std::string where() const override { return database_.url(); }

 private:
  Database& database_;
  TableCatalogue catalogue_;
  std::optional<FrameRows<TableRows>> frames_;
};

bool comes_before(const Frame& a, const Frame& b) {
  return std::pair(a.source, a.seq) < std::pair(b.source, b.seq);
}

bool same_frame(const Frame& a, const Frame& b) {
  return a.event_ts == b.event_ts && a.ingest_ts == b.ingest_ts && a.topic == b.topic &&
         a.payload == b.payload;
}

}  // namespace

Result<std::unique_ptr<FrameSource>> archived_frames(journal::Storage& storage,
                                                     const std::filesystem::path& file) {
  auto reader = ArchiveReader::open(storage, file);
  if (!reader) return reader.error();
  const auto columns =
      FrameColumns::find([&](const char* name) { return reader->info().index_of(name); });
  if (!columns) return Error(Errc::kInvalid, "an archive that holds no frames");
  return std::unique_ptr<FrameSource>(
      std::make_unique<FrameRows<ArchiveReader>>(std::move(*reader), *columns, file.string()));
}

Result<std::unique_ptr<FrameSource>> stored_frames(Database& database, const std::string& run_id) {
  auto catalogue = TableCatalogue::load(database);
  if (!catalogue) return catalogue.error();
  auto frames = std::make_unique<StoredFrames>(database, std::move(*catalogue));
  if (auto opened = frames->open(run_id); !opened) return opened.error();
  return std::unique_ptr<FrameSource>(std::move(frames));
}

FrameMerge::FrameMerge(std::vector<std::unique_ptr<FrameSource>> sources)
    : sources_(std::move(sources)), heads_(sources_.size()) {}
FrameMerge::~FrameMerge() = default;

Result<void> FrameMerge::advance(std::size_t index) {
  const auto head = sources_[index]->next();
  if (!head) {
    where_ = sources_[index]->where();
    return head.error();
  }
  heads_[index] = *head;
  return {};
}

Result<const Frame*> FrameMerge::next() {
  if (!begun_) {
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (auto advanced = advance(i); !advanced) return advanced.error();
    }
    begun_ = true;
  } else if (heads_.empty() || heads_[last_] == nullptr) {
    return nullptr;
  } else if (auto advanced = advance(last_); !advanced) {
    return advanced.error();
  }

  const Frame* first = nullptr;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    if (heads_[i] == nullptr || (first != nullptr && !comes_before(*heads_[i], *first))) continue;
    first = heads_[i];
    last_ = i;
  }
  if (first == nullptr) return nullptr;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    if (i == last_ || heads_[i] == nullptr || comes_before(*first, *heads_[i])) continue;
    if (!same_frame(*first, *heads_[i])) {
      where_ = sources_[last_]->where() + " and " + sources_[i]->where();
      return Error(Errc::kMismatch, "two frames with one source and seq", first->seq);
    }
    if (auto advanced = advance(i); !advanced) return advanced.error();
  }
  return first;
}

Result<std::unique_ptr<FrameSource>> all_frames(journal::Storage& storage,
                                                const std::filesystem::path& archives,
                                                Database* database, const std::string& run_id,
                                                std::string* failed) {
  const auto fail = [failed](const std::string& where, const Error& error) {
    if (failed != nullptr) *failed = base::InputError::from(where, error).what();
    return error;
  };
  const auto files = archive_files(storage, archives);
  if (!files) return fail(archives.string(), files.error());
  std::vector<std::unique_ptr<FrameSource>> sources;
  for (const auto& file : *files) {
    const auto reader = ArchiveReader::open(storage, file);
    if (!reader) return fail(file.string(), reader.error());
    if (reader->info().table != "raw_event" || reader->info().run_id != run_id) continue;
    auto frames = archived_frames(storage, file);
    if (!frames) return fail(file.string(), frames.error());
    sources.push_back(std::move(*frames));
  }
  if (database != nullptr) {
    auto frames = stored_frames(*database, run_id);
    if (!frames) return fail(database->url(), frames.error());
    sources.push_back(std::move(*frames));
  }
  return std::unique_ptr<FrameSource>(std::make_unique<FrameMerge>(std::move(sources)));
}

Result<std::string> replay_hash_of(FrameSource& frames) {
  base::ReplayHash hash;
  while (true) {
    const auto frame = frames.next();
    if (!frame) return frame.error();
    if (*frame == nullptr) return hash.hex();
    const Frame& next = **frame;
    auto added = hash.add({next.source, next.seq, next.event_ts, next.topic, next.payload});
    if (!added) return added.error();
  }
}

}  // namespace writ::storage
