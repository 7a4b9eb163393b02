#include "host/config/difference.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstddef>
#include <map>
#include <set>

namespace writ::config {
namespace {

namespace json = boost::json;

// Items by the name they carry, else by their place; every item has a key of its own.
std::map<std::string, const json::value*> items_of(const json::array& array) {
  std::map<std::string, const json::value*> items;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const json::object* object = array[i].if_object();
    const json::value* name = object == nullptr ? nullptr : object->if_contains("name");
    std::string key =
        name != nullptr && name->is_string() ? std::string(name->as_string()) : std::to_string(i);
    if (items.count(key) > 0) key += "#" + std::to_string(i);
    items.emplace(std::move(key), &array[i]);
  }
  return items;
}

std::map<std::string, const json::value*> members_of(const json::object& object) {
  std::map<std::string, const json::value*> members;
  for (const auto& [key, value] : object) members.emplace(std::string(key), &value);
  return members;
}

class Comparison {
 public:
  explicit Comparison(std::vector<Difference>& out) : out_(out) {}

  void compare(const json::value& before, const json::value& after, const std::string& path) {
    if (before == after) return;
    if (before.is_object() && after.is_object()) {
      const std::string prefix = path.empty() ? "" : path + ".";
      merge(members_of(before.get_object()), members_of(after.get_object()), prefix, "");
    } else if (before.is_array() && after.is_array() && named(before) && named(after)) {
      order(before.get_array(), after.get_array(), path);
      merge(items_of(before.get_array()), items_of(after.get_array()), path + "[", "]");
    } else {
      out_.push_back({path, json::serialize(before), json::serialize(after)});
    }
  }

 private:
  using Values = std::map<std::string, const json::value*>;

  static bool named(const json::value& value) {
    for (const auto& item : value.get_array()) {
      if (!item.is_object()) return false;
    }
    return true;
  }

  // The same items in another order are another configuration: strategies are called in theirs.
  void order(const json::array& before, const json::array& after, const std::string& path) {
    const auto names = [](const json::array& array, const Values& common) {
      json::array result;
      for (const auto& item : array) {
        const auto* name = item.get_object().if_contains("name");
        if (name != nullptr && name->is_string() &&
            common.count(std::string(name->get_string())) > 0) {
          result.push_back(*name);
        }
      }
      return result;
    };
    const auto mine = items_of(before);
    const auto theirs = items_of(after);
    const auto was = names(before, theirs);
    const auto is = names(after, mine);
    if (was != is) out_.push_back({path + " order", json::serialize(was), json::serialize(is)});
  }

  void merge(const Values& before, const Values& after, const std::string& prefix,
             const std::string& suffix) {
    std::set<std::string> names;
    for (const auto& [name, value] : before) names.insert(name);
    for (const auto& [name, value] : after) names.insert(name);
    for (const std::string& name : names) {
      const auto was = before.find(name);
      const auto is = after.find(name);
      const std::string path = prefix + name + suffix;
      if (was == before.end()) {
        out_.push_back({path, "", json::serialize(*is->second)});
      } else if (is == after.end()) {
        out_.push_back({path, json::serialize(*was->second), ""});
      } else {
        compare(*was->second, *is->second, path);
      }
    }
  }

  std::vector<Difference>& out_;
};

}  // namespace

std::vector<Difference> difference(const json::value& before, const json::value& after) {
  std::vector<Difference> result;
  Comparison(result).compare(before, after, "");
  return result;
}

std::string to_string(const Difference& difference) {
  if (difference.before.empty()) return difference.path + ": added " + difference.after;
  if (difference.after.empty()) return difference.path + ": removed";
  return difference.path + ": " + difference.before + " -> " + difference.after;
}

}  // namespace writ::config
