#include "host/config/key_tree.hpp"

#include "host/base/assert.hpp"

namespace writ::config {
namespace {

// "a.b[].c" as a, b, [], c.
std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : path) {
    if (c == '.' || c == '[') {
      if (!part.empty()) parts.push_back(part);
      part.clear();
      if (c == '[') part.assign(1, c);
    } else {
      part.push_back(c);
    }
  }
  if (!part.empty()) parts.push_back(part);
  return parts;
}

}  // namespace

const KeyTree* KeyTree::child(std::string_view wanted) const {
  const KeyTree* any = nullptr;
  for (const KeyTree& tree : children) {
    if (tree.name == wanted) return &tree;
    if (tree.name == "*") any = &tree;
  }
  return any;
}

const KeyTree& KeyTree::item() const {
  WRIT_ASSERT(children.size() == 1 && children.front().name == "[]");
  return children.front();
}

bool KeyTree::open() const { return children.size() == 1 && children.front().name == "*"; }

KeyTree key_tree(const std::vector<Key>& table) {
  KeyTree root;
  for (const Key& key : table) {
    auto parts = parts_of(key.path);
    if (parts.empty()) {
      root.key = key;
      continue;
    }
    const std::string last = parts.back();
    parts.pop_back();
    KeyTree* at = &root;
    for (const std::string& part : parts) {
      KeyTree* next = nullptr;
      for (KeyTree& tree : at->children) {
        if (tree.name == part) next = &tree;
      }
      WRIT_ASSERT(next != nullptr);
      at = next;
    }
    at->children.push_back({key, last, {}});
  }
  return root;
}

}  // namespace writ::config
