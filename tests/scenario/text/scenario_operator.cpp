// What people ask of the host, and what its machine suffers.
#include "tests/scenario/text/scenario_reader.hpp"

#include <string>
#include <string_view>

namespace writ::test {

void ScenarioReader::read_operator(ScenarioWords& words) {
  constexpr std::string_view kWhy = "the script says so";
  if (!model::kOperatorCommandWords.value(words.peek())) {
    speaker_ = kOperator;
    for (const auto& intent : strategy_commands()) {
      if (words.peek() == intent.word) return (this->*intent.read)(words);
    }
  }
  auto asked = model::make_record<writ_command>();
  asked.command = words.word_of(model::kOperatorCommandWords, "an operator's command");
  while (!words.at_end()) {
    const std::string name(words.peek());
    if (const auto number = strategy_number(name); number != 0) {
      asked.instance = number;
    } else if (const auto account = accounts_.find(name); account != accounts_.end()) {
      asked.account = account->second;
    } else if (const auto traded = instruments_.find(name); traded != instruments_.end()) {
      asked.instrument = traded->second;
    } else {
      words.expected("an account, a strategy or an instrument");
    }
    (void)words.text("a name");
  }
  asked.text_size = static_cast<std::uint32_t>(kWhy.size());
  model::RecordBuffer buffer;
  add_record(buffer.begin(asked).append(kWhy.data(), kWhy.size()).finish());
}

void ScenarioReader::read_restart(ScenarioWords& words) {
  auto& step = add_step(ScenarioStep::Kind::kRestart);
  if (words.take("before_verdict")) step.unjudged = take_intent(words).tag;
}

}  // namespace writ::test
