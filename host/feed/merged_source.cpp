#include "host/feed/merged_source.hpp"

#include "host/base/assert.hpp"

#include <utility>

namespace writ::feed {

MergedSource::MergedSource(std::vector<std::unique_ptr<FeedSource>> sources)
    : sources_(std::move(sources)) {}

// Few sources: looking at each costs less than keeping them in a heap.
std::size_t MergedSource::earliest() {
  std::size_t best = sources_.size();
  std::int64_t best_ts = 0;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const auto ts = sources_[i]->next_ts();
    if (!ts || (best != sources_.size() && *ts >= best_ts)) continue;
    best = i;
    best_ts = *ts;
  }
  return best;
}

std::optional<std::int64_t> MergedSource::next_ts() {
  const std::size_t source = earliest();
  if (source == sources_.size()) return std::nullopt;
  return sources_[source]->next_ts();
}

const writ_record& MergedSource::take() {
  const std::size_t source = earliest();
  WRIT_ASSERT(source < sources_.size());
  return sources_[source]->take();
}

bool MergedSource::exhausted() const {
  for (const auto& source : sources_) {
    if (!source->exhausted()) return false;
  }
  return true;
}

}  // namespace writ::feed
