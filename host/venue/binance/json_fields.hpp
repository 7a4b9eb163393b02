#pragma once

#include "host/base/result.hpp"

#include <writ/abi/scalar.h>
#include <writ/money.hpp>

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace writ::venue::binance {

/// The first field of a document that was missing, of the wrong kind or out of range. Reading goes
/// on with zeroes, so that one test at the end suffices.
class JsonFault {
 public:
  /// `field` is a string literal.
  void note(const char* field) noexcept {
    if (field_ == nullptr) field_ = field;
  }
  [[nodiscard]] bool any() const noexcept { return field_ != nullptr; }
  /// kInvalid; its step is the field's name.
  [[nodiscard]] base::Error error() const noexcept { return {base::Errc::kInvalid, field_}; }

 private:
  const char* field_ = nullptr;
};

/// An object of a reply or event, read by name: what nobody asks for is ignored. Names are string
/// literals. Numbers go from their text to 1e-9 exactly, never through a double.
class JsonFields {
 public:
  /// An object without a field.
  explicit JsonFields(JsonFault& fault) noexcept : fault_(fault) {}
  /// The document's own; a fault where it is no object.
  JsonFields(simdjson::dom::element document, JsonFault& fault) noexcept;

  [[nodiscard]] bool has(const char* name) const noexcept;
  /// Of text, or empty where it is absent or null.
  [[nodiscard]] std::string_view text_or_empty(const char* name) const noexcept;
  [[nodiscard]] std::string_view text(const char* name) const noexcept;
  [[nodiscard]] std::int64_t integer(const char* name) const noexcept;
  /// True or false, also as text.
  [[nodiscard]] bool flag(const char* name) const noexcept;
  [[nodiscard]] bool flag_or(const char* name, bool otherwise) const noexcept;
  /// Decimal text or a whole number, at 1e-9.
  [[nodiscard]] std::int64_t decimal(const char* name) const noexcept;
  [[nodiscard]] std::int64_t decimal_or(const char* name, std::int64_t otherwise) const noexcept;
  /// An upper bound at 1e-9; WRIT_NONE where it is absent, 0, or more than a record can hold.
  [[nodiscard]] std::int64_t upper_bound(const char* name) const noexcept;
  [[nodiscard]] Money money(const char* name) const noexcept;
  /// A time in ms, us or ns, as ns.
  [[nodiscard]] std::int64_t time(const char* name) const noexcept;
  /// WRIT_NONE where it is absent, null or 0.
  [[nodiscard]] std::int64_t time_or_none(const char* name) const noexcept;

  [[nodiscard]] JsonFields object(const char* name) const noexcept;
  /// Calls `take(JsonFields)` for each object of a list; a fault where it is none.
  template <class Take>
  void for_each(const char* name, Take take) const {
    simdjson::dom::array list;
    const auto found = find(name);
    if (!found || found->get(list) != simdjson::SUCCESS) return fault_.note(name);
    for (const simdjson::dom::element element : list) take(JsonFields(element, name, fault_));
  }

  [[nodiscard]] JsonFault& fault() const noexcept { return fault_; }
  /// The same object; what is amiss in it is noted there.
  [[nodiscard]] JsonFields with(JsonFault& fault) const noexcept { return {object_, fault}; }

 private:
  JsonFields(std::optional<simdjson::dom::object> object, JsonFault& fault) noexcept
      : object_(object), fault_(fault) {}
  JsonFields(std::optional<simdjson::dom::element> element, const char* name,
             JsonFault& fault) noexcept;

  [[nodiscard]] std::optional<simdjson::dom::element> find(const char* name) const noexcept;

  std::optional<simdjson::dom::object> object_;
  JsonFault& fault_;
};

/// The document, valid until the parser's next one. Errors: kCorrupt (not JSON), detail its size.
[[nodiscard]] base::Result<simdjson::dom::element> parse_json(simdjson::dom::parser& parser,
                                                              std::string_view text);

}  // namespace writ::venue::binance
