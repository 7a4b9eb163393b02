#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace writ::feed {

/// Lines of a text file, plain, gzip, bzip2 or zip (the one file in it), told apart by their first
/// bytes.
/// Throws base::InputError naming the file, and the line where there is one, if it cannot be read,
/// is empty or is damaged. For imports, not for a running host.
class TextFile {
 public:
  explicit TextFile(std::filesystem::path path);
  ~TextFile();
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  /// The next line without its end; nothing after the last. Valid until the next call.
  [[nodiscard]] std::optional<std::string_view> next();
  /// Number of the line last returned, from 1.
  [[nodiscard]] std::int64_t line() const noexcept { return line_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  class Bytes;  // where the text comes from

 private:
  bool fill();

  static constexpr std::size_t kLineMax = 64U << 20U;

  std::string name_;
  std::unique_ptr<Bytes> bytes_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what was not returned yet
  std::size_t end_ = 0;
  bool finished_ = false;
  std::int64_t line_ = 0;
};

}  // namespace writ::feed
