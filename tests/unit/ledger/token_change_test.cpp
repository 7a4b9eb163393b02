#include "tests/support/vectors.hpp"
#include "tests/unit/ledger/ledger_fixture.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

namespace writ::ledger {
namespace {

using test::kAccount;
using test::kNo;
using test::kUsdt;
using test::kYes;
using test::money;
using test::px;
using test::qty;
using test::World;

constexpr AccountId kMain{kAccount};
constexpr std::uint32_t kA = 1, kB = 2;  // strategies
constexpr std::uint32_t kFirstQuestion = 20;

std::uint32_t yes_of(std::size_t question) {
  return kFirstQuestion + 2 * static_cast<std::uint32_t>(question);
}

/// 1,000 deposited; `questions` exclusive questions beside the world's own market.
struct Tokens : World {
  Ledger ledger{tables};

  explicit Tokens(std::size_t questions = 0) {
    for (std::size_t i = 0; i < questions; ++i) {
      for (const std::uint32_t token : {0U, 1U}) {
        auto record = test::instrument(yes_of(i) + token, WRIT_KIND_BINARY, "who", 0, kUsdt);
        record.complement = yes_of(i) + 1 - token;
        (void)model::set_text(record.selection, std::to_string(record.instrument));
        add(record);
      }
    }
    deposit(ledger, kUsdt, money("1000"));
  }

