#include "host/journal/recovery.hpp"

#include "host/base/assert.hpp"
#include "host/journal/run_reader.hpp"
#include "host/journal/segment_chain.hpp"
#include "host/journal/segment_file.hpp"
#include "host/journal/tail.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::journal {
namespace {

using base::Errc;
using base::Error;
using base::Result;

/// What the segments and the mapping hold.
struct Findings {
  RecoveredRun run;
  SegmentHeader last_segment;
  std::uint64_t segment_end = 0;  // in the last segment's file, after its last whole frame
  Seq segment_last_seq{0};
  bool sealed = false;
  std::vector<std::byte> frames;  // in the mapping only
};

Result<Findings> look(Storage& storage, const std::filesystem::path& folder, Place* place) {
  RunReader reader(storage, folder, ReadLimit::kAppended, RunReader::Ends::kIsDead);
  const auto failed = [&](const Error& error) {
    if (place != nullptr) *place = reader.place();
    return error;
  };
  if (const auto opened = reader.open(); !opened) return failed(opened.error());
  Findings found;
  for (;;) {
    const auto record = reader.next();
    if (!record) return failed(record.error());
    if (*record == nullptr) break;
    if (!reader.from_mapping()) continue;
    const auto frame = reader.mapping_frame();
    found.frames.insert(found.frames.end(), frame.begin(), frame.end());
    ++found.run.records_from_mapping;
  }
  found.last_segment = reader.segment();
  found.segment_end = reader.segment_end();
  found.segment_last_seq = reader.segment_last_seq();
  found.sealed = reader.sealed();
  found.run.identity = reader.identity();
  found.run.last_seq = reader.last_seq();
  if (reader.torn_bytes() != 0) found.run.torn_tail = TornTail{reader.place(), reader.torn_bytes()};
  return found;
}

Result<void> remove_if_there(Storage& storage, const std::filesystem::path& path) {
  const auto there = storage.exists(path);
  if (!there) return there.error();
  if (!*there) return {};
  return storage.remove(path);
}

/// Puts the mapping's frames behind the last segment's, or in a segment of their own where the last
/// one is sealed, and seals.
Result<void> complete(Storage& storage, const std::filesystem::path& folder,
                      const Findings& found) {
  if (!found.sealed) {
    auto segment = SegmentFile::resume(storage, folder / segment_name(found.last_segment.number),
                                       found.last_segment, found.segment_end);
    if (!segment) return segment.error();
    if (auto written = segment->write(found.frames); !written) return written;
    const auto sealed = segment->seal(found.run.last_seq);
    if (!sealed) return sealed.error();
    return segment->sync();
  }
  if (found.frames.empty()) return {};

  const auto before = read_whole(storage, folder / segment_name(found.last_segment.number));
  if (!before) return before.error();
  const std::uint64_t sealed_bytes = found.segment_end + kSealBytes;
  WRIT_ASSERT(before->size() >= sealed_bytes);
  SegmentHeader header = found.last_segment;
  header.number += 1;
  header.first_seq = Seq{found.segment_last_seq.raw() + 1};
  header.first_position += found.segment_end - found.last_segment.header_bytes;
  header.previous =
      base::Sha256().update(std::span<const std::byte>(*before).first(sealed_bytes)).digest();
  auto segment = SegmentFile::create(storage, folder / kNextSegmentName, found.frames.size());
  if (!segment) return segment.error();
  if (auto begun = segment->begin(header); !begun) return begun;
  if (auto written = segment->write(found.frames); !written) return written;
  const auto sealed = segment->seal(found.run.last_seq);
  if (!sealed) return sealed.error();
  if (auto synced = segment->sync(); !synced) return synced;
  return storage.rename(folder / kNextSegmentName, folder / segment_name(header.number));
}

/// The seal was written but the space behind it not given back: what follows it is nothing.
Result<void> cut_behind_seal(Storage& storage, const std::filesystem::path& folder,
                             const Findings& found) {
  if (!found.sealed) return {};
  const auto file =
      storage.open(folder / segment_name(found.last_segment.number), OpenMode::kWrite);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  const std::uint64_t end = found.segment_end + kSealBytes;
  if (*size == end) return {};
  if (auto cut = (*file)->truncate(end); !cut) return cut;
  return (*file)->sync();
}

/// What the mapping knows to be on disk; 0 if it is not readable.
std::uint64_t durable_position(Storage& storage, const std::filesystem::path& folder) {
  const auto mapping = map_tail(storage, folder, OpenMode::kRead);
  if (!mapping || !*mapping || (*mapping)->bytes().size() <= kTailHeaderBytes) return 0;
  const auto& header = *reinterpret_cast<const TailHeader*>((*mapping)->bytes().data());
  return header.magic == kTailMagic ? load(header.durable) : 0;
}

/// Whether the machine died before the first segment's header was on disk. Then nothing was ever
/// durable; what is there of the segment is put aside.
Result<std::optional<RecoveredRun>> recover_unborn(Storage& storage,
                                                   const std::filesystem::path& folder) {
  const auto segments = list_segments(storage, folder);
  if (!segments) return segments.error();
  if (segments->size() > 1 || (!segments->empty() && segments->front() != 1)) {
    return std::optional<RecoveredRun>{};
  }
  const auto open = storage.exists(folder / kTailName);
  if (!open) return open.error();
  RecoveredRun run;
  if (const auto number = run_number_of(folder)) run.identity.run_number = *number;
  run.was_closed = segments->empty() && !*open;
  if (!segments->empty()) {
    const std::filesystem::path path = folder / segment_name(1);
    const auto file = storage.open(path, OpenMode::kRead);
    if (!file) return file.error();
    const auto header = read_header(**file);
    const bool torn =
        *open && !header &&
        (header.error().code() == Errc::kTruncated || header.error().code() == Errc::kCorrupt);
    if (!torn || durable_position(storage, folder) != 0) return std::optional<RecoveredRun>{};
    const auto size = (*file)->size();
    if (!size) return size.error();
    run.torn_tail = TornTail{{path, 0}, *size};
    if (auto aside = storage.rename(path, path.string() + ".torn"); !aside) return aside.error();
  }
  for (const std::string_view name : {kNextSegmentName, kTailName}) {
    if (auto removed = remove_if_there(storage, folder / name); !removed) return removed.error();
  }
  if (auto synced = storage.sync_folder(folder); !synced) return synced.error();
  return run;
}

}  // namespace

