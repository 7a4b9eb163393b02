#include "host/plugin/plugin_file.hpp"

#include "host/base/file.hpp"
#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"

#include <cstddef>
#include <cstdint>
#include <system_error>
#include <utility>

namespace writ::plugin {
namespace {

constexpr std::size_t kFileMax = std::size_t{512} << 20U;

std::string read_plugin_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) throw base::InputError(file.string(), "no such file");
  if (!std::filesystem::is_regular_file(status)) {
    throw base::InputError(file.string(), "not a regular file");
  }
  if (std::filesystem::file_size(file, error) > kFileMax || error) {
    throw base::InputError(file.string(), "larger than 512 MiB");
  }
  auto content = base::read_file(file);
  if (!content) throw base::InputError(file.string(), to_string(content.error()));
  return std::move(*content);
}

}  // namespace

PluginFile::PluginFile(std::filesystem::path path)
    : path_(std::move(path)),
      content_(read_plugin_file(path_)),
      facts_(inspect_object(path_, content_)),
      hash_(base::sha256(content_)) {}

std::string PluginFile::hash_hex() const { return base::to_hex(hash_); }

bool PluginFile::mentions(std::string_view id) const {
  std::string text(id);
  text.push_back('\0');
  return content_.find(text) != std::string::npos;
}

}  // namespace writ::plugin
