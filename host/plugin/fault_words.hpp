#pragma once

#include <cstdint>
#include <string>

namespace writ::plugin {

/// Why a plugin's own process was ended.
enum class FaultReason : std::uint8_t {
  kSignal = 1,  ///< value: the signal, 256 added where it is a null pointer
  kSyscall,     ///< value: its number
  kClock,
  kMemory,    ///< value: its limit in MiB
  kLoad,      ///< not to be loaded there
  kEnded,     ///< value: the status waitpid gave
  kDeadline,  ///< value: the limit in ns
  kRing,      ///< broke the rules of its ring; value: the message's kind, 0 = positions or sizes
  kFull,      ///< does not take what it is sent
  kStart,     ///< value: errno
  kLate,      ///< came back too late; value: the time the call took in ns
  kState      ///< the state of the build before it was not handed over
};

/// A fault as one number, as the PLUGIN_FAULT record's detail holds it.
class Fault {
 public:
  Fault() = default;
  Fault(FaultReason reason, std::uint64_t value)
      : packed_(static_cast<std::int64_t>((static_cast<std::uint64_t>(reason) << 56U) |
                                          (value & kValue))) {}
  explicit Fault(std::int64_t packed) : packed_(packed) {}

  [[nodiscard]] std::int64_t packed() const noexcept { return packed_; }
  [[nodiscard]] bool none() const noexcept { return packed_ == 0; }
  [[nodiscard]] FaultReason reason() const noexcept {
    return static_cast<FaultReason>(static_cast<std::uint64_t>(packed_) >> 56U);
  }
  [[nodiscard]] std::uint64_t value() const noexcept {
    return static_cast<std::uint64_t>(packed_) & kValue;
  }
  /// The WRIT_FAULT_* it is recorded as.
  [[nodiscard]] std::uint32_t kind() const noexcept;
  /// In one line, as `crashed: SIGSEGV, a null pointer`; the same for the same number.
  [[nodiscard]] std::string words() const;

 private:
  static constexpr std::uint64_t kValue = (std::uint64_t{1} << 56U) - 1;

  std::int64_t packed_ = 0;
};

}  // namespace writ::plugin
