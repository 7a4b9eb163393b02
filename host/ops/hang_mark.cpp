#include "host/ops/hang_mark.hpp"

#include "host/base/file.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <cerrno>

namespace writ::ops {
namespace {

namespace json = boost::json;

std::filesystem::path file_of(const std::filesystem::path& journal_folder) {
  return journal_folder / "hung.json";
}

}  // namespace

base::Result<std::set<std::string>> read_hang_mark(const std::filesystem::path& journal_folder) {
  std::set<std::string> names;
  const auto content = base::read_file(file_of(journal_folder));
  if (!content && content.error().code() == base::Errc::kNotFound) return names;
  if (!content) return content.error();
  const base::Error corrupt{base::Errc::kCorrupt, "hung.json"};
  json::error_code error;
  const auto value = json::parse(*content, error);
  const auto* object = error ? nullptr : value.if_object();
  const auto* instances = object == nullptr ? nullptr : object->if_contains("instances");
  if (instances == nullptr || !instances->is_array()) return corrupt;
  for (const auto& name : instances->as_array()) {
    if (!name.is_string()) return corrupt;
    names.emplace(name.as_string());
  }
  return names;
}

base::Result<void> write_hang_mark(const std::filesystem::path& journal_folder,
                                   const std::set<std::string>& instances) {
  json::object object;
  auto& names = object["instances"].emplace_array();
  for (const auto& name : instances) names.emplace_back(name);
  return base::write_file_atomically(file_of(journal_folder), json::serialize(object) + "\n");
}

base::Result<void> remove_hang_mark(const std::filesystem::path& journal_folder) {
  if (::unlink(file_of(journal_folder).c_str()) != 0 && errno != ENOENT) {
    return base::error_from_errno(errno, "remove hung.json");
  }
  return base::sync_folder(journal_folder);
}

}  // namespace writ::ops
