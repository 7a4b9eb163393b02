#pragma once

#include "host/base/random.hpp"
#include "host/engine/pipeline.hpp"
#include "host/venue/paper/paper_venue.hpp"
#include "tests/sim/chain_sink.hpp"
#include "tests/sim/money_checker.hpp"
#include "tests/sim/rule_book.hpp"
#include "tests/sim/wild_market.hpp"
#include "tests/support/faulty_gateway.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace writ::test {

/// What a simulation is a function of.
struct SimulationOptions {
  std::uint64_t seed = 1;
  std::uint64_t intents = 0;  ///< ends once so many were submitted
  /// Inputs after which the core is saved and loaded anew, on average; 0 = never.
  std::uint64_t restart_every = 0;
  bool checkpoints = false;  ///< on record, as in a journal
  bool attentive = false;    ///< the core looks after all that may be due with every input
  /// Records after which the host dies, within whatever it is doing; a second one goes on with what
  /// its journal says. 0 = never. With `checkpoints`.
  std::size_t dies_after = 0;
  std::uint32_t fault_rate = 200;  ///< of each fault of the gateway, in 10,000
  RuleBook checked;                ///< what the checker holds the host to
  /// Alters what the checker is shown; false: it is not shown the record at all. To see it find
  /// out.
  std::function<bool(writ_record&)> forge;
};

/// Of the gateway, at this rate each.
[[nodiscard]] Faults simulated_faults(std::uint32_t rate);

/// Hostile strategies, the core, a faulty gateway before the paper exchange, a wild market and an
/// operator who kills, pauses, flattens and resets, one seed deciding everything. No journal, no
/// clock; memory does not grow with the length of the run.
class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options);
  ~Simulation();

  /// To the end or to the first thing wrong.
  void go();

  [[nodiscard]] const std::string& failure() const noexcept { return checker_.failure(); }
  [[nodiscard]] const Tally& tally() const noexcept { return checker_.tally(); }
  [[nodiscard]] const GroupTally& groups() const noexcept { return checker_.groups(); }
  [[nodiscard]] const FaultCounts& faults() const noexcept { return faults_; }
  /// Of every record so far.
  [[nodiscard]] std::uint64_t digest() const noexcept { return chain_.digest; }
  [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_; }
  /// 1, or 2 after a death.
  [[nodiscard]] std::uint32_t life() const noexcept { return life_; }

 private:
  /// A core and its venue: what a restart makes anew.
  struct Host;

  void begin();
  void step();
  void take(writ_record& input);
  void show(const writ_record& record);
  void command(std::uint32_t command, std::uint32_t account, std::uint32_t instance = 0);
  void deposit(std::uint32_t account, std::uint32_t asset, std::int64_t units);
  void order_by_hand(std::uint32_t account);
  void change_tokens(std::uint32_t account);
  [[nodiscard]] std::uint32_t instance_in(std::uint32_t account);
  void operate();
  void write_checkpoint();
  void restart();
  static void enter_tables(Host& host);
  void live_again();
  void compare_with_host();
  [[nodiscard]] std::unique_ptr<Host> make_host();

  SimulationOptions options_;
  RecordChain chain_;
  MoneyChecker checker_;
  WildMarket market_;
  base::RandomStream operator_;
  std::unique_ptr<Host> host_;
  FaultCounts faults_;
  std::int64_t now_ = 0;
  std::uint64_t inputs_ = 0;
  std::uint64_t restarts_ = 0;
  std::uint32_t life_ = 1;
  bool dead_ = false;                       // what it still does nobody sees, and is not on record
  std::vector<model::RecordWords> record_;  // of the first life, if it is to end
  std::uint64_t restart_at_ = 0;
  base::RandomStream restarts_random_;
  std::uint32_t stalls_ = 0;  // turns in a row in which no time passed
  model::RecordWords input_;
};

}  // namespace writ::test
