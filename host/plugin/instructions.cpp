#include "host/plugin/instructions.hpp"

#include "host/base/assert.hpp"
#include "host/base/input_error.hpp"

#include <capstone/capstone.h>
#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace writ::plugin {
namespace {

constexpr std::array<std::string_view, 8> kForbidden = {"rdtsc",  "rdtscp",  "rdpmc",    "rdrand",
                                                        "rdseed", "syscall", "sysenter", "int"};

#define WRIT_TEXT_OF(number) #number
#define WRIT_CAPSTONE_LIBRARY(major) "libcapstone.so." WRIT_TEXT_OF(major)

/// Larger than the rest of the program, and of use to this check alone: loaded by the first one.
class Capstone {
 public:
  static const Capstone& loaded() {
    static const Capstone kLoaded;
    return kLoaded;
  }

  decltype(&cs_open) open = nullptr;
  decltype(&cs_close) close = nullptr;
  decltype(&cs_option) option = nullptr;
  decltype(&cs_malloc) allocate = nullptr;
  decltype(&cs_free) free = nullptr;
  decltype(&cs_disasm_iter) next = nullptr;

 private:
  Capstone() : library_(::dlopen(kName, RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) throw base::InputError(kName, ::dlerror());
    find("cs_open", open);
    find("cs_close", close);
    find("cs_option", option);
    find("cs_malloc", allocate);
    find("cs_free", free);
    find("cs_disasm_iter", next);
  }

  template <class Function>
  void find(const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library_, name));
    if (function == nullptr) throw base::InputError(kName, std::string("has no ") + name);
  }

  static constexpr const char* kName = WRIT_CAPSTONE_LIBRARY(CS_API_MAJOR);
  void* library_;
};

/// Reads instructions one after the other, and past what is none.
class Disassembler {
 public:
  Disassembler() {
    WRIT_ASSERT(kKnowsInstructions);
    const cs_err opened = capstone_.open(CS_ARCH_X86, CS_MODE_64, &handle_);
    WRIT_ASSERT(opened == CS_ERR_OK);
    capstone_.option(handle_, CS_OPT_SKIPDATA, CS_OPT_ON);
    instruction_ = capstone_.allocate(handle_);
  }
  ~Disassembler() {
    capstone_.free(instruction_, 1);
    capstone_.close(&handle_);
  }
  Disassembler(const Disassembler&) = delete;
  Disassembler& operator=(const Disassembler&) = delete;

  [[nodiscard]] std::optional<std::string> find(std::string_view code, std::uint64_t offset) {
    const auto* at = reinterpret_cast<const std::uint8_t*>(code.data());
    std::size_t left = code.size();
    while (capstone_.next(handle_, &at, &left, &offset, instruction_)) {
      const std::string_view name = instruction_->mnemonic;
      if (std::find(kForbidden.begin(), kForbidden.end(), name) != kForbidden.end()) {
        return std::string(name) + " at offset " + std::to_string(instruction_->address);
      }
    }
    return std::nullopt;
  }

 private:
  const Capstone& capstone_ = Capstone::loaded();
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
