#pragma once

#include "host/base/result.hpp"

#include <writ/abi/scalar.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace writ::journal {

/// Writes what a venue said as it was received: each line the local time in ns, a space, one
/// message. Compressed by gzip if the name ends in `.gz`. A file has its name once it is whole;
/// till then `.part` follows it. Not thread-safe. Format: docs/TAPES.md.
class CaptureWriter {
 public:
  /// With `rotate_ns` a new file begins at each multiple of it, named after the UTC time of its
  /// first message: `name-20260101T000000Z.jsonl.gz`. Otherwise all is one file, `path`. The first
  /// is made with the first message; a file that is there already is never replaced.
  explicit CaptureWriter(std::filesystem::path path, std::int64_t rotate_ns = 0);
  /// Leaves an unfinished file under its unfinished name.
  ~CaptureWriter();
  CaptureWriter(const CaptureWriter&) = delete;
  CaptureWriter& operator=(const CaptureWriter&) = delete;

  /// `received_ts` does not go back. A line break between the parts of a message, which means
  /// nothing in JSON, becomes a space. Errors: kExists, kDiskFull, kIo and others of the system;
  /// sticky.
  [[nodiscard]] base::Result<void> append(std::int64_t received_ts, std::string_view message);
  /// What was appended can be read by others, whatever becomes of this process.
  [[nodiscard]] base::Result<void> flush();
  /// The file is whole and on disk, under its name. Another begins with the next message.
  [[nodiscard]] base::Result<void> finish();

  [[nodiscard]] std::uint64_t messages() const noexcept { return messages_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }  ///< not compressed
  [[nodiscard]] std::int64_t first_ts() const noexcept { return first_ts_; }
  [[nodiscard]] std::int64_t last_ts() const noexcept { return last_ts_; }
  /// Those that are whole, in order.
  [[nodiscard]] const std::vector<std::filesystem::path>& files() const noexcept { return files_; }

 private:
  struct File;

  [[nodiscard]] base::Result<void> open(std::int64_t ts);
  [[nodiscard]] base::Result<void> write(std::string_view bytes);
  [[nodiscard]] base::Error failed(const char* step);

  std::filesystem::path path_;
  std::int64_t rotate_ns_;
  std::unique_ptr<File> file_;
  base::Error error_;
  std::uint64_t messages_ = 0;
  std::uint64_t bytes_ = 0;
  std::int64_t first_ts_ = WRIT_NONE;
  std::int64_t last_ts_ = WRIT_NONE;
  std::vector<std::filesystem::path> files_;
};

}  // namespace writ::journal
