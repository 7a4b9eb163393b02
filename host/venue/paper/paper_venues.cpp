#include "host/venue/paper/paper_venues.hpp"

#include "host/base/assert.hpp"
#include "host/base/byte_stream.hpp"
#include "host/model/record_view.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace writ::venue::paper {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::uint32_t kStateVersion = 1;
const std::string kShadowPrefix = "S";

bool is_shadow_account(const writ_record& input) {
  const auto* account = model::as<writ_account>(input);
  return account != nullptr && account->book == WRIT_BOOK_SHADOW;
}

}  // namespace

void PaperVenues::observe(const writ_record& input) {
  main_.observe(input);
  if (shadow_) {
    shadow_->observe(input);
  } else if (is_shadow_account(input)) {
    shadow_ = main_.twin(kShadowPrefix);
  }
}

void PaperVenues::send(const writ_order& order) {
  if (order.book == WRIT_BOOK_MAIN) return main_.send(order);
  WRIT_ASSERT(order.book == WRIT_BOOK_SHADOW && shadow_);
  shadow_->send(order);
}

std::optional<std::int64_t> PaperVenues::next_due() const {
  const auto main = main_.next_due();
  const auto shadow = shadow_ ? shadow_->next_due() : std::nullopt;
  if (!main || !shadow) return main ? main : shadow;
  return std::min(*main, *shadow);
}

const writ_record* PaperVenues::take_report(std::int64_t until) {
  if (!shadow_) return main_.take_report(until);
  auto* first = &main_;
  auto* second = &*shadow_;
  if (second->next_due().value_or(kNever) < first->next_due().value_or(kNever)) {
    std::swap(first, second);
  }
  const auto* report = first->take_report(until);
  return report != nullptr ? report : second->take_report(until);
}

std::vector<std::byte> PaperVenues::save() const {
  base::ByteWriter out;
  out.put(kStateVersion);
  out.put_bytes(main_.save());
  out.put(static_cast<std::uint32_t>(shadow_ ? 1 : 0));
  if (shadow_) out.put_bytes(shadow_->save());
  return out.take();
}

base::Result<void> PaperVenues::load(std::span<const std::byte> state) {
  const base::Error corrupt{base::Errc::kCorrupt, "load paper venues"};
  base::ByteReader in(state);
  PaperVenues fresh(options_);
  if (in.get<std::uint32_t>() != kStateVersion) return corrupt;
  if (auto loaded = fresh.main_.load(in.get_bytes()); !loaded) return loaded;
  if (in.get<std::uint32_t>() != 0) {
    fresh.shadow_ = fresh.main_.twin(kShadowPrefix);
    if (auto loaded = fresh.shadow_->load(in.get_bytes()); !loaded) return loaded;
  }
  if (!in.complete()) return corrupt;
  main_ = std::move(fresh.main_);
  shadow_ = std::move(fresh.shadow_);
  return {};
}

}  // namespace writ::venue::paper
