#include "host/base/canonical_json.hpp"
#include "host/base/data_hash.hpp"
#include "host/base/hex.hpp"
#include "host/base/random.hpp"
#include "host/base/replay_hash.hpp"
#include "host/base/run_hash.hpp"
#include "host/base/sha256.hpp"
#include "tests/support/vectors.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Every case of 13_hashing.json.

namespace writ::base {
namespace {

using test::integer_of;
using test::member;
using test::text_of;
using test::VectorCase;

std::string hex_of_text(std::string_view bytes) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

void check_canonical_json(const VectorCase& c) {
  const auto text = canonical_json(member(c.inputs, "value")).value();
  EXPECT_EQ(text, text_of(c.expected, "text"));
  EXPECT_EQ(sha256_hex(text), text_of(c.expected, "sha256"));
}

void check_float_repr(const VectorCase& c) {
  const double value = std::strtod(text_of(c.inputs, "hex").c_str(), nullptr);
  EXPECT_EQ(float_py_repr(value).value(), text_of(c.expected, "text"));
}

void check_config_hash(const VectorCase& c) {
  const auto& config = member(c.inputs, "config");
  EXPECT_EQ(canonical_json(config).value(), text_of(c.expected, "text"));
  EXPECT_EQ(canonical_json_hash(config).value(), text_of(c.expected, "config_hash"));
}

// Owns the values of a column that the vectors describe as [name, type, [values]].
struct OwnedColumn {
  std::string name;
  std::vector<std::int64_t> i64;
  std::vector<float> f32;
  std::deque<std::string> texts;
  std::vector<std::string_view> utf8;
  std::unique_ptr<bool[]> valid;
  std::size_t rows = 0;
  ColumnView view;
};

std::unique_ptr<OwnedColumn> own_column(const boost::json::array& column) {
  auto owned = std::make_unique<OwnedColumn>();
  owned->name = column.at(0).as_string().c_str();
  const std::string_view type = column.at(1).as_string();
  const auto& values = column.at(2).as_array();
  owned->rows = values.size();
  owned->valid = std::make_unique<bool[]>(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    const auto& value = values[row];
    owned->valid[row] = !value.is_null();
    if (type == "i64") {
      owned->i64.push_back(value.is_null() ? 0 : value.as_int64());
    } else if (type == "f32") {
      owned->f32.push_back(value.is_null() ? 0.0F : static_cast<float>(value.as_double()));
    } else if (type == "utf8") {
      owned->texts.emplace_back(value.is_null() ? "" : value.as_string().c_str());
    } else {
      throw std::runtime_error("unknown column type " + std::string(type));
    }
  }
  for (const std::string& text : owned->texts) owned->utf8.emplace_back(text);
  owned->view.name = owned->name;
  if (type == "i64") owned->view.values = std::span<const std::int64_t>(owned->i64);
  if (type == "f32") owned->view.values = std::span<const float>(owned->f32);
  if (type == "utf8") owned->view.values = std::span<const std::string_view>(owned->utf8);
  owned->view.valid = {owned->valid.get(), owned->rows};
  return owned;
}

void check_data_hash(const VectorCase& c) {
  std::vector<std::unique_ptr<OwnedColumn>> owned;
  std::vector<ColumnView> columns;
  for (const auto& column : member(c.inputs, "columns").as_array()) {
    owned.push_back(own_column(column.as_array()));
    columns.push_back(owned.back()->view);
  }
  std::string bytes;
  ASSERT_TRUE(encode_data(columns, [&](std::string_view piece) { bytes += piece; }));
  EXPECT_EQ(hex_of_text(bytes), text_of(c.expected, "bytes_hex"));
  EXPECT_EQ(data_hash(columns).value(), text_of(c.expected, "data_hash"));
}

void check_run_hash(const VectorCase& c) {
  const auto& object = member(c.inputs, "object").as_object();
  ASSERT_EQ(text_of(object, "kind"), "run");
  ASSERT_EQ(integer_of(object, "schema"), 1);
  const auto code = text_of(object, "code_version");
  const auto config = text_of(object, "config_hash");
  const auto data = text_of(object, "data_hash");
  const RunHashInputs inputs{code, config, data};
  EXPECT_EQ(run_hash_text(inputs).value(), text_of(c.expected, "text"));
  const auto hash = run_hash(inputs).value();
  EXPECT_EQ(hash, text_of(c.expected, "run_hash"));
  const auto root = seed_root(hash, std::nullopt);
  EXPECT_EQ(root, integer_of(c.expected, "seed_root"));
  EXPECT_EQ(bootstrap_seed(hash, root), integer_of(c.expected, "bootstrap_seed"));
  EXPECT_EQ(seed_as_int31(root), integer_of(c.expected, "pg_random_seed_int31"));
  EXPECT_EQ(to_string(run_uuid_namespace()), text_of(c.expected, "uuid_namespace"));
  EXPECT_EQ(to_string(backtest_run_uuid(hash)), text_of(c.expected, "backtest_run_uuid5"));
}

void check_meta_hash(const VectorCase& c) {
  const auto& spec = member(c.inputs, "spec").as_object();
  const auto dataset = text_of(spec, "dataset_hash");
  const auto indicator = text_of(spec, "indicator");
  const auto version = text_of(spec, "version");
  const auto code = text_of(spec, "code_version");
  const MetaHashInputs inputs{dataset,
                              indicator,
                              version,
                              member(spec, "params").as_object(),
                              static_cast<std::uint32_t>(integer_of(spec, "seed_root")),
                              code};
  EXPECT_EQ(meta_hash_text(inputs).value(), text_of(c.expected, "text"));
  EXPECT_EQ(meta_hash(inputs).value(), text_of(c.expected, "meta_hash"));
}

void check_stream_purpose(const VectorCase& c) {
  EXPECT_EQ(std::to_string(stream_purpose(text_of(c.inputs, "name"))),
            text_of(c.expected, "purpose_u64"));
}

// Decimal or 0x-hexadecimal text.
std::uint64_t u64_of(const boost::json::value& value) {
  return std::strtoull(value.as_string().c_str(), nullptr, 0);
}

template <std::size_t N>
std::array<std::uint64_t, N> words_of(const boost::json::object& object, std::string_view key) {
  const auto& array = member(object, key).as_array();
  std::array<std::uint64_t, N> words{};
  EXPECT_EQ(array.size(), N);
  for (std::size_t i = 0; i < N; ++i) words[i] = u64_of(array.at(i));
  return words;
}

void check_philox(const VectorCase& c) {
  EXPECT_EQ(philox4x64_10(words_of<4>(c.inputs, "ctr"), words_of<2>(c.inputs, "key")),
            words_of<4>(c.expected, "out"));
}

RandomStream stream_of(const VectorCase& c) {
  return RandomStream(static_cast<std::uint64_t>(integer_of(c.inputs, "seed")),
                      text_of(c.inputs, "purpose"),
                      static_cast<std::uint64_t>(integer_of(c.inputs, "trial")));
}

void check_rng_stream(const VectorCase& c) {
  auto random = stream_of(c);
  const auto& values = member(c.expected, "u64").as_array();
  ASSERT_FALSE(values.empty());
  for (const auto& value : values) EXPECT_EQ(random.next_u64(), u64_of(value));
}

void check_rng_below(const VectorCase& c) {
  auto random = stream_of(c);
  const auto n = static_cast<std::uint64_t>(integer_of(c.inputs, "n"));
  const auto& values = member(c.expected, "values").as_array();
  ASSERT_FALSE(values.empty());
  for (const auto& value : values) {
    EXPECT_EQ(random.below(n), static_cast<std::uint64_t>(value.as_int64()));
  }
}

void check_rng_f64(const VectorCase& c) {
  auto random = stream_of(c);
  const auto& values = member(c.expected, "values").as_array();
  ASSERT_FALSE(values.empty());
  for (const auto& value : values) {
    EXPECT_TRUE(test::nearly_equal(random.next_f64(), value.as_double(), c.tolerance));
  }
}

void check_replay_hash(const VectorCase& c) {
  std::vector<ReplayFrame> frames;
  for (const auto& element : member(c.inputs, "frames").as_array()) {
    const auto& frame = element.as_array();
    frames.push_back({frame.at(0).as_string(), frame.at(1).as_int64(), frame.at(2).as_int64(),
                      frame.at(3).as_string(), frame.at(4).as_string()});
  }
  const auto hash = replay_hash(frames).value();
  EXPECT_EQ(hash, text_of(c.expected, "replay_hash"));
  EXPECT_EQ(hash.substr(0, 8), text_of(c.expected, "short8"));

  std::sort(frames.begin(), frames.end(), [](const ReplayFrame& a, const ReplayFrame& b) {
    return a.source != b.source ? a.source < b.source : a.seq < b.seq;
  });
  std::string bytes(kReplayHashMagic);
  for (const ReplayFrame& frame : frames) append_replay_frame(bytes, frame);
  EXPECT_EQ(hex_of_text(bytes), text_of(c.expected, "bytes_hex"));
}

TEST(Hashing, EqualsItsVectors) {
  test::run_vectors("13_hashing", {{"cj1_nested", check_canonical_json},
                                   {"cj1_escapes", check_canonical_json},
                                   {"cj1_unicode", check_canonical_json},
                                   {"cj1_key_order", check_canonical_json},
                                   {"cj1_empty", check_canonical_json},
                                   {"cj1_bigint", check_canonical_json},
                                   {"float_py_repr", check_float_repr},
                                   {"config_hash", check_config_hash},
                                   {"data_hash", check_data_hash},
                                   {"run_hash", check_run_hash},
                                   {"meta_hash", check_meta_hash},
                                   {"stream_purpose", check_stream_purpose},
                                   {"philox4x64_10", check_philox},
                                   {"rng_stream", check_rng_stream},
                                   {"rng_below10", check_rng_below},
                                   {"rng_f64", check_rng_f64},
                                   {"replay_hash_empty", check_replay_hash},
                                   {"replay_hash_one", check_replay_hash},
                                   {"replay_hash_four_unsorted", check_replay_hash}});
}

}  // namespace
}  // namespace writ::base
