#pragma once

#include "host/venue/binance/signer.hpp"

#include <string>

namespace writ::venue::binance {

/// Who we are to the venue. Neither part is ever printed, journaled or handed to a plugin.
struct Credentials {
  std::string api_key;
  Signer signer;
};

/// Reads a file of lines `api_key: KEY` and either `secret: SECRET` (HMAC) or an Ed25519 private
/// key as PEM; empty lines and lines that begin with `#` are skipped. The file must be a regular
/// one of the user who runs this, closed to everybody else. Throws base::InputError, which says
/// what to do and never what the file holds.
[[nodiscard]] Credentials read_credentials(const std::string& file);

/// Takes PREFIX_API_KEY and PREFIX_SECRET (HMAC) or PREFIX_PRIVATE_KEY (Ed25519, PEM) out of this
/// process's environment: they are wiped there, so that neither a plugin nor a program that is
/// started finds them. Once, before another thread uses the environment. Throws base::InputError,
/// which names the variable and never its value.
[[nodiscard]] Credentials take_credentials(const std::string& prefix);

}  // namespace writ::venue::binance
