#pragma once

#include "host/feed/feed_source.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace writ::feed {

/// Several sources as one, by core time; at equal times the source with the lower index first, each
/// source's own order kept. Instrument, asset and stream numbers are passed on as they are: the
/// sources must not use the same ones for different things.
class MergedSource final : public FeedSource {
 public:
  explicit MergedSource(std::vector<std::unique_ptr<FeedSource>> sources);

  [[nodiscard]] std::optional<std::int64_t> next_ts() override;
  [[nodiscard]] const writ_record& take() override;
  [[nodiscard]] bool exhausted() const override;

 private:
  // The source whose record is next, sources_.size() if none has one now.
  [[nodiscard]] std::size_t earliest();

  std::vector<std::unique_ptr<FeedSource>> sources_;
};

}  // namespace writ::feed
