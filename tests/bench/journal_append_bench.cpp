// Appending a 256-byte record: journal::Writer, its thread syncing meanwhile, against the copy into
// a hot shared mapping with a CRC32C that it cannot do without.
#include "host/base/crc32c.hpp"
#include "host/journal/storage.hpp"
#include "host/journal/writer.hpp"
#include "host/model/record_view.hpp"
#include "tests/bench/rounds.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

namespace {

constexpr std::uint64_t kRecords = 200'000;
constexpr std::size_t kRecordBytes = 256;
constexpr std::size_t kFrameBytes = kRecordBytes + 8;  // length and checksum before it

/// A log line of exactly 256 bytes: of the records a core derives, one without numbers to check.
writ_record& make_record(writ::model::RecordBuffer& buffer) {
  auto line = writ::model::make_record<writ_log_line>();
  line.text_size = kRecordBytes - sizeof line;
  const std::string text(line.text_size, 'x');
  return buffer.begin(line).append(text.data(), text.size()).finish();
}

struct HotMapping {
  static constexpr std::size_t kBytes = std::size_t{16} << 20U;
  std::byte* bytes = static_cast<std::byte*>(mmap(
      nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
  ~HotMapping() { munmap(bytes, kBytes); }
};

template <class T>
T must(writ::base::Result<T> result, const char* what) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "journal_append_bench: %s: %s\n", what, to_string(result.error()).c_str());
  std::exit(1);
}

}  // namespace

int main() {
  using namespace writ;
  const auto folder = std::filesystem::temp_directory_path() / "writ-journal-append-bench";
  journal::PosixStorage storage;
  model::RecordBuffer buffer;
  auto& record = make_record(buffer);
  HotMapping hot;
  if (hot.bytes == MAP_FAILED) return 1;

  bench::print_heading("journal_append_bench");
  bench::compare(
      {"journal append, 256 bytes, sync running",
       [&] {
         std::filesystem::remove_all(folder);
         journal::WriterOptions options;
         options.folder = folder;
         // The mapping holds a whole round: what is measured is the append, not the disk.
         options.ring_bytes = std::size_t{64} << 20U;
         const auto writer = must(journal::Writer::create(storage, options, {}), "create");
         return bench::timed([&] {
           for (std::uint64_t i = 0; i < kRecords; ++i) {
             must(writer->append(record), "append");
           }
           return kRecords;
         });
       },
       "copy and CRC32C, hot mapping",
       [&] {
         return bench::timed([&] {
           std::size_t at = 0;
           for (std::uint64_t i = 0; i < kRecords; ++i) {
             if (at + kFrameBytes > HotMapping::kBytes) at = 0;
             record.seq = i;
             const std::span bytes{reinterpret_cast<const std::byte*>(&record), kRecordBytes};
             const std::uint32_t frame[2] = {kRecordBytes, base::crc32c(bytes)};
             std::memcpy(hot.bytes + at, frame, sizeof frame);
             std::memcpy(hot.bytes + at + sizeof frame, &record, kRecordBytes);
             at += kFrameBytes;
           }
           return kRecords;
         });
       },
       1.5});
  std::filesystem::remove_all(folder);
  return 0;
}
