#pragma once

#include "host/engine/past.hpp"
#include "host/engine/ports.hpp"
#include "host/engine/run.hpp"
#include "host/engine/verifier.hpp"
#include "host/feed/feed_source.hpp"
#include "host/feed/simulated_market.hpp"
#include "host/journal/storage.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"
#include "host/plugin/module.hpp"
#include "host/venue/paper/paper_venues.hpp"
#include "tests/support/scale.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A host in one process, without a clock: a market from a script, the paper exchange, plugins from
// real .so files, a journal in whatever storage the test gives.

namespace writ::test {

using Words = model::RecordWords;
using model::record_in;
using model::words_of;

/// Market records and the tables they need.
struct Script {
  std::vector<Words> tables;
  std::vector<Words> events;
};

/// What the simulated market gives in so long.
[[nodiscard]] Script simulate(feed::SimulatedOptions options, std::int64_t duration_ns);

/// Gives a script's events, from one of them on.
class ScriptFeed final : public feed::FeedSource {
 public:
  explicit ScriptFeed(const Script& script, std::size_t from = 0) : script_(script), next_(from) {}

  [[nodiscard]] std::optional<std::int64_t> next_ts() override;
  [[nodiscard]] const writ_record& take() override;
  [[nodiscard]] bool exhausted() const override { return next_ == script_.events.size(); }
  [[nodiscard]] std::size_t taken() const { return next_; }

 private:
  const Script& script_;
  std::size_t next_;
};

/// Time passes as fast as it is read.
class TapePacer final : public engine::Pacer {
 public:
  bool wait_until(std::int64_t /*ts*/) override { return true; }
  [[nodiscard]] std::int64_t stamp(std::int64_t ts) override { return ts; }
};

/// Requests, each made when so many events have been taken.
class ScriptedOperator final : public engine::OperatorPort {
 public:
  explicit ScriptedOperator(const ScriptFeed& feed) : feed_(feed) {}
  void at(std::size_t events, Request request) { requests_.emplace(events, std::move(request)); }
  [[nodiscard]] std::optional<Request> poll() override;

 private:
  const ScriptFeed& feed_;
  std::multimap<std::size_t, Request> requests_;
};

/// A plugin instance by name, made of the test plugins or the product's.
struct Player {
  std::string name;
  std::string plugin;
  std::vector<std::pair<std::string, std::string>> parameters = {};
  /// Port of this one, publisher, port of the publisher.
  struct Input {
    std::uint32_t port;
    std::string publisher;
    std::uint32_t signal;
  };
  std::vector<Input> inputs = {};
  std::uint32_t account = 1;
  bool gone = false;  ///< not there any more; its number is not given to another
  std::vector<std::uint32_t> instruments = {};  ///< that it names; none: all
  engine::InstanceBudget budget = {};
  std::string build = {};  ///< the file of the tests' plugins it is made from; else the usual one
};

/// What the runs of one test are made of.
struct World {
  Script script;
  std::vector<Player> players;
  engine::CoreOptions core;
  venue::paper::PaperOptions paper;
  engine::OrderPromise promise = engine::OrderPromise::kAppended;
  engine::ReconcileOptions reconcile;
  std::int64_t deposit_usdt = 1'000'000;
  std::int64_t deposit_btc = 10;
  std::vector<Words> people = {};  ///< accounts and operators; if any, instead of account `main`
  std::vector<writ_deposit> deposits = {};  ///< if there are `people`, instead of the two above
  std::size_t ring_bytes = std::size_t{1} << 20U;
  std::size_t segment_bytes = std::size_t{4} << 20U;
  std::size_t reserve_bytes = std::size_t{256} << 10U;
  journal::SyncPolicy sync = journal::SyncPolicy::kNever;
  std::filesystem::path folder = "/journal";
  std::int64_t statistics_period_ns = 0;
  std::uint32_t mode = WRIT_MODE_PAPER;

