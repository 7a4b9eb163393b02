#include "host/config/document.hpp"

#include "host/base/assert.hpp"
#include "host/base/canonical_json.hpp"
#include "host/base/duration_text.hpp"
#include "host/base/input_error.hpp"
#include "host/base/near_name.hpp"
#include "host/base/sha256.hpp"
#include "host/config/key_tree.hpp"

#include <writ/decimal.hpp>
#include <writ/int128.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace writ::config {
namespace {

namespace json = boost::json;

constexpr std::size_t kTextMax = 4096;

std::string shown(std::string_view text) {
  std::string result = "\"";
  for (const char c : text.substr(0, 60)) {
    const bool printable = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
    result.push_back(printable ? c : ' ');
  }
  return result + (text.size() > 60 ? "...\"" : "\"");
}

std::optional<std::int64_t> integer_of(std::string_view text) {
  if (text.empty() || text.front() == '+') return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (std::to_string(number) != text) return std::nullopt;  // one spelling: no 007, no -0
  return number;
}

bool is_boolean(std::string_view text) { return text == "true" || text == "false"; }

// What some reader of YAML would not take for a text.
bool looks_like_other(std::string_view text) {
  static constexpr std::string_view kWords[] = {"true", "false", "yes", "no", "on",   "off",
                                                "null", "~",     "y",   "n",  ".nan", ".inf"};
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (std::find(std::begin(kWords), std::end(kWords), lower) != std::end(kWords)) return true;
  const auto first = text.find_first_not_of("+-");
  return first != text.npos && (text[first] >= '0' && text[first] <= '9') &&
         text.find_first_not_of("+-0123456789.eExXoO_:abcdefABCDEF") == text.npos;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

// A number of either width as an exact integer; nothing if the text is none of that kind.
struct Number {
  Int128 value = 0;
  DecimalError error = DecimalError::kNone;
};

Number number_of(KeyKind kind, std::string_view text) {
  switch (kind) {
    case KeyKind::kMoney: {
      const auto money = parse_money(text);
      return {money.value.raw, money.error};
    }
    case KeyKind::kDuration: {
      const auto ns = base::parse_duration(text);
      return {ns.value, ns.error};
    }
    case KeyKind::kInteger: {
      const auto integer = integer_of(text);
      return integer ? Number{*integer} : Number{0, DecimalError::kSyntax};
    }
    case KeyKind::kPrice: {
      const auto price = parse_price(text);
      return {price.value.raw, price.error};
    }
    default: {
      const auto quantity = parse_quantity(text);
      return {quantity.value.raw, quantity.error};
    }
  }
}

}  // namespace

class Document::Checker {
 public:
  Checker(Document& document, bool recorded) : document_(document), recorded_(recorded) {}

  json::object run(const Node& root) {
    const KeyTree tree = key_tree(keys());
    if (const auto* mode = root.find("mode")) backtest_ = mode->value.text == "backtest";
    return section(tree, root, "");
  }

 private:
  [[noreturn]] static void refuse(const Place& place, const std::string& message) {
    throw base::InputError(place.file, place.line, place.column, message);
  }
  static std::string named(const std::string& path) {
    return path.empty() ? "the configuration" : path;
  }
  static std::string below(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
  }

  void mark(const std::string& path, const Place& value, const Place& key, bool quoted) {
    document_.marks_[path] = {value, key, quoted};
  }

  json::value value(const KeyTree& tree, const Node& node, const std::string& path) {
    if (node.kind == Node::Kind::kNull) refuse(node.place, named(path) + " has no value");
    switch (tree.key.kind) {
      case KeyKind::kSection:
        return section(tree, node, path);
      case KeyKind::kList:
        return list(tree, node, path);
      default:
        if (node.kind != Node::Kind::kScalar) {
          refuse(node.place, path + ": " + wanted(tree.key) + " is needed, not a " +
                                 (node.kind == Node::Kind::kList ? "list" : "mapping"));
        }
        return scalar(tree.key, node, path);
    }
  }

  static std::string wanted(const Key& key) {
    switch (key.kind) {
      case KeyKind::kInteger:
        return "an integer";
      case KeyKind::kBoolean:
        return "true or false";
      case KeyKind::kMoney:
      case KeyKind::kPrice:
      case KeyKind::kQuantity:
      case KeyKind::kRate:
        return "a quoted decimal";
      case KeyKind::kDuration:
        return "a duration";
      case KeyKind::kWord:
        return joined(key.words);
      default:
        return "a text";
    }
  }

