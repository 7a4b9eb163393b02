#pragma once

#include "host/ops/attention.hpp"
#include "host/ops/kill_mark.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace writ::ops {

/// The kill, where it must not wait for anybody: stops the gateways, makes the mark durable,
/// answers, and leaves the record of it to the sequencer for when it comes to look.
class KillSwitch {
 public:
  struct Setup {
    std::filesystem::path journal_folder;
    std::uint64_t run = 0;
    std::map<std::string, std::uint32_t> accounts;  ///< those of the run; they do not change in it
    /// Lets no gateway send and cancels without the core; account 0 = all. [control-thread]
    std::function<void(std::uint32_t account)> stop_gateways;
  };

  /// `attention` of the sequencer is raised by a kill; it must outlive the switch.
  KillSwitch(Setup setup, Attention& attention) : setup_(std::move(setup)), attention_(attention) {}

  /// The answer to a request that is a kill, of one account or all; nothing for another. When it
  /// says ok the kill is durable; when the mark could not be written it says so, and the gateways
  /// are stopped all the same. [control-thread]
  [[nodiscard]] std::optional<boost::json::object> answer(const boost::json::object& asked);

  /// A kill to be put on record.
  struct Ordered {
    std::uint32_t account = 0;  ///< 0 = all
    std::string reason;
  };
  /// The oldest that is not on record yet. [sequencer-thread]
  [[nodiscard]] std::optional<Ordered> take();

 private:
  [[nodiscard]] boost::json::object kill(const std::string& account, const std::string& reason);
  [[nodiscard]] base::Result<void> mark(const std::string& account,
                                        const std::string& reason) const;

  const Setup setup_;
  Attention& attention_;
  std::mutex mutex_;
  std::deque<Ordered> ordered_;
};

}  // namespace writ::ops
