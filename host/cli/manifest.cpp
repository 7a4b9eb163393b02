#include "host/cli/manifest.hpp"

#include "host/base/canonical_json.hpp"
#include "host/base/entropy.hpp"
#include "host/base/run_hash.hpp"
#include "host/base/sha256.hpp"
#include "host/cli/build_facts.hpp"
#include "host/cli/program_files.hpp"

#include <array>
#include <map>

namespace writ::cli {
namespace {

// 40 digits: the commit and the plugins' objects; outside a clean tree the program's own bytes.
std::string code_version(const std::map<std::string, std::string>& plugins,
                         const std::string& program) {
  const auto& facts = build_facts();
  const bool committed = !facts.git_sha.empty() && !facts.changed;
  std::string text = committed ? std::string(facts.git_sha) : program;
  for (const auto& [id, object] : plugins) text += "\n" + id + " " + object;
  return base::sha256_hex(text).substr(0, 40);
}

}  // namespace

std::string Manifest::text() const { return base::canonical_json(values).value(); }

Manifest make_manifest(const ManifestInputs& inputs) {
  std::map<std::string, std::string> plugins;
  for (const auto& instance : inputs.instances) {
    plugins[instance.plugin] = instance.module->object_hash_hex();
  }
  const auto& facts = build_facts();
  const std::string program = program_hash();
  const std::string code = code_version(plugins, program);
  Manifest manifest;
  manifest.run_hash = base::run_hash({code, inputs.config_hash, inputs.data_hash}).value();
  manifest.seed_root = base::seed_root(manifest.run_hash, inputs.seed);

  auto& values = manifest.values;
  values["mode"] = inputs.mode;
  values["host"] = inputs.host;
  values["version"] = facts.version;
  values["git_sha"] = facts.git_sha;
  values["program_hash"] = program;
  values["compiler"] = facts.compiler;
  values["cpu_class"] = cpu_class();
  values["code_version"] = code;
  values["config_hash"] = inputs.config_hash;
  if (!inputs.data_hash.empty()) {
    values["data_hash"] = inputs.data_hash;
    values["run_hash"] = manifest.run_hash;
  }
  values["seed_root"] = manifest.seed_root;
  values["bootstrap_seed"] = base::bootstrap_seed(manifest.run_hash, manifest.seed_root);
  auto& objects = values["plugins"].emplace_object();
  for (const auto& [id, object] : plugins) objects[id] = object;
  return manifest;
}

base::Uuid random_run_id() {
  std::array<std::uint8_t, 16> bytes{};
  base::fill_with_entropy(bytes).value();
  return base::uuid4_from(bytes);
}

}  // namespace writ::cli
