#pragma once

#include "host/base/error.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace writ::base {

/// Wrong input at start-up: a config, plugin, tape or argument. Thrown there and caught in main,
/// which prints what() and exits with status 2. Never thrown on the sequencer thread. what() is one
/// line: `file:line:column: message`, `file: offset N: message` or `file: message`.
class InputError : public std::runtime_error {
 public:
  /// Something about the whole file, or about an argument if `file` is empty.
  InputError(std::string file, std::string message);
  /// A place in a text; line and column count from 1, column 0 is not known.
  InputError(std::string file, std::int64_t line, std::int64_t column, std::string message);
  /// A place in a binary file; `byte` counts from 0.
  [[nodiscard]] static InputError at_offset(std::string file, std::uint64_t byte,
                                            std::string message);
  /// What an error met while reading `file` says; of kCorrupt and kTruncated the detail is the
  /// place.
  [[nodiscard]] static InputError from(std::string file, const Error& error);

  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  [[nodiscard]] std::int64_t line() const noexcept { return line_; }      ///< 0: not known
  [[nodiscard]] std::int64_t column() const noexcept { return column_; }  ///< 0: not known
  [[nodiscard]] std::optional<std::uint64_t> offset() const noexcept { return offset_; }
  /// Without the place.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

 private:
  InputError(std::string file, std::int64_t line, std::int64_t column,
             std::optional<std::uint64_t> offset, std::string message);

  std::string file_;
  std::int64_t line_ = 0;
  std::int64_t column_ = 0;
  std::optional<std::uint64_t> offset_;
  std::string message_;
};

}  // namespace writ::base
