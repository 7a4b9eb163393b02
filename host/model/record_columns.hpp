#pragma once

#include "host/model/catalogue.hpp"
#include "host/model/record_words.hpp"

#include <writ/abi/record.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace writ::model {

/// A column of the table a type of record is: a field of the header or of the fixed part, or a part
/// of the tail.
struct RecordColumn {
  std::string_view name;
  const Field* field = nullptr;    ///< nullptr: `tail`
  const TailPart* tail = nullptr;  ///< elements of decimals, written `1.5:2 1.4:3`
  /// A field that can have no value.
  [[nodiscard]] bool may_be_none() const noexcept;
};

/// seq, stream, event_ts, ingest_ts, then what the type has; without what the others say: the type,
/// sizes, counts of tails and reserved fields.
[[nodiscard]] std::vector<RecordColumn> columns_of(const RecordLayout& layout);

/// The value as `field_text` gives it; empty for none.
[[nodiscard]] std::string column_text(const RecordColumn& column, const RecordLayout& layout,
                                      const writ_record& record);

/// A record made of the texts of its columns: the other direction.
class RecordOfColumns {
 public:
  explicit RecordOfColumns(const RecordLayout& layout) : layout_(layout) {}

  /// Begins the next one: everything zero.
  void begin();
  /// False for a text that is no value of the column. A tail's columns come in their order.
  [[nodiscard]] bool set(const RecordColumn& column, std::string_view text);
  /// Valid until the next begins.
  [[nodiscard]] writ_record& finish();

 private:
  [[nodiscard]] std::byte* bytes() noexcept { return reinterpret_cast<std::byte*>(words_.data()); }
  [[nodiscard]] bool append(const TailPart& part, std::string_view text);

  const RecordLayout& layout_;
  RecordWords words_;
};

}  // namespace writ::model
