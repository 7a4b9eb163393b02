#pragma once

#include "host/config/config.hpp"
#include "host/journal/storage.hpp"
#include "host/storage/projection_thread.hpp"

#include <writ/ids.hpp>

#include <boost/json/object.hpp>

#include <filesystem>
#include <optional>

namespace writ::cli {

/// The databases of a running host: the one the configuration names, and its second. Each has its
/// own thread, connection and checkpoint, and neither waits for the other or the host for them.
/// What goes wrong with one is said on stderr, once when it begins and once when it is over.
class Projections {
 public:
  /// Throws base::InputError as storage::ProjectionThread. A second database without a first is
  /// wrong input too.
  explicit Projections(const config::StorageConfig& config);

  /// `files` outlives this.
  void follow(journal::Storage& files, const std::filesystem::path& folder, RunNumber run);
  /// `databases`, with how far each is and what troubles it. [any thread]
  void add_to(boost::json::object& status) const;
  /// Call once the journal was closed; says on stderr what is left for the next start.
  void finish();

 private:
  std::optional<storage::ProjectionThread> primary_;
  std::optional<storage::ProjectionThread> secondary_;
};

}  // namespace writ::cli
