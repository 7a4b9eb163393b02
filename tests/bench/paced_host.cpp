#include "tests/bench/paced_host.hpp"

#include "tests/bench/host_backtest.hpp"
#include "tests/bench/rounds.hpp"

#include <pthread.h>
#include <sched.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace writ::bench {
namespace {

engine::RunSetup paper_setup(std::shared_ptr<const plugin::Module> module,
                             const std::filesystem::path& folder) {
  auto setup = l2_setup(std::move(module), folder);
  setup.mode = WRIT_MODE_PAPER;
  setup.writer.sync = journal::SyncPolicy::kGroupCommit;
  return setup;
}

// A venue's ids rise: the same market once more has higher ones.
void shift_ids(writ_record& record, std::uint64_t shift) {
  if (record.type == WRIT_RECORD_BOOK_SNAPSHOT) {
    reinterpret_cast<writ_book_snapshot&>(record).last_id += shift;
  } else if (record.type == WRIT_RECORD_BOOK_DELTA) {
    auto& delta = reinterpret_cast<writ_book_delta&>(record);
    delta.first_id += shift;
    delta.last_id += shift;
  } else if (record.type == WRIT_RECORD_TRADE) {
    reinterpret_cast<writ_trade&>(record).trade_id += shift;
  }
}

}  // namespace

PacedHost::PacedHost(const MarketRecords& records, std::shared_ptr<const plugin::Module> module,
                     const Options& options)
    : options_(options), feed_(*this, records), venue_(no_latency()) {
  std::filesystem::remove_all(options.folder);
  feed_.begin(cli::wall_clock_ns());
  auto run = engine::Run::start(paper_setup(std::move(module), options.folder), storage_, nullptr,
                                feed_, venue_, pacer_, operators_);
  if (!run) {
    std::fprintf(stderr, "paced host: %s\n", to_string(run.error()).c_str());
    std::exit(1);
  }
  run_ = std::move(*run);
}

PacedHost::~PacedHost() { stop(); }

void PacedHost::go() {
  thread_ = std::thread([this] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(options_.core, &one);
    pthread_setaffinity_np(pthread_self(), sizeof one, &one);
    feed_.begin(cli::wall_clock_ns());
    static_cast<void>(run_->go());
  });
}

Latencies PacedHost::measure(std::size_t events) {
  Latencies latencies;
  latencies.worked.reserve(events);
  latencies.delayed.reserve(events);
  wanted_ = events;
  asked_.store(&latencies, std::memory_order_release);
  while (asked_.load(std::memory_order_acquire) != nullptr) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return latencies;
}

void PacedHost::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  thread_.join();
}

const writ_record& PacedHost::Feed::take() {
  const auto* next = last_ == nullptr ? nullptr : records_.next(*last_);
  if (next == nullptr && last_ != nullptr) id_shift_ += records_.count();
  last_ = next == nullptr ? &records_.front() : next;  // an image of the book begins each turn
  words_.resize(last_->size / 8);
  std::memcpy(words_.data(), last_, last_->size);
  auto& record = reinterpret_cast<writ_record&>(*words_.data());
  record.ingest_ts = record.event_ts = due_;
  shift_ids(record, id_shift_);
  host_.event_taken(due_);
  due_ += host_.options_.period_ns;
  return record;
}

std::optional<engine::OperatorPort::Request> PacedHost::Operators::poll() {
  if (host.open_) host.event_done();
  if (!host.stopping_.exchange(false)) return std::nullopt;
  return [](engine::Run& run) { run.stop(WRIT_STOP_OPERATOR); };
}

void PacedHost::event_taken(std::int64_t due) {
  open_ = true;
  due_ = due;
  taken_ = clock_ns();
}

void PacedHost::event_done() {
  open_ = false;
  auto* latencies = asked_.load(std::memory_order_acquire);
  if (latencies == nullptr) return;
  latencies->worked.push_back(static_cast<double>(clock_ns() - taken_));
  latencies->delayed.push_back(static_cast<double>(cli::wall_clock_ns() - due_));
  if (latencies->worked.size() == wanted_) asked_.store(nullptr, std::memory_order_release);
}

}  // namespace writ::bench
