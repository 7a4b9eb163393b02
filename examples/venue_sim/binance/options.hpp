#pragma once

#include "server.hpp"
#include "venue.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace writ::venue_sim {

/// What the program was told.
struct ProgramOptions {
  VenueOptions spot;
  VenueOptions futures;
  std::optional<std::uint16_t> spot_port;     ///< unset: not served
  std::optional<std::uint16_t> futures_port;  ///< unset: not served
  std::string tls_folder;
  ClockOptions clock;
  std::vector<std::string> faults;  ///< files of scripted faults
};

/// Reads the command line and the files it names. nullopt: help was asked for, and printed. Throws
/// InputError.
[[nodiscard]] std::optional<ProgramOptions> read_options(int argc, const char* const* argv);

}  // namespace writ::venue_sim