  json::object section(const KeyTree& tree, const Node& node, const std::string& path) {
    if (node.kind != Node::Kind::kMapping) {
      refuse(node.place, named(path) + ": a mapping is needed, not a " +
                             (node.kind == Node::Kind::kList ? "list" : "text"));
    }
    mark(path, node.place, node.place, false);
    const auto* type = node.find("type");
    const std::string_view chosen = type == nullptr ? "" : std::string_view(type->value.text);
    json::object result;
    for (const Node::Entry& entry : node.entries) {
      const KeyTree* child = tree.child(entry.key);
      if (child == nullptr) refuse_unknown(tree, entry, path);
      if (!applies(child->key, chosen)) {
        refuse(entry.place,
               below(path, entry.key) + " is for type " + joined(child->key.when) + " only");
      }
      const std::string name = below(path, entry.key);
      mark(name, entry.value.place, entry.place,
           entry.value.kind == Node::Kind::kScalar && entry.value.quoted);
      result[entry.key] = value(*child, entry.value, name);
      document_.marks_[name].key = entry.place;
    }
    for (const KeyTree& child : tree.children) {
      if (child.name == "*" || result.contains(child.name)) continue;
      if (!applies(child.key, chosen)) continue;
      add_missing(child, node, path, result);
    }
    return result;
  }

  static bool applies(const Key& key, std::string_view type) {
    return key.when.empty() || std::find(key.when.begin(), key.when.end(), type) != key.when.end();
  }

  [[noreturn]] static void refuse_unknown(const KeyTree& tree, const Node::Entry& entry,
                                          const std::string& path) {
    std::vector<std::string> known;
    for (const KeyTree& child : tree.children) known.push_back(child.name);
    refuse(entry.place, "unknown key " + shown(entry.key) + " in " + named(path) +
                            base::near_name(entry.key, known));
  }

  // A key that was left out.
  void add_missing(const KeyTree& child, const Node& parent, const std::string& path,
                   json::object& result) {
    const Key& key = child.key;
    const std::string name = below(path, child.name);
    if (key.required && !(recorded_ && key.outside_identity)) {
      refuse(parent.place, named(path) + " needs the key \"" + child.name + "\"");
    }
    const char* preset =
        backtest_ && key.preset_backtest != nullptr ? key.preset_backtest : key.preset;
    switch (key.kind) {
      case KeyKind::kSection: {
        Node empty;
        empty.kind = Node::Kind::kMapping;
        empty.place = parent.place;
        result[child.name] = section(child, empty, name);
        return;
      }
      case KeyKind::kList:
        result[child.name] = preset == nullptr ? json::value(json::array()) : json::value();
        return;
      default:
        break;
    }
    if (preset == nullptr) {
      result[child.name] = nullptr;
      return;
    }
    Node node;
    node.kind = Node::Kind::kScalar;
    node.place = parent.place;
    node.text = preset;
    node.quoted = key.kind != KeyKind::kInteger && key.kind != KeyKind::kBoolean;
    result[child.name] = scalar(key, node, name);
  }

  json::array list(const KeyTree& tree, const Node& node, const std::string& path) {
    if (node.kind != Node::Kind::kList) {
      refuse(node.place, path + ": a list is needed, not a " +
                             (node.kind == Node::Kind::kMapping ? "mapping" : "text"));
    }
    if (tree.key.min != nullptr &&
        static_cast<std::int64_t>(node.items.size()) < integer_of(tree.key.min).value_or(0)) {
      refuse(node.place, path + " is empty");
    }
    json::array result;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const Node& item = node.items[i];
      const std::string name = path + "[" + std::to_string(i) + "]";
      mark(name, item.place, item.place, item.kind == Node::Kind::kScalar && item.quoted);
      result.push_back(value(tree.item(), item, name));
    }
    return result;
  }

  json::value scalar(const Key& key, const Node& node, const std::string& path) {
    switch (key.kind) {
      case KeyKind::kText:
      case KeyKind::kPath:
        return text(node, path);
      case KeyKind::kWord:
        if (std::find(key.words.begin(), key.words.end(), node.text) == key.words.end()) {
          refuse(node.place, path + ": " + shown(node.text) + " is not " + joined(key.words) +
                                 base::near_name(node.text, key.words));
        }
        return json::value(node.text);
      case KeyKind::kInteger: {
        if (node.quoted || !integer_of(node.text)) {
          refuse(node.place, path + ": " + shown(node.text) + " is not an integer" +
                                 (node.quoted ? ": write it without quotes" : ""));
        }
        bounded(key, node, path);
        return json::value(*integer_of(node.text));
      }
      case KeyKind::kBoolean:
        if (node.quoted || !is_boolean(node.text)) {
          refuse(node.place, path + ": " + shown(node.text) + " is neither true nor false" +
                                 (node.quoted ? ": write it without quotes" : ""));
        }
        return json::value(node.text == "true");
      case KeyKind::kDuration: {
        const auto ns = base::parse_duration(node.text);
        if (!ns) {
          refuse(node.place, path + ": " + shown(node.text) +
                                 " is not a duration such as 250ms (units ns us ms s m h d)");
        }
        bounded(key, node, path);
        return json::value(base::duration_text(ns.value));
      }
      case KeyKind::kMoney:
      case KeyKind::kPrice:
      case KeyKind::kQuantity:
      case KeyKind::kRate:
        return decimal(key, node, path);
      case KeyKind::kScalar:
        if (!node.quoted && integer_of(node.text)) return json::value(*integer_of(node.text));
        if (!node.quoted && is_boolean(node.text)) return json::value(node.text == "true");
        return json::value(node.text);
      default:
        break;
    }
    WRIT_ASSERT(false);
    return nullptr;
  }

