#include "host/plugin/instructions.hpp"

#include "host/base/assert.hpp"

#include <capstone/capstone.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace writ::plugin {
namespace {

constexpr std::array<std::string_view, 8> kForbidden = {"rdtsc",  "rdtscp",  "rdpmc",    "rdrand",
                                                        "rdseed", "syscall", "sysenter", "int"};

/// Reads instructions one after the other, and past what is none.
class Disassembler {
 public:
  Disassembler() {
    WRIT_ASSERT(kKnowsInstructions);
    const cs_err opened = cs_open(CS_ARCH_X86, CS_MODE_64, &handle_);
    WRIT_ASSERT(opened == CS_ERR_OK);
    cs_option(handle_, CS_OPT_SKIPDATA, CS_OPT_ON);
    instruction_ = cs_malloc(handle_);
  }
  ~Disassembler() {
    cs_free(instruction_, 1);
    cs_close(&handle_);
  }
  Disassembler(const Disassembler&) = delete;
  Disassembler& operator=(const Disassembler&) = delete;

  [[nodiscard]] std::optional<std::string> find(std::string_view code, std::uint64_t offset) {
    const auto* at = reinterpret_cast<const std::uint8_t*>(code.data());
    std::size_t left = code.size();
    while (cs_disasm_iter(handle_, &at, &left, &offset, instruction_)) {
      const std::string_view name = instruction_->mnemonic;
      if (std::find(kForbidden.begin(), kForbidden.end(), name) != kForbidden.end()) {
        return std::string(name) + " at offset " + std::to_string(instruction_->address);
      }
    }
    return std::nullopt;
  }

 private:
  csh handle_ = 0;
  cs_insn* instruction_ = nullptr;
};

}  // namespace

std::optional<std::string> find_forbidden_instruction(std::string_view file,
                                                      std::span<const CodeRange> code) {
  Disassembler disassembler;
  for (const CodeRange& range : code) {
    if (auto found = disassembler.find(file.substr(range.offset, range.size), range.offset)) {
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace writ::plugin
