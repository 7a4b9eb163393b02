#pragma once

#include "host/base/result.hpp"
#include "host/journal/run_identity.hpp"
#include "host/journal/storage.hpp"

#include <writ/abi/record.h>
#include <writ/ids.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace writ::journal {

/// How far a reader of a run that is being written may go.
enum class ReadLimit : std::uint8_t {
  kAppended,  ///< everything appended, the mapping's tail included
  kDurable,   ///< only what is known to be on disk
};

/// A place in a journal, for people.
struct Place {
  std::filesystem::path file;
  std::uint64_t offset = 0;
};

/// Reads the records of one run in order, from its segments and, while the run is open or was not
/// closed, from its mapping. Works beside a writer of this or another process. Every record has
/// passed its checksum, the sequence and `model::validate` before it is returned. One thread at a
/// time.
class Reader {
 public:
  /// Opens a run's folder at its first record. Errors: kNotFound (no such folder, no segment),
  /// kUnsupported (a format, codec or oldest reader this build does not know; the catalogue of a
  /// type differs), kCorrupt (header; detail is the offset), or as Storage. `storage` outlives the
  /// reader.
  [[nodiscard]] static base::Result<Reader> open(Storage& storage,
                                                 const std::filesystem::path& run_folder,
                                                 ReadLimit limit = ReadLimit::kAppended);
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  /// The next record, valid until the next call of any member; nullptr at the present end: call
  /// again later, more may have been appended.
  /// Errors: kCorrupt for damage in what was written whole; kTruncated where the bytes end in a
  /// torn record that was never known to be durable (a crash of the machine): `recover_run` drops
  /// it. Detail is the offset in `place().file`. An error repeats until seek().
  [[nodiscard]] base::Result<const writ_record*> next();

  /// The next record will be the one of this seq, or the end if it is not there yet. Errors:
  /// kNotFound below the first record that is kept, or as next().
  base::Result<void> seek(Seq seq);

  /// Which run it is.
  [[nodiscard]] const RunIdentity& identity() const noexcept;
  /// The run's catalogue of records, JSON text, as its first segment carries it.
  [[nodiscard]] const std::string& catalogue() const noexcept;
  /// Seq of the first record that is kept; 1 unless older segments were archived.
  [[nodiscard]] Seq first_seq() const noexcept;
  /// Seq of the record returned last, 0 before the first.
  [[nodiscard]] Seq last_seq() const noexcept;
  /// Whether the run was closed, so that next() will give nothing more once it has given nullptr.
  [[nodiscard]] bool closed();

  /// Where the record returned last, or the last error, is.
  [[nodiscard]] const Place& place() const noexcept;
  /// One line for an error of this reader: file, offset, what.
  [[nodiscard]] std::string describe(const base::Error& error) const;

 private:
  class Core;
  explicit Reader(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace writ::journal
