#include "host/journal/tape_index.hpp"

#include "host/model/catalogue.hpp"

#include <zstd.h>

#include <algorithm>

namespace writ::journal {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr std::size_t kInMemory = 512;  // blocks
// A block ends with the record that reaches the block size, however long that one is.
constexpr std::uint64_t kRawBytesMax = kTapeBlockBytes + model::kRecordSizeMax;

bool is_plausible(const TapeBlockHead& head) {
  return head.records != 0 && head.raw_bytes % 8 == 0 && head.raw_bytes <= kRawBytesMax &&
         head.compressed_bytes <= ZSTD_compressBound(head.raw_bytes);
}

}  // namespace

Result<void> read_exactly(File& file, std::span<std::byte> bytes, std::uint64_t offset,
                          const char* what) {
  const auto got = file.read_at(bytes, offset);
  if (!got) return got.error();
  if (*got == bytes.size()) return {};
  return Error(Errc::kTruncated, what, static_cast<std::int64_t>(offset + *got));
}

Result<void> TapeIndex::check(std::uint64_t end, std::uint64_t records) {
  const Error corrupt(Errc::kCorrupt, "tape index", static_cast<std::int64_t>(end));
  std::uint64_t offset = sizeof(TapeHeader);
  std::uint64_t seq = 1;
  for (std::size_t i = 0; i < size(); ++i) {
    const auto found = block(i);
    if (!found) return found.error();
    const TapeBlock& block = **found;
    if (block.offset != offset || block.first_seq != seq) return corrupt;
    offset += sizeof block.head + block.head.compressed_bytes;
    seq += block.head.records;
  }
  if (offset != end || seq != records + 1) return corrupt;
  return {};
}

Result<const TapeBlock*> TapeIndex::block(std::size_t index) {
  if (auto brought = bring(index); !brought) return brought.error();
  return &blocks_[index - first_];
}

Result<bool> TapeIndex::has(std::size_t index, std::uint32_t instrument) {
  const std::size_t words = place_.instrument_words;
  if (words == 0) return true;
  if (instrument / 64 >= words) return false;
  if (auto brought = bring(index); !brought) return brought.error();
  const std::uint64_t word = instruments_[(index - first_) * words + instrument / 64];
  return (word >> instrument % 64 & 1U) != 0;
}

Result<void> TapeIndex::bring(std::size_t index) {
  if (index - first_ < blocks_.size()) return {};
  const std::size_t first = index - index % kInMemory;
  const std::size_t count = std::min(kInMemory, size() - first);
  blocks_.clear();  // until all of it is there
  std::vector<TapeBlock> blocks(count);
  const auto blocks_at = place_.blocks_at + first * sizeof(TapeBlock);
  if (auto read =
          read_exactly(*file_, std::as_writable_bytes(std::span(blocks)), blocks_at, "tape index");
      !read) {
    return read;
  }
  instruments_.resize(count * place_.instrument_words);
  const auto words = std::as_writable_bytes(std::span(instruments_));
  const auto words_at =
      place_.instruments_at + first * place_.instrument_words * sizeof(std::uint64_t);
  if (auto read = read_exactly(*file_, words, words_at, "tape index"); !read) return read;
  for (const TapeBlock& block : blocks) {
    if (!is_plausible(block.head)) {
      return Error(Errc::kCorrupt, "tape index", static_cast<std::int64_t>(blocks_at));
    }
  }
  blocks_ = std::move(blocks);
  first_ = first;
  return {};
}

}  // namespace writ::journal
