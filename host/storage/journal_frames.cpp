#include "host/storage/journal_frames.hpp"

#include "host/base/uuid.hpp"
#include "host/journal/reader.hpp"
#include "host/model/record_view.hpp"
#include "host/storage/raw_frame.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace writ::storage {
namespace {

// The frames of a run in journal order, each with its source.
class FrameRecords {
 public:
  static base::Result<FrameRecords> open(journal::Storage& storage,
                                         const std::filesystem::path& folder,
                                         std::uint64_t last_seq) {
    auto reader = journal::Reader::open(storage, folder);
    if (!reader) return reader.error();
    return FrameRecords(std::move(*reader), last_seq);
  }

  // nullptr at the end.
  base::Result<const writ_record*> next() {
    while (true) {
      const auto read = reader_.next();
      if (!read) return read.error();
      if (*read == nullptr || (*read)->seq > last_seq_) return nullptr;
      const writ_record& record = **read;
      if (const auto* config = model::as<writ_config_change>(record)) {
        options_ = row_options(model::tail_text(*config, config->text_size));
      } else if (const auto* stream = model::as<writ_stream>(record)) {
        sources_[static_cast<std::uint16_t>(stream->stream)] = model::text_of(stream->source);
      }
      if (is_raw_frame(record.type, options_)) return &record;
    }
  }

  [[nodiscard]] std::string_view source_of(const writ_record& record) const {
    const auto found = sources_.find(record.stream);
    return found == sources_.end() ? kHostSource : std::string_view(found->second);
  }
  [[nodiscard]] std::string run_id() const { return base::to_string(reader_.identity().run_id); }

 private:
  FrameRecords(journal::Reader reader, std::uint64_t last_seq)
      : reader_(std::move(reader)), last_seq_(last_seq) {}

  journal::Reader reader_;
  std::uint64_t last_seq_;
  RowOptions options_;
  std::map<std::uint16_t, std::string> sources_;
};

class JournalFrames final : public FrameSource {
 public:
  JournalFrames(journal::Storage& storage, std::filesystem::path folder, std::uint64_t last_seq)
      : storage_(storage), folder_(std::move(folder)), last_seq_(last_seq) {}

  // Which sources there are is known before the first frame of the first.
  base::Result<void> find_sources() {
    auto records = FrameRecords::open(storage_, folder_, last_seq_);
    if (!records) return records.error();
    run_id_ = records->run_id();
    while (true) {
      const auto record = records->next();
      if (!record) return record.error();
      if (*record == nullptr) break;
      const auto source = records->source_of(**record);
      if (!sources_.contains(source)) sources_.emplace(source);
    }
    source_ = sources_.begin();
    return {};
  }

  base::Result<const Frame*> next() override {
    for (; source_ != sources_.end(); ++source_, records_.reset(), next_seq_ = 0) {
      if (!records_) {
        auto opened = FrameRecords::open(storage_, folder_, last_seq_);
        if (!opened) return opened.error();
        records_.emplace(std::move(*opened));
      }
      while (true) {
        const auto record = records_->next();
        if (!record) return record.error();
        if (*record == nullptr) break;
        if (records_->source_of(**record) != *source_) continue;
        const writ_record& found = **record;
        frame_ = {run_id_,         *source_,           next_seq_++, found.event_ts,
                  found.ingest_ts, frame_topic(found), {},          frame_payload(found)};
        return &frame_;
      }
    }
    return nullptr;
  }
  [[nodiscard]] std::string where() const override { return folder_.string(); }

 private:
  journal::Storage& storage_;
  std::filesystem::path folder_;
  std::uint64_t last_seq_;
  std::string run_id_;
  std::set<std::string, std::less<>> sources_;
  std::set<std::string, std::less<>>::const_iterator source_;
  std::optional<FrameRecords> records_;
  std::int64_t next_seq_ = 0;  // of the source
  Frame frame_;
};

}  // namespace

base::Result<std::unique_ptr<FrameSource>> journal_frames(journal::Storage& storage,
                                                          const std::filesystem::path& run_folder,
                                                          std::uint64_t last_seq) {
  auto frames = std::make_unique<JournalFrames>(storage, run_folder, last_seq);
  if (auto found = frames->find_sources(); !found) return found.error();
  return std::unique_ptr<FrameSource>(std::move(frames));
}

}  // namespace writ::storage
