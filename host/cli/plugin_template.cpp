#include "host/cli/plugin_template.hpp"

#include "host/base/file.hpp"
#include "host/base/input_error.hpp"
#include "host/base/result.hpp"

#include <algorithm>
#include <string_view>
#include <system_error>

namespace writ::cli {
namespace {

namespace fs = std::filesystem;

bool is_name(std::string_view name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  return !name.empty() && name.size() <= 40 && kLetters.find(name.front()) != kLetters.npos &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
}

std::string class_name(std::string_view name) {
  std::string result;
  bool upper = true;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
    } else {
      result.push_back(upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
      upper = false;
    }
  }
  return result;
}

std::string filled(std::string text, const std::string& name) {
  const auto replace = [&text](std::string_view mark, const std::string& with) {
    for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + with.size())) {
      text.replace(at, mark.size(), with);
    }
  };
  replace("@NAME@", name);
  replace("@CLASS@", class_name(name));
  return text;
}

}  // namespace

std::vector<fs::path> make_from_template(const std::vector<fs::path>& sources,
                                         const std::string& name, const fs::path& target) {
  if (!is_name(name)) {
    throw base::InputError("", "\"" + name +
                                   "\" is no name: lower-case letters, digits and "
                                   "underscores, a letter first");
  }
  std::error_code error;
  if (fs::exists(target, error)) throw base::InputError(target.string(), "is there already");
  std::vector<fs::path> made;
  for (const fs::path& source : sources) {
    for (const auto& entry : fs::recursive_directory_iterator(source)) {
      if (!entry.is_regular_file()) continue;
      const fs::path& file = entry.path();
      const fs::path path = target / filled(fs::relative(file, source).string(), name);
      fs::create_directories(path.parent_path());
      base::write_file_atomically(path, filled(base::read_file(file).value(), name)).value();
      made.push_back(path);
    }
  }
  std::sort(made.begin(), made.end());
  return made;
}

}  // namespace writ::cli
