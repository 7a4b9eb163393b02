#include "host/model/catalogue_check.hpp"

#include "host/model/catalogue.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace writ::model {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr Error kNoCatalogue{Errc::kCorrupt, "catalogue of records"};

Result<boost::json::value> parse_catalogue(std::string_view json) {
  boost::json::error_code error;
  boost::json::value parsed = boost::json::parse({json.data(), json.size()}, error);
  if (error) return kNoCatalogue;
  const auto* root = parsed.if_object();
  const auto* records = root == nullptr ? nullptr : root->if_contains("records");
  if (records == nullptr || !records->is_array()) return kNoCatalogue;
  for (const auto& record : records->get_array()) {
    const auto* object = record.if_object();
    if (object == nullptr) return kNoCatalogue;
    const auto* type = object->if_contains("type");
    const auto* size = object->if_contains("size");
    const bool numbers = type != nullptr && size != nullptr && type->is_int64() && size->is_int64();
    if (!numbers || type->get_int64() < 0 || type->get_int64() > 0xffff || size->get_int64() < 0 ||
        size->get_int64() > kRecordSizeMax) {
      return kNoCatalogue;
    }
  }
  return parsed;
}

}  // namespace

Result<ForeignTypes> check_catalogue(std::string_view json) {
  ForeignTypes foreign;
  if (json == catalogue_json()) return foreign;
  const auto theirs = parse_catalogue(json);
  if (!theirs) return theirs.error();
  const auto ours = parse_catalogue(catalogue_json());
  if (!ours) return ours.error();
  for (const auto& record : theirs->get_object().at("records").get_array()) {
    const auto type = static_cast<std::uint16_t>(record.get_object().at("type").get_int64());
    if (layout_of(type) == nullptr) {
      foreign[type] = static_cast<std::uint32_t>(record.get_object().at("size").get_int64());
      continue;
    }
    for (const auto& own : ours->get_object().at("records").get_array()) {
      if (own.get_object().at("type").get_int64() == type && own != record) {
        return Error(Errc::kUnsupported, "layout of a record type", type);
      }
    }
  }
  return foreign;
}

}  // namespace writ::model