  writ_token_change make(std::uint32_t kind, std::uint32_t instrument, Quantity quantity,
                         std::uint32_t who = kA) {
    auto record = model::make_record<writ_token_change>();
    record.header.seq = ++input_seq;
    record.account = kAccount;
    record.instance = who;
    record.instrument = instrument;
    record.kind = kind;
    record.quantity = quantity.raw;
    return record;
  }
  void apply(const writ_token_change& change) {
    ledger.on_token_change(change, change.header.seq, sink);
  }
  void convert(Quantity quantity, const std::vector<writ_question>& questions,
               std::uint32_t fee_bips) {
    auto change = make(WRIT_TOKENS_CONVERT, 0, quantity);
    change.fee_bips = fee_bips;
    change.question_count = static_cast<std::uint32_t>(questions.size());
    model::RecordBuffer buffer;
    buffer.begin(change).append(questions.data(), questions.size() * sizeof(writ_question));
    apply(*model::as<writ_token_change>(buffer.finish()));
  }
  void hold(std::uint32_t token, Quantity quantity, Price price) {
    ASSERT_TRUE(fill(ledger, token, kA, quantity, price));
  }
  [[nodiscard]] Money cash() const { return ledger.cash(kMain, AssetId{kUsdt}); }
  [[nodiscard]] Quantity held(std::uint32_t token) const {
    return ledger.position(kMain, InstrumentId{token});
  }
  [[nodiscard]] Money realized() const { return rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_REALIZED); }
  void expect_refused(const std::vector<std::byte>& before) const {
    EXPECT_EQ(sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 1U);
    EXPECT_EQ(cash(), cash_before_);
    EXPECT_EQ(ledger.save(), before);
  }
  Money cash_before_ = money("1000");
};

TEST(TokenChange, SplitOpensBothTokensAtTheMid) {
  Tokens t;
  t.quotes.set(kYes, px("0.3"), px("0.4"));
  t.ledger.on_quote(kYes, t.quotes.quote(kYes), t.sink);
  t.apply(t.make(WRIT_TOKENS_SPLIT, kYes, qty("100")));
  EXPECT_EQ(t.cash(), money("900"));
  EXPECT_EQ(t.held(kYes), qty("100"));
  EXPECT_EQ(t.held(kNo), qty("100"));
  EXPECT_EQ(t.realized(), Money{});
  t.fill(t.ledger, kYes, kA, qty("-100"), px("0.35"));
  t.fill(t.ledger, kNo, kA, qty("-100"), px("0.65"));
  EXPECT_EQ(t.realized(), Money{}) << "opened at 0.35 and 0.65";
}

TEST(TokenChange, SplitWithoutAMidOpensAtOneHalf) {
  Tokens t;
  t.apply(t.make(WRIT_TOKENS_SPLIT, kYes, qty("10")));
  t.fill(t.ledger, kYes, kA, qty("-10"), px("0.6"));
  EXPECT_EQ(t.realized(), money("1"));
}

TEST(TokenChange, MergeBooksOneRowThatNoMidChanges) {
  Tokens t;
  t.hold(kYes, qty("100"), px("0.5"));
  t.hold(kNo, qty("40"), px("0.45"));
  t.apply(t.make(WRIT_TOKENS_MERGE, kYes, qty("40")));
  EXPECT_EQ(t.cash(), money("972"));  // 1000 - 50 - 18 + 40
  const auto* row = t.sink.all<writ_ledger>().back();
  EXPECT_EQ(row->kind, WRIT_ENTRY_REALIZED);
  EXPECT_EQ(row->ref_kind, WRIT_REF_MERGE);
  EXPECT_EQ(from_abi(row->amount), money("2"));  // 40 - 20 - 18
}

TEST(TokenChange, RedeemPaysTheResolution) {
  Tokens t;
  t.hold(kYes, qty("10"), px("0.4"));
  auto redeem = t.make(WRIT_TOKENS_REDEEM, kYes, qty("6"));
  redeem.payout_numerator = 1;
  redeem.payout_denominator = 2;
  t.apply(redeem);
  EXPECT_EQ(t.cash(), money("999"));
  EXPECT_EQ(t.held(kYes), qty("4"));
  EXPECT_EQ(t.rows(WRIT_LEDGER_PNL, kUsdt, WRIT_ENTRY_ADJUSTMENT), money("0.6"));
}

TEST(TokenChange, OfMoreThanIsHeldIsRefused) {
  Tokens t;
  t.hold(kYes, qty("10"), px("0"));
  t.hold(kNo, qty("5"), px("0"));
  t.apply(t.make(WRIT_TOKENS_MERGE, kYes, qty("5.000000001")));
  EXPECT_EQ(t.held(kYes), qty("10"));
  EXPECT_EQ(t.cash(), money("1000"));
  EXPECT_EQ(t.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 1U);
}

TEST(TokenChange, OfAnotherStrategysTokensIsRefused) {
  Tokens t;
  t.hold(kYes, qty("10"), px("0"));
  t.hold(kNo, qty("10"), px("0"));
  t.apply(t.make(WRIT_TOKENS_MERGE, kYes, qty("1"), kB));
  EXPECT_EQ(t.held(kYes), qty("10"));
  EXPECT_EQ(t.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 1U);
}

TEST(TokenChange, SplitOfMoreCollateralThanThereIsIsRefused) {
  Tokens t;
  t.apply(t.make(WRIT_TOKENS_SPLIT, kYes, qty("1000.000000001")));
  EXPECT_EQ(t.cash(), money("1000"));
  EXPECT_EQ(t.held(kYes), Quantity{});
  EXPECT_EQ(t.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 1U);
}

TEST(TokenChange, ConvertNamesEachQuestionOnce) {
  Tokens t(3);
  t.hold(yes_of(0) + 1, qty("10"), px("0.5"));
  t.convert(qty("1"), {{yes_of(0), 1}, {yes_of(0), 1}, {yes_of(1), 0}}, 0);
  EXPECT_EQ(t.held(yes_of(0) + 1), qty("10"));
  EXPECT_EQ(t.sink.incidents(WRIT_INCIDENT_BAD_MESSAGE), 1U);
}

// V 01.
TEST(TokenChange, ConvertGivesTheFiguresOfItsDefinition) {
  Tokens t(5);
  for (const std::size_t question : {0U, 2U, 3U}) {
    t.hold(yes_of(question) + 1, qty("10"), px("0.6"));
  }
  t.convert(qty("10"),
            {{yes_of(0), 1}, {yes_of(1), 0}, {yes_of(2), 1}, {yes_of(3), 1}, {yes_of(4), 0}}, 0);
  EXPECT_EQ(t.cash(), money("1002"));  // less 18 paid, 20 received
  for (const std::size_t question : {1U, 4U}) EXPECT_EQ(t.held(yes_of(question)), qty("10"));
  EXPECT_EQ(t.held(yes_of(0) + 1), Quantity{});
  EXPECT_EQ(t.realized(), money("12")) << "20 and two YES at 0.5, less 18";

  Tokens fee(5);
  fee.hold(yes_of(4) + 1, qty("7.5"), px("0"));
  fee.convert(qty("7.5"),
              {{yes_of(0), 0}, {yes_of(1), 0}, {yes_of(2), 0}, {yes_of(3), 0}, {yes_of(4), 1}},
              100);
  EXPECT_EQ(fee.cash(), money("1000"));
  EXPECT_EQ(fee.held(yes_of(0)), qty("7.425"));
}

void check_merge(const writ::test::VectorCase& c) {
  Tokens t;
  t.hold(kYes, writ::test::quantity_of(c.inputs, "yes_qty"), Price{});
  t.hold(kNo, writ::test::quantity_of(c.inputs, "no_qty"), Price{});
  t.apply(t.make(WRIT_TOKENS_MERGE, kYes, writ::test::quantity_of(c.inputs, "merge_qty")));
  EXPECT_EQ(t.cash() - money("1000"), writ::test::money_of(c.expected, "cash_in"));
  EXPECT_EQ(t.held(kYes), writ::test::quantity_of(c.expected, "yes_qty"));
  EXPECT_EQ(t.held(kNo), writ::test::quantity_of(c.expected, "no_qty"));
}

void check_convert(const writ::test::VectorCase& c) {
  const auto count = static_cast<std::size_t>(writ::test::integer_of(c.inputs, "questions"));
  const Quantity amount = writ::test::quantity_of(c.inputs, "amount");
  Tokens t(count);
  std::vector<writ_question> questions;
  for (std::size_t i = 0; i < count; ++i) questions.push_back({yes_of(i), 0});
  for (const auto& given : writ::test::member(c.inputs, "no_set").as_array()) {
    const auto i = static_cast<std::size_t>(given.as_int64());
    questions[i].given = 1;
    t.hold(yes_of(i) + 1, amount, Price{});
  }
  t.convert(amount, questions,
            static_cast<std::uint32_t>(writ::test::integer_of(c.inputs, "fee_bips")));
  EXPECT_EQ(t.cash() - money("1000"), writ::test::money_of(c.expected, "collateral_out"));
  const auto& received = writ::test::member(c.expected, "yes_out").as_object();
  for (std::size_t i = 0; i < count; ++i) {
    const auto* expected = received.if_contains(std::to_string(i));
    EXPECT_EQ(t.held(yes_of(i)),
              expected == nullptr ? Quantity{} : qty(std::string_view(expected->as_string())));
    EXPECT_EQ(t.held(yes_of(i) + 1), Quantity{});
  }
}

TEST(TokenChange, EqualsItsVectors) {
  writ::test::run_vectors("01_instruments",
                          {{"merge", check_merge}, {"negrisk_convert", check_convert}},
                          writ::test::VectorCoverage::kNamed);
}

}  // namespace
}  // namespace writ::ledger
