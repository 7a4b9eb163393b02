#include "host/journal/writer.hpp"

#include "host/base/assert.hpp"
#include "host/journal/segment.hpp"
#include "host/journal/segment_chain.hpp"
#include "host/journal/tail.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace writ::journal {
namespace {

using base::Errc;
using base::Error;
using base::Result;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// Idle threads look again after this long, rising to the second while nothing comes.
constexpr nanoseconds kIdleMin = microseconds{50};
constexpr nanoseconds kIdleMax = milliseconds{1};
constexpr nanoseconds kPopulateIdleMin = microseconds{500};
// Where nobody waits for it, a sync begins so long after the last one: who comes to wait finds the
// disk free.
constexpr nanoseconds kUnhurried = milliseconds{2};
constexpr nanoseconds kPopulateIdleMax = milliseconds{10};
constexpr std::size_t kPopulateStep = std::size_t{256} << 10U;
// Frames move in steps of about this much, so that the ring frees up while the rest is written.
constexpr std::size_t kMoveStep = std::size_t{1} << 20U;
// The memory of records to come is fetched this far ahead of the appends.
constexpr std::size_t kPrepareAhead = 1024;
constexpr std::size_t kPopulateAhead = std::size_t{4} << 20U;

bool is_table(std::uint16_t type) {
  return type == WRIT_RECORD_ASSET || type == WRIT_RECORD_ACCOUNT ||
         type == WRIT_RECORD_INSTRUMENT || type == WRIT_RECORD_STREAM ||
         type == WRIT_RECORD_INSTANCE;
}

Result<void> check(const WriterOptions& options) {
  if (options.folder.empty()) return Error(Errc::kInvalid, "journal folder");
  if (options.ring_bytes < 2 * kTailHeaderBytes || options.ring_bytes % kTailHeaderBytes != 0) {
    return Error(Errc::kInvalid, "journal ring size",
                 static_cast<std::int64_t>(options.ring_bytes));
  }
  if (options.segment_bytes < kTailHeaderBytes) {
    return Error(Errc::kInvalid, "journal segment size",
                 static_cast<std::int64_t>(options.segment_bytes));
  }
  return {};
}

}  // namespace

/// Three threads: the caller's appends to the ring; `mover_` moves the ring's frames to segments
/// and makes them durable; `faulter_` faults the ring's pages in ahead of the appends.
class Writer::Core {
 public:
  Core(Storage& storage, WriterOptions options, const RunIdentity& identity)
      : storage_(storage),
        options_(std::move(options)),
        identity_(identity),
        folder_(journal::run_folder(options_.folder, identity.run_number)),
        segments_(storage, {folder_, identity, options_.segment_bytes, options_.ring_bytes,
                            options_.reserve_bytes, options_.sync == SyncPolicy::kGroupCommit}) {}
  ~Core() { (void)close(); }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  Result<void> start();
  Result<Seq> append(writ_record& record, bool use_reserve);
  Result<void> wait_durable(Seq seq, nanoseconds timeout);
  void hasten(Seq seq) noexcept;
  Result<void> close();

  [[nodiscard]] Seq next_seq() const noexcept { return Seq{next_seq_}; }
  [[nodiscard]] Seq durable_seq() const noexcept {
    return Seq{durable_seq_.load(std::memory_order_acquire)};
  }
  [[nodiscard]] Error failure() const noexcept {
    const std::lock_guard guard(mutex_);
    return failure_;
  }
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
  [[nodiscard]] const RunIdentity& identity() const noexcept { return identity_; }

 private:
  /// What appends may do. Only rises.
  enum Status : int { kOpen, kFull, kFailed, kClosed };

  [[nodiscard]] Status status() const noexcept {
    return static_cast<Status>(status_.load(std::memory_order_acquire));
  }
  void fail(Status status, const Error& error) noexcept;
  Result<void> make_mapping();

  // [sequencer-thread]
  Result<void> wait_for_room(std::uint64_t needed);
  [[nodiscard]] std::optional<Error> refuse(std::uint64_t needed, bool use_reserve);

  // Mover.
  void run_mover();
  Result<void> move(std::uint64_t end);
  void publish_durable();
  [[nodiscard]] bool is_hurried(std::uint64_t end) const noexcept;
  void idle(nanoseconds time);
  Result<void> finish();

  void run_faulter();

  [[nodiscard]] bool syncs() const noexcept { return options_.sync == SyncPolicy::kGroupCommit; }

