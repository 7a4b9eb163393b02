#pragma once

#include "host/model/names.hpp"

#include <writ/abi/record.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace writ::model {

/// What the bytes of a field mean. The kind decides how it is printed and hashed.
enum class FieldKind : std::uint8_t {
  kU8,
  kU16,
  kU32,
  kU64,
  kI64,
  kBool,        ///< u16 or u32, 0 or 1
  kTime,        ///< i64, ns since 1970 UTC
  kDuration,    ///< i64, ns
  kPrice,       ///< i64 at 1e-9
  kQuantity,    ///< i64 at 1e-9
  kRate,        ///< i64 at 1e-9
  kMoney,       ///< 128 bits at 1e-18
  kByUnit,      ///< 128 bits, scaled as the u32 at `unit_offset` says (WRIT_UNIT_*)
  kId,          ///< u64, run * 2^40 + seq of a record
  kSeq,         ///< u64, place of a record in its run
  kForeignId,   ///< u64, someone else's number: the venue's, the author's
  kInstrument,  ///< u32, place in the run's table of instruments; likewise the next four
  kAccount,
  kAsset,
  kInstance,
  kStream,  ///< u16
  kDouble,
  kText,      ///< char[size], NUL-terminated
  kBytes,     ///< uint8_t[size]
  kUuid,      ///< uint8_t[16], network order
  kEnum,      ///< u16 or u32, `words`
  kFlags,     ///< u16 or u32, `words` are its bits
  kReserved,  ///< zero
};

/// One field of a record, a check, a level...
struct Field {
  std::string_view name;
  std::uint32_t offset;
  std::uint32_t size;
  FieldKind kind;
  const Words* words = nullptr;
  std::uint32_t unit_offset = 0;  ///< with kByUnit
};

/// What a part of the tail consists of.
enum class TailKind : std::uint8_t {
  kElements,  ///< `count` structures of `element_size` bytes with `fields`
  kText,      ///< `count` bytes of UTF-8
  kJson,      ///< `count` bytes of JSON text
  kBytes,     ///< `count` bytes of anything
};

/// One part of what follows the fixed part. Parts follow each other without gap; after the last
/// come zeroes to a multiple of 8.
struct TailPart {
  std::string_view name;
  TailKind kind;
  std::uint32_t count_offset;  ///< of the u32 in the fixed part that counts it
  std::uint32_t element_size;  ///< 1 but for kElements
  std::span<const Field> fields;
};

/// One type of record.
struct RecordLayout {
  std::uint16_t type;
  std::string_view name;          ///< "trade"
  std::uint32_t size;             ///< of the fixed part
  std::span<const Field> fields;  ///< all of the fixed part but the header, in order
  std::span<const TailPart> tail;
};

/// The header's fields, the same for every record.
[[nodiscard]] std::span<const Field> header_fields() noexcept;

/// Every type of record, by rising number.
[[nodiscard]] std::span<const RecordLayout> catalogue() noexcept;

/// nullptr for a type this build does not know.
[[nodiscard]] const RecordLayout* layout_of(std::uint16_t type) noexcept;
/// By name, such as "trade"; nullptr for none.
[[nodiscard]] const RecordLayout* layout_of(std::string_view name) noexcept;
/// The name of a type, "unknown" for a type this build does not know.
[[nodiscard]] std::string_view type_name(std::uint16_t type) noexcept;

/// No record is longer than this.
inline constexpr std::uint32_t kRecordSizeMax = 8U << 20U;

/// Whether a record can be looked at: nullptr, or what is wrong with it as a constant text. Checks
/// that the type is known, the size a multiple of 8, at least the fixed part and at most
/// kRecordSizeMax, and that every counted part of the tail lies inside. `record` must have at least
/// a readable header, and `record.size` readable bytes once the size itself is accepted: readers of
/// foreign bytes compare it with what they hold first. Constant time, no allocation.
[[nodiscard]] const char* validate(const writ_record& record) noexcept;

/// Where two records first differ, as one line such as `verdict quantity: 1.5 != 2`; empty if they
/// are equal byte for byte. Both have passed `validate`.
[[nodiscard]] std::string first_difference(const writ_record& a, const writ_record& b);

/// A field's value as text: decimals exact, enumerations by word. `fixed` are the bytes the offsets
/// count from.
[[nodiscard]] std::string field_text(const Field& field, const std::byte* fixed);

/// The catalogue as JSON text, the same bytes for the same build: what a segment's header carries,
/// so that a journal can be read without this code.
[[nodiscard]] const std::string& catalogue_json();

}  // namespace writ::model
