#include "host/config/node.hpp"

#include "host/base/assert.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace writ::config {

const Node::Entry* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

void Node::set(std::string_view key, Node value) {
  WRIT_ASSERT(kind == Kind::kMapping);
  for (Entry& entry : entries) {
    if (entry.key != key) continue;
    entry.value = std::move(value);
    return;
  }
  Place where = value.place;
  entries.push_back({std::string(key), std::move(where), std::move(value)});
}

Node Node::take(std::string_view key) {
  for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
    if (entry->key != key) continue;
    Node value = std::move(entry->value);
    entries.erase(entry);
    return value;
  }
  return {};
}

Node quoted_text(std::string text, const std::string& origin) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.place = {origin, 0, 0};
  node.text = std::move(text);
  node.quoted = true;
  return node;
}

Node node_of(const boost::json::value& value, const std::string& origin) {
  if (const auto* text = value.if_string()) return quoted_text(std::string(*text), origin);
  Node node;
  node.place = {origin, 0, 0};
  if (const auto* object = value.if_object()) {
    node.kind = Node::Kind::kMapping;
    for (const auto& [key, member] : *object) {
      if (member.is_null()) continue;
      node.entries.push_back({std::string(key), node.place, node_of(member, origin)});
    }
  } else if (const auto* array = value.if_array()) {
    node.kind = Node::Kind::kList;
    for (const auto& item : *array) node.items.push_back(node_of(item, origin));
  } else if (!value.is_null()) {
    node.kind = Node::Kind::kScalar;
    node.text = boost::json::serialize(value);
  }
  return node;
}

}  // namespace writ::config
