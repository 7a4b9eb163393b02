#pragma once

#include <cstdint>
#include <string>

namespace writ::base {

/// What kind of thing went wrong with the environment: disk, socket, database, foreign bytes.
/// Expected outcomes of the domain (a veto, a stale book) are enums of their own, not these.
enum class Errc : std::uint8_t {
  kNone = 0,
  kIo,           ///< a system call failed; detail is errno
  kDiskFull,     ///< no space left for a write
  kNotFound,     ///< a file, row or id that should exist does not
  kExists,       ///< something is already there
  kDenied,       ///< permission, credentials or ownership
  kLocked,       ///< another process holds it
  kCorrupt,      ///< bytes that contradict their checksum or format; detail is the offset
  kTruncated,    ///< the bytes end too early; detail is the offset
  kUnsupported,  ///< a format, version or capability this build does not know
  kInvalid,      ///< an argument or foreign value out of its documented range
  kOverflow,     ///< an exact number would leave its range
  kFull,         ///< a bounded queue or budget is used up
  kState,        ///< not now: before start, after stop
  kTimeout,      ///< no answer in time
  kClosed,       ///< the other side ended the connection
  kRejected,     ///< the other side said no
  kMismatch,     ///< two things that must be equal are not; detail says where
};

/// The code in lower-case words, such as `disk full`.
[[nodiscard]] const char* to_string(Errc code) noexcept;

/// One failure: its kind, the step that failed, and one number (errno, offset, seq).
/// Trivially copyable, so that it travels through queues and results without allocation.
class Error {
 public:
  constexpr Error() noexcept = default;
  /// `step` is a string literal; only its address is kept.
  constexpr Error(Errc code, const char* step, std::int64_t detail = 0) noexcept
      : code_(code), step_(step), detail_(detail) {}

  [[nodiscard]] constexpr Errc code() const noexcept { return code_; }
  [[nodiscard]] constexpr const char* step() const noexcept { return step_; }
  [[nodiscard]] constexpr std::int64_t detail() const noexcept { return detail_; }

  /// Same kind; the step and the number are for people.
  friend constexpr bool operator==(const Error& a, const Error& b) noexcept {
    return a.code_ == b.code_;
  }

 private:
  Errc code_ = Errc::kNone;
  const char* step_ = "";
  std::int64_t detail_ = 0;
};

/// One line: step, kind and detail. Of the kinds `error_from_errno` gives, a positive detail is an
/// errno and is spelled as the system does.
[[nodiscard]] std::string to_string(const Error& error);

/// kDiskFull, kNotFound, kExists, kDenied, kTimeout or kIo, by what `system_errno` says.
[[nodiscard]] Error error_from_errno(int system_errno, const char* step) noexcept;

}  // namespace writ::base
