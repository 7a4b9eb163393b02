#pragma once

#include "host/base/result.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/venue/paper/paper_options.hpp"
#include "host/venue/paper/paper_venue.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace writ::venue::paper {

/// One simulated exchange for the main book and, from the first shadow account on, one for the
/// shadow book, by the same rules on the same market data: they share no queue, no liquidity and no
/// id, so that orders of one book never meet or change those of the other. An order goes where its
/// book says. At equal times the main one answers first. Ids of the shadow book's begin with `S`.
/// [sequencer-thread]
class PaperVenues final : public execution::OrderGateway {
 public:
  explicit PaperVenues(const PaperOptions& options) : options_(options), main_(options) {}

  void observe(const writ_record& input) override;
  void send(const writ_order& order) override;
  [[nodiscard]] std::optional<std::int64_t> next_due() const override;
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override;

  [[nodiscard]] std::vector<std::byte> save() const override;
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state) override;

 private:
  PaperOptions options_;
  PaperVenue main_;
  std::optional<PaperVenue> shadow_;
};

}  // namespace writ::venue::paper
