#include "host/base/error.hpp"

#include <cerrno>
#include <system_error>

namespace writ::base {

const char* to_string(Errc code) noexcept {
  switch (code) {
    case Errc::kNone:
      return "no error";
    case Errc::kIo:
      return "I/O error";
    case Errc::kDiskFull:
      return "disk full";
    case Errc::kNotFound:
      return "not found";
    case Errc::kExists:
      return "exists already";
    case Errc::kDenied:
      return "denied";
    case Errc::kLocked:
      return "locked";
    case Errc::kCorrupt:
      return "corrupt";
    case Errc::kTruncated:
      return "truncated";
    case Errc::kUnsupported:
      return "unsupported";
    case Errc::kInvalid:
      return "invalid";
    case Errc::kOverflow:
      return "overflow";
    case Errc::kFull:
      return "full";
    case Errc::kState:
      return "wrong state";
    case Errc::kTimeout:
      return "time-out";
    case Errc::kClosed:
      return "closed";
    case Errc::kRejected:
      return "rejected";
    case Errc::kMismatch:
      return "mismatch";
  }
  return "unknown error";
}

namespace {

bool detail_is_errno(Errc code) noexcept {
  switch (code) {
    case Errc::kIo:
    case Errc::kDiskFull:
    case Errc::kNotFound:
    case Errc::kExists:
    case Errc::kDenied:
    case Errc::kTimeout:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string to_string(const Error& error) {
  std::string text = error.step();
  if (!text.empty()) text += ": ";
  if (detail_is_errno(error.code()) && error.detail() > 0) {
    return text + std::generic_category().message(static_cast<int>(error.detail()));
  }
  text += to_string(error.code());
  if (error.detail() == 0) return text;
  const bool at_offset = error.code() == Errc::kCorrupt || error.code() == Errc::kTruncated;
  const std::string detail = std::to_string(error.detail());
  return text + (at_offset ? " at offset " + detail : " (" + detail + ")");
}

Error error_from_errno(int system_errno, const char* step) noexcept {
  switch (system_errno) {
    case ENOSPC:
    case EDQUOT:
      return {Errc::kDiskFull, step, system_errno};
    case ENOENT:
    case ENOTDIR:
      return {Errc::kNotFound, step, system_errno};
    case EEXIST:
      return {Errc::kExists, step, system_errno};
    case EACCES:
    case EPERM:
    case EROFS:
      return {Errc::kDenied, step, system_errno};
    case ETIMEDOUT:
      return {Errc::kTimeout, step, system_errno};
    default:
      return {Errc::kIo, step, system_errno};
  }
}

}  // namespace writ::base
