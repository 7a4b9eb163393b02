#pragma once

#include "host/base/error.hpp"

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <stdexcept>

namespace writ::base {

/// A value, or the Error that prevented it. Test it before `*`; `value()` throws Failure and is for
/// start-up and tools, never for the sequencer thread.
template <class T>
using Result = boost::system::result<T, Error>;

/// An Error as an exception: what `Result::value()` throws.
class Failure : public std::runtime_error {
 public:
  explicit Failure(const Error& error) : std::runtime_error(to_string(error)), error_(error) {}
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

// Found by argument-dependent lookup from Result::value().
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw Failure(error);
}

}  // namespace writ::base
