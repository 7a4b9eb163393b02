#include "host/config/document.hpp"

#include "host/base/input_error.hpp"
#include "host/base/sha256.hpp"
#include "tests/unit/config/config_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace writ::config {
namespace {

Document document_of(const std::string& text) { return load_text(text).document; }

TEST(Document, CanonicalTextReadsBackToItself) {
  const Document document = document_of(kLeast +
                                        "    signals: {flow: flow.cvd}\n"
                                        "signals:\n"
                                        "  - name: flow\n"
                                        "    plugin: writ.order_flow\n"
                                        "    instruments: [\"*\"]\n"
                                        "    params: {depth: 5, window: 10s}\n"
                                        "feeds:\n"
                                        "  - {name: f, type: tape, files: [a.tape]}\n"
                                        "risk: {position_max: \"5.00\"}\n");
  const std::string text = document.canonical();
  const Document again = Document::recorded(text, "run 1");
  EXPECT_EQ(again.canonical(), text);
  EXPECT_EQ(again.hash(), document.hash());
  const Config config = read_config(again, "/");
  ASSERT_EQ(config.instances.size(), 2U);
  EXPECT_EQ(config.instances[0].parameters.at("depth"), "5");
  EXPECT_EQ(config.instances[1].parameters.at("gamma"), "0.10");
  EXPECT_EQ(config.risk.limits.position_max->raw, 5'000'000'000);
  EXPECT_TRUE(config.feeds.at(0).files.empty()) << "a path is no part of the identity";
}

TEST(Document, HashIsThatOfTheCanonicalText) {
  const Document document = document_of(kLeast);
  EXPECT_EQ(document.hash(), base::sha256_hex(document.canonical()));
}

TEST(Document, SpellingsOfOneValueHashAlike) {
  const Document a =
      document_of(kLeast + "paper: {order_latency: 1ms}\nrisk: {price_band: \"0.05\"}\n");
  const Document b = document_of(
      kLeast + "risk:\n  price_band: \"5.0e-2\"\npaper:\n  order_latency: \"1000us\"\n");
  EXPECT_EQ(a.hash(), b.hash());
}

TEST(Document, ADefaultWrittenOutChangesNothing) {
  EXPECT_EQ(document_of(kLeast + "market: {stale_after: 5s}\n").hash(), document_of(kLeast).hash());
}

TEST(Document, WhatARunDependsOnChangesTheHash) {
  const std::string hash = document_of(kLeast).hash();
  EXPECT_NE(document_of(kLeast + "market: {stale_after: 6s}\n").hash(), hash);
  EXPECT_NE(document_of(kLeast + "seed: 1\n").hash(), hash);
  std::string gamma = kLeast;
  gamma.replace(gamma.find("0.10"), 4, "0.11");
  EXPECT_NE(document_of(gamma).hash(), hash);
}

TEST(Document, PathsAndHostNamesDoNot) {
  const std::string hash = document_of(kLeast).hash();
  std::string moved = kLeast;
  moved.replace(moved.find("dir: journal"), 12, "dir: elsewhere");
  EXPECT_EQ(document_of(moved).hash(), hash);
  EXPECT_EQ(document_of(kLeast + "host: {name: here}\n").hash(), hash);
  EXPECT_EQ(document_of(kLeast + "storage: {url: \"sqlite:x.db\"}\n").hash(), hash);
  EXPECT_EQ(document_of(kLeast + "plugins: {dirs: [x]}\n").hash(), hash);
}

TEST(Document, KnowsWhereValuesStand) {
  const Document document = document_of(kLeast);
  EXPECT_EQ(document.place("strategies[0].params.gamma").line, 12);
  EXPECT_EQ(document.place("strategies[0].params.gamma").column, 21);
  EXPECT_EQ(document.key_place("strategies[0].params.gamma").column, 14);
  EXPECT_TRUE(document.quoted("strategies[0].params.gamma"));
  EXPECT_FALSE(document.quoted("strategies[0].params.levels"));
  EXPECT_EQ(document.place("strategies[0].signals.none").line, 8) << "what it would be in";
  EXPECT_EQ(document.place("risk.position_max").line, 1);
}

TEST(Document, RefusesARecordThatIsNone) {
  EXPECT_THROW(static_cast<void>(Document::recorded("{", "run 1")), base::InputError);
  EXPECT_THROW(static_cast<void>(Document::recorded("[]", "run 1")), base::InputError);
  EXPECT_THROW(static_cast<void>(Document::recorded("{\"mode\":\"paper\"}", "run 1")),
               base::InputError);
}

}  // namespace
}  // namespace writ::config
