#include "host/config/yaml_text.hpp"

#include "host/base/input_error.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <cstddef>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

namespace writ::config {
namespace {

// Builds the tree from the parser's events: yaml-cpp's own tree has lost duplicate keys, anchors
// and whether a scalar was quoted.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const std::string& file) : file_(file) {}

  [[nodiscard]] Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) refuse(mark, "a second document: a configuration is one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    no_anchor(mark, anchor);
    add(node(mark, Node::Kind::kNull));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark,
           "aliases (*name) are not part of the configuration's YAML; quote a text such as \"*\"");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    no_anchor(mark, anchor);
    no_tag(mark, tag);
    Node scalar = node(mark, Node::Kind::kScalar);
    scalar.text = value;
    scalar.quoted = tag == "!";
    if (expects_key()) {
      take_key(mark, scalar);
    } else {
      add(std::move(scalar));
    }
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    no_anchor(mark, anchor);
    no_tag(mark, tag);
    open(mark, Node::Kind::kList);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    no_anchor(mark, anchor);
    no_tag(mark, tag);
    open(mark, Node::Kind::kMapping);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    std::optional<std::pair<std::string, Place>> key;  // of a mapping, waiting for its value
  };

  [[nodiscard]] Place place(const YAML::Mark& mark) const {
    return {file_, mark.line + std::int64_t{1}, mark.column + std::int64_t{1}};
  }
  [[noreturn]] void refuse(const YAML::Mark& mark, std::string message) const {
    throw base::InputError(file_, mark.line + std::int64_t{1}, mark.column + std::int64_t{1},
                           std::move(message));
  }
  void no_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) refuse(mark, "anchors (&name) are not part of the configuration's YAML");
  }
  void no_tag(const YAML::Mark& mark, const std::string& tag) const {
    // The parser says "?" for a plain and "!" for a quoted scalar.
    if (!tag.empty() && tag != "?" && tag != "!") {
      refuse(mark, "tags (!name) are not part of the configuration's YAML");
    }
  }
  [[nodiscard]] Node node(const YAML::Mark& mark, Node::Kind kind) const {
    Node made;
    made.kind = kind;
    made.place = place(mark);
    return made;
  }
  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back().node.kind == Node::Kind::kMapping && !open_.back().key;
  }
  void take_key(const YAML::Mark& mark, const Node& scalar) {
    if (scalar.text == "<<")
      refuse(mark, "merge keys (<<) are not part of the configuration's YAML");
    if (const auto* before = open_.back().node.find(scalar.text)) {
      refuse(mark, "key \"" + scalar.text + "\" is given twice, first at line " +
                       std::to_string(before->place.line));
    }
    open_.back().key = {scalar.text, scalar.place};
  }
  void open(const YAML::Mark& mark, Node::Kind kind) {
    if (expects_key()) refuse(mark, "a key must be a text");
    open_.push_back({node(mark, kind), std::nullopt});
  }
  void close() {
    Node done = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(done));
  }
  void add(Node value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Node::Kind::kList) {
      parent.node.items.push_back(std::move(value));
      return;
    }
    if (!parent.key)
      throw base::InputError(file_, value.place.line, value.place.column, "a key must be a text");
    auto [key, where] = std::move(*parent.key);
    parent.key.reset();
    // The parser places a missing value at the token after it.
    if (value.kind == Node::Kind::kNull) value.place = where;
    parent.node.entries.push_back({std::move(key), std::move(where), std::move(value)});
  }

  const std::string& file_;
  Node root_;
  std::vector<Open> open_;
  int documents_ = 0;
};

}  // namespace

Node parse_yaml(const std::string& text, const std::string& file) {
  TreeBuilder builder(file);
  try {
    std::istringstream in(text);
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    throw base::InputError(file, error.mark.line + std::int64_t{1},
                           error.mark.column + std::int64_t{1}, "not YAML: " + error.msg);
  }
  Node root = builder.take_root();
  if (root.kind == Node::Kind::kNull) {
    root.kind = Node::Kind::kMapping;
    root.place = {file, 1, 1};
  }
  return root;
}

}  // namespace writ::config
