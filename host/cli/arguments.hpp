#pragma once

#include "host/cli/command.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

/// The options and plain words a command was given. Declared first, then parsed once.
class Arguments {
 public:
  explicit Arguments(const Command& command);
  ~Arguments();
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  /// `--name`, without a value.
  Arguments& flag(const char* name, const char* doc);
  /// `--name VALUE`, at most once.
  Arguments& option(const char* name, const char* value, const char* doc);
  /// `--name VALUE`, any number of times.
  Arguments& repeated(const char* name, const char* value, const char* doc);
  /// So many plain words, at least and at most.
  Arguments& plain(std::size_t least, std::size_t most);
  /// A line below the options in the help.
  Arguments& note(std::string text);

  /// Reads the words; `--help` and `--json` are every command's. False if help was asked for and
  /// printed. Throws base::InputError for anything that was not declared.
  [[nodiscard]] bool parse(const Words& words);

  [[nodiscard]] bool has(const std::string& name) const;
  /// Empty if it was not given.
  [[nodiscard]] std::string text(const std::string& name) const;
  /// The same; throws base::InputError if it was not given.
  [[nodiscard]] std::string required(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> texts(const std::string& name) const;
  [[nodiscard]] std::optional<std::filesystem::path> path(const std::string& name) const;
  /// A duration such as 8s, in ns, above 0. Throws base::InputError.
  [[nodiscard]] std::optional<std::int64_t> duration(const std::string& name) const;
  /// Throws base::InputError unless it is a number up to `most`.
  [[nodiscard]] std::optional<std::uint64_t> number(const std::string& name,
                                                    std::uint64_t most) const;
  [[nodiscard]] const std::vector<std::string>& words() const noexcept { return words_; }
  [[nodiscard]] bool json() const { return has("json"); }

 private:
  void print_help() const;

  struct Parser;  // Boost.Program_options, known to the .cpp only
  const Command& command_;
  std::unique_ptr<Parser> parser_;
  std::size_t least_ = 0;
  std::size_t most_ = 0;
  std::string note_;
  std::vector<std::string> words_;
};

}  // namespace writ::cli
