#include "host/feed/json_items.hpp"

#include "host/base/input_error.hpp"

namespace writ::feed {

void JsonItems::fail(const std::string& what) const {
  throw base::InputError(file(), line_, 0, what);
}

std::optional<std::string_view> JsonItems::next() {
  item_.clear();
  for (;;) {
    if (take_line()) return item_;
    const auto line = text_.next();
    if (!line) {
      if (depth_ > 1) fail("the object that begins here does not end");
      line_ = text_.line();
      if (!ended_) fail("the list does not end");
      return std::nullopt;
    }
    line_text_.assign(*line).append("\n");
    at_ = 0;
  }
}

bool JsonItems::take_line() {
  while (at_ < line_text_.size()) {
    const char c = line_text_[at_++];
    if (depth_ < 2 && c != '{') {
      take_outside(c);
      continue;
    }
    if (depth_ == 1) {
      line_ = text_.line();
      if (comma_wanted_) fail("no comma between two objects of the list");
    }
    if (depth_ == 0) take_outside(c);
    item_ += c;
    if (in_string_) {
      in_string_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
      continue;
    }
    if (c == '"') in_string_ = true;
    if (c == '{' || c == '[') ++depth_;
    if (c == '}' || c == ']') --depth_;
    if (depth_ == 1) {
      comma_wanted_ = true;
      return true;
    }
  }
  return false;
}

// Between objects, before and after the list.
void JsonItems::take_outside(char c) {
  if (c == ' ' || c == '\t' || c == '\r' || c == '\n') return;
  line_ = text_.line();
  if (depth_ == 0 && c == '[' && !ended_) {
    depth_ = 1;
  } else if (depth_ == 1 && c == ',' && comma_wanted_) {
    comma_wanted_ = false;
  } else if (depth_ == 1 && c == ']') {
    depth_ = 0;
    ended_ = true;
  } else {
    fail(std::string("no list of JSON objects: `") + c + "`");
  }
}

}  // namespace writ::feed
