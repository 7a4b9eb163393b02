#pragma once

#include "host/base/result.hpp"
#include "host/journal/reader.hpp"
#include "host/journal/segment.hpp"
#include "host/journal/storage.hpp"
#include "host/journal/tail.hpp"
#include "host/model/catalogue_check.hpp"

#include <writ/abi/record.h>
#include <writ/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace writ::journal {

/// What Reader and recovery share: walks the frames of a run, first in the segments, then in the
/// mapping. Contracts as Reader.
class RunReader {
 public:
  enum class Ends : std::uint8_t {
    kMayGrow,  ///< a writer may be alive: its counters say how far to read
    kIsDead,   ///< none is: read on as far as whole records with the next seq are found
  };

  RunReader(Storage& storage, std::filesystem::path run_folder, ReadLimit limit, Ends ends);

  base::Result<void> open();
  [[nodiscard]] base::Result<const writ_record*> next();
  base::Result<void> seek(Seq seq);

  [[nodiscard]] const RunIdentity& identity() const noexcept { return header_.identity; }
  [[nodiscard]] const std::string& catalogue() const noexcept { return header_.catalogue; }
  [[nodiscard]] Seq first_seq() const noexcept { return first_seq_; }
  [[nodiscard]] Seq last_seq() const noexcept { return last_seq_; }
  [[nodiscard]] bool closed();
  [[nodiscard]] const Place& place() const noexcept { return place_; }

  /// The segment being read, where the frames end that were read from it, and its last record.
  [[nodiscard]] const SegmentHeader& segment() const noexcept { return header_; }
  [[nodiscard]] std::uint64_t segment_end() const noexcept {
    return from_mapping_ ? segment_end_ : offset_;
  }
  [[nodiscard]] Seq segment_last_seq() const noexcept {
    return from_mapping_ ? segment_last_seq_ : last_seq_;
  }
  /// The last segment's seal has been reached.
  [[nodiscard]] bool sealed() const noexcept { return sealed_; }
  /// kIsDead: the record returned last came from the mapping, as do all after it; its frame.
  [[nodiscard]] bool from_mapping() const noexcept { return from_mapping_; }
  [[nodiscard]] std::span<const std::byte> mapping_frame() const noexcept;
  /// kIsDead, after next() gave nullptr: bytes that are not a whole record, where they begin is
  /// place(); 0 = the run ends cleanly.
  [[nodiscard]] std::uint64_t torn_bytes() const noexcept { return torn_bytes_; }

 private:
  /// What is at the reading place.
  enum class Found : std::uint8_t { kRecord, kNothing, kSeal, kDamage };

  [[nodiscard]] bool live() const noexcept;
  /// Of the next frame in the run's stream of frames.
  [[nodiscard]] std::uint64_t position() const noexcept {
    return header_.first_position + (offset_ - header_.header_bytes);
  }
  [[nodiscard]] std::uint64_t limit_position(bool growing) const noexcept;
  base::Result<void> open_segment(std::uint32_t number);
  base::Result<void> open_tail();
  [[nodiscard]] base::Result<bool> fill(std::uint64_t offset, std::size_t size,
                                        std::uint64_t limit);
  [[nodiscard]] const std::byte* at_offset() const noexcept;
  [[nodiscard]] base::Result<Found> look_in_segment(std::uint64_t limit);
  [[nodiscard]] base::Result<Found> look_at_seal();
  [[nodiscard]] Found look_in_mapping();
  [[nodiscard]] const char* check_record(const FrameHead& head, std::span<const std::byte> bytes);
  base::Result<void> find_segment_of_position();
  [[nodiscard]] base::Result<bool> go_to_next_segment();
  [[nodiscard]] const writ_record* deliver_from_segment();
  [[nodiscard]] const writ_record* deliver_from_mapping();
  [[nodiscard]] const writ_record* deliver(const std::byte* frame);
  [[nodiscard]] base::Result<const writ_record*> end_of_dead_run();
  [[nodiscard]] base::Result<std::uint64_t> bytes_to_last_nonzero();
  [[nodiscard]] bool segment_is_finished();
  [[nodiscard]] base::Error damage();

  Storage* storage_;
  std::filesystem::path folder_;
  ReadLimit limit_;
  Ends ends_;

  std::unique_ptr<File> file_;
  std::filesystem::path file_path_;
  SegmentHeader header_;
  Seq first_seq_{1};
  std::uint64_t offset_ = 0;  // of the next frame
  model::ForeignTypes foreign_;
  std::string checked_catalogue_;

  std::unique_ptr<Mapping> mapping_;
  const TailHeader* tail_ = nullptr;
  Ring ring_;

  std::vector<std::uint64_t> buffer_;  // a part of the segment
  std::uint64_t buffer_offset_ = 0;
  std::size_t buffer_bytes_ = 0;
  std::vector<std::uint64_t> frame_;  // a frame from the mapping

  Seq last_seq_{0};
  Place place_;
  const char* wrong_ = "";  // with Found::kDamage
  bool sealed_ = false;
  bool from_mapping_ = false;
  std::uint64_t segment_end_ = 0;  // with from_mapping_
  Seq segment_last_seq_{0};
  bool ahead_ = false;  // kMayGrow: the record returned last came from the mapping
  std::uint64_t torn_bytes_ = 0;
  std::optional<base::Error> error_;
};

}  // namespace writ::journal
