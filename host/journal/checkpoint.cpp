#include "host/journal/checkpoint.hpp"

#include "host/base/crc32c.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <utility>

namespace writ::journal {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr std::size_t kPartBytes = std::size_t{64} << 10U;

std::size_t parts_of(const CheckpointSection& section) {
  return std::max<std::size_t>(1, (section.bytes.size() + kPartBytes - 1) / kPartBytes);
}

}  // namespace

Result<void> write_checkpoint(Seq first, const CheckpointSections& sections,
                              const AppendCheckpoint& append) {
  std::size_t parts = 0;
  for (const auto& [name, section] : sections) {
    if (name.empty() || name.size() >= sizeof(writ_checkpoint::section)) {
      return Error(Errc::kInvalid, "name of a checkpoint section",
                   static_cast<std::int64_t>(name.size()));
    }
    parts += parts_of(section);
  }
  if (parts == 0) return Error(Errc::kInvalid, "checkpoint without sections");

  model::RecordBuffer buffer;
  std::uint32_t part = 0;
  for (const auto& [name, section] : sections) {
    for (std::size_t at = 0, left = parts_of(section); left > 0; --left, at += kPartBytes) {
      const auto bytes =
          std::span(section.bytes).subspan(at, std::min(kPartBytes, section.bytes.size() - at));
      auto fixed = model::make_record<writ_checkpoint>();
      fixed.checkpoint = first.raw();
      fixed.part = part++;
      fixed.parts = static_cast<std::uint32_t>(parts);
      fixed.section_version = section.version;
      fixed.crc32c = base::crc32c(bytes);
      fixed.data_size = static_cast<std::uint32_t>(bytes.size());
      (void)model::set_text(fixed.section, name);  // its length was checked
      writ_record& record = buffer.begin(fixed).append(bytes.data(), bytes.size()).finish();
      if (auto appended = append(reinterpret_cast<writ_checkpoint&>(record)); !appended) {
        return appended;
      }
    }
  }
  return {};
}

Result<bool> CheckpointAssembler::add(const writ_record& record) {
  const auto* piece = model::as<writ_checkpoint>(record);
  if (piece == nullptr) {
    open_.reset();  // the pieces of one follow each other
    return false;
  }
  const auto bytes = model::tail_array<std::byte>(*piece, piece->data_size);
  if (base::crc32c(bytes) != piece->crc32c) {
    return Error(Errc::kCorrupt, "checkpoint", static_cast<std::int64_t>(record.seq));
  }
  if (piece->part == 0) {
    open_.emplace();
    open_->first_seq = Seq{record.seq};
    next_part_ = 0;
  }
  const bool follows = open_ && piece->part == next_part_ && piece->part < piece->parts &&
                       piece->checkpoint == open_->first_seq.raw();
  if (!follows) {
    open_.reset();
    return false;
  }
  ++next_part_;
  CheckpointSection& section = open_->sections[std::string(model::text_of(piece->section))];
  section.version = piece->section_version;
  section.bytes.insert(section.bytes.end(), bytes.begin(), bytes.end());
  if (next_part_ != piece->parts) return false;
  open_->last_seq = Seq{record.seq};
  last_ = std::move(open_);
  open_.reset();
  return true;
}

Result<std::optional<Checkpoint>> find_last_checkpoint(Reader& reader) {
  if (auto found = reader.seek(reader.first_seq()); !found) return found.error();
  CheckpointAssembler assembler;
  for (;;) {
    const auto record = reader.next();
    if (!record) return record.error();
    if (*record == nullptr) return assembler.last();
    if (const auto added = assembler.add(**record); !added) return added.error();
  }
}

}  // namespace writ::journal
