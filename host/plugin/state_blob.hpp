#pragma once

#include "host/base/result.hpp"
#include "host/plugin/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace writ::plugin {

/// The saved state of an instance as checkpoints keep it: which plugin, which schema, how long,
/// checksum, then the plugin's own bytes.
[[nodiscard]] std::vector<std::byte> encode_state(const Descriptor& descriptor,
                                                  std::span<const std::byte> bytes);

struct DecodedState {
  std::uint32_t schema = 0;
  std::span<const std::byte> bytes;  ///< lives as long as the blob
};

/// What a plugin of this descriptor may load of a blob. Errors: kCorrupt, kMismatch (of another
/// plugin), kUnsupported (its schema is outside the descriptor's range; detail: that schema).
[[nodiscard]] base::Result<DecodedState> decode_state(const Descriptor& descriptor,
                                                      std::span<const std::byte> blob);

}  // namespace writ::plugin
