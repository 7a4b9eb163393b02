#include "host/journal/segment.hpp"

#include "host/base/assert.hpp"
#include "host/base/crc32c.hpp"
#include "host/model/catalogue.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace writ::journal {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr std::array<char, 8> kMagic = {'W', 'R', 'I', 'T', 'J', 'R', 'N', 'L'};
constexpr std::size_t kBlock = 4096;
constexpr std::size_t kHeaderBytesMax = std::size_t{16} << 20U;

struct FixedHeader {
  std::array<char, 8> magic;
  std::uint32_t format_version;
  std::uint32_t oldest_reader;
  std::uint32_t header_bytes;
  std::uint32_t header_crc32c;
  std::uint32_t codec;
  std::uint32_t host_number;
  std::uint64_t fencing_epoch;
  std::uint64_t run_number;
  std::array<std::uint8_t, 16> run_id;
  std::uint64_t first_seq;
  std::uint64_t first_position;
  std::uint32_t number;
  std::uint32_t catalogue_bytes;
  base::Sha256Digest config_hash;
  base::Sha256Digest previous;
  std::uint32_t tables_bytes;
  std::uint32_t reserved;
};
static_assert(sizeof(FixedHeader) == 160);
static_assert(std::has_unique_object_representations_v<FixedHeader>);

std::uint32_t header_checksum(std::vector<std::byte> bytes) {
  const std::uint32_t zero = 0;
  std::memcpy(bytes.data() + offsetof(FixedHeader, header_crc32c), &zero, sizeof zero);
  return base::crc32c(bytes);
}

}  // namespace

FrameHead frame_head(std::span<const std::byte> bytes) noexcept {
  return {static_cast<std::uint32_t>(bytes.size()), base::crc32c(bytes)};
}

std::vector<std::byte> encode_seal(const Seal& seal) {
  std::vector<std::byte> bytes(kSealBytes);
  std::memcpy(bytes.data() + sizeof(FrameHead), &seal, sizeof seal);
  FrameHead head = frame_head(std::span(bytes).subspan(sizeof(FrameHead)));
  head.length = kSealMark;
  std::memcpy(bytes.data(), &head, sizeof head);
  return bytes;
}

std::vector<std::byte> encode_header(SegmentHeader& header) {
  const std::size_t size = sizeof(FixedHeader) + header.catalogue.size() + header.tables.size();
  const std::size_t padded = (size + kBlock - 1) / kBlock * kBlock;
  WRIT_ASSERT(padded <= kHeaderBytesMax);
  header.header_bytes = static_cast<std::uint32_t>(padded);

  FixedHeader fixed{};
  fixed.magic = kMagic;
  fixed.format_version = kFormatVersion;
  fixed.oldest_reader = kOldestReader;
  fixed.header_bytes = header.header_bytes;
  fixed.codec = kCodecPlain;
  fixed.host_number = header.identity.host_number;
  fixed.fencing_epoch = header.identity.fencing_epoch;
  fixed.run_number = header.identity.run_number.raw();
  fixed.run_id = header.identity.run_id.bytes;
  fixed.first_seq = header.first_seq.raw();
  fixed.first_position = header.first_position;
  fixed.number = header.number;
  fixed.catalogue_bytes = static_cast<std::uint32_t>(header.catalogue.size());
  fixed.config_hash = header.identity.config_hash;
  fixed.previous = header.previous;
  fixed.tables_bytes = static_cast<std::uint32_t>(header.tables.size());

  std::vector<std::byte> bytes(padded);
  std::memcpy(bytes.data(), &fixed, sizeof fixed);
  std::byte* at = bytes.data() + sizeof fixed;
  // The tables are records and stand 8-byte aligned: before the text, whose length is any.
  if (!header.tables.empty()) std::memcpy(at, header.tables.data(), header.tables.size());
  at += header.tables.size();
  if (!header.catalogue.empty()) std::memcpy(at, header.catalogue.data(), header.catalogue.size());
  const std::uint32_t checksum = header_checksum(bytes);
  std::memcpy(bytes.data() + offsetof(FixedHeader, header_crc32c), &checksum, sizeof checksum);
  return bytes;
}

