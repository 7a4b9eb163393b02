#include "host/plugin/elf_note.hpp"

#include "host/base/input_error.hpp"

#include <writ/abi/plugin.h>

#include <elf.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <type_traits>

namespace writ::plugin {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "plugins: name this machine's ELF number"
#endif

/// Bounds-checked reading of one file: every table in it is a claim of a stranger.
class ElfReader {
 public:
  ElfReader(const std::filesystem::path& file, std::string_view bytes)
      : file_(file.string()), bytes_(bytes) {
    read_header();
    read_tables();
  }

  [[nodiscard]] ObjectFacts facts() const {
    ObjectFacts facts;
    check_segments();
    facts.note = find_note();
    check_note(facts.note);
    read_symbols(facts);
    read_needed(facts);
    read_code(facts);
    return facts;
  }

 private:
  [[noreturn]] void refuse(const std::string& reason) const {
    throw base::InputError(file_, reason);
  }

  template <class T>
  [[nodiscard]] T read(std::uint64_t offset, const char* what) const {
    static_assert(std::is_trivially_copyable_v<T>);
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) {
      throw base::InputError::at_offset(file_, bytes_.size(), std::string("truncated: ") + what);
    }
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }

  [[nodiscard]] std::string_view range(std::uint64_t offset, std::uint64_t size,
                                       const char* what) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) {
      throw base::InputError::at_offset(file_, bytes_.size(), std::string("truncated: ") + what);
    }
    return bytes_.substr(offset, size);
  }

  template <class T>
  [[nodiscard]] std::vector<T> table(std::uint64_t offset, std::uint64_t size,
                                     const char* what) const {
    const auto from = range(offset, size, what);
    std::vector<T> entries(from.size() / sizeof(T));
    if (!entries.empty()) std::memcpy(entries.data(), from.data(), entries.size() * sizeof(T));
    return entries;
  }

  /// The NUL-terminated text at `offset` of a string table.
  [[nodiscard]] std::string_view text(std::string_view strings, std::uint64_t offset) const {
    const auto end = offset < strings.size() ? strings.find('\0', offset) : std::string_view::npos;
    if (end == std::string_view::npos) refuse("damaged: a name outside its string table");
    return strings.substr(offset, end - offset);
  }

  void read_header() {
    if (bytes_.empty()) refuse("empty file");
    const auto magic = std::string_view(ELFMAG, SELFMAG);
    if (bytes_.substr(0, SELFMAG) !=
        magic.substr(0, std::min<std::size_t>(SELFMAG, bytes_.size()))) {
      refuse("not an ELF shared object");
    }
    header_ = read<Elf64_Ehdr>(0, "no ELF header");
    if (header_.e_ident[EI_CLASS] != ELFCLASS64) refuse("not a 64-bit object");
    if (header_.e_ident[EI_DATA] != ELFDATA2LSB) refuse("not little-endian");
    if (header_.e_machine != kMachine) {
      refuse("built for another machine (ELF machine " + std::to_string(header_.e_machine) +
             ", this host is " + std::to_string(kMachine) + ")");
    }
    if (header_.e_type != ET_DYN) refuse("not a shared object");
    if (header_.e_phentsize != sizeof(Elf64_Phdr)) refuse("damaged: program header size");
    if (header_.e_shoff == 0 || header_.e_shnum == 0) refuse("no section headers (over-stripped)");
    if (header_.e_shentsize != sizeof(Elf64_Shdr)) refuse("damaged: section header size");
  }

  void read_tables() {
    segments_ =
        table<Elf64_Phdr>(header_.e_phoff, header_.e_phnum * sizeof(Elf64_Phdr), "program headers");
    sections_ =
        table<Elf64_Shdr>(header_.e_shoff, header_.e_shnum * sizeof(Elf64_Shdr), "section headers");
  }

  void check_segments() const {
    bool stack = false;
    for (const auto& segment : segments_) {
      if (segment.p_type == PT_INTERP) refuse("an executable program, not a shared object");
      if (segment.p_type == PT_LOAD) {
        (void)range(segment.p_offset, segment.p_filesz, "a loaded segment");
      }
      if (segment.p_type == PT_GNU_STACK) {
        stack = true;
        if ((segment.p_flags & PF_X) != 0) refuse("asks for an executable stack");
      }
    }
    if (!stack) refuse("asks for an executable stack (no PT_GNU_STACK)");
  }

  /// The writ note among the notes of one section or segment.
  [[nodiscard]] std::optional<ElfNote> note_in(std::string_view notes, std::uint64_t align) const {
    const std::uint64_t step = align == 8 ? 8 : 4;
    const auto padded = [step](std::uint64_t size) { return (size + step - 1) / step * step; };
    std::uint64_t at = 0;
    while (notes.size() - at >= sizeof(Elf64_Nhdr)) {
      Elf64_Nhdr note;
      std::memcpy(&note, notes.data() + at, sizeof note);
      const std::uint64_t owner = at + sizeof note;
      const std::uint64_t description = owner + padded(note.n_namesz);
      const std::uint64_t end = description + note.n_descsz;
      if (end > notes.size()) refuse("damaged: an ELF note longer than its section");
      const std::string_view wanted(WRIT_NOTE_OWNER, sizeof WRIT_NOTE_OWNER);  // with its NUL
      if (note.n_type == WRIT_NOTE_TYPE && notes.substr(owner, note.n_namesz) == wanted) {
        if (note.n_descsz != sizeof(writ_note)) refuse("damaged: .note.writ of another size");
        writ_note found;
        std::memcpy(&found, notes.data() + description, sizeof found);
        return ElfNote{found.major, found.min_minor, found.ptr_bits, found.flags};
      }
      at = std::min<std::uint64_t>(padded(end), notes.size());
    }
    return std::nullopt;
  }

  [[nodiscard]] ElfNote find_note() const {
    for (const auto& segment : segments_) {
      if (segment.p_type != PT_NOTE) continue;
      const auto notes = range(segment.p_offset, segment.p_filesz, "a note segment");
      if (const auto note = note_in(notes, segment.p_align)) return *note;
    }
    for (const auto& section : sections_) {
      if (section.sh_type != SHT_NOTE) continue;
      const auto notes = range(section.sh_offset, section.sh_size, "a note section");
      if (const auto note = note_in(notes, section.sh_addralign)) return *note;
    }
    refuse("not a writ plugin: no .note.writ");
  }

  void check_note(const ElfNote& note) const {
    if (note.major != WRIT_ABI_MAJOR) {
      refuse("built for plugin ABI major " + std::to_string(note.major) + ", this host speaks " +
             std::to_string(WRIT_ABI_MAJOR));
    }
    // With minor 0 a comparison of unsigned numbers would be constant.
    constexpr std::int64_t kHostMinor = WRIT_ABI_MINOR;
    if (std::int64_t{note.min_minor} > kHostMinor) {
      refuse("requires plugin ABI " + std::to_string(note.major) + "." +
             std::to_string(note.min_minor) + ", this host speaks " +
             std::to_string(WRIT_ABI_MAJOR) + "." + std::to_string(WRIT_ABI_MINOR));
    }
    if (note.ptr_bits != 8 * sizeof(void*)) {
      refuse("built for " + std::to_string(note.ptr_bits) + "-bit pointers");
    }
    if (note.flags != 0) refuse("has unknown flags in .note.writ");
  }

  [[nodiscard]] std::string_view strings_of(const Elf64_Shdr& section) const {
    if (section.sh_link >= sections_.size()) refuse("damaged: a section without its string table");
    const auto& strings = sections_[section.sh_link];
    return range(strings.sh_offset, strings.sh_size, "a string table");
  }

  void read_symbols(ObjectFacts& facts) const {
    bool entry_is_function = false;
    for (const auto& section : sections_) {
      if (section.sh_type != SHT_DYNSYM) continue;
      const auto strings = strings_of(section);
      for (const auto& symbol :
           table<Elf64_Sym>(section.sh_offset, section.sh_size, "the dynamic symbols")) {
        const auto bind = ELF64_ST_BIND(symbol.st_info);
        if (bind == STB_LOCAL) continue;
        const auto visibility = ELF64_ST_VISIBILITY(symbol.st_other);
        const std::string name(text(strings, symbol.st_name));
        if (symbol.st_shndx == SHN_UNDEF) {
          if (!name.empty()) facts.imports.push_back(name);
          continue;
        }
        if (bind == STB_GNU_UNIQUE) {
          refuse("has the unique symbol " + name + ": it could never be unloaded");
        }
        if (visibility == STV_HIDDEN || visibility == STV_INTERNAL) continue;
        facts.exports.push_back(name);
        if (name == WRIT_MODULE_SYMBOL) {
          entry_is_function = ELF64_ST_TYPE(symbol.st_info) == STT_FUNC;
        }
      }
    }
    std::sort(facts.exports.begin(), facts.exports.end());
    std::sort(facts.imports.begin(), facts.imports.end());
    if (!entry_is_function) refuse("does not export the function " WRIT_MODULE_SYMBOL);
    for (const auto& name : facts.exports) {
      if (name != WRIT_MODULE_SYMBOL) {
        refuse("exports " + name + ": " + std::to_string(facts.exports.size()) +
               " symbols, only " WRIT_MODULE_SYMBOL " may be");
      }
    }
  }

  void read_needed(ObjectFacts& facts) const {
    for (const auto& section : sections_) {
      if (section.sh_type != SHT_DYNAMIC) continue;
      const auto strings = strings_of(section);
      for (const auto& entry :
           table<Elf64_Dyn>(section.sh_offset, section.sh_size, "the dynamic section")) {
        if (entry.d_tag == DT_NULL) break;
        if (entry.d_tag == DT_NEEDED) facts.needed.emplace_back(text(strings, entry.d_un.d_val));
      }
    }
  }

  void read_code(ObjectFacts& facts) const {
    for (const auto& section : sections_) {
      if (section.sh_type != SHT_PROGBITS || (section.sh_flags & SHF_EXECINSTR) == 0) continue;
      (void)range(section.sh_offset, section.sh_size, "machine code");
      facts.code.push_back({section.sh_offset, section.sh_size});
    }
  }

  std::string file_;
  std::string_view bytes_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Phdr> segments_;
  std::vector<Elf64_Shdr> sections_;
};

}  // namespace

bool ObjectFacts::sanitized() const {
  return std::any_of(imports.begin(), imports.end(), [](const std::string& name) {
    return name.starts_with("__asan_init") || name.starts_with("__tsan_init");
  });
}

ObjectFacts inspect_object(const std::filesystem::path& file, std::string_view bytes) {
  return ElfReader(file, bytes).facts();
}

}  // namespace writ::plugin