Result<RecoveredRun> recover_run(Storage& storage, const FolderLock& lock,
                                 const std::filesystem::path& run_folder, Place* place) {
  WRIT_ASSERT(lock.folder().lexically_normal() == run_folder.parent_path().lexically_normal());
  if (place != nullptr) *place = {run_folder, 0};
  const auto open = storage.exists(run_folder / kTailName);
  if (!open) return open.error();
  const auto unborn = recover_unborn(storage, run_folder);
  if (!unborn) return unborn.error();
  if (*unborn) return **unborn;

  auto found = look(storage, run_folder, place);
  if (!found) return found.error();
  if (!*open && !found->sealed) {
    // The mapping goes only once the last seal is on disk: what is missing here was there.
    const auto& torn = found->run.torn_tail;
    if (place != nullptr && torn) *place = torn->place;
    return Error{torn ? Errc::kCorrupt : Errc::kTruncated, "a closed run without its end",
                 static_cast<std::int64_t>(torn ? torn->place.offset : found->segment_end)};
  }
  found->run.was_closed = found->sealed && !*open && found->frames.empty();
  if (found->run.was_closed) return found->run;

  if (auto removed = remove_if_there(storage, run_folder / kNextSegmentName); !removed) {
    return removed.error();
  }
  if (auto cut = cut_behind_seal(storage, run_folder, *found); !cut) return cut.error();
  if (auto completed = complete(storage, run_folder, *found); !completed) return completed.error();
  if (auto synced = storage.sync_folder(run_folder); !synced) return synced.error();
  if (*open) {
    {
      // Readers that still look at the mapping learn that the segments have it all.
      const auto mapping = map_tail(storage, run_folder, OpenMode::kWrite);
      if (mapping && check_tail((*mapping)->bytes(), found->run.identity)) {
        store(reinterpret_cast<TailHeader*>((*mapping)->bytes().data())->closed, 1);
      }
    }
    if (auto removed = storage.remove(run_folder / kTailName); !removed) return removed.error();
    if (auto synced = storage.sync_folder(run_folder); !synced) return synced.error();
  }
  return found->run;
}

}  // namespace writ::journal
