#pragma once

#include "host/model/record_words.hpp"

#include <writ/abi/record.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::feed {

/// Puts records in the order of their ingest_ts; equal ones keep the order they came in. What does
/// not fit into the memory given waits in temporary files, which are gone with the sorter. Throws
/// base::InputError if they cannot be written or read.
class RecordSorter {
 public:
  static constexpr std::size_t kMemoryBytes = std::size_t{64} << 20U;

  explicit RecordSorter(std::size_t memory_bytes = kMemoryBytes);
  ~RecordSorter();
  RecordSorter(const RecordSorter&) = delete;
  RecordSorter& operator=(const RecordSorter&) = delete;

  /// Adds a copy. Not after `next`.
  void add(std::string_view symbol, const writ_record& record);

  /// The next record, in `record`, and the place of its symbol; nullptr at the end. The symbol
  /// lives as long as the sorter.
  [[nodiscard]] const std::string* next(model::RecordWords& record);

 private:
  struct Entry {
    std::int64_t ts;
    std::size_t at;  // in words_: the symbol's number, then the record
  };
  class Run;  // a part, sorted, in a file
  struct Head {
    std::int64_t ts;
    std::size_t run;
    bool operator<(const Head& other) const noexcept {  // a heap gives the greatest first
      return ts != other.ts ? ts > other.ts : run > other.run;
    }
  };

  void sort();
  void spill();
  void begin_merge();

  std::size_t words_max_;
  std::map<std::string, std::uint64_t, std::less<>> numbers_;
  std::vector<const std::string*> symbols_;  // by number
  std::vector<std::uint64_t> words_;
  std::vector<Entry> entries_;
  std::size_t given_ = 0;  // of entries_, where nothing was spilled
  bool merging_ = false;
  std::vector<std::unique_ptr<Run>> runs_;
  std::vector<Head> heads_;  // a heap
};

}  // namespace writ::feed
