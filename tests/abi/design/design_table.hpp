#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

// What each record is to each kind of instrument. The tests hold it against what happens; the page
// docs/ABI_DESIGN_TEST.md is made of it.

namespace writ::test {

inline constexpr std::size_t kKinds = 4;
/// By the columns of the tables: the files `NAME.scenario`.
inline constexpr std::array<const char*, kKinds> kKindNames = {"spot", "perp", "binary", "runner"};

enum class Given : std::uint8_t {
  kNobody,     ///< readers of a journal only
  kWhoNames,   ///< every instance that asks for it and names the instrument
  kWhoIsFed,   ///< every instance that asks for it and is wired to the publisher
  kWhoseItIs,  ///< the instance it is about
};

/// One type of record.
struct RecordRow {
  std::uint16_t type;
  Given given;
  const char* carries;
  /// nullptr: it is said of such instruments; else why one that comes all the same moves nothing.
  std::array<const char*, kKinds> moves_nothing = {};
};

/// What happens to a kind of instrument, and how it is known.
struct LifeCell {
  const char* says;
  const char* heard;            ///< how a line of what the plugin was called with begins
  std::uint16_t booked_as = 0;  ///< WRIT_REF_*: entries of the ledger refer to such records
};
struct LifeRow {
  const char* event;
  std::uint16_t ref;  ///< what entries about it would refer to; 0 = it never books anything
  std::array<LifeCell, kKinds> cells;
};

[[nodiscard]] std::span<const RecordRow> record_rows() noexcept;
[[nodiscard]] std::span<const LifeRow> life_rows() noexcept;

/// Both as Markdown.
[[nodiscard]] std::string design_markdown();

}  // namespace writ::test
