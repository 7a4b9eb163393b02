#pragma once

#include "host/base/sha256.hpp"
#include "host/base/uuid.hpp"

#include <writ/ids.hpp>

#include <cstdint>

namespace writ::journal {

/// Which run a journal belongs to: in the header of each of its segments.
struct RunIdentity {
  RunNumber run_number{1};
  base::Uuid run_id{};
  std::uint32_t host_number = 0;
  std::uint64_t fencing_epoch = 0;
  base::Sha256Digest config_hash{};

  friend bool operator==(const RunIdentity&, const RunIdentity&) = default;
};

}  // namespace writ::journal
