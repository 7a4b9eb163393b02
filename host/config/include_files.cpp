#include "host/config/include_files.hpp"

#include "host/base/file.hpp"
#include "host/base/input_error.hpp"
#include "host/config/yaml_text.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace writ::config {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const Place& place, const std::string& message) {
  throw base::InputError(place.file, place.line, place.column, message);
}

std::vector<fs::path> matching(const fs::path& folder, const Node& pattern) {
  const fs::path wanted = folder / pattern.text;
  if (pattern.text.find_first_of("*?[") == std::string::npos) return {wanted};
  if (wanted.parent_path().string().find_first_of("*?[") != std::string::npos) {
    refuse(pattern.place, "include: only the last part of a path may be a pattern");
  }
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator it(wanted.parent_path(), error), end; !error && it != end;
       it.increment(error)) {
    if (fnmatch(wanted.filename().c_str(), it->path().filename().c_str(), FNM_PERIOD) == 0) {
      found.push_back(it->path());
    }
  }
  // A folder that is not there yet holds no strategies.
  std::sort(found.begin(), found.end());
  return found;
}

Node& list_of(Node& root, std::string_view name, const Place& place) {
  for (Node::Entry& entry : root.entries) {
    if (entry.key == name) return entry.value;
  }
  Node list;
  list.kind = Node::Kind::kList;
  list.place = place;
  root.set(name, std::move(list));
  return root.entries.back().value;
}

void add(Node& root, const Place& place, const fs::path& path) {
  const auto text = base::read_file(path);
  if (!text) refuse(place, "include: " + path.string() + ": " + to_string(text.error()));
  Node file = parse_yaml(*text, path.string());
  if (file.kind != Node::Kind::kMapping) refuse(file.place, "an included file is a mapping");
  for (Node::Entry& entry : file.entries) {
    if (entry.key != "signals" && entry.key != "strategies") {
      refuse(entry.place,
             "an included file may hold signals and strategies, not \"" + entry.key + "\"");
    }
    if (entry.value.kind != Node::Kind::kList)
      refuse(entry.value.place, entry.key + ": a list is needed");
    Node& list = list_of(root, entry.key, entry.place);
    if (list.kind != Node::Kind::kList) refuse(list.place, entry.key + ": a list is needed");
    for (Node& item : entry.value.items) list.items.push_back(std::move(item));
  }
}

}  // namespace

void include_files(Node& root, const fs::path& folder) {
  if (root.kind != Node::Kind::kMapping) return;
  const Node include = root.take("include");
  if (include.kind == Node::Kind::kNull) return;
  if (include.kind != Node::Kind::kList) refuse(include.place, "include: a list is needed");
  for (const Node& pattern : include.items) {
    if (pattern.kind != Node::Kind::kScalar || pattern.text.empty()) {
      refuse(pattern.place, "include: a file or a pattern is needed");
    }
    for (const fs::path& path : matching(folder, pattern)) add(root, pattern.place, path);
  }
}

}  // namespace writ::config
