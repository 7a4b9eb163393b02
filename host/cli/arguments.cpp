#include "host/cli/arguments.hpp"

#include "host/base/duration_text.hpp"
#include "host/base/input_error.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>

#include <charconv>
#include <iostream>
#include <system_error>
#include <utility>

namespace writ::cli {

namespace po = boost::program_options;

struct Arguments::Parser {
  po::options_description shown{"Options", 100};
  po::options_description hidden;
  po::variables_map values;
};

Arguments::Arguments(const Command& command)
    : command_(command), parser_(std::make_unique<Parser>()) {
  flag("help", "print this");
  flag("json", "print one JSON value for machines");
}

Arguments::~Arguments() = default;

Arguments& Arguments::flag(const char* name, const char* doc) {
  parser_->shown.add_options()(name, po::bool_switch(), doc);
  return *this;
}

Arguments& Arguments::option(const char* name, const char* value, const char* doc) {
  parser_->shown.add_options()(name, po::value<std::string>()->value_name(value), doc);
  return *this;
}

Arguments& Arguments::repeated(const char* name, const char* value, const char* doc) {
  parser_->shown.add_options()(
      name, po::value<std::vector<std::string>>()->composing()->value_name(value), doc);
  return *this;
}

Arguments& Arguments::plain(std::size_t least, std::size_t most) {
  least_ = least;
  most_ = most;
  return *this;
}

Arguments& Arguments::note(std::string text) {
  note_ = std::move(text);
  return *this;
}

void Arguments::print_help() const {
  std::cout << "writ " << command_.name;
  if (!command_.arguments.empty()) std::cout << " " << command_.arguments;
  std::cout << "\n\n" << command_.summary << "\n\n" << parser_->shown;
  if (!note_.empty()) std::cout << "\n" << note_ << "\n";
}

bool Arguments::parse(const Words& words) {
  try {
    parser_->hidden.add_options()("word", po::value<std::vector<std::string>>());
    po::options_description all;
    all.add(parser_->shown).add(parser_->hidden);
    po::positional_options_description plain;
    plain.add("word", -1);
    // No guessing: an abbreviated option would change its meaning when another one is added.
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(words).options(all).positional(plain).style(style).run(),
              parser_->values);
    po::notify(parser_->values);
  } catch (const po::error& error) {
    throw base::InputError("", std::string(command_.name) + ": " + error.what());
  }
  if (has("help")) {
    print_help();
    return false;
  }
  if (parser_->values.count("word") > 0) {
    words_ = parser_->values["word"].as<std::vector<std::string>>();
  }
  if (words_.size() < least_ || words_.size() > most_) {
    throw base::InputError(
        "", "usage: writ " + std::string(command_.name) + " " + std::string(command_.arguments));
  }
  return true;
}

bool Arguments::has(const std::string& name) const {
  const auto& value = parser_->values[name];
  if (value.empty()) return false;
  const auto* flag = boost::any_cast<bool>(&value.value());
  return flag == nullptr || *flag;
}

std::string Arguments::text(const std::string& name) const {
  return has(name) ? parser_->values[name].as<std::string>() : std::string();
}

std::string Arguments::required(const std::string& name) const {
  if (!has(name)) {
    throw base::InputError("", std::string(command_.name) + " needs --" + name);
  }
  return text(name);
}

std::vector<std::string> Arguments::texts(const std::string& name) const {
  return has(name) ? parser_->values[name].as<std::vector<std::string>>()
                   : std::vector<std::string>();
}

std::optional<std::filesystem::path> Arguments::path(const std::string& name) const {
  if (!has(name)) return std::nullopt;
  return std::filesystem::path(text(name));
}

std::optional<std::int64_t> Arguments::duration(const std::string& name) const {
  if (!has(name)) return std::nullopt;
  const auto ns = base::parse_duration(text(name));
  if (!ns || ns.value <= 0) {
    throw base::InputError("", "--" + name + ": \"" + text(name) +
                                   "\" is not a duration such as 8s (units ns us ms s m h d)");
  }
  return ns.value;
}

std::optional<std::uint64_t> Arguments::number(const std::string& name, std::uint64_t most) const {
  if (!has(name)) return std::nullopt;
  const std::string given = text(name);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), number);
  if (error != std::errc() || end != given.data() + given.size() || number > most) {
    throw base::InputError(
        "", "--" + name + ": \"" + given + "\" is not a number up to " + std::to_string(most));
  }
  return number;
}

}  // namespace writ::cli
