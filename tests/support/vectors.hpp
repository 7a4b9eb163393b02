#pragma once

#include <writ/decimal.hpp>
#include <writ/money.hpp>
#include <writ/price.hpp>
#include <writ/quantity.hpp>
#include <writ/rate.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The domain's test vectors: `$WRIT_DATA/vectors/domain/NN_topic.json`, each a list of cases
// {name, inputs, expected, tol?}. Exact numbers are decimal text, floats are JSON numbers.

namespace writ::test {

/// The folder of recordings and vectors that WRIT_DATA names; nothing if it is not set.
[[nodiscard]] std::optional<std::filesystem::path> data_folder();

/// One case of a vector file.
struct VectorCase {
  std::string name;
  boost::json::object inputs;
  boost::json::object expected;
  double tolerance = 1e-12;
};

/// All cases of a file such as `00_fixed_point`. Throws std::runtime_error, naming the file, if it
/// cannot be read, is not a vector file or holds no case.
[[nodiscard]] std::vector<VectorCase> load_vectors(const std::filesystem::path& data_folder,
                                                   const std::string& topic);

/// Checks one case with EXPECT_...; a failure is reported with the case's name and number.
using VectorCheck = std::function<void(const VectorCase&)>;

/// Whether each case of the file must have a check, or only those named.
enum class VectorCoverage { kWhole, kNamed };

/// Runs every case of the file that has a check of its name and prints how many of how many ran.
/// Skips the test if WRIT_DATA is not set; with it, a check without a case, and for kWhole a case
/// without a check, is a failure. To be the only call of a TEST.
void run_vectors(const std::string& topic, const std::map<std::string, VectorCheck>& checks,
                 VectorCoverage coverage = VectorCoverage::kWhole);

// Members of a case. Throw std::runtime_error, naming the key, if absent or of another kind.
[[nodiscard]] const boost::json::value& member(const boost::json::object& object,
                                               std::string_view key);
[[nodiscard]] std::string text_of(const boost::json::object& object, std::string_view key);
[[nodiscard]] std::int64_t integer_of(const boost::json::object& object, std::string_view key);
[[nodiscard]] double float_of(const boost::json::object& object, std::string_view key);
[[nodiscard]] bool is_null(const boost::json::object& object, std::string_view key);
[[nodiscard]] Price price_of(const boost::json::object& object, std::string_view key);
[[nodiscard]] Quantity quantity_of(const boost::json::object& object, std::string_view key);
[[nodiscard]] Rate rate_of(const boost::json::object& object, std::string_view key);
[[nodiscard]] Money money_of(const boost::json::object& object, std::string_view key);

/// Whether two floats agree within `tolerance`, absolutely or relative to the larger.
[[nodiscard]] bool nearly_equal(double a, double b, double tolerance);

}  // namespace writ::test