  Storage& storage_;
  WriterOptions options_;
  RunIdentity identity_;
  std::filesystem::path folder_;
  std::unique_ptr<Mapping> mapping_;
  TailHeader* tail_ = nullptr;
  Ring ring_;

  // [sequencer-thread]
  std::uint64_t head_ = 0;
  std::uint64_t next_seq_ = 1;
  std::uint64_t seen_moved_ = 0;
  std::uint64_t reserve_left_ = 0;

  // Mover.
  SegmentChain segments_;
  std::uint64_t moved_ = 0;
  std::uint64_t moved_seq_ = 0;
  steady_clock::time_point synced_at_{};

  // Between them.
  alignas(64) std::atomic<int> status_{kOpen};
  std::atomic<std::uint64_t> durable_seq_{0};
  std::atomic<std::uint64_t> hastened_seq_{0};
  std::atomic<int> waiters_{0};
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::condition_variable durable_;
  std::condition_variable faulter_wake_;
  bool woken_ = false;
  Error failure_;

  std::thread mover_;
  std::thread faulter_;
};

Result<void> Writer::Core::start() {
  if (auto checked = check(options_); !checked) return checked;
  if (!options_.lock) {
    auto lock = FolderLock::take(storage_, options_.folder);
    if (!lock) return lock.error();
    options_.lock = std::move(*lock);
  }
  if (auto made = storage_.make_folders(folder_); !made) return made;
  const auto before = storage_.list(folder_);
  if (!before) return before.error();
  if (!before->empty()) return Error(Errc::kExists, "run");

  // The mapping first: who sees a segment of an open run sees its mapping too.
  auto begun = make_mapping();
  if (begun) begun = segments_.begin();
  if (begun) begun = segments_.prepare_next();
  if (!begun) {
    segments_.remove();
    const auto there = storage_.exists(folder_ / kTailName);
    if (there && *there) (void)storage_.remove(folder_ / kTailName);
    status_.store(kClosed, std::memory_order_release);
    return begun;
  }
  reserve_left_ = options_.reserve_bytes;
  mapping_->populate(0, kTailHeaderBytes + kPopulateStep);
  mover_ = std::thread([this] { run_mover(); });
  faulter_ = std::thread([this] { run_faulter(); });
  return {};
}

Result<void> Writer::Core::make_mapping() {
  auto file = storage_.open(folder_ / kTailName, OpenMode::kCreateNew);
  if (!file) return file.error();
  const std::uint64_t size = kTailHeaderBytes + options_.ring_bytes;
  if (auto reserved = (*file)->preallocate(size); !reserved) return reserved;
  auto mapping = (*file)->map(size);
  if (!mapping) return mapping.error();
  mapping_ = std::move(*mapping);
  tail_ = reinterpret_cast<TailHeader*>(mapping_->bytes().data());
  begin_tail(*tail_, identity_, options_.ring_bytes);
  ring_ = Ring(mapping_->bytes().subspan(kTailHeaderBytes));
  return {};
}

void Writer::Core::fail(Status status, const Error& error) noexcept {
  const std::lock_guard guard(mutex_);
  if (status_.load(std::memory_order_relaxed) >= status) return;
  failure_ = error;
  status_.store(status, std::memory_order_release);
  durable_.notify_all();
}

// --- append -------------------------------------------------------------------------------------

Result<Seq> Writer::Core::append(writ_record& record, bool use_reserve) {
  if (const char* wrong = model::validate(record)) return Error(Errc::kInvalid, wrong, record.type);
  const std::uint64_t needed = sizeof(FrameHead) + record.size;
  if (needed > ring_.size() / 2) return Error(Errc::kInvalid, "record is too long", record.size);
  if (status() != kOpen) {
    if (const auto refused = refuse(needed, use_reserve)) return *refused;
  }
  if (head_ + needed - seen_moved_ > ring_.size()) {
    if (const auto room = wait_for_room(needed); !room) return room.error();
  }

  WRIT_ASSERT(next_seq_ <= kSeqMask);
  record.seq = next_seq_;
  const FrameHead frame = frame_head(model::bytes_of(record));
  ring_.write(head_, &frame, sizeof frame);
  ring_.write(head_ + sizeof frame, &record, record.size);
  if (is_table(record.type)) segments_.remember_table(record);
  head_ += needed;
  store(tail_->head, head_);
  ring_.prepare(head_ + kPrepareAhead, needed);
  return Seq{next_seq_++};
}

