// What layout_check.h cannot assert about the plugin ABI: no padding, alignment in a journal.
#include <writ/abi/ext/book.h>
#include <writ/abi/ext/orders.h>
#include <writ/abi/ext/state.h>
#include <writ/abi/ext/wiring.h>
#include <writ/abi/host.h>
#include <writ/abi/journal.h>
#include <writ/abi/plugin.h>

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

namespace {

struct FieldLine {
  std::string name;
  std::size_t offset;
  std::size_t bytes;
};

struct StructLine {
  std::string name;
  std::size_t bytes;
  std::size_t alignment;
  bool plain;
  std::vector<FieldLine> fields;
};

std::vector<StructLine> layout() {
  std::vector<StructLine> all;
#define STRUCT(name, bytes)                                                  \
  all.push_back({#name,                                                      \
                 bytes,                                                      \
                 alignof(name),                                              \
                 std::is_standard_layout_v<name> && std::is_trivial_v<name>, \
                 {}});
#define FIELD(name, field, offset, bytes) all.back().fields.push_back({#field, offset, bytes});
#define CONSTANT(name, value)
#include "layout.def"
#undef CONSTANT
#undef FIELD
#undef STRUCT
  return all;
}

TEST(AbiLayout, EveryByteOfEveryStructureIsAField) {
  ASSERT_GT(layout().size(), 50U);
  for (const StructLine& structure : layout()) {
    std::size_t end = 0;
    for (const FieldLine& field : structure.fields) {
      EXPECT_EQ(field.offset, end) << structure.name << "." << field.name;
      end = field.offset + field.bytes;
    }
    EXPECT_EQ(end, structure.bytes) << structure.name << " has padding at its end";
  }
}

TEST(AbiLayout, StructuresArePlainAndFitTheAlignmentOfAJournal) {
  for (const StructLine& structure : layout()) {
    EXPECT_TRUE(structure.plain) << structure.name;
    EXPECT_LE(structure.alignment, 8U) << structure.name;
  }
}

TEST(AbiLayout, RecordsBeginWithTheHeaderAndAreAMultipleOfEightBytes) {
  std::size_t records = 0;
  for (const StructLine& structure : layout()) {
    if (structure.fields.front().name != "header") continue;
    ++records;
    EXPECT_EQ(structure.fields.front().bytes, 32U) << structure.name;
    EXPECT_EQ(structure.bytes % 8, 0U) << structure.name;
  }
  EXPECT_GE(records, 41U);
}

TEST(AbiLayout, TablesBeginWithTheirSize) {
  EXPECT_EQ(offsetof(writ_host, struct_size), 0U);
  EXPECT_EQ(offsetof(writ_plugin, struct_size), 0U);
  EXPECT_EQ(offsetof(writ_module, struct_size), 0U);
  EXPECT_EQ(offsetof(writ_descriptor, struct_size), 0U);
  EXPECT_EQ(offsetof(writ_ext_book, struct_size), 0U);
  EXPECT_EQ(offsetof(writ_ext_orders, struct_size), 0U);
  EXPECT_EQ(offsetof(writ_ext_state, struct_size), 0U);
  EXPECT_EQ(offsetof(writ_ext_wiring, struct_size), 0U);
}

TEST(AbiLayout, HasTellsWhetherATableWasBuiltWithAMember) {
  writ_host host{};
  host.struct_size = offsetof(writ_host, random);
  EXPECT_TRUE(WRIT_HAS(&host, cancel_timer));
  EXPECT_FALSE(WRIT_HAS(&host, random));
  host.struct_size = sizeof host;
  EXPECT_TRUE(WRIT_HAS(&host, get_extension));
}

}  // namespace
