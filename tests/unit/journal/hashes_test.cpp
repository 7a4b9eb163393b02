#include "host/journal/hashes.hpp"

#include "tests/unit/journal/journal_fixture.hpp"

#include <writ/ids.hpp>

#include <gtest/gtest.h>

#include <functional>

namespace writ::journal::test {
namespace {

struct Decisions {
  writ_intent intent = model::make_record<writ_intent>();
  writ_verdict verdict = model::make_record<writ_verdict>();
  writ_ledger ledger = model::make_record<writ_ledger>();
};

constexpr std::uint64_t id(std::uint32_t run, std::uint64_t seq) {
  return record_id<IntentId>(RunNumber{run}, Seq{seq}).raw();
}

/// The same decisions as run `run` records them, with table numbers shifted by `shift`.
Decisions decisions(std::uint32_t run, std::uint32_t shift) {
  Decisions d;
  d.intent.header.seq = 10;
  d.intent.header.ingest_ts = 1000;
  d.intent.header.stream = static_cast<std::uint16_t>(shift);
  d.intent.instance = 1 + shift;
  d.intent.instrument = 1 + shift;
  d.intent.account = 1 + shift;
  d.intent.kind = WRIT_INTENT_REPLACE;
  d.intent.price = 5;
  d.intent.quantity = 6;
  d.intent.target_intent = id(run, 3);
  d.verdict.header.seq = 11;
  d.verdict.header.ingest_ts = 1000;
  d.verdict.intent_id = id(run, 10);
  d.verdict.instrument = 1 + shift;
  d.verdict.approved = 1;
  d.verdict.quantity = 6;
  d.ledger.header.seq = 12;
  d.ledger.header.ingest_ts = 1000;
  d.ledger.account = 1 + shift;
  d.ledger.asset = 1 + shift;
  d.ledger.ref = id(run, 9);
  d.ledger.amount.lo = 77;
  return d;
}

model::InstrumentTable table(std::uint32_t shift) {
  model::InstrumentTable table;
  auto asset = model::make_record<writ_asset>();
  asset.asset = 1 + shift;
  EXPECT_TRUE(model::set_text(asset.name, "USDT"));
  auto account = model::make_record<writ_account>();
  account.account = 1 + shift;
  account.book = WRIT_BOOK_MAIN;
  EXPECT_TRUE(model::set_text(account.name, "main"));
  auto instrument = model::make_record<writ_instrument>();
  instrument.instrument = 1 + shift;
  EXPECT_TRUE(model::set_text(instrument.venue, "sim"));
  EXPECT_TRUE(model::set_text(instrument.market, "BTCUSDT"));
  auto instance = model::make_record<writ_instance>();
  instance.instance = 1 + shift;
  EXPECT_TRUE(model::set_text(instance.name, "mm"));
  EXPECT_TRUE(table.apply(asset.header));
  EXPECT_TRUE(table.apply(account.header));
  EXPECT_TRUE(table.apply(instrument.header));
  EXPECT_TRUE(table.apply(instance.header));
  return table;
}

struct Hashes {
  std::string intents, verdicts, ledger;
  friend bool operator==(const Hashes&, const Hashes&) = default;
};

Hashes hash(const Decisions& d, const model::InstrumentTable& names) {
  RunHashes hashes;
  hashes.add(d.intent.header, names);
  hashes.add(d.verdict.header, names);
  hashes.add(d.ledger.header, names);
  return {hashes.intents(), hashes.verdicts(), hashes.ledger()};
}

TEST(RunHashes, AreTheSameInAnotherRunWithOtherNumbers) {
  const Hashes one = hash(decisions(1, 0), table(0));
  const Hashes other = hash(decisions(77, 4), table(4));
  EXPECT_EQ(one, other);
  EXPECT_EQ(one.intents.size(), 64U);
  EXPECT_NE(one.intents, one.verdicts);
}

TEST(RunHashes, IgnoreOtherRecords) {
  RunHashes hashes;
  const std::string empty = hashes.intents();
  RecordMaker maker(1);
  for (int i = 0; i < 20; ++i) hashes.add(maker.next(), table(0));
  EXPECT_EQ(hashes.intents(), empty);
  EXPECT_EQ(hashes.ledger(), empty);
}

TEST(RunHashes, OneChangedByteChangesTheHash) {
  const model::InstrumentTable names = table(0);
  const Decisions before = decisions(1, 0);
  const Hashes hashes = hash(before, names);
  // Of the payload behind the header every byte counts, but for the run half of an id.
  const auto changed = [&](auto Decisions::*member, std::size_t byte) {
    Decisions d = before;
    reinterpret_cast<unsigned char*>(&(d.*member))[byte] ^= 1U;
    return hash(d, names);
  };
  const auto in_run_half = [](std::size_t byte, std::size_t id_at) {
    return byte >= id_at + 5 && byte < id_at + 8;
  };
  for (std::size_t byte = sizeof(writ_record); byte < offsetof(writ_intent, tags_size); ++byte) {
    const Hashes now = changed(&Decisions::intent, byte);
    EXPECT_EQ(now.intents != hashes.intents,
              !in_run_half(byte, offsetof(writ_intent, target_intent)))
        << byte;
    EXPECT_EQ(now.verdicts, hashes.verdicts);
  }
  for (std::size_t byte = sizeof(writ_record); byte < sizeof(writ_verdict); ++byte) {
    const std::size_t reserved = offsetof(writ_verdict, reserved);
    const std::size_t count = offsetof(writ_verdict, check_count);
    if (byte >= reserved && byte < reserved + 2) continue;
    if (byte >= count && byte < count + 4) continue;
    const Hashes now = changed(&Decisions::verdict, byte);
    EXPECT_EQ(now.verdicts != hashes.verdicts,
              !in_run_half(byte, offsetof(writ_verdict, intent_id)))
        << byte;
    EXPECT_EQ(now.ledger, hashes.ledger);
  }
  for (std::size_t byte = sizeof(writ_record); byte < sizeof(writ_ledger); ++byte) {
    const Hashes now = changed(&Decisions::ledger, byte);
    EXPECT_EQ(now.ledger != hashes.ledger, !in_run_half(byte, offsetof(writ_ledger, ref))) << byte;
    EXPECT_EQ(now.intents, hashes.intents);
  }
}

TEST(RunHashes, CoreTimeCounts) {
  Decisions d = decisions(1, 0);
  const Hashes before = hash(d, table(0));
  d.intent.header.ingest_ts += 1;
  d.verdict.header.ingest_ts += 1;
  d.ledger.header.ingest_ts += 1;
  const Hashes after = hash(d, table(0));
  EXPECT_NE(before.intents, after.intents);
  EXPECT_NE(before.verdicts, after.verdicts);
  EXPECT_NE(before.ledger, after.ledger);
}

}  // namespace
}  // namespace writ::journal::test
