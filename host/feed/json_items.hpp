#pragma once

#include "host/feed/text_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace writ::feed {

/// The objects of a JSON list that is all there is in a file, one by one: the file need not fit
/// into memory. Throws base::InputError with file and line for what is no such list.
class JsonItems {
 public:
  explicit JsonItems(const std::filesystem::path& path) : text_(path) {}

  /// The text of the next object; nothing after the last. Valid until the next call.
  [[nodiscard]] std::optional<std::string_view> next();
  /// Where the object begins.
  [[nodiscard]] std::int64_t line() const noexcept { return line_; }
  [[nodiscard]] const std::string& file() const noexcept { return text_.name(); }
  [[noreturn]] void fail(const std::string& what) const;

 private:
  /// Takes what is left of the line up to the object's end; whether it has come.
  [[nodiscard]] bool take_line();
  void take_outside(char c);

  TextFile text_;
  std::string line_text_;
  std::size_t at_ = 0;  // of it
  std::string item_;
  std::int64_t line_ = 1;
  int depth_ = 0;  // 1: in the list, between objects
  bool in_string_ = false;
  bool escaped_ = false;
  bool ended_ = false;
  bool comma_wanted_ = false;
};

}  // namespace writ::feed
