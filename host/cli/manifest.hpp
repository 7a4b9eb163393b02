#pragma once

#include "host/base/uuid.hpp"
#include "host/engine/setup.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace writ::cli {

/// What a run is a function of, and what else RUN_STARTED says of where it was made.
struct Manifest {
  boost::json::object values;
  std::string run_hash;
  std::uint32_t seed_root = 0;

  /// Canonical JSON.
  [[nodiscard]] std::string text() const;
};

struct ManifestInputs {
  std::string mode;
  std::string host;
  std::string config_hash;
  std::string data_hash;  ///< empty for data that come while the run runs
  std::optional<std::uint32_t> seed;
  const std::vector<engine::InstanceSetup>& instances;
};

/// The code version covers the program and every plugin's object: another build is another run.
[[nodiscard]] Manifest make_manifest(const ManifestInputs& inputs);

/// A random id, for runs that happen once. Throws base::Failure.
[[nodiscard]] base::Uuid random_run_id();

}  // namespace writ::cli
