#include "host/market/follow_rate.hpp"

#include "host/base/assert.hpp"

namespace writ::market {
namespace {

constexpr std::size_t kOpenMax = 64;

bool better(Side side, std::int64_t a, std::int64_t b) noexcept {
  return side == Side::kBid ? a > b : a < b;
}

}  // namespace

FollowRate::FollowRate(std::int64_t window_ns, std::size_t moves)
    : window_ns_(window_ns), moves_(moves) {
  WRIT_ASSERT(window_ns > 0 && moves > 0);
}

void FollowRate::judge(bool followed) {
  judged_.push_back(followed ? 1 : 0);
  followed_ += followed ? 1U : 0U;
  if (judged_.size() <= moves_) return;
  followed_ -= judged_.front();
  judged_.erase(judged_.begin());
}

void FollowRate::on_best(Side side, std::int64_t now, const writ_level* best) {
  Half& half = halves_[static_cast<std::size_t>(side)];
  while (!half.open.empty() && now - half.open.front().ts > window_ns_) {
    judge(false);
    half.open.erase(half.open.begin());
  }
  for (auto quote = half.open.begin(); quote != half.open.end() && best != nullptr;) {
    const bool followed = better(side, best->price, quote->price) ||
                          (best->price == quote->price && best->quantity > quote->quantity);
    if (followed) judge(true);
    quote = followed ? half.open.erase(quote) : quote + 1;
  }
  const bool improved =
      half.known && !half.empty && best != nullptr && better(side, best->price, half.best.price);
  if (improved) {
    if (half.open.size() == kOpenMax) {
      judge(false);
      half.open.erase(half.open.begin());
    }
    half.open.push_back({now, best->price, best->quantity});
  }
  half.known = true;
  half.empty = best == nullptr;
  half.best = best == nullptr ? writ_level{0, 0} : *best;
}

void FollowRate::interrupt() {
  for (Half& half : halves_) half = Half{};
}

std::optional<double> FollowRate::share(std::int64_t now) const {
  // Quotes whose window ended since the last change count as not followed.
  std::size_t expired = 0;
  for (const Half& half : halves_) {
    for (const Quote& quote : half.open) expired += now - quote.ts > window_ns_ ? 1U : 0U;
  }
  if (judged_.size() + expired < moves_) return std::nullopt;
  std::size_t followed = followed_;
  const std::size_t dropped = judged_.size() + expired - moves_;
  for (std::size_t i = 0; i < dropped && i < judged_.size(); ++i) followed -= judged_[i];
  return static_cast<double>(followed) / static_cast<double>(moves_);
}

void FollowRate::save(base::ByteWriter& out) const {
  for (const Half& half : halves_) {
    out.put(static_cast<std::uint8_t>(half.known));
    out.put(static_cast<std::uint8_t>(half.empty));
    out.put(half.best);
    out.put(static_cast<std::uint64_t>(half.open.size()));
    for (const Quote& quote : half.open) out.put(quote);
  }
  out.put(static_cast<std::uint64_t>(judged_.size()));
  for (const std::uint8_t followed : judged_) out.put(followed);
}

base::Result<void> FollowRate::load(base::ByteReader& in) {
  const base::Error corrupt(base::Errc::kCorrupt, "saved follow rate");
  judged_.clear();
  followed_ = 0;
  for (Half& half : halves_) {
    half = Half{};
    half.known = in.get<std::uint8_t>() != 0;
    half.empty = in.get<std::uint8_t>() != 0;
    half.best = in.get<writ_level>();
    const auto open = in.get<std::uint64_t>();
    if (!in.ok() || open > kOpenMax) return corrupt;
    for (std::uint64_t i = 0; i < open; ++i) half.open.push_back(in.get<Quote>());
  }
  const auto judged = in.get<std::uint64_t>();
  if (!in.ok() || judged > moves_) return corrupt;
  for (std::uint64_t i = 0; i < judged; ++i) judge(in.get<std::uint8_t>() != 0);
  if (!in.ok()) return corrupt;
  return {};
}

}  // namespace writ::market
