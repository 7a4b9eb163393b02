#pragma once

#include "host/model/names.hpp"

#include <writ/money.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::test {

/// A word of a scenario and where it stands; columns count from 1.
struct ScenarioWord {
  std::string text;
  std::int64_t column = 0;
};

/// The words of one line of a scenario, read from the left. Every reading function throws
/// base::InputError, with file, line, column and what was expected, if the next word is not that.
class ScenarioWords {
 public:
  /// Splits at spaces; `#` begins a comment.
  ScenarioWords(std::string file, std::int64_t line, std::string_view text);

  [[nodiscard]] bool at_end() const noexcept { return next_ == words_.size(); }
  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  [[nodiscard]] std::int64_t line() const noexcept { return line_; }
  /// Of the next word; of the line's end after the last.
  [[nodiscard]] std::int64_t column() const;
  /// The next word without taking it; empty at the end.
  [[nodiscard]] std::string_view peek() const;
  /// Takes the next word if it is this one.
  bool take(std::string_view word);

  [[nodiscard]] std::string text(std::string_view what);
  [[nodiscard]] std::int64_t nano(std::string_view what);  ///< a decimal at 1e-9
  [[nodiscard]] Money money(std::string_view what);
  [[nodiscard]] std::int64_t count(std::string_view what);
  [[nodiscard]] std::int64_t duration_ns(std::string_view what);
  /// One of the words of an enumeration of the ABI.
  [[nodiscard]] std::uint32_t word_of(const model::Words& words, std::string_view what);
  /// The same in lower case, for those that are written in capitals.
  [[nodiscard]] std::uint32_t lower_word_of(const model::Words& words, std::string_view what);
  /// Nothing may follow.
  void end();

  /// Says what should stand where the next word stands.
  [[noreturn]] void expected(std::string_view what) const;
  /// The same for the word before.
  [[noreturn]] void expected_before(std::string_view what) const;

 private:
  [[noreturn]] void refuse(std::size_t place, std::string_view what) const;

  std::string file_;
  std::int64_t line_;
  std::int64_t end_column_;
  std::vector<ScenarioWord> words_;
  std::size_t next_ = 0;
};

[[nodiscard]] std::string lower(std::string_view text);

}  // namespace writ::test
