#pragma once

#include "host/cli/arguments.hpp"
#include "host/ops/control_client.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace writ::cli {

// What the commands for a running host have in common.

/// `--journal`, `--config` and `--run`: which host.
void add_host_options(Arguments& arguments);

/// The host that writes the run the arguments name. Throws base::InputError if none does.
[[nodiscard]] ops::ControlClient connect_to_host(const Arguments& arguments);

/// A request of this name with the scope and the reason the arguments give.
[[nodiscard]] boost::json::object request_of(const Arguments& arguments, const char* command);

/// Sends it and returns the answer. Throws base::InputError for a refusal, base::Failure if no
/// answer comes.
[[nodiscard]] boost::json::object ask_host(ops::ControlClient& client,
                                           const boost::json::object& request);

/// A member as text; empty if there is none.
[[nodiscard]] std::string text_at(const boost::json::object& object, const char* key);

}  // namespace writ::cli
