#include "host/ops/mark_file.hpp"

#include "host/base/file.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace writ::ops {

namespace json = boost::json;

base::Error MarkFile::corrupt() const { return {base::Errc::kCorrupt, name_}; }

base::Result<std::optional<json::object>> MarkFile::read() const {
  const auto content = base::read_file(folder_ / name_);
  if (!content && content.error().code() == base::Errc::kNotFound) return std::nullopt;
  if (!content) return content.error();
  json::error_code error;
  auto value = json::parse(*content, error);
  if (error || !value.is_object()) return corrupt();
  return std::optional<json::object>{std::move(value.as_object())};
}

base::Result<void> MarkFile::write(const json::object& content) const {
  return base::write_file_atomically(folder_ / name_, json::serialize(content) + "\n");
}

base::Result<void> MarkFile::remove() const {
  if (::unlink((folder_ / name_).c_str()) != 0 && errno != ENOENT) {
    return base::error_from_errno(errno, name_);
  }
  return base::sync_folder(folder_);
}

void put_names(json::object& content, const char* key, const std::set<std::string>& names) {
  auto& list = content[key].emplace_array();
  for (const auto& name : names) list.emplace_back(name);
}

std::optional<std::set<std::string>> names_in(const json::object& content, const char* key) {
  const auto* list = content.if_contains(key);
  if (list == nullptr || !list->is_array()) return std::nullopt;
  std::set<std::string> names;
  for (const auto& name : list->as_array()) {
    if (!name.is_string()) return std::nullopt;
    names.emplace(name.as_string());
  }
  return names;
}

}  // namespace writ::ops
