#pragma once

#include "host/base/assert.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace writ::base {

/// A map from small numbers, such as those of a table: an array of places, so that finding one is
/// no search. Iterates by rising number. What is in it never moves while it is in, and iterators
/// stay valid while it grows.
template <class T>
class DenseMap {
 public:
  using value_type = std::pair<const std::uint32_t, T>;
  /// The largest number; a larger one is a bug.
  static constexpr std::uint32_t kKeyMax = 1U << 20U;

 private:
  using Places = std::vector<std::unique_ptr<value_type>>;
  static constexpr std::size_t kEnd = SIZE_MAX;  // however many places there come to be

  template <bool kConst>
  class Walk {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = DenseMap::value_type;
    using difference_type = std::ptrdiff_t;
    using reference = std::conditional_t<kConst, const value_type&, value_type&>;
    using pointer = std::conditional_t<kConst, const value_type*, value_type*>;

    Walk() = default;
    /// At the first place from `at` on that is taken.
    Walk(const Places& places, std::size_t at) : places_(&places), at_(at) { skip_free(); }
    reference operator*() const { return *(*places_)[at_]; }
    pointer operator->() const { return (*places_)[at_].get(); }
    Walk& operator++() {
      ++at_;
      skip_free();
      return *this;
    }
    Walk operator++(int) {
      Walk before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Walk& a, const Walk& b) { return a.at_ == b.at_; }

   private:
    void skip_free() {
      while (at_ < places_->size() && (*places_)[at_] == nullptr) ++at_;
      if (at_ >= places_->size()) at_ = kEnd;
    }

    const Places* places_ = nullptr;
    std::size_t at_ = kEnd;
  };

 public:
  using iterator = Walk<false>;
  using const_iterator = Walk<true>;

  DenseMap() = default;
  DenseMap(const DenseMap& other) { *this = other; }
  DenseMap& operator=(const DenseMap& other) {
    if (this == &other) return *this;
    clear();
    for (const auto& [key, value] : other) (*this)[key] = value;
    return *this;
  }
  DenseMap(DenseMap&&) noexcept = default;
  DenseMap& operator=(DenseMap&&) noexcept = default;
  ~DenseMap() = default;

  /// nullptr: there is none.
  [[nodiscard]] const T* get(std::uint32_t key) const noexcept {
    return key < places_.size() && places_[key] != nullptr ? &places_[key]->second : nullptr;
  }
  [[nodiscard]] T* get(std::uint32_t key) noexcept {
    return const_cast<T*>(std::as_const(*this).get(key));
  }
  /// Made if there is none.
  T& operator[](std::uint32_t key) { return try_emplace(key).first->second; }
  template <class... Args>
  std::pair<iterator, bool> try_emplace(std::uint32_t key, Args&&... args) {
    WRIT_ASSERT(key <= kKeyMax);
    if (key >= places_.size()) places_.resize(std::size_t{key} + 1);
    auto& place = places_[key];
    const bool fresh = place == nullptr;
    if (fresh) {
      place = std::make_unique<value_type>(std::piecewise_construct, std::forward_as_tuple(key),
                                           std::forward_as_tuple(std::forward<Args>(args)...));
    }
    return {{places_, key}, fresh};
  }
  [[nodiscard]] const_iterator find(std::uint32_t key) const noexcept {
    return get(key) == nullptr ? end() : const_iterator{places_, key};
  }
  [[nodiscard]] iterator find(std::uint32_t key) noexcept {
    return get(key) == nullptr ? end() : iterator{places_, key};
  }
  [[nodiscard]] bool contains(std::uint32_t key) const noexcept { return get(key) != nullptr; }
  std::size_t erase(std::uint32_t key) noexcept {
    if (!contains(key)) return 0;
    places_[key].reset();
    return 1;
  }
  void clear() noexcept { places_.clear(); }

  /// Counted: walks all places.
  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>(std::distance(begin(), end()));
  }
  [[nodiscard]] bool empty() const noexcept { return begin() == end(); }
  [[nodiscard]] const_iterator begin() const noexcept { return {places_, 0}; }
  [[nodiscard]] const_iterator end() const noexcept { return {}; }
  [[nodiscard]] iterator begin() noexcept { return {places_, 0}; }
  [[nodiscard]] iterator end() noexcept { return {}; }

 private:
  Places places_;
};

}  // namespace writ::base
