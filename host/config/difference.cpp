#include "host/config/difference.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <utility>

namespace writ::config {
namespace {

namespace json = boost::json;

// A member or an item, and where it stands below the value it is in.
struct Part {
  const json::value* value;
  std::string place;
};
using Parts = std::map<std::string, Part>;

// Items by the name they carry, else by their place; every item has a key of its own.
Parts items_of(const json::array& array) {
  Parts items;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const json::object* object = array[i].if_object();
    const json::value* name = object == nullptr ? nullptr : object->if_contains("name");
    const std::string number = std::to_string(i);
    std::string key =
        name != nullptr && name->is_string() ? std::string(name->as_string()) : number;
    if (items.count(key) > 0) key += "#" + number;
    items.emplace(std::move(key), Part{&array[i], "[" + number + "]"});
  }
  return items;
}

Parts members_of(const json::object& object, bool below_root) {
  Parts members;
  for (const auto& [key, value] : object) {
    const std::string name(key);
    members.emplace(name, Part{&value, below_root ? name : "." + name});
  }
  return members;
}

class Comparison {
 public:
  explicit Comparison(std::vector<Difference>& out) : out_(out) {}

  void compare(const json::value& before, const json::value& after, const std::string& path,
               const std::string& place) {
    if (before == after) return;
    if (before.is_object() && after.is_object()) {
      const bool root = path.empty();
      merge(members_of(before.get_object(), root), members_of(after.get_object(), root),
            root ? "" : path + ".", "", place);
    } else if (before.is_array() && after.is_array() && of_objects(before) && of_objects(after)) {
      order(before.get_array(), after.get_array(), path, place);
      merge(items_of(before.get_array()), items_of(after.get_array()), path + "[", "]", place);
    } else {
      out_.push_back({path, json::serialize(before), json::serialize(after), place});
    }
  }

 private:
  static bool of_objects(const json::value& value) {
    for (const auto& item : value.get_array()) {
      if (!item.is_object()) return false;
    }
    return true;
  }

  // The same items in another order are another configuration: strategies are called in theirs.
  void order(const json::array& before, const json::array& after, const std::string& path,
             const std::string& place) {
    const auto names = [](const json::array& array, const Parts& common) {
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
    const auto was = names(before, items_of(after));
    const auto is = names(after, items_of(before));
    if (was != is) {
      out_.push_back({path + " order", json::serialize(was), json::serialize(is), place});
    }
  }

  void merge(const Parts& before, const Parts& after, const std::string& prefix,
             const std::string& suffix, const std::string& place) {
    std::set<std::string> names;
    for (const auto& [name, part] : before) names.insert(name);
    for (const auto& [name, part] : after) names.insert(name);
    for (const std::string& name : names) {
      const auto was = before.find(name);
      const auto is = after.find(name);
      const std::string path = prefix + name + suffix;
      if (was == before.end()) {
        out_.push_back({path, "", json::serialize(*is->second.value), place + is->second.place});
      } else if (is == after.end()) {
        out_.push_back({path, json::serialize(*was->second.value), "", place});
      } else {
        compare(*was->second.value, *is->second.value, path, place + is->second.place);
      }
    }
  }

  std::vector<Difference>& out_;
};

}  // namespace

std::vector<Difference> difference(const json::value& before, const json::value& after) {
  std::vector<Difference> result;
  Comparison(result).compare(before, after, "", "");
  return result;
}

std::string to_string(const Difference& difference) {
  if (difference.before.empty()) return difference.path + ": added " + difference.after;
  if (difference.after.empty()) return difference.path + ": removed";
  return difference.path + ": " + difference.before + " -> " + difference.after;
}

}  // namespace writ::config
