#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace writ::base {

/// A map whose keys mostly rise from one to the next and mostly go in the order they came: a row of
/// places by key, so that a late key is found near the end and nothing is allocated for one. What
/// comes or goes in the middle moves the shorter part of the row. Iterates by rising key; pointers
/// and iterators are valid until the next change.
template <class Key, class T>
class RisingMap {
 public:
  using value_type = std::pair<Key, T>;
  using iterator = typename std::vector<value_type>::iterator;
  using const_iterator = typename std::vector<value_type>::const_iterator;

  /// What was there for the key stays.
  std::pair<iterator, bool> try_emplace(const Key& key, T value) {
    const auto at = lower_bound(key);
    if (at != end() && at->first == key) return {at, false};
    return {insert(at, value_type{key, std::move(value)}), true};
  }
  void insert_or_assign(const Key& key, T value) {
    const auto at = lower_bound(key);
    if (at != end() && at->first == key) {
      at->second = std::move(value);
    } else {
      insert(at, value_type{key, std::move(value)});
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
    return places_.begin() + static_cast<std::ptrdiff_t>(place_of(key));
  }
  [[nodiscard]] iterator lower_bound(const Key& key) {
    return places_.begin() + static_cast<std::ptrdiff_t>(place_of(key));
  }

  /// Returns the one after it.
  iterator erase(const_iterator at) {
    const auto before = at - std::as_const(*this).begin();
    if (before >= std::as_const(*this).end() - at) return places_.erase(at);
    const auto gone = begin() + before;
    std::move_backward(begin(), gone, gone + 1);
    places_[free_++] = value_type{};
    return gone + 1;
  }
  void erase(const Key& key) {
    if (const auto at = find(key); at != end()) erase(at);
  }

  [[nodiscard]] std::size_t size() const noexcept { return places_.size() - free_; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] const_iterator begin() const noexcept { return places_.begin() + first(); }
  [[nodiscard]] const_iterator end() const noexcept { return places_.end(); }
  [[nodiscard]] iterator begin() noexcept { return places_.begin() + first(); }
  [[nodiscard]] iterator end() noexcept { return places_.end(); }

 private:
  [[nodiscard]] std::ptrdiff_t first() const noexcept { return static_cast<std::ptrdiff_t>(free_); }

  iterator insert(iterator at, value_type value) {
    const auto before = at - begin();
    if (free_ != 0 && before < end() - at) {
      std::move(begin(), at, begin() - 1);
      --free_;
    } else {
      make_room();
      places_.insert(begin() + before, std::move(value));
      return begin() + before;
    }
    *(begin() + before) = std::move(value);
    return begin() + before;
  }
  /// Before the row grows it moves to where others went, if that is most of it.
  void make_room() {
    if (places_.size() < places_.capacity() || free_ <= size()) return;
    places_.erase(places_.begin(), begin());
    free_ = 0;
  }

  /// From the end backwards, by steps that double.
  [[nodiscard]] std::size_t place_of(const Key& key) const {
    std::size_t high = places_.size();
    std::size_t step = 1;
    while (high - free_ >= step && !(places_[high - step].first < key)) {
      high -= step;
      step *= 2;
    }
    std::size_t low = high - free_ >= step ? high - step + 1 : free_;
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (places_[middle].first < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  std::vector<value_type> places_;
  std::size_t free_ = 0;  // at the beginning: those went, and are in use no more
};

}  // namespace writ::base
