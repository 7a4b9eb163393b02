#pragma once

#include "host/config/node.hpp"
#include "tests/scenario/text/scenario.hpp"
#include "tests/scenario/text/scenario_words.hpp"

#include <writ/abi/instrument.h>

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::test {

/// Reads a scenario line by line. A command is a row of a table and a function that reads the rest
/// of its line.
class ScenarioReader {
 public:
  explicit ScenarioReader(std::string file);

  void read_line(std::int64_t number, std::string_view text);
  [[nodiscard]] Scenario finish(std::int64_t last_line);

  /// A row of the table: how it is written, what it does.
  struct Command {
    std::string_view word;  ///< it begins with; empty: with a strategy's name
    std::string_view usage;
    std::string_view doc;
    void (ScenarioReader::*read)(ScenarioWords&);
    bool setup;  ///< stands before the first event only
  };
  /// A form of `expect`: what follows its subject.
  struct Form {
    std::string_view word;
    std::string_view usage;
    std::string_view doc;
    void (ScenarioReader::*read)(ScenarioWords&, const std::string& subject, Expectation&);
  };
  [[nodiscard]] static std::span<const Command> commands();
  [[nodiscard]] static std::span<const Command> strategy_commands();
  [[nodiscard]] static std::span<const Form> expect_forms();

 private:
  /// The name under which a person's own orders go; the instance after the strategies.
  static constexpr std::string_view kOperator = "operator";

  /// An intent by its name in the scenario; its tag stands for it in the records.
  struct NamedIntent {
    std::uint64_t tag;
    std::uint32_t instrument;
    std::uint16_t side;
  };

  // Lines.
  void read_header(std::int64_t number, std::string_view text);
  void dispatch(ScenarioWords& words);

  // The world: scenario_setup.cpp.
  void read_start(ScenarioWords& words);
  void read_step(ScenarioWords& words);
  void read_no_restarts(ScenarioWords& words);
  void read_account(ScenarioWords& words);
  void read_instrument(ScenarioWords& words);
  void read_instrument_key(ScenarioWords& words, writ_instrument& instrument);
  void read_strategy(ScenarioWords& words);
  void read_config(ScenarioWords& words);
  void read_risk(ScenarioWords& words);
  void set_configuration(const std::vector<std::string>& path, ScenarioWords& words);
  void add_setting(const std::string& list, const config::Place& place, config::Node entry);
  void begin_events();
  [[nodiscard]] std::string configuration_text();
  /// The account beside `shadowed`, of this name; made when it is first asked for.
  std::uint32_t shadow_account(const std::string& name, std::uint32_t shadowed);
  std::uint32_t asset(const std::string& name);

  // The market: scenario_market.cpp.
  void read_book(ScenarioWords& words);
  void read_change(ScenarioWords& words);
  void read_gap(ScenarioWords& words);
  void read_trade(ScenarioWords& words);
  void read_mark(ScenarioWords& words);
  void read_status(ScenarioWords& words);
  void read_funding(ScenarioWords& words);
  void read_settle(ScenarioWords& words);
  void read_reduction(ScenarioWords& words);
  void read_tick(ScenarioWords& words);
  void read_wait(ScenarioWords& words);
  void add_delta(ScenarioWords& words, std::uint64_t lost);

  // Money and tokens that move without a trade: scenario_money.cpp.
  void read_convert(ScenarioWords& words);
  void read_deposit(ScenarioWords& words);
  void read_tokens(ScenarioWords& words);
  void read_adjust(ScenarioWords& words);

  // What people do, and what the machine suffers: scenario_operator.cpp.
  void read_operator(ScenarioWords& words);
  void read_restart(ScenarioWords& words);

  // The scripted venue: scenario_venue.cpp.
  void read_venue(ScenarioWords& words);
  void read_venue_fill(ScenarioWords& words);

  // Strategies: scenario_intents.cpp.
  void read_and(ScenarioWords& words);
  void read_intent(ScenarioWords& words);
  void read_place(ScenarioWords& words);
  void read_cancel(ScenarioWords& words);
  void read_cancel_all(ScenarioWords& words);
  void read_replace(ScenarioWords& words);
  void read_flatten(ScenarioWords& words);
  void read_target(ScenarioWords& words);
  void read_noop(ScenarioWords& words);
  void read_throws(ScenarioWords& words);
  void read_options(ScenarioWords& words, writ_intent& intent);
  void name_intent(ScenarioWords& words, writ_intent& intent);
  void add_intent(writ_intent intent);

  // Expectations: scenario_expect.cpp.
  void read_expect(ScenarioWords& words);
  void expect_approved(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_reduced(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_vetoed(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_unjudged(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_effect(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_order(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_filled(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_working(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_position(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_result(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_cash(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_account(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_tier(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_lease(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_incidents(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_by_host(ScenarioWords& words, const std::string& subject, Expectation& result);
  void expect_sent(ScenarioWords& words, const std::string& subject, Expectation& result);

  // Names.
  [[nodiscard]] std::uint32_t take_instrument(ScenarioWords& words);  ///< required
  [[nodiscard]] std::uint32_t instrument_or_first(ScenarioWords& words);
  [[nodiscard]] std::uint32_t take_account(ScenarioWords& words);
  [[nodiscard]] std::uint32_t take_asset(ScenarioWords& words);
  [[nodiscard]] const NamedIntent& take_intent(ScenarioWords& words);
  /// Finds an order when its turn comes; nullptr: there is none.
  using OrderOf = std::function<const writ_order*(const ScenarioHistory&)>;
  /// That of an intent, or `host`.
  [[nodiscard]] OrderOf take_order(ScenarioWords& words);
  [[nodiscard]] const NamedIntent& intent_of(ScenarioWords& words, const std::string& name) const;
  [[nodiscard]] std::uint32_t strategy_number(std::string_view name) const;  ///< 0: none
  [[nodiscard]] AccountId account_of(std::uint32_t strategy) const;

  // Steps.
  ScenarioStep& add_step(ScenarioStep::Kind kind);
  ScenarioStep& put_step(ScenarioStep::Kind kind, std::int64_t ts);
  /// Adds an input at this moment, its stream that of the instrument.
  void add_record(writ_record& record, std::uint32_t instrument = 0);
  [[nodiscard]] const writ_instrument& instrument(std::uint32_t number) const;

  Scenario result_;
  bool begun_ = false;
  std::int64_t line_ = 0;
  std::int64_t ts_;
  std::int64_t step_ns_ = 10'000'000;
  std::optional<std::int64_t> delay_ns_;  ///< of this line, if it says
  bool together_ = false;                 ///< this line belongs to the input of the one before
  /// The intent of this line comes from beside the core, made on what was so long ago.
  std::optional<std::int64_t> seen_before_ns_;
  std::string speaker_;  ///< the strategy of this line
  std::vector<Expectation> expectations_;

  std::map<std::string, std::uint32_t> assets_;
  std::map<std::string, std::uint32_t> accounts_;
  std::map<std::string, std::uint32_t> instruments_;
  std::map<std::string, std::uint32_t> markets_;
  std::vector<writ_instrument> instrument_records_;
  std::map<std::uint32_t, std::uint64_t> book_ids_;
  std::map<std::string, NamedIntent> intents_;
  std::uint64_t last_tag_ = 0;
  std::uint64_t last_trade_ = 0;
  config::Node settings_;
};

}  // namespace writ::test
