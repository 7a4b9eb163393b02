#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace writ::plugin {

/// What a shared object says of itself in `.note.writ`.
struct ElfNote {
  std::uint32_t major = 0;
  std::uint32_t min_minor = 0;  ///< the least host minor the author requires
  std::uint32_t ptr_bits = 0;
  std::uint32_t flags = 0;
};

/// Bytes of a file that are machine code.
struct CodeRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// What can be known of a plugin file without running any of its code.
struct ObjectFacts {
  ElfNote note;
  std::vector<std::string> exports;  ///< defined, visible functions and objects
  std::vector<std::string> imports;  ///< what it wants from other objects, sorted
  std::vector<std::string> needed;   ///< shared objects it asks for
  std::vector<CodeRange> code;

  /// A sanitizer is built into it: only a program with the same one can load it.
  [[nodiscard]] bool sanitized() const;
};

/// Reads the ELF file in `bytes`. Refuses what is not a plugin this host can load: not ELF64 of
/// this machine, not a shared object, truncated, without the note or of another major, in need of a
/// newer minor, with any export beside the entry, with unique symbols, with an executable stack.
/// Throws base::InputError with `file` and the reason, one line. No code of the file is run.
[[nodiscard]] ObjectFacts inspect_object(const std::filesystem::path& file, std::string_view bytes);

}  // namespace writ::plugin
