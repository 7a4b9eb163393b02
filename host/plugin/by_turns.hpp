#pragma once

#include <writ/abi/record.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace writ::plugin {

/// Several that may want something, asked by turns, so that none keeps the others waiting. They
/// outlive their place here. One thread.
template <class One>
class ByTurns {
 public:
  void add(One& one) { all_.push_back(&one); }
  void remove(One& one) {
    std::erase(all_, &one);
    if (asked_ == &one) asked_ = nullptr;
  }

  /// The first thing that `poll(one)` gives; nullptr: none wants anything.
  template <class Poll>
  [[nodiscard]] const writ_record* poll(Poll&& poll_one) {
    for (std::size_t tried = 0; tried < all_.size(); ++tried) {
      auto& one = *all_[next_++ % all_.size()];
      if (const auto* wanted = poll_one(one)) {
        asked_ = &one;
        return wanted;
      }
    }
    return nullptr;
  }
  /// Whose wish poll gave last; nullptr once it was taken, or is gone.
  [[nodiscard]] One* take_asked() noexcept { return std::exchange(asked_, nullptr); }

  /// The earliest that `due(one)` gives, if any does.
  template <class Due>
  [[nodiscard]] std::optional<std::int64_t> next_due(Due&& due_of) const {
    std::optional<std::int64_t> next;
    for (const auto* one : all_) {
      if (const auto due = due_of(*one)) next = std::min(next.value_or(*due), *due);
    }
    return next;
  }

 private:
  std::vector<One*> all_;
  std::size_t next_ = 0;
  One* asked_ = nullptr;
};

}  // namespace writ::plugin
