#include "host/base/near_name.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace writ::base {
namespace {

// Insertions, deletions and substitutions that lead from one text to the other.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string near_name(std::string_view wrong, std::span<const std::string> known) {
  constexpr std::size_t kLongest = 64;
  if (wrong.size() > kLongest) return "";
  const std::string* nearest = nullptr;
  std::size_t best = wrong.size() / 3 + 1;
  for (const std::string& name : known) {
    const std::size_t distance = edits(wrong, name);
    if (distance > best || (nearest != nullptr && distance == best)) continue;
    best = distance;
    nearest = &name;
  }
  return nearest == nullptr ? "" : ", did you mean \"" + *nearest + "\"?";
}

}  // namespace writ::base
