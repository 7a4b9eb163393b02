#pragma once

#include <memory>
#include <string_view>

namespace writ::plugin {

/// Tells JSON from text that is none, without building it and, after the first use, without
/// allocation. RFC 8259, UTF-8 only, at most 16 levels deep.
class JsonText {
 public:
  enum class Kind { kInvalid, kObject, kArray, kScalar };

  JsonText();
  ~JsonText();
  JsonText(const JsonText&) = delete;
  JsonText& operator=(const JsonText&) = delete;

  [[nodiscard]] Kind kind_of(std::string_view text);

 private:
  class Parser;  // Boost.JSON's, known to the .cpp only
  std::unique_ptr<Parser> parser_;
};

}  // namespace writ::plugin
