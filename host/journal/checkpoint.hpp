#pragma once

#include "host/base/result.hpp"
#include "host/journal/reader.hpp"

#include <writ/abi/journal.h>
#include <writ/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace writ::journal {

/// One piece of the core's saved state.
struct CheckpointSection {
  std::uint32_t version = 0;
  std::vector<std::byte> bytes;

  friend bool operator==(const CheckpointSection&, const CheckpointSection&) = default;
};

/// Sections by name ("ledger", "orders", "plugin:mm"), at most 63 bytes each name.
using CheckpointSections = std::map<std::string, CheckpointSection, std::less<>>;

/// A checkpoint as it stands in a journal.
struct Checkpoint {
  Seq first_seq{0};  ///< of its first record, which names it
  Seq last_seq{0};   ///< of its last: the tail to fold begins after it
  CheckpointSections sections;
};

/// Puts one CHECKPOINT record in the journal; what RecordSink::append or Writer::append do.
using AppendCheckpoint = std::function<base::Result<void>(writ_checkpoint&)>;

/// Writes a checkpoint as records that follow each other, each with at most 64 KiB of one section;
/// sections in the order of their names. `first` is the seq the first will get. Errors: kInvalid
/// (no section, a name too long), or what `append` returned: the checkpoint is then incomplete and
/// no reader will take it for one.
[[nodiscard]] base::Result<void> write_checkpoint(Seq first, const CheckpointSections& sections,
                                                  const AppendCheckpoint& append);

/// Puts the records of a checkpoint together again.
class CheckpointAssembler {
 public:
  /// Takes the next record of a journal, of any type. True if it completed a checkpoint, which
  /// `last()` then is. An incomplete one is dropped silently when another begins. Errors: kCorrupt
  /// if the bytes contradict the checksum (detail: the seq).
  base::Result<bool> add(const writ_record& record);
  /// The last complete one.
  [[nodiscard]] const std::optional<Checkpoint>& last() const noexcept { return last_; }

 private:
  std::optional<Checkpoint> open_;
  std::uint32_t next_part_ = 0;
  std::optional<Checkpoint> last_;
};

/// The last complete checkpoint of a run, nothing if it has none. Leaves the reader anywhere: seek
/// afterwards. Errors: as Reader and CheckpointAssembler.
[[nodiscard]] base::Result<std::optional<Checkpoint>> find_last_checkpoint(Reader& reader);

}  // namespace writ::journal
