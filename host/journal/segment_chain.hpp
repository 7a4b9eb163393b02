#pragma once

#include "host/base/result.hpp"
#include "host/journal/run_identity.hpp"
#include "host/journal/segment_file.hpp"
#include "host/journal/storage.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/abi/record.h>
#include <writ/ids.hpp>

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::journal {

/// The reserved space of the next segment waits under this name until it is begun.
inline constexpr std::string_view kNextSegmentName = "next.seg";

struct SegmentChainOptions {
  std::filesystem::path run_folder;
  RunIdentity identity;
  std::uint64_t segment_bytes = 0;  ///< a segment that has reached this is ended
  std::uint64_t ahead_bytes = 0;    ///< what may be appended before it is known that space ran out
  std::uint64_t reserve_bytes = 0;  ///< room in each segment beyond that
  bool syncs = true;
};

/// The segments of a run being written, one after the other, each naming the hash of the one
/// before. The space of the next one is reserved before the current one is full, so that a full
/// disk is known while everything on its way still fits. One thread at a time, but for
/// `remember_table`. Errors: as Storage; after one of them the chain is not to be used again, but
/// for `prepare_next`.
class SegmentChain {
 public:
  SegmentChain(Storage& storage, SegmentChainOptions options)
      : storage_(storage), options_(std::move(options)) {}

  /// Makes the first segment. Not yet durable.
  base::Result<void> begin();
  /// Makes durable that the segment and the run's folder are there.
  base::Result<void> sync_beginning();

  /// Appends bytes of frames.
  base::Result<void> write(std::span<const std::byte> frames);
  /// Ends the segment if it is due and the next has its space; `last_seq` is its last record.
  base::Result<void> roll_if_due(Seq last_seq);
  /// Reserves the next segment's space if it will be needed soon. An error leaves the current
  /// segment usable: what `ahead_bytes` and `reserve_bytes` cover still fits.
  base::Result<void> prepare_next();
  base::Result<void> sync() { return segment_->sync(); }
  /// Ends the last segment, durably.
  base::Result<void> finish(Seq last_seq);
  /// Removes whatever begin() and prepare_next() made. Best effort.
  void remove() noexcept;

  /// A table record was appended: later segments carry it in their header. [any thread]
  void remember_table(const writ_record& record);

 private:
  base::Result<void> begin_segment(SegmentFile segment, Seq first_seq,
                                   const base::Sha256Digest& previous);
  void take_tables_before(Seq first_seq);
  void let_go(std::unique_ptr<File> sealed);
  [[nodiscard]] std::filesystem::path next_path() const {
    return options_.run_folder / kNextSegmentName;
  }
  [[nodiscard]] std::uint64_t allocation() const noexcept;

  Storage& storage_;
  SegmentChainOptions options_;
  std::optional<SegmentFile> segment_;
  std::optional<SegmentFile> next_;
  std::deque<std::unique_ptr<File>> leaving_;  // sealed, on their way to the disk
  std::uint32_t number_ = 0;
  std::uint64_t position_ = 0;      // where the last segment begun begins in the run's frames
  std::uint32_t header_bytes_ = 0;  // of the longest header so far
  model::InstrumentTable tables_;

  std::mutex mutex_;  // guards what follows
  std::vector<std::vector<std::uint64_t>> new_tables_;
};

}  // namespace writ::journal
