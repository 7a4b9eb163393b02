#pragma once

#include "host/venue/paper/queue_model.hpp"

#include <cstdint>

namespace writ::venue::paper {

/// The probability that a decrease of the level happened behind us, with `front` ahead of us and
/// `back` behind, both in whole units and not both zero. In [0, 1].
/// Source: hftbacktest, queue models PowerProbQueueFunc, LogProbQueueFunc, PowerProbQueueFunc3.
/// Powers are products, the same bits on every machine; kLog asks the C library, whose last digit
/// may differ from one machine to another.
[[nodiscard]] double decrease_behind(QueueModel model, double front, double back) noexcept;

/// What left the level and was not traded left partly ahead of us and partly behind, by that
/// probability.
void advance_by_probability(QueueModel model, QueuePosition& position, std::int64_t before,
                            std::int64_t after) noexcept;

}  // namespace writ::venue::paper
