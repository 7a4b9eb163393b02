#include "host/ops/hang_mark.hpp"

#include "host/ops/mark_file.hpp"

#include <utility>

namespace writ::ops {
namespace {

MarkFile file_in(const std::filesystem::path& journal_folder) {
  return {journal_folder, "hung.json"};
}

}  // namespace

base::Result<std::set<std::string>> read_hang_mark(const std::filesystem::path& journal_folder) {
  const auto file = file_in(journal_folder);
  const auto content = file.read();
  if (!content) return content.error();
  if (!*content) return std::set<std::string>{};
  auto names = names_in(**content, "instances");
  if (!names) return file.corrupt();
  return std::move(*names);
}

base::Result<void> write_hang_mark(const std::filesystem::path& journal_folder,
                                   const std::set<std::string>& instances) {
  boost::json::object content;
  put_names(content, "instances", instances);
  return file_in(journal_folder).write(content);
}

base::Result<void> remove_hang_mark(const std::filesystem::path& journal_folder) {
  return file_in(journal_folder).remove();
}

}  // namespace writ::ops
