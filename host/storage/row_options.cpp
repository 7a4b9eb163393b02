#include "host/storage/row_options.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace writ::storage {

RowOptions row_options(std::string_view config_json) {
  RowOptions options;
  boost::system::error_code bad;
  const auto config = boost::json::parse(config_json, bad);
  if (bad || !config.is_object()) return options;
  const auto* storage = config.get_object().if_contains("storage");
  if (storage == nullptr || !storage->is_object()) return options;
  const auto read = [storage](const char* key, bool& option) {
    const auto* value = storage->get_object().if_contains(key);
    if (value != nullptr && value->is_bool()) option = value->get_bool();
  };
  read("log_l2_full", options.log_l2_full);
  read("store_snapshots", options.store_snapshots);
  read("store_features", options.store_features);
  return options;
}

}  // namespace writ::storage
