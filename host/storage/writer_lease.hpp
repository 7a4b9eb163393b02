#pragma once

#include "host/base/result.hpp"
#include "host/journal/storage.hpp"
#include "host/storage/database.hpp"

#include <memory>

namespace writ::storage {

/// The right to keep a database equal to a journal. One holder at a time, of all processes and, on
/// a server, of all machines; given back when destroyed, by death, and by the loss of the
/// connection.
class WriterLease {
 public:
  /// Errors: kLocked, another follower or host has it; the database's, or as Storage.
  /// `database` outlives the lease.
  [[nodiscard]] static base::Result<std::unique_ptr<WriterLease>> take(Database& database,
                                                                       journal::Storage& files);
  virtual ~WriterLease() = default;
};

/// Begins the transaction of a projection: no other one is in such a transaction until it ends, in
/// whichever process. Errors: the database's.
[[nodiscard]] base::Result<Transaction> begin_alone(Database& database);

}  // namespace writ::storage
