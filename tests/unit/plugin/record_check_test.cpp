#include "host/plugin/record_check.hpp"

#include "host/model/record_view.hpp"
#include "host/plugin/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace writ::plugin {
namespace {

TEST(Utf8, AcceptsWhatUnicodeDefinesAndNothingElse) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("plain"));
  EXPECT_TRUE(is_utf8("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"));
  EXPECT_TRUE(is_utf8("\xf4\x8f\xbf\xbf"));
  EXPECT_FALSE(is_utf8("\xc0\xaf")) << "overlong";
  EXPECT_FALSE(is_utf8("\xe0\x80\xaf")) << "overlong";
  EXPECT_FALSE(is_utf8("\xed\xa0\x80")) << "a surrogate";
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80")) << "past U+10FFFF";
  EXPECT_FALSE(is_utf8("\x80")) << "a tail without a head";
  EXPECT_FALSE(is_utf8("\xe2\x82")) << "cut";
  EXPECT_EQ(valid_utf8_prefix("ab\xff"
                              "cd"),
            2U);
}

TEST(Utf8, MakesOneLineAndCutsBetweenCharacters) {
  EXPECT_EQ(one_line("a\nb\tc\x7f\xff!", 100), "a b c ?!");
  EXPECT_EQ(one_line("\xe2\x82\xac\xe2\x82\xac", 5), "\xe2\x82\xac");
}

TEST(JsonText, TellsKindsApart) {
  JsonText json;
  EXPECT_EQ(json.kind_of(R"({"a":[1,-2.5e3,"x\u00e9",null,true]})"), JsonText::Kind::kObject);
  EXPECT_EQ(json.kind_of(" [ ] "), JsonText::Kind::kArray);
  EXPECT_EQ(json.kind_of("\"text\""), JsonText::Kind::kScalar);
  EXPECT_EQ(json.kind_of("12"), JsonText::Kind::kScalar);
  for (const std::string_view bad : {"", " ", "{", "{\"a\":}", "[1,]", "nul", "{\"a\":1}x", "'a'",
                                     "[1] [2]", "NaN", "// c\n1", "\"\xff\"", "01", "\"\t\""}) {
    EXPECT_EQ(json.kind_of(bad), JsonText::Kind::kInvalid) << bad;
  }
  EXPECT_EQ(json.kind_of(std::string(16, '[') + std::string(16, ']')), JsonText::Kind::kArray);
  EXPECT_EQ(json.kind_of(std::string(17, '[') + std::string(17, ']')), JsonText::Kind::kInvalid);
  EXPECT_EQ(json.kind_of("{}"), JsonText::Kind::kObject) << "an error leaves nothing behind";
}

class IntentCheck : public ::testing::Test {
 protected:
  IntentCheck() {
    intent_ = model::make_record<writ_intent>();
    intent_.kind = WRIT_INTENT_PLACE;
    intent_.side = WRIT_SIDE_BUY;
    intent_.order_type = WRIT_ORDER_LIMIT;
    intent_.time_in_force = WRIT_TIF_GTC;
    intent_.urgency = WRIT_URGENCY_MAKER;
  }
  [[nodiscard]] writ_status check(const std::string& tags = "", const std::string& rationale = "") {
    intent_.tags_size = static_cast<std::uint32_t>(tags.size());
    intent_.rationale_size = static_cast<std::uint32_t>(rationale.size());
    auto& record = buffer_.begin(intent_)
                       .append(tags.data(), tags.size())
                       .append(rationale.data(), rationale.size())
                       .finish();
    return check_intent(reinterpret_cast<const writ_intent&>(record), json_);
  }

  writ_intent intent_;
  JsonText json_;
  model::RecordBuffer buffer_;
};

TEST_F(IntentCheck, AcceptsAWellFormedOne) {
  EXPECT_EQ(check(), WRIT_OK);
  EXPECT_EQ(check(R"(["a","b"])", R"({"why":1})"), WRIT_OK);
}

