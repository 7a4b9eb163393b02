#pragma once

#include "host/base/random.hpp"
#include "host/journal/reader.hpp"
#include "host/journal/writer.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/journal.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace writ::journal::test {

/// A folder of its own below the build folder, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "writ-journal-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

using RecordBytes = std::vector<std::uint64_t>;

inline RecordBytes bytes_of(const writ_record& record) {
  RecordBytes words(record.size / 8);
  std::memcpy(words.data(), &record, record.size);
  return words;
}

/// Records of different sizes, a function of the stream: trades, book deltas, incidents.
class RecordMaker {
 public:
  explicit RecordMaker(std::uint64_t seed) : random_(seed, "records") {}

  writ_record& next() {
    ts_ += static_cast<std::int64_t>(random_.below(1000));
    switch (random_.below(3)) {
      case 0: {
        auto trade = model::make_record<writ_trade>();
        trade.instrument = 1;
        trade.price = static_cast<std::int64_t>(random_.next_u64() >> 20U);
        trade.quantity = static_cast<std::int64_t>(random_.next_u64() >> 30U);
        buffer_.begin(trade);
        break;
      }
      case 1: {
        auto delta = model::make_record<writ_book_delta>();
        delta.instrument = 1;
        delta.bid_count = static_cast<std::uint32_t>(random_.below(8));
        delta.ask_count = static_cast<std::uint32_t>(random_.below(8));
        buffer_.begin(delta);
        for (std::uint32_t i = 0; i < delta.bid_count + delta.ask_count; ++i) {
          const writ_level level{static_cast<std::int64_t>(random_.below(1000000)), 5};
          buffer_.append(&level, sizeof level);
        }
        break;
      }
      default: {
        auto incident = model::make_record<writ_incident>();
        incident.severity = WRIT_SEVERITY_WARN;
        incident.code = WRIT_INCIDENT_DATA_GAP;
        const std::string text(random_.below(40), 'x');
        incident.text_size = static_cast<std::uint32_t>(text.size());
        buffer_.begin(incident).append(text.data(), text.size());
        break;
      }
    }
    writ_record& record = buffer_.finish();
    record.event_ts = ts_;
    record.ingest_ts = ts_;
    return record;
  }

 private:
  base::RandomStream random_;
  model::RecordBuffer buffer_;
  std::int64_t ts_ = 1'700'000'000'000'000'000;
};

inline WriterOptions small_options(const std::filesystem::path& folder) {
  WriterOptions options;
  options.folder = folder;
  options.ring_bytes = std::size_t{64} << 10U;
  options.segment_bytes = std::size_t{1} << 20U;
  options.reserve_bytes = std::size_t{16} << 10U;
  return options;
}

inline RunIdentity identity_of(std::uint32_t run) {
  RunIdentity identity;
  identity.run_number = RunNumber{run};
  for (std::uint8_t i = 0; i < 16; ++i) identity.run_id.bytes[i] = i;
  identity.host_number = 7;
  identity.fencing_epoch = 3;
  identity.config_hash[0] = 0xcc;
  return identity;
}

/// Every record of a run as far as it can be read; `error` is why it ended, if it was damage.
struct ReadBack {
  std::vector<RecordBytes> records;
  base::Error error;
  Place place;
  std::string description;
};

inline ReadBack read_run(Storage& storage, const std::filesystem::path& run_folder,
                         ReadLimit limit = ReadLimit::kAppended) {
  ReadBack result;
  auto reader = Reader::open(storage, run_folder, limit);
  if (!reader) {
    result.error = reader.error();
    return result;
  }
  for (;;) {
    const auto record = reader->next();
    if (!record) {
      result.error = record.error();
      result.place = reader->place();
      result.description = reader->describe(record.error());
      return result;
    }
    if (*record == nullptr) return result;
    result.records.push_back(bytes_of(**record));
  }
}

}  // namespace writ::journal::test
