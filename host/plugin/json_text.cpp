#include "host/plugin/json_text.hpp"

#include "host/plugin/utf8.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <cstdint>

namespace writ::plugin {
namespace {

/// Takes every event of the parser and keeps nothing.
struct Discard {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  using Code = boost::json::error_code;
  using Text = boost::json::string_view;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return true; }
  bool on_object_end(std::size_t, Code&) { return true; }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_key_part(Text, std::size_t, Code&) { return true; }
  bool on_key(Text, std::size_t, Code&) { return true; }
  bool on_string_part(Text, std::size_t, Code&) { return true; }
  bool on_string(Text, std::size_t, Code&) { return true; }
  bool on_number_part(Text, Code&) { return true; }
  bool on_int64(std::int64_t, Text, Code&) { return true; }
  bool on_uint64(std::uint64_t, Text, Code&) { return true; }
  bool on_double(double, Text, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }
};

boost::json::parse_options options() {
  boost::json::parse_options result;
  result.max_depth = 16;
  return result;
}

}  // namespace

class JsonText::Parser {
 public:
  [[nodiscard]] bool accepts(std::string_view text) {
    parser_.reset();
    boost::json::error_code error;
    const std::size_t used = parser_.write_some(false, text.data(), text.size(), error);
    return !error && used == text.size() && parser_.done();
  }

 private:
  boost::json::basic_parser<Discard> parser_{options()};
};

JsonText::JsonText() : parser_(std::make_unique<Parser>()) {}
JsonText::~JsonText() = default;

JsonText::Kind JsonText::kind_of(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos || !is_utf8(text) || !parser_->accepts(text)) return Kind::kInvalid;
  if (text[first] == '{') return Kind::kObject;
  if (text[first] == '[') return Kind::kArray;
  return Kind::kScalar;
}

}  // namespace writ::plugin
