#include "host/cli/editor_schema.hpp"

#include "host/config/json_schema.hpp"
#include "host/plugin/parameters.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <utility>

namespace writ::cli {
namespace {

namespace json = boost::json;

json::object wires_schema(const plugin::Descriptor& descriptor) {
  json::object ports;
  for (const auto& port : descriptor.signals_in) {
    json::object entry;
    entry["description"] = port.doc;
    ports[port.name] = std::move(entry);
  }
  json::object schema;
  schema["properties"] = std::move(ports);
  schema["additionalProperties"] = false;
  return schema;
}

/// What holds of an instance that names the plugin.
json::object condition(const plugin::Descriptor& descriptor) {
  json::object parameters = plugin::parameter_schema(descriptor);
  parameters.erase("$schema");
  const bool needed = !parameters["required"].as_array().empty();
  json::object then;
  auto& properties = then["properties"].emplace_object();
  properties["params"] = std::move(parameters);
  properties["signals"] = wires_schema(descriptor);
  if (needed) then["required"] = json::array{"params"};
  json::object result;
  auto& test = result["if"].emplace_object();
  test["properties"].emplace_object()["plugin"].emplace_object()["const"] = descriptor.id;
  test["required"] = json::array{"plugin"};
  result["then"] = std::move(then);
  return result;
}

void add_plugins(json::object& instance, const plugin::Catalogue& catalogue,
                 plugin::PluginKind kind) {
  auto& conditions = instance["allOf"];
  if (!conditions.is_array()) conditions.emplace_array();
  json::array known;
  for (const auto& module : catalogue.modules()) {
    for (const auto& descriptor : module->descriptors()) {
      if (descriptor.kind != kind) continue;
      known.push_back(json::value(descriptor.id));
      conditions.as_array().push_back(condition(descriptor));
    }
  }
  // For completion; another folder's plugin is no mistake.
  instance["properties"].as_object()["plugin"].as_object()["examples"] = std::move(known);
}

}  // namespace

json::object editor_schema(const plugin::Catalogue& catalogue) {
  auto schema = config::json_schema();
  auto& sections = schema["properties"].as_object();
  const auto instance_of = [&sections](const char* list) -> json::object& {
    return sections[list].as_object()["items"].as_object();
  };
  add_plugins(instance_of("signals"), catalogue, plugin::PluginKind::kSignal);
  add_plugins(instance_of("strategies"), catalogue, plugin::PluginKind::kStrategy);
  return schema;
}

}  // namespace writ::cli