  json::value text(const Node& node, const std::string& path) {
    if (!node.quoted && looks_like_other(node.text)) {
      refuse(node.place, path + ": write " + shown(node.text) +
                             " in quotes: without, it is no text to every reader of YAML");
    }
    if (node.text.empty()) refuse(node.place, path + " is empty");
    if (node.text.size() > kTextMax || node.text.find('\0') != node.text.npos) {
      refuse(node.place, path + " is longer than 4096 bytes or holds a NUL");
    }
    return json::value(node.text);
  }

  json::value decimal(const Key& key, const Node& node, const std::string& path) {
    if (!node.quoted) {
      refuse(node.place, path + ": write " + shown(node.text) +
                             " as a text in quotes: decimals are "
                             "exact");
    }
    const Number number = number_of(key.kind, node.text);
    const int scale = key.kind == KeyKind::kMoney ? 18 : 9;
    switch (number.error) {
      case DecimalError::kNone:
        break;
      case DecimalError::kSyntax:
        refuse(node.place, path + ": " + shown(node.text) + " is not a decimal number");
      case DecimalError::kInexact:
        refuse(node.place, path + ": " + shown(node.text) + " has more than " +
                               std::to_string(scale) + " decimals");
      case DecimalError::kRange:
        refuse(node.place, path + ": " + shown(node.text) + " is out of range");
    }
    bounded(key, node, path);
    return json::value(DecimalText(number.value, scale).view());
  }

  static void bounded(const Key& key, const Node& node, const std::string& path) {
    const Int128 number = number_of(key.kind, node.text).value;
    if (key.min != nullptr && number < number_of(key.kind, key.min).value) {
      refuse(node.place, path + ": " + node.text + " is below " + key.min + ", the least");
    }
    if (key.max != nullptr && number > number_of(key.kind, key.max).value) {
      refuse(node.place, path + ": " + node.text + " is above " + key.max + ", the most");
    }
  }

  Document& document_;
  bool recorded_;
  bool backtest_ = false;
};

Document Document::check(const Node& root) {
  Document document;
  document.values_ = Checker(document, false).run(root);
  return document;
}

namespace {

Node recorded_node(std::string_view text, const std::string& origin) {
  boost::json::error_code error;
  const auto value = json::parse({text.data(), text.size()}, error);
  if (error || !value.is_object()) throw base::InputError(origin, "the configuration is not JSON");
  return node_of(value, origin);
}

}  // namespace

Document Document::recorded(std::string_view text, const std::string& origin) {
  Document document;
  document.values_ = Checker(document, true).run(recorded_node(text, origin));
  return document;
}

Document Document::recorded_under_rules(std::string_view text, const std::string& origin,
                                        Node rules) {
  Node root = recorded_node(text, origin);
  for (const char* section : {"risk", "ownership"}) {
    static_cast<void>(root.take(section));
    if (rules.find(section) != nullptr) root.set(section, rules.take(section));
  }
  Document document;
  document.values_ = Checker(document, true).run(root);
  return document;
}

json::object Document::shown_values() const {
  auto shown = values_;
  auto& webhook = shown["incidents"].as_object()["webhook"];
  if (webhook.is_string()) {
    const std::string_view url = webhook.get_string();
    webhook = "hidden, sha256 " + base::sha256_hex(url).substr(0, 16);
  }
  return shown;
}

const Document::Mark& Document::mark(std::string_view path) const {
  for (;;) {
    const auto found = marks_.find(path);
    if (found != marks_.end()) return found->second;
    const auto cut = path.find_last_of(".[");
    // The root is always marked.
    path = cut == path.npos ? std::string_view() : path.substr(0, cut);
  }
}

const Place& Document::place(std::string_view path) const { return mark(path).value; }
const Place& Document::key_place(std::string_view path) const { return mark(path).key; }

bool Document::quoted(std::string_view path) const {
  const auto found = marks_.find(path);
  return found != marks_.end() && found->second.quoted;
}

void Document::set_parameters(std::string_view list, std::size_t index,
                              boost::json::object parameters) {
  values_[list].as_array()[index].as_object()["params"] = std::move(parameters);
}

namespace {

json::value identity(const KeyTree& tree, const json::value& value) {
  if (const auto* object = value.if_object();
      object != nullptr && tree.key.kind == KeyKind::kSection) {
    json::object result;
    for (const auto& [key, member] : *object) {
      const KeyTree* child = tree.child(key);
      if (child == nullptr || child->key.outside_identity) continue;
      result[key] = identity(*child, member);
    }
    return result;
  }
  if (const auto* array = value.if_array()) {
    json::array result;
    for (const auto& item : *array) result.push_back(identity(tree.item(), item));
    return result;
  }
  return value;
}

}  // namespace

std::string Document::canonical() const {
  return base::canonical_json(identity(key_tree(keys()), json::value(values_))).value();
}

std::string Document::hash() const { return base::sha256_hex(canonical()); }

}  // namespace writ::config
