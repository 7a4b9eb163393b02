#pragma once

#include "host/base/result.hpp"
#include "host/base/sha256.hpp"
#include "host/journal/storage.hpp"

#include <writ/abi/record.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace writ::journal {

/// A file a tape was made from.
struct TapeSource {
  std::string name;  ///< without its folder
  std::uint64_t bytes = 0;
  base::Sha256Digest sha256{};

  friend bool operator==(const TapeSource&, const TapeSource&) = default;
};

/// What a tape says of itself.
struct TapeInfo {
  std::string importer;  ///< what made it, such as "binance-stream"
  std::vector<TapeSource> sources;
  std::vector<std::string> instruments;  ///< canonical names, by number
  std::uint64_t records = 0;             ///< tables included
  std::uint64_t events = 0;              ///< market records
  std::int64_t first_ts = 0;  ///< ingest_ts of the first and last event; 0 without events
  std::int64_t last_ts = 0;
  base::Sha256Digest content_hash{};  ///< of all record bytes in order: the data's identity
  std::string catalogue;              ///< JSON text
};

/// Makes a tape: market records and the tables they need, in one compressed file with an index. All
/// or nothing: the file appears under its name when finish() has succeeded.
class TapeWriter {
 public:
  /// Errors: kExists if `path` is there already, or as Storage. `storage` outlives the writer.
  [[nodiscard]] static base::Result<std::unique_ptr<TapeWriter>> create(
      Storage& storage, const std::filesystem::path& path, std::string importer,
      std::vector<TapeSource> sources);
  /// Removes the unfinished file.
  ~TapeWriter();
  TapeWriter(const TapeWriter&) = delete;
  TapeWriter& operator=(const TapeWriter&) = delete;

  /// Adds a copy; seq is numbered anew from 1. Takes ASSET, INSTRUMENT, STREAM, CONVERSION and the
  /// market records (100-199), the latter by rising ingest_ts. Errors: kInvalid (another type, not
  /// valid, time runs backwards; detail is the number of the record), kDiskFull, kIo.
  base::Result<void> append(const writ_record& record);

  /// Completes the file, makes it durable and gives it its name. Errors: as Storage.
  [[nodiscard]] base::Result<TapeInfo> finish();

 private:
  class Core;
  explicit TapeWriter(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

/// What of a tape is wanted: the events of some instruments in a span of time. Tables are wanted
/// always, and what concerns no single instrument.
struct TapeSelection {
  std::int64_t from_ts = std::numeric_limits<std::int64_t>::min();  ///< ingest_ts
  std::int64_t to_ts = std::numeric_limits<std::int64_t>::max();    ///< not included
  std::vector<std::uint32_t> instruments = {};  ///< by their numbers on the tape; empty: all
};

/// Reads a tape, with the same memory however long it is. One thread at a time.
class TapeReader {
 public:
  /// Errors: kNotFound, kUnsupported (format or codec), kTruncated or kCorrupt (detail: the
  /// offset), or as Storage. `storage` outlives the reader.
  [[nodiscard]] static base::Result<TapeReader> open(Storage& storage,
                                                     const std::filesystem::path& path);
  ~TapeReader();
  TapeReader(TapeReader&&) noexcept;
  TapeReader& operator=(TapeReader&&) noexcept;

  /// The next record, tables first, valid until the next call; nullptr at the end. Errors: kCorrupt
  /// with the offset of the damaged block.
  [[nodiscard]] base::Result<const writ_record*> next();
  /// To the first record.
  void reset() noexcept;
  /// Begins at the first record again, and gives what is wanted: blocks without it are not read.
  void select(TapeSelection selection);
  [[nodiscard]] std::uint64_t blocks() const noexcept;
  /// How many hold events of this one, by its number on the tape; all of a tape that does not say.
  /// Errors: as next().
  [[nodiscard]] base::Result<std::uint64_t> blocks_of(std::uint32_t instrument);
  /// How many were read since it was opened or selected.
  [[nodiscard]] std::uint64_t blocks_read() const noexcept;

  [[nodiscard]] const TapeInfo& info() const noexcept;
  [[nodiscard]] const std::filesystem::path& path() const noexcept;
  /// One line for an error of this reader: file, offset, what.
  [[nodiscard]] std::string describe(const base::Error& error) const;

 private:
  class Core;
  explicit TapeReader(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace writ::journal
