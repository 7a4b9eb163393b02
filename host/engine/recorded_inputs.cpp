#include "host/engine/recorded_inputs.hpp"

#include "host/model/record_view.hpp"

#include <utility>

namespace writ::engine {

base::Result<bool> RecordedInputs::next() {
  group_.clear();
  while (true) {
    if (held_.empty()) {
      if (auto read = hold(); !read) return read.error();
    }
    if (held_.empty()) return !group_.empty();
    const bool input = model::is_input(model::record_in(held_));
    if (input && !group_.empty()) return true;
    if (input || !group_.empty()) {
      group_.push_back(std::exchange(held_, {}));
    } else {
      held_.clear();
    }
  }
}

std::vector<const writ_record*> RecordedInputs::consequences() const {
  std::vector<const writ_record*> records;
  for (std::size_t i = 1; i < group_.size(); ++i) records.push_back(&model::record_in(group_[i]));
  return records;
}

base::Result<void> RecordedInputs::hold() {
  const auto next = reader_.next();
  if (!next) return next.error();
  if (*next != nullptr) held_ = model::words_of(**next);
  return {};
}

}  // namespace writ::engine
