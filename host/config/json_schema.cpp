#include "host/config/json_schema.hpp"

#include "host/config/key_tree.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <cstddef>
#include <cstdlib>
#include <map>
#include <string_view>

namespace writ::config {
namespace {

namespace json = boost::json;

constexpr const char* kDecimalPattern = "^-?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?$";
constexpr const char* kDurationPattern = "^([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|ms|s|m|h|d)$";

std::string documentation(const Key& key) {
  std::string text = key.doc;
  if (*key.unit != '\0') text += std::string(" [") + key.unit + "]";
  for (std::size_t i = 0; i < key.when.size(); ++i) {
    text += (i == 0 ? " Only with type " : " or ") + key.when[i];
  }
  if (!key.when.empty()) text += ".";
  const bool integer = key.kind == KeyKind::kInteger;
  if (!integer && key.kind != KeyKind::kList && key.min != nullptr) {
    text += std::string(" Least: ") + key.min + ".";
  }
  if (!integer && key.max != nullptr) text += std::string(" Most: ") + key.max + ".";
  if (key.preset_backtest != nullptr) {
    text += std::string(" Default in a backtest: ") + key.preset_backtest + ".";
  }
  return text;
}

json::value default_of(const Key& key) {
  if (key.kind == KeyKind::kInteger) return std::strtoll(key.preset, nullptr, 10);
  if (key.kind == KeyKind::kBoolean) return std::string_view(key.preset) == "true";
  return json::value(key.preset);
}

json::object schema_of(const KeyTree& tree);

void describe_section(const KeyTree& tree, json::object& schema) {
  schema["type"] = "object";
  json::object properties;
  json::array required;
  std::map<std::string, json::array> required_by_type;
  for (const KeyTree& child : tree.children) {
    if (child.name == "*") {
      schema["additionalProperties"] = schema_of(child);
      return;
    }
    properties[child.name] = schema_of(child);
    if (!child.key.required) continue;
    if (child.key.when.empty()) required.push_back(json::value(child.name));
    for (const auto& type : child.key.when) {
      required_by_type[type].push_back(json::value(child.name));
    }
  }
  schema["properties"] = std::move(properties);
  schema["additionalProperties"] = false;
  if (!required.empty()) schema["required"] = std::move(required);
  json::array conditions;
  for (auto& [type, names] : required_by_type) {
    json::object test;
    test["properties"].emplace_object()["type"].emplace_object()["const"] = type;
    json::object condition;
    condition["if"] = std::move(test);
    condition["then"].emplace_object()["required"] = std::move(names);
    conditions.push_back(std::move(condition));
  }
  if (!conditions.empty()) schema["allOf"] = std::move(conditions);
}

json::object schema_of(const KeyTree& tree) {
  const Key& key = tree.key;
  json::object schema;
  schema["description"] = documentation(key);
  switch (key.kind) {
    case KeyKind::kSection:
      describe_section(tree, schema);
      break;
    case KeyKind::kList:
      schema["type"] = "array";
      schema["items"] = schema_of(tree.item());
      if (key.min != nullptr) schema["minItems"] = std::strtoll(key.min, nullptr, 10);
      return schema;
    case KeyKind::kWord: {
      json::array words;
      for (const auto& word : key.words) words.push_back(json::value(word));
      schema["enum"] = std::move(words);
      break;
    }
    case KeyKind::kInteger:
      schema["type"] = "integer";
      if (key.min != nullptr) schema["minimum"] = std::strtoll(key.min, nullptr, 10);
      if (key.max != nullptr) schema["maximum"] = std::strtoll(key.max, nullptr, 10);
      break;
    case KeyKind::kBoolean:
      schema["type"] = "boolean";
      break;
    case KeyKind::kDuration:
      schema["type"] = "string";
      schema["pattern"] = kDurationPattern;
      break;
    case KeyKind::kMoney:
    case KeyKind::kPrice:
    case KeyKind::kQuantity:
    case KeyKind::kRate:
      schema["type"] = "string";
      schema["pattern"] = kDecimalPattern;
      break;
    case KeyKind::kScalar:
      schema["type"] = json::array{"string", "integer", "boolean"};
      break;
    case KeyKind::kText:
    case KeyKind::kPath:
      schema["type"] = "string";
      schema["minLength"] = 1;
      break;
  }
  if (key.preset != nullptr) schema["default"] = default_of(key);
  return schema;
}

void write(const json::value& value, std::size_t depth, std::string& out) {
  const std::string inner(2 * (depth + 1), ' ');
  const std::string outer(2 * depth, ' ');
  if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
    out += "{\n";
    std::size_t left = object->size();
    for (const auto& [key, member] : *object) {
      out += inner + json::serialize(json::value(key)) + ": ";
      write(member, depth + 1, out);
      out += --left > 0 ? ",\n" : "\n";
    }
    out += outer + "}";
  } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
    out += "[\n";
    std::size_t left = array->size();
    for (const auto& item : *array) {
      out += inner;
      write(item, depth + 1, out);
      out += --left > 0 ? ",\n" : "\n";
    }
    out += outer + "]";
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

json::object json_schema() {
  json::object schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "writ.yaml";
  for (auto& [key, value] : schema_of(key_tree(keys()))) schema[key] = value;
  return schema;
}

std::string indented(const json::value& value) {
  std::string text;
  write(value, 0, text);
  return text + "\n";
}

}  // namespace writ::config
