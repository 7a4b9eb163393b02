#include "host/journal/verify.hpp"

#include "host/journal/folder.hpp"
#include "host/journal/segment.hpp"
#include "host/journal/tape.hpp"

#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace writ::journal {
namespace {

using base::Errc;
using base::Error;
using base::Result;

bool is_damage(const Error& error) {
  return error.code() == Errc::kCorrupt || error.code() == Errc::kTruncated ||
         error.code() == Errc::kUnsupported || error.code() == Errc::kMismatch;
}

std::string line(const Place& place, std::string_view what) {
  return place.file.string() + ": offset " + std::to_string(place.offset) + ": " +
         std::string(what);
}

std::string line(const Place& place, const Error& error) {
  std::string what = error.step();
  what += ": ";
  what += base::to_string(error.code());
  if (error.code() == Errc::kUnsupported) what += " (" + std::to_string(error.detail()) + ")";
  return line(place, what);
}

/// Each segment but the first names the hash of the whole file before it; each sealed one that of
/// its own bytes.
Result<void> check_chain(Storage& storage, const std::filesystem::path& run_folder, bool closed,
                         VerifyReport& report) {
  const auto numbers = list_segments(storage, run_folder);
  if (!numbers) return numbers.error();
  base::Sha256Digest previous{};
  std::uint32_t expected = numbers->empty() ? 0 : numbers->front();
  for (const std::uint32_t number : *numbers) {
    const std::filesystem::path path = run_folder / segment_name(number);
    const auto damaged = [&](std::uint64_t offset, std::string_view what) {
      report.damage = Damage{{path, offset}, line(Place{path, offset}, what)};
    };
    if (number != expected) {
      damaged(0, "segment " + std::to_string(expected) + " is missing before it");
      return {};
    }
    const auto file = storage.open(path, OpenMode::kRead);
    if (!file) return file.error();
    const auto header = read_header(**file);
    if (!header) return header.error();
    if (number != numbers->front() && header->previous != previous) {
      damaged(120, "chain is broken: this is not the segment written after the one before");
      return {};
    }
    const auto size = (*file)->size();
    if (!size) return size.error();
    report.bytes += *size;
    ++report.segments;
    ++expected;
    const bool sealed = closed || number != numbers->back();
    if (!sealed) break;

    const auto content = read_whole(storage, path);
    if (!content) return content.error();
    Seal seal;
    const std::size_t seal_at = content->size() - kSealBytes;
    std::memcpy(&seal, content->data() + seal_at + sizeof(FrameHead), sizeof seal);
    base::Sha256 hash;
    hash.update(std::span<const std::byte>(*content).first(seal_at));
    if (hash.digest() != seal.sha256) {
      damaged(seal_at, "seal does not match the segment's bytes");
      return {};
    }
    previous = hash.update(std::span<const std::byte>(*content).subspan(seal_at)).digest();
  }
  return {};
}

}  // namespace

Result<VerifyReport> verify_run(Storage& storage, const std::filesystem::path& run_folder) {
  VerifyReport report;
  auto reader = Reader::open(storage, run_folder);
  if (!reader) {
    if (!is_damage(reader.error())) return reader.error();
    const auto numbers = list_segments(storage, run_folder);
    if (!numbers) return numbers.error();
    Place place{run_folder, 0};
    if (!numbers->empty()) place.file = run_folder / segment_name(numbers->front());
    if (reader.error().code() != Errc::kUnsupported) {
      place.offset = static_cast<std::uint64_t>(reader.error().detail());
    }
    report.damage = Damage{place, line(place, reader.error())};
    return report;
  }
  report.first_seq = reader->first_seq();
  for (;;) {
    const auto record = reader->next();
    if (!record) {
      if (!is_damage(record.error())) return record.error();
      report.damage = Damage{reader->place(), line(reader->place(), record.error())};
      return report;
    }
    if (*record == nullptr) break;
    ++report.records;
    report.last_seq = Seq{(*record)->seq};
  }
  report.closed = reader->closed();
  if (auto chain = check_chain(storage, run_folder, report.closed, report); !chain) {
    if (!is_damage(chain.error())) return chain.error();
    const Place place{run_folder, 0};
    report.damage = Damage{place, line(place, chain.error())};
  }
  return report;
}

Result<VerifyReport> verify_tape(Storage& storage, const std::filesystem::path& path) {
  VerifyReport report;
  const auto damaged = [&](const Error& error) {
    const Place place{
        path, error.code() == Errc::kUnsupported ? 0 : static_cast<std::uint64_t>(error.detail())};
    report.damage = Damage{place, line(place, error)};
    return report;
  };
  auto reader = TapeReader::open(storage, path);
  if (!reader) {
    if (!is_damage(reader.error())) return reader.error();
    return damaged(reader.error());
  }
  base::Sha256 content;
  for (;;) {
    const auto record = reader->next();
    if (!record) {
      if (!is_damage(record.error())) return record.error();
      return damaged(record.error());
    }
    if (*record == nullptr) break;
    if (++report.records == 1) report.first_seq = Seq{(*record)->seq};
    report.last_seq = Seq{(*record)->seq};
    const auto* bytes = reinterpret_cast<const std::byte*>(*record);
    content.update(std::span<const std::byte>(bytes, (*record)->size));
    report.bytes += (*record)->size;
  }
  report.closed = true;
  if (content.digest() != reader->info().content_hash) {
    return damaged(Error(Errc::kCorrupt, "content hash of the tape"));
  }
  return report;
}

}  // namespace writ::journal
