#pragma once

#include "host/base/result.hpp"
#include "host/cli/numbering.hpp"
#include "host/cli/tape_part.hpp"
#include "host/config/config.hpp"
#include "host/feed/feed_source.hpp"
#include "host/journal/tape.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace writ::cli {

/// Plays one tape: its numbers become those the run gives to the same names. Its tables are entered
/// when it is opened, in the order they have on it.
class TapeSource final : public feed::FeedSource {
 public:
  /// Checks all of the tape that is read first, so that damage is found before anything begins.
  /// What `overrides` says of an instrument replaces what the tape says. A part may be empty.
  /// Throws base::InputError naming the file.
  TapeSource(journal::Storage& storage, const std::filesystem::path& path,
             const std::map<std::string, config::InstrumentConfig>& overrides, const TapePart& part,
             Numbering& numbering);

  [[nodiscard]] std::optional<std::int64_t> next_ts() override;
  [[nodiscard]] const writ_record& take() override;
  [[nodiscard]] bool exhausted() const override { return next_.empty(); }

  [[nodiscard]] const journal::TapeInfo& info() const { return reader_.info(); }
  /// The line about damage met while reading; the source then is exhausted.
  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }
  /// The run's numbers of its instruments.
  [[nodiscard]] const std::vector<std::uint32_t>& instruments() const noexcept {
    return instrument_numbers_;
  }

 private:
  void enter_tables(const std::map<std::string, config::InstrumentConfig>& overrides,
                    Numbering& numbering);
  void fetch();

  TapePart part_;
  journal::TapeReader reader_;
  std::map<std::uint32_t, std::uint32_t> assets_;  // number on the tape → the run's
  std::map<std::uint32_t, std::uint32_t> instruments_;
  std::map<std::uint32_t, std::uint32_t> streams_;
  std::map<std::uint32_t, std::uint32_t> groups_;  // of markets
  std::vector<std::uint32_t> instrument_numbers_;
  std::vector<std::uint64_t> next_;  // the record to come; empty = none
  std::vector<std::uint64_t> taken_;
  std::string trouble_;
};

/// Puts what the configuration knows better into an INSTRUMENT record.
void override_instrument(const std::map<std::string, config::InstrumentConfig>& overrides,
                         writ_instrument& instrument);

}  // namespace writ::cli
