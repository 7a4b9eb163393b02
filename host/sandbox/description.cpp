#include "host/sandbox/description.hpp"

#include "host/sandbox/sandbox.hpp"

#include <filesystem>
#include <utility>

namespace writ::sandbox {
namespace {

/// A worker that is asked what its module says, and for nothing else.
class Description final : public Sandbox {
 public:
  explicit Description(const SandboxOptions& options) : Sandbox(options, "") {
    options_.deadline_ns = options_.start_deadline_ns;  // no call of a plugin: a part of its start
  }

  [[nodiscard]] plugin::Description read(const std::filesystem::path& object) {
    if (begin(object) < 0 || call(Ask::kDescribe, {}) < 0) return {{}, fault()};
    return {std::move(state_), {}};
  }

 private:
  // There is no instance yet that could ask for anything.
  [[nodiscard]] bool answer() override {
    return static_cast<Say>(kind_) == Say::kPiece && Sandbox::answer();
  }
};

}  // namespace

plugin::Describe describe(const SandboxOptions& options) {
  return
      [options](const std::filesystem::path& object) { return Description(options).read(object); };
}

}  // namespace writ::sandbox
