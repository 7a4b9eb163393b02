#include "tests/scenario/text/scenario_words.hpp"

#include "host/base/duration_text.hpp"
#include "host/base/input_error.hpp"

#include <writ/decimal.hpp>

#include <algorithm>
#include <cctype>
#include <utility>

namespace writ::test {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

ScenarioWords::ScenarioWords(std::string file, std::int64_t line, std::string_view text)
    : file_(std::move(file)), line_(line) {
  text = text.substr(0, text.find('#'));
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t\r", at)) != text.npos) {
    const auto end = std::min(text.find_first_of(" \t\r", at), text.size());
    words_.push_back({std::string(text.substr(at, end - at)), static_cast<std::int64_t>(at) + 1});
    at = end;
  }
  end_column_ = words_.empty()
                    ? 1
                    : words_.back().column + static_cast<std::int64_t>(words_.back().text.size());
}

std::int64_t ScenarioWords::column() const { return at_end() ? end_column_ : words_[next_].column; }

std::string_view ScenarioWords::peek() const {
  return at_end() ? std::string_view() : std::string_view(words_[next_].text);
}

bool ScenarioWords::take(std::string_view word) {
  if (at_end() || words_[next_].text != word) return false;
  ++next_;
  return true;
}

std::string ScenarioWords::text(std::string_view what) {
  if (at_end()) expected(what);
  return words_[next_++].text;
}

std::int64_t ScenarioWords::nano(std::string_view what) {
  const auto number = parse_nano(text(what));
  if (!number) expected_before(what);
  return number.value;
}

Money ScenarioWords::money(std::string_view what) {
  const auto number = parse_money(text(what));
  if (!number) expected_before(what);
  return number.value;
}

std::int64_t ScenarioWords::count(std::string_view what) {
  constexpr std::int64_t kOne = 1'000'000'000;
  const auto number = nano(what);
  if (number < 0 || number % kOne != 0) expected_before(what);
  return number / kOne;
}

std::int64_t ScenarioWords::duration_ns(std::string_view what) {
  const auto duration = base::parse_duration(text(what));
  if (!duration) expected_before(what);
  return duration.value;
}

std::uint32_t ScenarioWords::word_of(const model::Words& words, std::string_view what) {
  const auto value = words.value(text(what));
  if (!value) expected_before(what);
  return *value;
}

std::uint32_t ScenarioWords::lower_word_of(const model::Words& words, std::string_view what) {
  const auto written = text(what);
  for (const auto& word : words.words) {
    if (lower(word.text) == written) return word.value;
  }
  expected_before(what);
}

void ScenarioWords::end() {
  if (!at_end()) expected("the end of the line");
}

void ScenarioWords::expected(std::string_view what) const { refuse(next_, what); }
void ScenarioWords::expected_before(std::string_view what) const { refuse(next_ - 1, what); }

void ScenarioWords::refuse(std::size_t place, std::string_view what) const {
  const bool past_end = place >= words_.size();
  throw base::InputError(file_, line_, past_end ? end_column_ : words_[place].column,
                         "expected " + std::string(what) + ", found " +
                             (past_end ? "the end of the line" : '"' + words_[place].text + '"'));
}

}  // namespace writ::test
