#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace writ::config {

/// One place where two configurations differ.
struct Difference {
  std::string path;    ///< items of a list by their name: `strategies[mm].params.gamma`
  std::string before;  ///< JSON text; empty: not there
  std::string after;
  std::string
      place;  ///< where it stands in the second, for Document::place: `strategies[0].params`
};

/// Where two sets of values (Document::values, or a CONFIG record's text) differ, in the order of
/// the paths. What only one has is one difference, however much it holds.
[[nodiscard]] std::vector<Difference> difference(const boost::json::value& before,
                                                 const boost::json::value& after);

/// One line: `path: before -> after`, `path: added after` or `path: removed`.
[[nodiscard]] std::string to_string(const Difference& difference);

}  // namespace writ::config
