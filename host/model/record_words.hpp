#pragma once

#include "host/base/assert.hpp"

#include <writ/abi/record.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace writ::model {

/// A record kept beyond its call: its bytes in words, so that it is aligned as records are.
using RecordWords = std::vector<std::uint64_t>;

/// Keeps `record` in `words`. No allocation once they have grown.
inline void assign(RecordWords& words, const writ_record& record) {
  words.resize(record.size / 8);
  std::memcpy(words.data(), &record, record.size);
}

[[nodiscard]] inline RecordWords words_of(const writ_record& record) {
  RecordWords words;
  assign(words, record);
  return words;
}

/// The record kept in them; they are not empty. Lives as long as they do.
[[nodiscard]] inline writ_record& record_in(RecordWords& words) {
  WRIT_ASSERT(!words.empty());
  return reinterpret_cast<writ_record&>(*words.data());
}
[[nodiscard]] inline const writ_record& record_in(const RecordWords& words) {
  WRIT_ASSERT(!words.empty());
  return reinterpret_cast<const writ_record&>(*words.data());
}

/// Whether two records say the same, wherever and whenever they were put on record.
[[nodiscard]] inline bool same_payload(const writ_record& a, const writ_record& b) noexcept {
  return a.size == b.size && std::memcmp(&a + 1, &b + 1, a.size - sizeof(writ_record)) == 0;
}

}  // namespace writ::model
