#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>

namespace writ::base {

/// A map whose keys mostly rise from one to the next and mostly go in the order they came: a row of
/// places by key, so that a late key is found near the end and nothing is allocated for one. What
/// comes or goes in the middle moves the shorter part of the row. Iterates by rising key; pointers
/// and iterators are valid until the next change.
template <class Key, class T>
class RisingMap {
 public:
  using value_type = std::pair<Key, T>;
  using iterator = typename std::deque<value_type>::iterator;
  using const_iterator = typename std::deque<value_type>::const_iterator;

  /// What was there for the key stays.
  std::pair<iterator, bool> try_emplace(const Key& key, T value) {
    const auto at = lower_bound(key);
    if (at != end() && at->first == key) return {at, false};
    return {places_.insert(at, value_type{key, std::move(value)}), true};
  }
  void insert_or_assign(const Key& key, T value) {
    const auto at = lower_bound(key);
    if (at != end() && at->first == key) {
      at->second = std::move(value);
    } else {
      places_.insert(at, value_type{key, std::move(value)});
    }
  }

  [[nodiscard]] const_iterator find(const Key& key) const {
    const auto at = lower_bound(key);
    return at != end() && at->first == key ? at : end();
  }
  [[nodiscard]] iterator find(const Key& key) {
    const auto at = lower_bound(key);
    return at != end() && at->first == key ? at : end();
  }
  /// The first that is not below the key.
  [[nodiscard]] const_iterator lower_bound(const Key& key) const {
    return begin() + static_cast<std::ptrdiff_t>(place_of(key));
  }
  [[nodiscard]] iterator lower_bound(const Key& key) {
    return begin() + static_cast<std::ptrdiff_t>(place_of(key));
  }

  void erase(const_iterator at) { places_.erase(at); }
  void erase(const Key& key) {
    if (const auto at = find(key); at != end()) places_.erase(at);
  }

  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
  [[nodiscard]] bool empty() const noexcept { return places_.empty(); }
  [[nodiscard]] const_iterator begin() const noexcept { return places_.begin(); }
  [[nodiscard]] const_iterator end() const noexcept { return places_.end(); }
  [[nodiscard]] iterator begin() noexcept { return places_.begin(); }
  [[nodiscard]] iterator end() noexcept { return places_.end(); }

 private:
  /// From the end backwards, by steps that double.
  [[nodiscard]] std::size_t place_of(const Key& key) const {
    std::size_t high = places_.size();
    std::size_t step = 1;
    while (step <= high && !(places_[high - step].first < key)) {
      high -= step;
      step *= 2;
    }
    const std::size_t low = step <= high ? high - step + 1 : 0;
    const auto at = [this](std::size_t place) {
      return places_.begin() + static_cast<std::ptrdiff_t>(place);
    };
    const auto found = std::lower_bound(
        at(low), at(high), key,
        [](const value_type& one, const Key& wanted) { return one.first < wanted; });
    return static_cast<std::size_t>(found - places_.begin());
  }

  std::deque<value_type> places_;
};

}  // namespace writ::base
