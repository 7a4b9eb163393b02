#pragma once

#include "host/base/result.hpp"
#include "host/journal/folder.hpp"
#include "host/journal/run_identity.hpp"
#include "host/journal/storage.hpp"

#include <writ/abi/record.h>
#include <writ/ids.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

namespace writ::journal {

/// What `durable_seq` promises.
enum class SyncPolicy : std::uint8_t {
  kGroupCommit,  ///< on disk (fdatasync): survives the machine
  kNever,        ///< given to the operating system: survives the process only; for backtests
};

struct WriterOptions {
  std::filesystem::path folder;  ///< of all runs
  /// Held already by the caller, who recovered the runs before; empty = the writer takes it.
  std::shared_ptr<FolderLock> lock;
  std::size_t ring_bytes = std::size_t{16} << 20U;  ///< of the mapping; a multiple of 4096
  std::size_t segment_bytes = std::size_t{64}
                              << 20U;  ///< a segment ends with the batch that reaches it
  std::size_t reserve_bytes = std::size_t{1} << 20U;  ///< kept for cancels and halts on a full disk
  std::chrono::nanoseconds full_wait_max = std::chrono::seconds{10};
  SyncPolicy sync = SyncPolicy::kGroupCommit;
  /// Called when `durable_seq` has risen while a record wanted by `hasten` was not durable. Waits
  /// for nobody. Empty: nobody is told. [journal thread]
  std::function<void()> on_durable = {};
};

/// Writes the journal of one run.
/// `append` copies into a mapping that survives the death of the process; a thread moves what is
/// there to segments and makes it durable, group by group. Format: docs/JOURNAL_FORMAT.md.
class Writer {
 public:
  /// Makes `<folder>/run-NNNNNN` with a first segment and the mapping, all space preallocated, and
  /// starts the threads. Errors: kLocked, kExists (a run of this number), kDiskFull, kInvalid
  /// (options), or as Storage; nothing usable is left behind then.
  [[nodiscard]] static base::Result<std::unique_ptr<Writer>> create(Storage& storage,
                                                                    const WriterOptions& options,
                                                                    const RunIdentity& identity);
  /// As close(), the outcome ignored.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Appends one record: stamps its seq, copies it, returns the seq.
  /// Promise: on return the record is ordered and survives the death of the process; it is durable
  /// once `durable_seq` has passed it. Waits, at most `full_wait_max`, while the mapping is full:
  /// never a drop. No system call, lock or allocation otherwise.
  /// Errors: kInvalid if the record does not pass `model::validate` (nothing happened). Sticky,
  /// returned by every later call: kDiskFull, unless `use_reserve`, which still has
  /// `reserve_bytes` of room for cancels, commands, halts and the run's end; kIo and others: the
  /// journal failed and is sealed, the caller must halt; kTimeout: the disk did not keep up; kState
  /// after close. [sequencer-thread]
  base::Result<Seq> append(writ_record& record, bool use_reserve = false);

  /// Seq the next record will get. [sequencer-thread]
  [[nodiscard]] Seq next_seq() const noexcept;

  /// Every record up to this one is durable (as `SyncPolicy` says); 0 = none. [any thread]
  [[nodiscard]] Seq durable_seq() const noexcept;

  /// Somebody waits for this record to be durable: the journal's thread begins at once, even if it
  /// sleeps, and `on_durable` is called. [sequencer-thread]
  void hasten(Seq seq) noexcept;

  /// Why appends fail, kNone while they do not. [any thread]
  [[nodiscard]] base::Error failure() const noexcept;

  /// Waits until `durable_seq` has reached `seq`. Errors: the failure that prevents it, kTimeout.
  /// [any thread]
  base::Result<void> wait_durable(Seq seq,
                                  std::chrono::nanoseconds timeout = std::chrono::seconds{30});

  /// Makes everything durable, seals the last segment, removes the mapping and stops the threads.
  /// After a failure it seals what can be sealed and returns that failure. Idempotent.
  /// [sequencer-thread]
  base::Result<void> close();

  /// Folder of this run.
  [[nodiscard]] const std::filesystem::path& run_folder() const noexcept;
  [[nodiscard]] const RunIdentity& identity() const noexcept;

 private:
  class Core;
  explicit Writer(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace writ::journal
