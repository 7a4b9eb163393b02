#pragma once

#include "host/plugin/elf_note.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace writ::plugin {

/// Whether the instructions of this machine are known here.
#if defined(__x86_64__)
inline constexpr bool kKnowsInstructions = true;
#else
inline constexpr bool kKnowsInstructions = false;
#endif

/// The first instruction that reads a clock or a random number, or enters the kernel past the C
/// library, as `rdtsc at offset 4821`; nothing if there is none. Its outcome would be no function
/// of parameters, state and events, and no list of imports shows it. `file` is the whole file.
/// Not to be called where `kKnowsInstructions` is false.
[[nodiscard]] std::optional<std::string> find_forbidden_instruction(
    std::string_view file, std::span<const CodeRange> code);

}  // namespace writ::plugin
