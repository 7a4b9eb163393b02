#pragma once

#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::venue_sim {

/// The parameters of one request, whichever way it came, and what its signature must be of.
/// Reading refuses with the venue's own code where a parameter is missing or malformed.
class Request {
 public:
  /// Of a REST request: query and form body; where both have a name the query's counts.
  [[nodiscard]] static Request of_rest(std::string_view query, std::string_view body);
  /// Of a WebSocket API request: the text of its `params` object. Throws Refusal -1100 where that
  /// is no flat JSON object.
  [[nodiscard]] static Request of_message(std::string_view params);

  [[nodiscard]] const std::string& payload() const noexcept { return payload_; }
  [[nodiscard]] const std::string& signature() const noexcept { return signature_; }

  /// nullptr where it is absent or empty.
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name) != nullptr; }
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::string text_or(std::string_view name, std::string_view otherwise) const;
  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  [[nodiscard]] std::int64_t integer_or(std::string_view name, std::int64_t otherwise) const;
  [[nodiscard]] bool flag_or(std::string_view name, bool otherwise) const;
  [[nodiscard]] Price price(std::string_view name) const;
  [[nodiscard]] Quantity quantity(std::string_view name) const;
  [[nodiscard]] Money money(std::string_view name) const;
  /// Refuses the request if it has this parameter.
  void must_not_have(std::string_view name) const;

 private:
  void add(std::string name, std::string value);

  std::vector<std::pair<std::string, std::string>> parameters_;
  std::string payload_;
  std::string signature_;
};

/// The text with %XX and + decoded.
[[nodiscard]] std::string percent_decoded(std::string_view text);

/// The members of a flat JSON object, each with the text of its value as it was written, or the
/// characters of a string. Nothing if it is not that.
[[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> flat_members(
    std::string_view object);

}  // namespace writ::venue_sim