std::optional<Error> Writer::Core::refuse(std::uint64_t needed, bool use_reserve) {
  const Status now = status();
  if (now == kFull && use_reserve && needed <= reserve_left_) {
    reserve_left_ -= needed;
    return std::nullopt;
  }
  const Error error = failure();
  if (now == kClosed && error.code() == Errc::kNone)
    return Error(Errc::kState, "append to journal");
  return error;
}

Result<void> Writer::Core::wait_for_room(std::uint64_t needed) {
  const auto has_room = [&] {
    seen_moved_ = load(tail_->moved);
    return head_ + needed - seen_moved_ <= ring_.size();
  };
  if (has_room()) return {};
  {
    const std::lock_guard guard(mutex_);
    woken_ = true;
    wake_.notify_one();
  }
  const auto deadline = steady_clock::now() + options_.full_wait_max;
  while (!has_room()) {
    if (status() >= kFailed) return failure();
    if (steady_clock::now() >= deadline) {
      fail(kFailed, Error(Errc::kTimeout, "journal: the disk does not keep up"));
      return failure();
    }
    std::this_thread::sleep_for(microseconds{20});
  }
  return {};
}

// --- mover --------------------------------------------------------------------------------------

void Writer::Core::run_mover() {
  if (const auto begun = segments_.sync_beginning(); !begun) {
    fail(kFailed, begun.error());
    return;
  }
  nanoseconds pause = kIdleMin;
  for (;;) {
    const bool stopping = stop_.load(std::memory_order_acquire);
    const std::uint64_t end = load(tail_->head);
    if (end == moved_) {
      if (stopping) return;
      idle(pause);
      pause = std::min(pause * 2, kIdleMax);
      continue;
    }
    pause = kIdleMin;
    const auto since = steady_clock::now() - synced_at_;
    if (!stopping && since < kUnhurried && !is_hurried(end)) {
      idle(kUnhurried - since);
      continue;
    }
    if (const auto moved = move(end); !moved) {
      fail(kFailed, moved.error());
      return;
    }
  }
}

/// One group commit: everything up to `end`.
Result<void> Writer::Core::move(std::uint64_t end) {
  while (moved_ != end) {
    if (auto rolled = segments_.roll_if_due(Seq{moved_seq_}); !rolled) return rolled;
    // Whole frames only: readers go up to `moved`.
    std::uint64_t next = moved_;
    std::uint64_t last_seq = moved_seq_;
    while (next != end && next - moved_ < kMoveStep) {
      FrameHead frame;
      ring_.read(next, &frame, sizeof frame);
      next += sizeof frame + frame.length;
      ++last_seq;
    }
    for (std::uint64_t at = moved_; at != next;) {
      const auto piece = ring_.piece(at, next - at);
      if (auto written = segments_.write(piece); !written) return written;
      at += piece.size();
    }
    moved_ = next;
    moved_seq_ = last_seq;
    store(tail_->moved, next);
    if (status() != kOpen) continue;
    if (const auto prepared = segments_.prepare_next(); !prepared) fail(kFull, prepared.error());
  }
  if (syncs()) {
    // A failed sync is final: the pages may be marked clean without being on disk.
    if (auto synced = segments_.sync(); !synced) return synced;
  }
  synced_at_ = steady_clock::now();
  publish_durable();
  return {};
}

// Somebody waits, for a record or for room, or soon will.
bool Writer::Core::is_hurried(std::uint64_t end) const noexcept {
  return !syncs() || waiters_.load(std::memory_order_seq_cst) != 0 ||
         hastened_seq_.load(std::memory_order_seq_cst) > durable_seq().raw() ||
         end - moved_ >= ring_.size() / 4;
}

void Writer::Core::publish_durable() {
  store(tail_->durable_seq, moved_seq_);
  store(tail_->durable, moved_);
  const auto before = durable_seq_.exchange(moved_seq_, std::memory_order_seq_cst);
  const bool is_wanted = hastened_seq_.load(std::memory_order_seq_cst) > before;
  if (is_wanted && options_.on_durable) options_.on_durable();
  if (waiters_.load(std::memory_order_seq_cst) == 0) return;
  const std::lock_guard guard(mutex_);
  durable_.notify_all();
}

// Who looks at durable_seq after this sees it risen, or is told.
void Writer::Core::hasten(Seq seq) noexcept {
  hastened_seq_.exchange(seq.raw(), std::memory_order_seq_cst);
  const std::lock_guard guard(mutex_);
  woken_ = true;
  wake_.notify_one();
}

void Writer::Core::idle(nanoseconds time) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, time, [this] { return woken_; });
  woken_ = false;
}

