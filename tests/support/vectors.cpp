#include "tests/support/vectors.hpp"

#include "host/base/file.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/string.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <utility>

namespace writ::test {
namespace {

[[noreturn]] void fail(std::string_view key, const char* what) {
  throw std::runtime_error(std::string(key) + ": " + what);
}

template <class T>
T value_of(const Parsed<T>& parsed, std::string_view key) {
  if (!parsed) fail(key, to_string(parsed.error));
  return parsed.value;
}

}  // namespace

std::optional<std::filesystem::path> data_folder() {
  const char* folder = std::getenv("WRIT_DATA");
  if (folder == nullptr || *folder == '\0') return std::nullopt;
  return std::filesystem::path(folder);
}

std::vector<VectorCase> load_vectors(const std::filesystem::path& data_folder,
                                     const std::string& topic) {
  const auto path = data_folder / "vectors" / "domain" / (topic + ".json");
  const auto content = base::read_file(path);
  if (!content) fail(path.string(), to_string(content.error()).c_str());
  boost::json::error_code error;
  const boost::json::value document = boost::json::parse(*content, error);
  if (error) fail(path.string(), "not JSON");

  const auto& root = document.as_object();
  if (text_of(root, "schema") != "domain-vectors/1") fail(path.string(), "unknown schema");
  std::vector<VectorCase> cases;
  for (const auto& element : member(root, "cases").as_array()) {
    const auto& object = element.as_object();
    VectorCase vector_case;
    vector_case.name = text_of(object, "name");
    vector_case.inputs = member(object, "inputs").as_object();
    vector_case.expected = member(object, "expected").as_object();
    if (object.contains("tol")) vector_case.tolerance = float_of(object, "tol");
    cases.push_back(std::move(vector_case));
  }
  if (cases.empty()) fail(path.string(), "no cases");
  return cases;
}

void run_vectors(const std::string& topic, const std::map<std::string, VectorCheck>& checks,
                 VectorCoverage coverage) {
  const auto folder = data_folder();
  if (!folder) GTEST_SKIP() << "WRIT_DATA is not set: no case of " << topic << " ran";

  const auto cases = load_vectors(*folder, topic);
  std::map<std::string, std::size_t> run_by_name;
  std::size_t run = 0;
  for (const VectorCase& vector_case : cases) {
    const auto check = checks.find(vector_case.name);
    if (check == checks.end()) {
      if (coverage == VectorCoverage::kWhole) {
        ADD_FAILURE() << topic << ": no check for case " << vector_case.name;
      }
      continue;
    }
    ++run;
    const std::size_t number = ++run_by_name[vector_case.name];
    SCOPED_TRACE(topic + " " + vector_case.name + " #" + std::to_string(number));
    try {
      check->second(vector_case);
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
  for (const auto& [name, check] : checks) {
    EXPECT_GT(run_by_name[name], 0U) << topic << ": the file has no case " << name;
  }
  std::cout << "vectors " << topic << ": " << run << " of " << cases.size() << " cases\n";
}

const boost::json::value& member(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) fail(key, "missing");
  return *value;
}

std::string text_of(const boost::json::object& object, std::string_view key) {
  const auto* text = member(object, key).if_string();
  if (text == nullptr) fail(key, "not a text");
  return std::string(text->data(), text->size());
}

std::int64_t integer_of(const boost::json::object& object, std::string_view key) {
  const auto* number = member(object, key).if_int64();
  if (number == nullptr) fail(key, "not an integer");
  return *number;
}

double float_of(const boost::json::object& object, std::string_view key) {
  const auto& value = member(object, key);
  if (!value.is_number()) fail(key, "not a number");
  return value.to_number<double>();
}

bool is_null(const boost::json::object& object, std::string_view key) {
  return member(object, key).is_null();
}

Price price_of(const boost::json::object& object, std::string_view key) {
  return value_of(parse_price(text_of(object, key)), key);
}

Quantity quantity_of(const boost::json::object& object, std::string_view key) {
  return value_of(parse_quantity(text_of(object, key)), key);
}

Rate rate_of(const boost::json::object& object, std::string_view key) {
  return value_of(parse_rate(text_of(object, key)), key);
}

Money money_of(const boost::json::object& object, std::string_view key) {
  return value_of(parse_money(text_of(object, key)), key);
}

bool nearly_equal(double a, double b, double tolerance) {
  const double difference = std::abs(a - b);
  return difference <= tolerance || difference <= tolerance * std::max(std::abs(a), std::abs(b));
}

}  // namespace writ::test
