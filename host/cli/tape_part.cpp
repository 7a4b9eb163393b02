#include "host/cli/tape_part.hpp"

#include "host/base/input_error.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace writ::cli {

bool TapePart::has(const std::string& instrument) const {
  return only.empty() || std::find(only.begin(), only.end(), instrument) != only.end();
}

std::vector<std::string> select_part(journal::TapeReader& reader, const TapePart& part) {
  journal::TapeSelection selection;
  if (part.from_ts) selection.from_ts = *part.from_ts;
  if (part.to_ts) selection.to_ts = *part.to_ts;
  std::vector<std::string> found;
  // Nothing but tables: no instrument has this number.
  selection.instruments = {std::numeric_limits<std::uint32_t>::max()};
  reader.select(selection);
  while (!part.only.empty()) {
    const auto next = reader.next();
    if (!next) throw base::InputError("", reader.describe(next.error()));
    if (*next == nullptr) break;
    const auto* instrument = model::as<writ_instrument>(**next);
    if (instrument == nullptr) continue;
    const std::string name = model::canonical_name(*instrument);
    if (!part.has(name)) continue;
    selection.instruments.push_back(instrument->instrument);
    found.push_back(name);
  }
  if (part.only.empty()) selection.instruments.clear();
  reader.select(std::move(selection));
  return found;
}

}  // namespace writ::cli
