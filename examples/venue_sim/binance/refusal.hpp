#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace writ::venue_sim {

/// What the venue answers instead of doing what was asked: thrown where it is found out, made into
/// an answer at the edge of Api.
class Refusal : public std::exception {
 public:
  Refusal(std::int64_t code, std::string text, int status = 400)
      : code_(code), status_(status), text_(std::move(text)) {}

  [[nodiscard]] std::int64_t code() const noexcept { return code_; }
  [[nodiscard]] int status() const noexcept { return status_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::int64_t code_;
  int status_;
  std::string text_;
};

}  // namespace writ::venue_sim
