#pragma once

#include "host/storage/database.hpp"

#include <memory>
#include <string>

namespace writ::storage {

/// Opens or makes the SQLite file `path`, with foreign keys and recursive triggers on (else REPLACE
/// escapes the append-only triggers), WAL and synchronous NORMAL: after a power cut the last
/// transactions may be missing, with their checkpoint, and are projected again.
/// Throws base::InputError naming `url`.
[[nodiscard]] std::unique_ptr<Database> open_sqlite(const std::string& url,
                                                    const std::string& path);

}  // namespace writ::storage
