#pragma once

#include "host/base/result.hpp"
#include "host/journal/reader.hpp"
#include "host/model/record_words.hpp"

#include <writ/abi/record.h>

#include <cstddef>
#include <vector>

namespace writ::engine {

/// The records of a run from where its reader stands, an input and what was derived from it at a
/// time. Derived records before the first input are skipped. The reader must outlive it.
class RecordedInputs {
 public:
  explicit RecordedInputs(journal::Reader& reader) : reader_(reader) {}

  /// Goes to the next input; false at the end. Errors: as Reader.
  [[nodiscard]] base::Result<bool> next();

  // Of the present input; valid until the next call of next().
  [[nodiscard]] const writ_record& input() const { return model::record_in(group_.front()); }
  [[nodiscard]] std::vector<const writ_record*> consequences() const;
  /// Nothing follows on record.
  [[nodiscard]] bool last() const { return held_.empty(); }
  /// How many records these are.
  [[nodiscard]] std::size_t size() const { return group_.size(); }

 private:
  base::Result<void> hold();

  journal::Reader& reader_;
  std::vector<model::RecordWords> group_;
  model::RecordWords held_;
};

}  // namespace writ::engine
