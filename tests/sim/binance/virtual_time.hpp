#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace writ::test {

/// Time that passes when somebody lets it, and what is to be done in it.
class VirtualTime {
 public:
  explicit VirtualTime(std::int64_t start) noexcept : now_(start) {}

  [[nodiscard]] std::int64_t now() const noexcept { return now_; }
  /// Of two at the same time the one that was named first comes first.
  void at(std::int64_t ts, std::function<void()> task) { tasks_.emplace(ts, std::move(task)); }
  void after(std::int64_t ns, std::function<void()> task) { at(now_ + ns, std::move(task)); }

  /// Does the next task that is due until `ts`, at its time; false: none is, and it is `ts`.
  bool pass(std::int64_t ts) {
    const auto first = tasks_.begin();
    if (first == tasks_.end() || first->first > ts) {
      if (ts > now_) now_ = ts;
      return false;
    }
    if (first->first > now_) now_ = first->first;
    const auto task = std::move(first->second);
    tasks_.erase(first);
    task();
    return true;
  }

 private:
  std::int64_t now_;
  std::multimap<std::int64_t, std::function<void()>> tasks_;
};

}  // namespace writ::test
