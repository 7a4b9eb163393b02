#include "host/venue/binance/json_fields.hpp"

#include "host/feed/binance_codec.hpp"

#include <writ/decimal.hpp>

#include <limits>

namespace writ::venue::binance {

namespace dom = simdjson::dom;

JsonFields::JsonFields(std::optional<dom::element> element, const char* name,
                       JsonFault& fault) noexcept
    : fault_(fault) {
  dom::object object;
  if (element && element->get(object) == simdjson::SUCCESS) {
    object_ = object;
  } else {
    fault_.note(name);
  }
}

JsonFields::JsonFields(dom::element document, JsonFault& fault) noexcept
    : JsonFields(std::optional(document), "a JSON object", fault) {}

std::optional<dom::element> JsonFields::find(const char* name) const noexcept {
  dom::element found;
  if (!object_) return std::nullopt;
  if (object_->at_key(name).get(found) != simdjson::SUCCESS || found.is_null()) return std::nullopt;
  return found;
}

bool JsonFields::has(const char* name) const noexcept { return find(name).has_value(); }

std::string_view JsonFields::text_or_empty(const char* name) const noexcept {
  std::string_view text;
  if (const auto found = find(name); found && found->get(text) != simdjson::SUCCESS) {
    fault_.note(name);
  }
  return text;
}

std::string_view JsonFields::text(const char* name) const noexcept {
  if (!has(name)) fault_.note(name);
  return text_or_empty(name);
}

std::int64_t JsonFields::integer(const char* name) const noexcept {
  std::int64_t value = 0;
  const auto found = find(name);
  if (!found || found->get(value) != simdjson::SUCCESS) fault_.note(name);
  return value;
}

bool JsonFields::flag_or(const char* name, bool otherwise) const noexcept {
  return has(name) ? flag(name) : otherwise;
}

bool JsonFields::flag(const char* name) const noexcept {
  bool value = false;
  const auto found = find(name);
  if (found && found->get(value) == simdjson::SUCCESS) return value;
  std::string_view text;
  if (found && found->get(text) == simdjson::SUCCESS && (text == "true" || text == "false")) {
    return text == "true";
  }
  fault_.note(name);
  return false;
}

std::int64_t JsonFields::decimal(const char* name) const noexcept {
  const auto found = find(name);
  std::string_view text;
  std::int64_t whole = 0;
  if (found && found->get(text) == simdjson::SUCCESS) {
    const auto parsed = parse_nano(text);
    if (parsed && parsed.value != WRIT_NONE) return parsed.value;
  } else if (found && found->get(whole) == simdjson::SUCCESS) {
    std::int64_t nano = 0;
    if (!__builtin_mul_overflow(whole, 1'000'000'000, &nano)) return nano;
  }
  fault_.note(name);
  return 0;
}

std::int64_t JsonFields::decimal_or(const char* name, std::int64_t otherwise) const noexcept {
  return has(name) ? decimal(name) : otherwise;
}

std::int64_t JsonFields::upper_bound(const char* name) const noexcept {
  if (!has(name)) return WRIT_NONE;
  if (parse_nano(text(name)).error == DecimalError::kRange) return WRIT_NONE;
  const std::int64_t bound = decimal(name);
  return bound == 0 ? WRIT_NONE : bound;
}

Money JsonFields::money(const char* name) const noexcept {
  const auto parsed = parse_money(text(name));
  if (!parsed) fault_.note(name);
  return parsed.value;
}

std::int64_t JsonFields::time(const char* name) const noexcept {
  const std::int64_t ns = feed::time_from_venue(integer(name));
  if (ns == WRIT_NONE) fault_.note(name);
  return ns;
}

std::int64_t JsonFields::time_or_none(const char* name) const noexcept {
  return has(name) && integer(name) != 0 ? time(name) : WRIT_NONE;
}

JsonFields JsonFields::object(const char* name) const noexcept {
  return {find(name), name, fault_};
}

base::Result<dom::element> parse_json(dom::parser& parser, std::string_view text) {
  dom::element document;
  if (parser.parse(text.data(), text.size()).get(document) != simdjson::SUCCESS) {
    return base::Error(base::Errc::kCorrupt, "not JSON", static_cast<std::int64_t>(text.size()));
  }
  return document;
}

}  // namespace writ::venue::binance
