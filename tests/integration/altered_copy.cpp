// altered_copy RUN_FOLDER JOURNAL_FOLDER SHARE: copies a run into another journal folder, with
// sound checksums, but with one trade's quantity changed: the first one at or after that share (0
// to 1) of the run's records. Prints the seq of the altered record and how many were copied.
#include "host/journal/reader.hpp"
#include "host/journal/storage.hpp"
#include "host/journal/writer.hpp"
#include "host/model/record_view.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

using namespace writ;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "altered_copy: %s\n", why.c_str());
  std::exit(1);
}

journal::Reader open(journal::Storage& storage, const char* folder) {
  auto reader = journal::Reader::open(storage, folder);
  if (!reader) fail(base::to_string(reader.error()));
  return std::move(*reader);
}

std::uint64_t count_records(journal::Reader reader) {
  std::uint64_t count = 0;
  while (true) {
    const auto record = reader.next();
    if (!record) fail(reader.describe(record.error()));
    if (*record == nullptr) return count;
    ++count;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) fail("usage: altered_copy RUN_FOLDER JOURNAL_FOLDER SHARE");
  journal::PosixStorage storage;
  const auto total = count_records(open(storage, argv[1]));
  const auto from = static_cast<std::uint64_t>(std::atof(argv[3]) * static_cast<double>(total));

  auto reader = open(storage, argv[1]);
  journal::WriterOptions options;
  options.folder = argv[2];
  options.sync = journal::SyncPolicy::kNever;
  auto writer = journal::Writer::create(storage, options, reader.identity());
  if (!writer) fail(base::to_string(writer.error()));

  std::uint64_t altered = 0;
  std::vector<std::uint64_t> words;
  for (std::uint64_t copied = 0; copied < total; ++copied) {
    const auto next = reader.next();
    if (!next) fail(reader.describe(next.error()));
    words.resize((*next)->size / 8);
    std::memcpy(words.data(), *next, (*next)->size);
    auto& record = reinterpret_cast<writ_record&>(*words.data());
    const auto seq = record.seq;
    if (altered == 0 && seq >= from && record.type == WRIT_RECORD_TRADE) {
      reinterpret_cast<writ_trade&>(record).quantity *= 3;
      altered = seq;
    }
    const auto appended = (*writer)->append(record);
    if (!appended) fail(base::to_string(appended.error()));
    if (appended->raw() != seq) fail("the copy is numbered otherwise");
  }
  if (const auto closed = (*writer)->close(); !closed) fail(base::to_string(closed.error()));
  if (altered == 0) fail("no trade to alter");
  std::printf("{\"altered\": %llu, \"records\": %llu}\n", static_cast<unsigned long long>(altered),
              static_cast<unsigned long long>(total));
  return 0;
}
