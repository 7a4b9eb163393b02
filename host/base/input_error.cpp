#include "host/base/input_error.hpp"

#include <utility>

namespace writ::base {
namespace {

// Foreign text in a message must not break the promise of one line.
std::string on_one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text;
}

std::string spell(const std::string& file, std::int64_t line, std::int64_t column,
                  std::optional<std::uint64_t> offset, const std::string& message) {
  std::string text = file;
  if (line > 0) text += ":" + std::to_string(line);
  if (line > 0 && column > 0) text += ":" + std::to_string(column);
  if (offset) text += ": offset " + std::to_string(*offset);
  if (!text.empty()) text += ": ";
  return on_one_line(text + message);
}

}  // namespace

InputError::InputError(std::string file, std::int64_t line, std::int64_t column,
                       std::optional<std::uint64_t> offset, std::string message)
    : std::runtime_error(spell(file, line, column, offset, message)),
      file_(std::move(file)),
      line_(line),
      column_(column),
      offset_(offset),
      message_(std::move(message)) {}

InputError::InputError(std::string file, std::string message)
    : InputError(std::move(file), 0, 0, std::nullopt, std::move(message)) {}

InputError::InputError(std::string file, std::int64_t line, std::int64_t column,
                       std::string message)
    : InputError(std::move(file), line, column, std::nullopt, std::move(message)) {}

InputError InputError::at_offset(std::string file, std::uint64_t byte, std::string message) {
  return InputError(std::move(file), 0, 0, byte, std::move(message));
}

InputError InputError::from(std::string file, const Error& error) {
  if (error.code() != Errc::kCorrupt && error.code() != Errc::kTruncated) {
    return InputError(std::move(file), to_string(error));
  }
  return at_offset(std::move(file), static_cast<std::uint64_t>(error.detail()),
                   std::string(error.step()) + ": " + to_string(error.code()));
}

}  // namespace writ::base
