#pragma once

#include "host/base/error.hpp"

#include <boost/assert/source_location.hpp>

#include <cstdint>
#include <string>

namespace writ::venue::net {

/// Why there is no answer, and whether the venue may have acted all the same.
class Failure {
 public:
  enum Reach : std::uint8_t {
    kNotSent,  ///< not a byte of the request left: it can be made again
    kUnknown   ///< some of it left, perhaps all: only the venue knows what came of it
  };

  Failure() noexcept = default;
  Failure(Reach reach, const base::Error& error, std::string cause = {})
      : reach_(reach), error_(error), cause_(std::move(cause)) {}

  [[nodiscard]] Reach reach() const noexcept { return reach_; }
  /// kTimeout, kClosed, kDenied (TLS: not who it should be), kNotFound (no such host), kFull (an
  /// answer beyond the limit), kCorrupt (not the protocol), kRejected (the server refused the
  /// WebSocket; detail is the HTTP status), kIo.
  [[nodiscard]] const base::Error& error() const noexcept { return error_; }
  /// One line for people: the step, its kind and what the library said.
  [[nodiscard]] std::string text() const;

 private:
  Reach reach_ = kUnknown;
  base::Error error_;
  std::string cause_;
};

/// For Result-like `value()`: throws base::Failure.
[[noreturn]] void throw_exception_from_error(const Failure& failure, const boost::source_location&);

}  // namespace writ::venue::net
