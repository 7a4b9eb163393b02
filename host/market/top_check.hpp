#pragma once

#include "host/base/byte_stream.hpp"
#include "host/base/result.hpp"
#include "host/market/book.hpp"

#include <writ/abi/market.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace writ::market {

/// Compares the rebuilt book with the venue's own best bid and ask wherever both speak of the same
/// update id. A top may come before the book reaches its id: it is kept until then, also while the
/// book is being built from kept changes. One older than the book cannot be checked.
class TopCheck {
 public:
  /// Tops kept ahead of the book; then the oldest are dropped.
  static constexpr std::size_t kAheadMax = 1024;

  /// The first difference found at a coincidence of ids.
  struct Mismatch {
    std::uint64_t update_id = 0;
    Side side = Side::kBid;
    writ_level book{WRIT_NONE, WRIT_NONE};
    writ_level top{WRIT_NONE, WRIT_NONE};
  };
  struct Result {
    bool checked = false;
    std::optional<Mismatch> mismatch;
  };

  /// A top arrived; `book_id` is that of a book in sync, nothing without one.
  [[nodiscard]] Result on_top(const writ_book_top& top, const Book& book,
                              std::optional<std::uint64_t> book_id);
  /// The book in sync has reached this id.
  [[nodiscard]] Result on_book(const Book& book, std::uint64_t book_id) {
    return ahead_.empty() || ahead_.front().update_id > book_id ? Result{} : reach(book, book_id);
  }

  [[nodiscard]] std::uint64_t checks() const noexcept { return checks_; }
  [[nodiscard]] std::uint64_t mismatches() const noexcept { return mismatches_; }

  void save(base::ByteWriter& out) const;
  [[nodiscard]] base::Result<void> load(base::ByteReader& in);

 private:
  struct Top {
    std::uint64_t update_id;
    writ_level bid;
    writ_level ask;
  };

  [[nodiscard]] Result reach(const Book& book, std::uint64_t book_id);
  [[nodiscard]] Result compare(const Top& top, const Book& book);

  std::deque<Top> ahead_;  // ids ascending
  std::uint64_t checks_ = 0;
  std::uint64_t mismatches_ = 0;
};

}  // namespace writ::market
