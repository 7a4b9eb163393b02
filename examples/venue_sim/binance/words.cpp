#include "words.hpp"

#include <array>
#include <cstddef>

namespace writ::venue_sim {
namespace {

constexpr std::array<std::string_view, 2> kSides = {"BUY", "SELL"};
constexpr std::array<std::string_view, 3> kTypes = {"LIMIT", "MARKET", "LIMIT_MAKER"};
constexpr std::array<std::string_view, 5> kTimes = {"GTC", "IOC", "FOK", "GTX", "GTD"};
constexpr std::array<std::string_view, 4> kModes = {"NONE", "EXPIRE_TAKER", "EXPIRE_MAKER",
                                                    "EXPIRE_BOTH"};
constexpr std::array<std::string_view, 6> kStatuses = {
    "NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "EXPIRED", "EXPIRED_IN_MATCH"};

template <class Enum, std::size_t Size>
std::optional<Enum> find(const std::array<std::string_view, Size>& words,
                         std::string_view word) noexcept {
  for (std::size_t at = 0; at < Size; ++at) {
    if (words[at] == word) return static_cast<Enum>(at);
  }
  return std::nullopt;
}

template <class Enum, std::size_t Size>
std::string_view word(const std::array<std::string_view, Size>& words, Enum value) noexcept {
  return words[static_cast<std::size_t>(value)];
}

}  // namespace

std::string_view to_word(Side side) noexcept { return word(kSides, side); }
std::string_view to_word(OrderType type) noexcept { return word(kTypes, type); }
std::string_view to_word(TimeInForce time_in_force) noexcept { return word(kTimes, time_in_force); }
std::string_view to_word(SelfTrade mode) noexcept { return word(kModes, mode); }
std::string_view to_word(Status status) noexcept { return word(kStatuses, status); }

std::optional<Side> side_of(std::string_view word) noexcept { return find<Side>(kSides, word); }
std::optional<OrderType> order_type_of(std::string_view word) noexcept {
  return find<OrderType>(kTypes, word);
}
std::optional<TimeInForce> time_in_force_of(std::string_view word) noexcept {
  return find<TimeInForce>(kTimes, word);
}
std::optional<SelfTrade> self_trade_of(std::string_view word) noexcept {
  return find<SelfTrade>(kModes, word);
}

}  // namespace writ::venue_sim