TEST_F(IntentCheck, AcceptsTheFlagsOfAnAuthorAndNotTheHostsOwn) {
  for (const std::uint32_t flag :
       {WRIT_INTENT_POST_ONLY, WRIT_INTENT_REDUCE_ONLY, WRIT_INTENT_CLOSE_POSITION,
        WRIT_INTENT_OPAQUE_RATIONALE, WRIT_INTENT_NO_REDUCTION}) {
    intent_.flags = flag;
    EXPECT_EQ(check(), WRIT_OK) << flag;
  }
  intent_.flags = WRIT_INTENT_BY_HOST;
  EXPECT_EQ(check(), WRIT_E_INVALID);
}

TEST_F(IntentCheck, RefusesTextsThatAreNotWhatTheyShouldBe) {
  EXPECT_EQ(check("{}"), WRIT_E_INVALID) << "tags are an array";
  EXPECT_EQ(check("[1,"), WRIT_E_INVALID);
  EXPECT_EQ(check("", "{"), WRIT_E_INVALID);
  EXPECT_EQ(check("", "\"\xff\""), WRIT_E_INVALID);
  EXPECT_EQ(check("[" + std::string(kTagsMax, ' ') + "]"), WRIT_E_INVALID) << "too long";
  EXPECT_EQ(check("", "\"" + std::string(kRationaleMax, ' ') + "\""), WRIT_E_INVALID) << "too long";
  intent_.flags = WRIT_INTENT_OPAQUE_RATIONALE;
  EXPECT_EQ(check("", "\xff{"), WRIT_OK) << "opaque bytes are the author's own";
}

TEST_F(IntentCheck, RefusesUnknownNumbersInEachEnumeration) {
  const auto refused = [&](auto& field, auto wrong) {
    const auto right = field;
    field = static_cast<std::remove_reference_t<decltype(field)>>(wrong);
    const writ_status status = check();
    field = right;
    return status == WRIT_E_INVALID;
  };
  EXPECT_TRUE(refused(intent_.kind, 0));
  EXPECT_TRUE(refused(intent_.kind, 8));
  EXPECT_TRUE(refused(intent_.side, 0)) << "an order has a side";
  EXPECT_TRUE(refused(intent_.side, 3));
  EXPECT_TRUE(refused(intent_.order_type, 0));
  EXPECT_TRUE(refused(intent_.order_type, 3));
  EXPECT_TRUE(refused(intent_.time_in_force, 5));
  EXPECT_TRUE(refused(intent_.urgency, 4));
  EXPECT_TRUE(refused(intent_.group_policy, 3));
  EXPECT_TRUE(refused(intent_.group_size, 2)) << "a group size without a group";
  EXPECT_TRUE(refused(intent_.flags, 1U << 9U));
  EXPECT_TRUE(refused(intent_.confidence, -1));
  EXPECT_TRUE(refused(intent_.confidence, 1'000'000'001));
  EXPECT_TRUE(refused(intent_.ttl_ns, -1));
  EXPECT_EQ(check(), WRIT_OK) << "and nothing else was wrong";
}

TEST_F(IntentCheck, LeavesFieldsEmptyWhereTheKindHasNone) {
  intent_ = model::make_record<writ_intent>();
  for (const std::uint16_t kind : {WRIT_INTENT_CANCEL, WRIT_INTENT_CANCEL_ALL, WRIT_INTENT_FLATTEN,
                                   WRIT_INTENT_TARGET, WRIT_INTENT_NOOP, WRIT_INTENT_REPLACE}) {
    intent_.kind = kind;
    EXPECT_EQ(check(), WRIT_OK) << kind;
  }
}

TEST_F(IntentCheck, RefusesASizeThatIsNotWhatItsPartsAddUpTo) {
  ASSERT_EQ(check("[1]"), WRIT_OK);
  auto& record = buffer_.fixed<writ_intent>();
  record.tags_size = 9;
  EXPECT_EQ(check_intent(record, json_), WRIT_E_INVALID);
  record.tags_size = 0;
  EXPECT_EQ(check_intent(record, json_), WRIT_E_INVALID);
  record.tags_size = UINT32_MAX;
  record.rationale_size = 12;  // their sum wraps
  EXPECT_EQ(check_intent(record, json_), WRIT_E_INVALID);
}

}  // namespace
}  // namespace writ::plugin
