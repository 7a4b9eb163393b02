#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace writ::test {

/// The venue simulator as a program beside a test, on ports of its own choice, with a quiet market;
/// ended with this object. Its account is `writ-sim-key`, `writ-sim-secret`.
class VenueSim {
 public:
  struct At {
    std::string rest;
    std::string websocket;
    std::string websocket_api;
  };

  /// With more options. Throws std::runtime_error if it does not come up.
  explicit VenueSim(const std::vector<std::string>& options = {});
  ~VenueSim();
  VenueSim(const VenueSim&) = delete;
  VenueSim& operator=(const VenueSim&) = delete;

  [[nodiscard]] const At& spot() const noexcept { return spot_; }
  [[nodiscard]] const At& futures() const noexcept { return futures_; }

 private:
  pid_t pid_ = 0;
  At spot_;
  At futures_;
};

}  // namespace writ::test