  [[nodiscard]] engine::RunSetup setup(std::uint32_t run_number) const;
  [[nodiscard]] std::vector<engine::InstanceSetup> instances() const;
  [[nodiscard]] std::vector<Words> tables() const;
  [[nodiscard]] engine::VerifySetup verify_setup() const;
  /// INSTANCE numbers go by the place among the players, from 1.
  [[nodiscard]] std::uint32_t number_of(std::string_view name) const;
};

/// The number of the shadow account that stands beside account 1.
inline constexpr std::uint32_t kShadowAccount = 2;
/// The same world with that account, paid in as much; who trades for it is only watched.
[[nodiscard]] World with_shadow_account(World world);

/// A small market: one instrument, sim/BTCUSDT, number 1.
[[nodiscard]] World small_world(std::int64_t duration_ns = 20'000'000'000, std::uint64_t seed = 1);
/// The number of the quote asset of it.
inline constexpr std::uint32_t kBtc = 1;
inline constexpr std::uint32_t kUsdt = 2;
/// The number of the operator's instance.
inline constexpr std::uint32_t kOperator = 1'000;

/// One life of a host.
class Life {
 public:
  /// Starts; `past` is the run it continues, whose market it goes on with.
  Life(const World& world, journal::Storage& storage, std::uint32_t run_number = 1,
       const engine::Past* past = nullptr, execution::OrderGateway* gateway = nullptr);

  ScriptFeed feed;
  TapePacer pacer;
  ScriptedOperator operators{feed};
  venue::paper::PaperVenues paper;
  std::unique_ptr<engine::Run> run;  ///< nullptr: it did not start
  std::optional<base::Error> error;

  /// To the end; WRIT_STOP_*.
  std::uint32_t go() { return run->go(); }
};

/// Recovers the folder and says what the last run left.
[[nodiscard]] std::optional<engine::Past> open_past(const World& world, journal::Storage& storage);

/// Every record of a run.
[[nodiscard]] std::vector<Words> read_run(journal::Storage& storage,
                                          const std::filesystem::path& run_folder);
[[nodiscard]] std::filesystem::path run_folder(const World& world, std::uint32_t run_number);

/// Writes records as a run's journal and leaves it as a host that died does: the last of them may
/// be in the mapping only.
[[nodiscard]] std::unique_ptr<journal::Storage> dead_run(const World& world,
                                                         const std::vector<Words>& records,
                                                         std::size_t count);
/// The same, closed.
void write_run(const World& world, journal::Storage& storage, const std::vector<Words>& records);

/// Recomputes a run, unless said as the world would and with its paper exchange. Fails the test on
/// an error.
[[nodiscard]] engine::Verified verify(const World& world, journal::Storage& storage,
                                      std::uint32_t run_number,
                                      const engine::VerifySetup* setup = nullptr,
                                      execution::OrderGateway* gateway = nullptr);
/// Expects a recomputation to be equal; `gateway`: as at `verify`.
void expect_verifies(const World& world, journal::Storage& storage, std::uint32_t run_number,
                     execution::OrderGateway* gateway = nullptr);

/// Plays a world to its end as run 1, expects a recomputation to be equal, and gives its records.
[[nodiscard]] std::vector<Words> records_of(const World& world, journal::Storage& storage);

/// Records of one type.
template <model::Record T>
[[nodiscard]] std::vector<const T*> all(const std::vector<Words>& records) {
  std::vector<const T*> found;
  for (const auto& words : records) {
    if (const auto* record = model::as<T>(record_in(words))) found.push_back(record);
  }
  return found;
}
template <model::Record T>
std::vector<const T*> all(std::vector<Words>&&) = delete;  // what is found points into the records

[[nodiscard]] std::vector<const writ_incident*> incidents(const std::vector<Words>& records,
                                                          std::uint16_t code);
std::vector<const writ_incident*> incidents(std::vector<Words>&&, std::uint16_t) = delete;

/// Index of the first record at or after `from` that satisfies; records.size() if none.
[[nodiscard]] std::size_t find(const std::vector<Words>& records, std::size_t from,
                               const std::function<bool(const writ_record&)>& satisfies);

/// Events of the script that a run has taken.
[[nodiscard]] std::size_t events_taken(const std::vector<Words>& records);

/// Loads a plugin file of the tests' once for the whole test program.
[[nodiscard]] std::shared_ptr<const plugin::Module> module_in(const std::filesystem::path& file);
/// Loads the file that offers the plugin, once for the whole test program.
[[nodiscard]] std::shared_ptr<const plugin::Module> module_of(std::string_view plugin_id);

}  // namespace writ::test
