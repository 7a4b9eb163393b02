#pragma once

#include "host/base/result.hpp"
#include "host/journal/storage.hpp"
#include "host/storage/database.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::storage {

/// A raw frame as `raw_event` or an archive has it; the views last until the next one is read.
struct Frame {
  std::string_view run_id;
  std::string_view source;
  std::int64_t seq = 0;  ///< of the source
  std::int64_t event_ts = 0;
  std::int64_t ingest_ts = 0;
  std::string_view topic;
  std::string_view instrument;  ///< venue/market/selection, "" if it is about none
  std::string_view payload;     ///< exactly as received
};

/// Frames in replay order: by the bytes of their source, then by seq.
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  /// The next frame, nullptr at the end. Errors: what it reads from says; where() names it.
  [[nodiscard]] virtual base::Result<const Frame*> next() = 0;
  [[nodiscard]] virtual std::string where() const = 0;
};

/// The frames of an archive file. Errors: as ArchiveReader; kInvalid if it holds no frames.
[[nodiscard]] base::Result<std::unique_ptr<FrameSource>> archived_frames(
    journal::Storage& storage, const std::filesystem::path& file);

/// The frames of a run in `raw_event`, inside a transaction or ReadSnapshot.
[[nodiscard]] base::Result<std::unique_ptr<FrameSource>> stored_frames(Database& database,
                                                                       const std::string& run_id);

/// Several sources of one run as one. A frame that two of them hold, as after an interrupted
/// retention, comes once.
class FrameMerge final : public FrameSource {
 public:
  explicit FrameMerge(std::vector<std::unique_ptr<FrameSource>> sources);
  ~FrameMerge() override;
  /// Errors: of the sources; kMismatch if two different frames have the same source and seq.
  [[nodiscard]] base::Result<const Frame*> next() override;
  [[nodiscard]] std::string where() const override { return where_; }

 private:
  base::Result<void> advance(std::size_t index);

  std::vector<std::unique_ptr<FrameSource>> sources_;
  std::vector<const Frame*> heads_;  // nullptr: at its end
  bool begun_ = false;
  std::size_t last_ = 0;  // the source of the frame returned last
  std::string where_;
};

/// The archives in a folder that hold frames of this run, and the run's frames in the database
/// unless it is nullptr, as one source. Errors: as FrameMerge; `failed`, if given, gets the line.
[[nodiscard]] base::Result<std::unique_ptr<FrameSource>> all_frames(
    journal::Storage& storage, const std::filesystem::path& archives, Database* database,
    const std::string& run_id, std::string* failed = nullptr);

/// The replay hash (base/replay_hash) of what is left of a source of one run. Errors: the source's.
[[nodiscard]] base::Result<std::string> replay_hash_of(FrameSource& frames);

}  // namespace writ::storage
