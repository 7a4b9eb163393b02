#include "host/feed/record_sorter.hpp"

#include "host/base/assert.hpp"
#include "host/base/input_error.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace writ::feed {
namespace {

using base::InputError;

[[noreturn]] void fail(const std::string& path) {
  throw InputError(path, std::string("rows to be sorted do not fit: ") + std::strerror(errno));
}

}  // namespace

class RecordSorter::Run {
 public:
  // A file without a name: it is gone when it is closed, however that comes.
  Run() {
    name_ = (std::filesystem::temp_directory_path() / "writ-sort-XXXXXX").string();
    const int descriptor = ::mkstemp(name_.data());
    if (descriptor < 0) fail(name_);
    ::unlink(name_.c_str());
    file_ = ::fdopen(descriptor, "w+b");
    if (file_ == nullptr) fail(name_);
  }
  ~Run() { std::fclose(file_); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void write(const std::uint64_t* words, std::size_t count) {
    if (std::fwrite(words, sizeof *words, count, file_) != count) fail(name_);
  }
  void rewind() {
    if (std::fflush(file_) != 0 || std::fseek(file_, 0, SEEK_SET) != 0) fail(name_);
  }
  /// To the next entry; false at the end.
  bool next() {
    std::uint64_t head[2] = {};  // the symbol and the first word of the record: its size
    const std::size_t got = std::fread(head, sizeof head[0], 2, file_);
    if (got == 0 && std::feof(file_) != 0) return false;
    symbol_ = head[0];
    writ_record header{};
    std::memcpy(&header, &head[1], sizeof head[1]);
    record_.resize(header.size / 8);
    record_[0] = head[1];
    const std::size_t rest = record_.size() - 1;
    if (got != 2 || std::fread(record_.data() + 1, 8, rest, file_) != rest) fail(name_);
    return true;
  }
  [[nodiscard]] std::uint64_t symbol() const noexcept { return symbol_; }
  [[nodiscard]] model::RecordWords& record() noexcept { return record_; }

 private:
  std::string name_;
  std::FILE* file_ = nullptr;
  std::uint64_t symbol_ = 0;
  model::RecordWords record_;
};

RecordSorter::RecordSorter(std::size_t memory_bytes) : words_max_(memory_bytes / 8) {}
RecordSorter::~RecordSorter() = default;

void RecordSorter::add(std::string_view symbol, const writ_record& record) {
  WRIT_ASSERT(!merging_);
  auto number = numbers_.find(symbol);
  if (number == numbers_.end()) {
    number = numbers_.emplace(std::string(symbol), symbols_.size()).first;
    symbols_.push_back(&number->first);
  }
  entries_.push_back({record.ingest_ts, words_.size()});
  const std::size_t at = words_.size();
  words_.resize(at + 1 + record.size / 8);
  words_[at] = number->second;
  std::memcpy(&words_[at + 1], &record, record.size);
  if (words_.size() >= words_max_) spill();
}

void RecordSorter::sort() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.ts < b.ts; });
}

void RecordSorter::spill() {
  sort();
  auto run = std::make_unique<Run>();
  for (const Entry& entry : entries_) {
    const auto& record = reinterpret_cast<const writ_record&>(words_[entry.at + 1]);
    run->write(&words_[entry.at], 1 + record.size / 8);
  }
  run->rewind();
  runs_.push_back(std::move(run));
  words_.clear();
  entries_.clear();
}

void RecordSorter::begin_merge() {
  merging_ = true;
  if (runs_.empty()) {
    sort();
    return;
  }
  if (!entries_.empty()) spill();
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (runs_[i]->next()) heads_.push_back({model::record_in(runs_[i]->record()).ingest_ts, i});
  }
  std::make_heap(heads_.begin(), heads_.end());
}

const std::string* RecordSorter::next(model::RecordWords& record) {
  if (!merging_) begin_merge();
  if (runs_.empty()) {
    if (given_ == entries_.size()) return nullptr;
    const std::size_t at = entries_[given_++].at;
    model::assign(record, reinterpret_cast<const writ_record&>(words_[at + 1]));
    return symbols_[words_[at]];
  }
  if (heads_.empty()) return nullptr;
  std::pop_heap(heads_.begin(), heads_.end());
  Head& head = heads_.back();
  Run& run = *runs_[head.run];
  const std::string* symbol = symbols_[run.symbol()];
  record.swap(run.record());
  if (run.next()) {
    head.ts = model::record_in(run.record()).ingest_ts;
    std::push_heap(heads_.begin(), heads_.end());
  } else {
    heads_.pop_back();
  }
  return symbol;
}

}  // namespace writ::feed
