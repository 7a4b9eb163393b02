#include "host/journal/tail.hpp"

#include "host/journal/folder.hpp"

namespace writ::journal {

using base::Errc;
using base::Error;
using base::Result;

void begin_tail(TailHeader& header, const RunIdentity& identity, std::size_t ring_bytes) noexcept {
  header = TailHeader{};
  header.magic = kTailMagic;
  header.version = kTailVersion;
  header.header_bytes = kTailHeaderBytes;
  header.ring_bytes = ring_bytes;
  header.run_number = identity.run_number.raw();
  header.run_id = identity.run_id.bytes;
}

Result<void> check_tail(std::span<const std::byte> mapping, const RunIdentity& identity) {
  if (mapping.size() <= kTailHeaderBytes) {
    return Error(Errc::kTruncated, "mapping", static_cast<std::int64_t>(mapping.size()));
  }
  const auto& header = *reinterpret_cast<const TailHeader*>(mapping.data());
  if (header.magic != kTailMagic) return Error(Errc::kCorrupt, "mapping: not a journal's");
  if (header.version != kTailVersion) {
    return Error(Errc::kUnsupported, "mapping version", header.version);
  }
  if (header.header_bytes != kTailHeaderBytes || header.ring_bytes % kTailHeaderBytes != 0 ||
      header.ring_bytes != mapping.size() - kTailHeaderBytes) {
    return Error(Errc::kCorrupt, "mapping size", offsetof(TailHeader, ring_bytes));
  }
  if (header.run_number != identity.run_number.raw() || header.run_id != identity.run_id.bytes) {
    return Error(Errc::kMismatch, "mapping of another run");
  }
  return {};
}

Result<std::unique_ptr<Mapping>> map_tail(Storage& storage, const std::filesystem::path& run_folder,
                                          OpenMode mode) {
  const auto file = storage.open(run_folder / kTailName, mode);
  if (!file) {
    if (file.error().code() == Errc::kNotFound) return std::unique_ptr<Mapping>{};
    return file.error();
  }
  const auto size = (*file)->size();
  if (!size) return size.error();
  return (*file)->map(*size);
}

}  // namespace writ::journal
