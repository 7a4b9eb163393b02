#pragma once

#include "host/base/result.hpp"
#include "host/base/uuid.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace writ::base {

// All hashes here are 64 lower-case hexadecimal digits of a SHA-256.

/// Of the canonical text of any value. A config has its defaults filled in and holds no secret,
/// path, host name or time. Errors: as `canonical_json`.
[[nodiscard]] Result<std::string> canonical_json_hash(const boost::json::value& value);

/// What a run is a function of.
struct RunHashInputs {
  std::string_view code_version;
  std::string_view config_hash;
  std::string_view data_hash;
};

/// The canonical text that `run_hash` is the hash of. Errors: as `canonical_json`.
[[nodiscard]] Result<std::string> run_hash_text(const RunHashInputs& inputs);
[[nodiscard]] Result<std::string> run_hash(const RunHashInputs& inputs);

/// What a stored feature is a function of.
struct MetaHashInputs {
  std::string_view dataset_hash;
  std::string_view indicator;
  std::string_view version;
  boost::json::object params;
  std::uint32_t seed_root = 0;
  std::string_view code_version;
};

[[nodiscard]] Result<std::string> meta_hash_text(const MetaHashInputs& inputs);
[[nodiscard]] Result<std::string> meta_hash(const MetaHashInputs& inputs);

/// The seed all others of a run derive from: the configured one, else a function of the run's hash.
[[nodiscard]] std::uint32_t seed_root(std::string_view run_hash,
                                      std::optional<std::uint32_t> configured);
[[nodiscard]] std::uint32_t bootstrap_seed(std::string_view run_hash, std::uint32_t seed_root);
/// The seed as a signed 32-bit database column holds it.
[[nodiscard]] constexpr std::int32_t seed_as_int31(std::uint32_t seed) noexcept {
  return static_cast<std::int32_t>(seed & 0x7fffffffU);
}

/// The namespace of run ids, and the id of the backtest with this hash: the same run, the same id.
[[nodiscard]] Uuid run_uuid_namespace();
[[nodiscard]] Uuid backtest_run_uuid(std::string_view run_hash);

}  // namespace writ::base
