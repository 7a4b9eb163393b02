#include "host/arbiter/check_table.hpp"

#include "host/model/names.hpp"

namespace writ::arbiter {

std::string check_table_markdown() {
  std::string text =
      "# The checks\n\n"
      "Every intent is first classed by what it would do to the worst-case loss: it *adds*, it\n"
      "*reduces*, or it is *neutral*. Then these checks are made in this order, up to the first "
      "that\n"
      "fails; the verdict lists those made, with their numbers. Risk never blocks an exit: what\n"
      "reduces or is neutral can be refused only by what it says itself and by the venue's "
      "rules.\n\n"
      "Where a check may cut, an intent that asks for too much is approved for the largest\n"
      "quantity on the lot that passes, if the venue takes so little; never one that is FOK,\n"
      "reduce-only, in a group or marked all or nothing. What closes of an order is never cut.\n\n"
      "| check | passes when | adds | reduces | neutral | may cut | veto |\n"
      "|---|---|---|---|---|---|---|\n";
  const auto mark = [](bool applies) { return applies ? " yes |" : " |"; };
  for (const CheckRule& rule : kCheckTable) {
    text += "| `" + std::string(model::kCheckWords.text(rule.check)) + "` | ";
    text += std::string(rule.passes_when) + " |";
    text += mark(rule.adds);
    text += mark(rule.reduces);
    text += mark(rule.neutral);
    text += mark(rule.cuts);
    text += " `" + std::string(model::kReasonWords.text(rule.reason)) + "` |\n";
  }
  return text;
}

}  // namespace writ::arbiter