// --- faulter ------------------------------------------------------------------------------------

void Writer::Core::run_faulter() {
  const std::uint64_t step = std::min<std::uint64_t>(kPopulateStep, ring_.size());
  const std::uint64_t most = std::min<std::uint64_t>(kPopulateAhead, ring_.size());
  std::uint64_t done = 0;  // of whole pages: the kernel refuses parts of one
  nanoseconds pause = kPopulateIdleMin;
  while (!stop_.load(std::memory_order_acquire)) {
    const std::uint64_t head = load(tail_->head);
    const std::uint64_t ahead = std::clamp(head, step, most);  // a short run needs few
    if (done + step <= head + ahead) {
      pause = kPopulateIdleMin;
      const auto piece = ring_.piece(done, step);
      mapping_->populate(kTailHeaderBytes + done % ring_.size(), piece.size());
      done += piece.size();
      continue;
    }
    std::unique_lock lock(mutex_);
    faulter_wake_.wait_for(lock, pause, [this] { return stop_.load(std::memory_order_acquire); });
    pause = std::min(pause * 2, kPopulateIdleMax);
  }
}

// --- waiting and closing ------------------------------------------------------------------------

Result<void> Writer::Core::wait_durable(Seq seq, nanoseconds timeout) {
  if (durable_seq() >= seq) return {};
  waiters_.fetch_add(1, std::memory_order_seq_cst);
  std::unique_lock lock(mutex_);
  woken_ = true;
  wake_.notify_one();
  const bool ended = durable_.wait_for(lock, timeout, [&] {
    return durable_seq_.load(std::memory_order_seq_cst) >= seq.raw() || status() >= kFailed;
  });
  const Error error = failure_;
  lock.unlock();
  waiters_.fetch_sub(1, std::memory_order_seq_cst);
  if (durable_seq() >= seq) return {};
  if (!ended)
    return Error(Errc::kTimeout, "wait for durable", static_cast<std::int64_t>(seq.raw()));
  return error.code() == Errc::kNone ? Error(Errc::kState, "wait for durable") : error;
}

Result<void> Writer::Core::close() {
  if (!mover_.joinable()) {
    const Error error = failure();
    if (error.code() != Errc::kNone) return error;
    return {};
  }
  {
    const std::lock_guard guard(mutex_);
    stop_.store(true, std::memory_order_release);
    woken_ = true;
    wake_.notify_all();
    faulter_wake_.notify_all();
  }
  mover_.join();
  faulter_.join();
  if (status() < kFailed) {
    if (const auto finished = finish(); !finished) fail(kFailed, finished.error());
  }
  const Error error = failure();
  {
    const std::lock_guard guard(mutex_);
    status_.store(kClosed, std::memory_order_release);
    durable_.notify_all();
  }
  options_.lock.reset();
  if (error.code() != Errc::kNone) return error;
  return {};
}

Result<void> Writer::Core::finish() {
  if (auto finished = segments_.finish(Seq{moved_seq_}); !finished) return finished;
  store(tail_->closed, 1);
  if (auto removed = storage_.remove(folder_ / kTailName); !removed) return removed;
  if (syncs()) return storage_.sync_folder(folder_);
  return {};
}

// --- the public face ----------------------------------------------------------------------------

Writer::Writer(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Writer::~Writer() = default;

Result<std::unique_ptr<Writer>> Writer::create(Storage& storage, const WriterOptions& options,
                                               const RunIdentity& identity) {
  auto core = std::make_unique<Core>(storage, options, identity);
  if (auto started = core->start(); !started) return started.error();
  return std::unique_ptr<Writer>(new Writer(std::move(core)));
}

Result<Seq> Writer::append(writ_record& record, bool use_reserve) {
  return core_->append(record, use_reserve);
}
Seq Writer::next_seq() const noexcept { return core_->next_seq(); }
Seq Writer::durable_seq() const noexcept { return core_->durable_seq(); }
void Writer::hasten(Seq seq) noexcept { core_->hasten(seq); }
Error Writer::failure() const noexcept { return core_->failure(); }
Result<void> Writer::wait_durable(Seq seq, nanoseconds timeout) {
  return core_->wait_durable(seq, timeout);
}
Result<void> Writer::close() { return core_->close(); }
const std::filesystem::path& Writer::run_folder() const noexcept { return core_->folder(); }
const RunIdentity& Writer::identity() const noexcept { return core_->identity(); }

}  // namespace writ::journal
