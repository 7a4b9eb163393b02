#pragma once

#include "host/venue/binance/signer.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace writ::venue::binance {

/// `text` as one value of a query: everything but letters, digits and `-_.~` as %XX, byte by byte.
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// The parameters of one request, in the order they were added. A REST request is signed as the
/// query that is sent, values percent-encoded first; a WebSocket API request over its parameters
/// sorted by name, values as they are.
/// Source: Binance Spot API, rest-api.md and web-socket-api.md, "SIGNED request security".
class Parameters {
 public:
  /// A name is added once; it and a number are never encoded.
  Parameters& add(std::string_view name, std::string_view value);
  Parameters& add(std::string_view name, std::int64_t value);

  [[nodiscard]] bool empty() const noexcept { return parameters_.empty(); }

  /// `a=1&b=2`, as a query or a form body carries it.
  [[nodiscard]] std::string query() const;
  /// The same with `signature=` at its end. Sent as it is, and once: as query or as body.
  [[nodiscard]] std::string signed_query(const Signer& signer) const;

  /// What a WebSocket API request is signed over.
  [[nodiscard]] std::string sorted_payload() const;
  /// The JSON object of a WebSocket API request's `params`; numbers as numbers, all else as text.
  [[nodiscard]] std::string json() const;
  /// The same with its signature.
  [[nodiscard]] std::string signed_json(const Signer& signer) const;

 private:
  struct Parameter {
    std::string name;
    std::string value;
    bool number;
  };

  void append(std::string_view name, std::string value, bool number);

  std::vector<Parameter> parameters_;
};

}  // namespace writ::venue::binance
