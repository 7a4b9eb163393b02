#include "host/cli/program_files.hpp"

#include "host/base/file.hpp"
#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/base/result.hpp"
#include "host/base/sha256.hpp"
#include "host/cli/build_facts.hpp"
#include "host/config/config.hpp"

#include <elf.h>
#include <link.h>
#include <stdlib.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace writ::cli {

namespace fs = std::filesystem;

namespace {

// The linker's note of this name among those of one segment.
std::span<const std::uint8_t> build_id_in(std::span<const std::uint8_t> notes) {
  constexpr std::string_view kOwner{"GNU", 4};
  const auto padded = [](std::size_t size) { return (size + 3) / 4 * 4; };
  ElfW(Nhdr) head;
  while (notes.size() >= sizeof head) {
    std::memcpy(&head, notes.data(), sizeof head);
    const auto rest = notes.subspan(sizeof head);
    const std::size_t name_size = padded(head.n_namesz);
    const std::size_t size = name_size + padded(head.n_descsz);
    if (rest.size() < size) return {};
    const std::string_view owner(reinterpret_cast<const char*>(rest.data()), head.n_namesz);
    if (head.n_type == NT_GNU_BUILD_ID && owner == kOwner) {
      return rest.subspan(name_size, head.n_descsz);
    }
    notes = rest.subspan(size);
  }
  return {};
}

// Of this program; empty if its linker noted none.
std::span<const std::uint8_t> build_id() {
  std::span<const std::uint8_t> found;
  const auto look = [](dl_phdr_info* program, std::size_t, void* out) {
    for (int i = 0; i < program->dlpi_phnum; ++i) {
      const auto& segment = program->dlpi_phdr[i];
      if (segment.p_type != PT_NOTE) continue;
      const auto* notes =
          reinterpret_cast<const std::uint8_t*>(program->dlpi_addr) + segment.p_vaddr;
      const auto id = build_id_in({notes, segment.p_memsz});
      if (!id.empty()) *static_cast<std::span<const std::uint8_t>*>(out) = id;
    }
    return 1;  // the program comes first: nothing of its libraries
  };
  ::dl_iterate_phdr(look, &found);
  return found;
}

}  // namespace

fs::path program_path() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error);
}

std::string program_hash() {
  static const std::string kHash = [] {
    const auto noted = build_id();
    if (!noted.empty()) return base::to_hex(noted);
    return base::sha256_hex(base::read_file("/proc/self/exe").value());
  }();
  return kHash;
}

std::optional<fs::path> own_plugins() {
  const fs::path folder = program_path().parent_path();
  for (const char* below : {"../lib/writ/plugins", "../../plugins"}) {
    const fs::path plugins = (folder / below).lexically_normal();
    std::error_code error;
    if (fs::is_directory(plugins, error)) return plugins;
  }
  return std::nullopt;
}

std::vector<fs::path> plugin_folders(std::vector<fs::path> given) {
  if (auto own = own_plugins()) given.push_back(std::move(*own));
  return given;
}

std::vector<fs::path> plugin_folders(const Arguments& arguments) {
  std::vector<fs::path> folders;
  for (const auto& dir : arguments.texts("dir")) folders.emplace_back(dir);
  if (const auto file = arguments.path("config")) {
    const auto dirs = config::load_config(*file).config.plugins.dirs;
    folders.insert(folders.end(), dirs.begin(), dirs.end());
  }
  return plugin_folders(std::move(folders));
}

fs::path template_folder(const std::string& kind) {
  const fs::path installed =
      (program_path().parent_path() / "../share/writ/template" / kind).lexically_normal();
  const fs::path source = fs::path(build_facts().source_folder) / "sdk/template" / kind;
  for (const fs::path& folder : {installed, source}) {
    std::error_code error;
    if (fs::is_directory(folder, error)) return folder;
  }
  throw base::InputError("", "no template in " + installed.string() + " or " + source.string());
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "writ_XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw base::Failure(base::error_from_errno(errno, "temporary folder"));
  }
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace writ::cli
