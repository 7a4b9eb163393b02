#pragma once

#include "host/base/result.hpp"
#include "host/journal/reader.hpp"
#include "host/journal/storage.hpp"

#include <writ/ids.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace writ::journal {

/// What is wrong and where, in one line with file and offset.
struct Damage {
  Place place;
  std::string text;
};

/// What a verification found.
struct VerifyReport {
  std::uint32_t segments = 0;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  Seq first_seq{0};
  Seq last_seq{0};
  bool closed = false;
  std::optional<Damage> damage;

  [[nodiscard]] bool ok() const noexcept { return !damage.has_value(); }
};

/// Checks a run: header and checksum of every segment, every frame, the sequence without gaps, each
/// seal, and the chain of SHA-256 from segment to segment. Damage is a finding, not an error;
/// errors: kNotFound, or as Storage.
[[nodiscard]] base::Result<VerifyReport> verify_run(Storage& storage,
                                                    const std::filesystem::path& run_folder);

/// The same for a tape: header, index, every block, the content hash.
[[nodiscard]] base::Result<VerifyReport> verify_tape(Storage& storage,
                                                     const std::filesystem::path& path);

}  // namespace writ::journal