Result<SegmentHeader> read_header(File& file) {
  FixedHeader fixed{};
  const auto got = file.read_at(std::as_writable_bytes(std::span(&fixed, 1)), 0);
  if (!got) return got.error();
  if (*got < sizeof fixed) {
    return Error(Errc::kTruncated, "segment header", static_cast<std::int64_t>(*got));
  }
  if (fixed.magic != kMagic) return Error(Errc::kCorrupt, "segment header: not a journal segment");
  if (fixed.oldest_reader > kFormatVersion) {
    return Error(Errc::kUnsupported, "journal format version", fixed.format_version);
  }
  if (fixed.codec != kCodecPlain) return Error(Errc::kUnsupported, "journal codec", fixed.codec);

  constexpr auto kSizeAt = static_cast<std::int64_t>(offsetof(FixedHeader, header_bytes));
  const std::uint64_t wanted =
      sizeof fixed + std::uint64_t{fixed.catalogue_bytes} + std::uint64_t{fixed.tables_bytes};
  if (fixed.header_bytes % kBlock != 0 || fixed.header_bytes > kHeaderBytesMax ||
      fixed.header_bytes < wanted) {
    return Error(Errc::kCorrupt, "segment header size", kSizeAt);
  }
  std::vector<std::byte> bytes(fixed.header_bytes);
  const auto whole = file.read_at(bytes, 0);
  if (!whole) return whole.error();
  if (*whole < bytes.size()) {
    return Error(Errc::kTruncated, "segment header", static_cast<std::int64_t>(*whole));
  }
  if (header_checksum(bytes) != fixed.header_crc32c) {
    return Error(Errc::kCorrupt, "segment header checksum", offsetof(FixedHeader, header_crc32c));
  }
  if (fixed.run_number >> 24U != 0 || fixed.first_seq == 0 || fixed.number == 0) {
    return Error(Errc::kCorrupt, "segment header", offsetof(FixedHeader, run_number));
  }

  SegmentHeader header;
  header.identity.run_number = RunNumber{static_cast<std::uint32_t>(fixed.run_number)};
  header.identity.run_id.bytes = fixed.run_id;
  header.identity.host_number = fixed.host_number;
  header.identity.fencing_epoch = fixed.fencing_epoch;
  header.identity.config_hash = fixed.config_hash;
  header.number = fixed.number;
  header.first_seq = Seq{fixed.first_seq};
  header.first_position = fixed.first_position;
  header.previous = fixed.previous;
  header.header_bytes = fixed.header_bytes;
  const std::byte* at = bytes.data() + sizeof fixed;
  header.tables.assign(at, at + fixed.tables_bytes);
  at += fixed.tables_bytes;
  header.catalogue.assign(reinterpret_cast<const char*>(at), fixed.catalogue_bytes);
  return header;
}

bool is_record_length(std::uint32_t length) noexcept {
  return length >= sizeof(writ_record) && length % 8 == 0 && length <= model::kRecordSizeMax;
}

const char* check_frame(const FrameHead& head, std::span<const std::byte> bytes,
                        Seq expected) noexcept {
  if (base::crc32c(bytes) != head.crc32c) return "record checksum";
  const auto& record = *reinterpret_cast<const writ_record*>(bytes.data());
  if (record.size != head.length) return "record size";
  if (record.seq != expected.raw()) return "record sequence";
  return nullptr;
}

std::optional<std::uint32_t> segment_number(std::string_view name) {
  constexpr std::string_view kPrefix = "seg-";
  constexpr std::string_view kSuffix = ".wj";
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  if (name.size() < kPrefix.size() + 6 + kSuffix.size()) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kSuffix.size());
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size() || number == 0) return std::nullopt;
  return number;
}

Result<std::vector<std::uint32_t>> list_segments(Storage& storage,
                                                 const std::filesystem::path& run_folder) {
  const auto names = storage.list(run_folder);
  if (!names) return names.error();
  std::vector<std::uint32_t> numbers;
  for (const std::string& name : *names) {
    if (const auto number = segment_number(name)) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace writ::journal
