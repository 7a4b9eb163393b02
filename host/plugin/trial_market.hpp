#pragma once

#include "host/base/random.hpp"
#include "host/base/sha256.hpp"
#include "host/model/record_view.hpp"
#include "host/plugin/host_services.hpp"
#include "host/plugin/instance.hpp"

#include <cstdint>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::plugin {

/// A host for a plugin on trial: says yes to everything, remembers it as one hash, and answers
/// intents with made-up outcomes when asked for them.
class TrialHost final : public HostServices {
 public:
  std::int64_t time = 1'700'000'000'000'000'000;
  std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>> best;  ///< bid and ask
  writ_status answer = WRIT_OK;  ///< to every request; negative: nothing is done

  [[nodiscard]] std::int64_t now() const override { return time; }
  writ_status submit(std::uint32_t instance, const writ_intent& intent,
                     std::uint64_t& intent_id) override;
  writ_status publish(std::uint32_t instance, const writ_record& value) override;
  writ_status set_timer(std::uint32_t instance, std::uint64_t timer, std::int64_t due_ts) override;
  writ_status cancel_timer(std::uint32_t instance, std::uint64_t timer) override;
  writ_status random(std::uint32_t instance, std::uint64_t& value) override;
  void log(std::uint32_t instance, std::uint32_t severity, std::string_view text) override;
  std::int32_t book_levels(std::uint32_t instance, std::uint32_t instrument, std::uint32_t side,
                           std::span<writ_level> levels) override;
  std::int32_t working_orders(std::uint32_t instance, std::uint32_t instrument,
                              std::span<writ_order> orders) override;

  /// Of everything asked for so far, in order.
  [[nodiscard]] std::string hash() const { return actions_.hex(); }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  void forget_actions() {
    actions_ = {};
    count_ = 0;
  }

  struct Submitted {
    std::uint64_t id;
    writ_intent intent;
  };
  [[nodiscard]] std::vector<Submitted> take_submitted() { return std::exchange(submitted_, {}); }
  /// The timers due by now, earliest first.
  [[nodiscard]] std::vector<writ_timer> take_due();

 private:
  void remember(std::uint32_t kind, std::span<const std::byte> bytes);

  base::Sha256 actions_;
  std::uint64_t count_ = 0;
  std::uint64_t last_id_ = 0;
  base::RandomStream random_{7, "trial.plugin"};
  std::map<std::uint64_t, std::int64_t> timers_;
  std::vector<Submitted> submitted_;
};

/// A seeded stream of events for one instance: books, trades, snapshots, signals, and what becomes
/// of its intents. The same seed and the same answers give the same events.
class TrialMarket {
 public:
  TrialMarket(std::uint64_t seed, TrialHost& host) : random_(seed, "trial.market"), host_(host) {}

  /// The numbers of the instruments it is about.
  static constexpr std::uint32_t kInstruments[] = {1, 2};

  /// Tells the instance of its instruments; the events that follow are the same however often.
  void announce(Instance& instance);
  /// One more event and whatever follows from it. Every record lives in a buffer that is
  /// overwritten when the call has returned. Returns the lowest status a call returned.
  writ_status step(Instance& instance);
  /// Market records and snapshots with the largest, the smallest and impossible numbers.
  void extremes(Instance& instance);

 private:
  writ_status hand(Instance& instance, writ_record& record);
  static writ_status deliver(Instance& instance, const writ_record& record);
  writ_status evaluate(Instance& instance, std::uint32_t instrument);
  writ_status answer(Instance& instance, const TrialHost::Submitted& submitted);
  void stamp(writ_record& record);

  base::RandomStream random_;
  TrialHost& host_;
  model::RecordBuffer buffer_;
  std::map<std::uint32_t, std::int64_t> mid_;
  std::map<std::uint32_t, std::int64_t> position_;
  std::uint64_t seq_ = std::size(kInstruments);
};

}  // namespace writ::plugin
