#pragma once

#include "host/base/result.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace writ::ops {

/// A small JSON file beside the runs of a journal folder, known whatever becomes of the host. On
/// disk when a call returns. Errors: as `base::error_from_errno`.
class MarkFile {
 public:
  /// `name` is a literal.
  MarkFile(const std::filesystem::path& journal_folder, const char* name)
      : folder_(journal_folder), name_(name) {}

  /// Nothing: there is none. Errors too: kCorrupt for what is no JSON object.
  [[nodiscard]] base::Result<std::optional<boost::json::object>> read() const;
  [[nodiscard]] base::Result<void> write(const boost::json::object& content) const;
  /// Fine if there is none.
  [[nodiscard]] base::Result<void> remove() const;

  /// What `read` returns of a content that is none of this file's.
  [[nodiscard]] base::Error corrupt() const;

 private:
  std::filesystem::path folder_;
  const char* name_;
};

/// A list of names in such a file.
void put_names(boost::json::object& content, const char* key, const std::set<std::string>& names);
/// Nothing: it is no list of texts.
[[nodiscard]] std::optional<std::set<std::string>> names_in(const boost::json::object& content,
                                                            const char* key);

}  // namespace writ::ops
