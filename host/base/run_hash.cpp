#include "host/base/run_hash.hpp"

#include "host/base/canonical_json.hpp"
#include "host/base/little_endian.hpp"
#include "host/base/sha256.hpp"

#include <cstddef>

namespace writ::base {
namespace {

std::uint32_t first_u32_big_endian(std::string_view bytes) {
  const Sha256Digest digest = sha256(bytes);
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = (value << 8U) | digest[i];
  return value;
}

Result<std::string> hash_of(const Result<std::string>& text) {
  if (!text) return text.error();
  return sha256_hex(*text);
}

}  // namespace

Result<std::string> canonical_json_hash(const boost::json::value& value) {
  return hash_of(canonical_json(value));
}

Result<std::string> run_hash_text(const RunHashInputs& inputs) {
  return canonical_json(boost::json::object{{"code_version", inputs.code_version},
                                            {"config_hash", inputs.config_hash},
                                            {"data_hash", inputs.data_hash},
                                            {"kind", "run"},
                                            {"schema", 1}});
}

Result<std::string> run_hash(const RunHashInputs& inputs) { return hash_of(run_hash_text(inputs)); }

Result<std::string> meta_hash_text(const MetaHashInputs& inputs) {
  return canonical_json(boost::json::object{{"dataset_hash", inputs.dataset_hash},
                                            {"indicator", inputs.indicator},
                                            {"version", inputs.version},
                                            {"params", inputs.params},
                                            {"seed_root", inputs.seed_root},
                                            {"code_version", inputs.code_version}});
}

Result<std::string> meta_hash(const MetaHashInputs& inputs) {
  return hash_of(meta_hash_text(inputs));
}

std::uint32_t seed_root(std::string_view run_hash, std::optional<std::uint32_t> configured) {
  if (configured) return *configured;
  std::string bytes("seed_root\0", 10);
  bytes += run_hash;
  return first_u32_big_endian(bytes);
}

std::uint32_t bootstrap_seed(std::string_view run_hash, std::uint32_t seed_root) {
  std::string bytes("bootstrap_seed\0", 15);
  bytes += run_hash;
  append_little_endian(bytes, seed_root);
  return first_u32_big_endian(bytes);
}

Uuid run_uuid_namespace() { return uuid5(kUuidNamespaceUrl, "urn:strategy-host:run"); }

Uuid backtest_run_uuid(std::string_view run_hash) { return uuid5(run_uuid_namespace(), run_hash); }

}  // namespace writ::base
