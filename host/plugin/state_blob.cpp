#include "host/plugin/state_blob.hpp"

#include "host/base/byte_stream.hpp"
#include "host/base/crc32c.hpp"

#include <string>

namespace writ::plugin {
namespace {

constexpr std::uint64_t kMagic = 0x3145'5441'5453'5257;  // "WRSTATE1" as bytes

}  // namespace

std::vector<std::byte> encode_state(const Descriptor& descriptor,
                                    std::span<const std::byte> bytes) {
  base::ByteWriter blob;
  blob.put(kMagic);
  blob.put_text(descriptor.id);
  blob.put(descriptor.state_schema);
  blob.put(base::crc32c(bytes));
  blob.put_bytes(bytes);
  return blob.take();
}

base::Result<DecodedState> decode_state(const Descriptor& descriptor,
                                        std::span<const std::byte> blob) {
  constexpr const char* kStep = "read plugin state";
  base::ByteReader reader(blob);
  const auto magic = reader.get<std::uint64_t>();
  const std::string id = reader.get_text();
  const auto schema = reader.get<std::uint32_t>();
  const auto crc = reader.get<std::uint32_t>();
  const auto bytes = reader.get_bytes();
  if (!reader.complete() || magic != kMagic || base::crc32c(bytes) != crc) {
    return base::Error(base::Errc::kCorrupt, kStep);
  }
  if (id != descriptor.id) return base::Error(base::Errc::kMismatch, kStep);
  if (schema < descriptor.state_schema_min || schema > descriptor.state_schema) {
    return base::Error(base::Errc::kUnsupported, kStep, schema);
  }
  return DecodedState{schema, bytes};
}

}  // namespace writ::plugin
