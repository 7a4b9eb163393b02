#include "host/cli/projections.hpp"

#include "host/base/input_error.hpp"

#include <boost/json/array.hpp>

#include <iostream>
#include <sstream>
#include <string>

namespace writ::cli {
namespace {

constexpr const char* kPrimary = "primary";
constexpr const char* kSecondary = "secondary";

void say(const char* role, const std::string& line) {
  std::ostringstream text;  // one write, whole among those of other threads
  text << "writ: WARN: " << role << " database: "
       << (line.empty() ? "answers again" : line + " (the host goes on, and tries again)") << "\n";
  std::cerr << text.str();
}

void open(std::optional<storage::ProjectionThread>& thread, const char* role,
          const std::string& url) {
  if (url.empty()) return;
  thread.emplace(url, storage::ProjectionOptions{},
                 [role](const std::string& line) { say(role, line); });
}

void finish_one(std::optional<storage::ProjectionThread>& thread, const char* role) {
  if (!thread) return;
  if (const auto finished = thread->finish(); finished) return;
  std::cerr << "writ: the " << role
            << " database is behind the journal and catches up at the next start: "
            << thread->trouble() << "\n";
}

}  // namespace

Projections::Projections(const config::StorageConfig& config) {
  if (config.url.empty() && !config.secondary_url.empty()) {
    throw base::InputError("", "storage.secondary.url needs a storage.url");
  }
  open(primary_, kPrimary, config.url);
  open(secondary_, kSecondary, config.secondary_url);
}

void Projections::follow(journal::Storage& files, const std::filesystem::path& folder,
                         RunNumber run) {
  if (primary_) primary_->follow(files, folder, run);
  if (secondary_) secondary_->follow(files, folder, run);
}

void Projections::add_to(boost::json::object& status) const {
  boost::json::array databases;
  const auto add = [&databases](const std::optional<storage::ProjectionThread>& thread,
                                const char* role) {
    if (!thread) return;
    const auto progress = thread->progress();
    databases.push_back({{"role", role},
                         {"url", thread->url()},
                         {"journal_seq", progress.journal_seq},
                         {"rejected", progress.rejected},
                         {"trouble", thread->trouble()}});
  };
  add(primary_, kPrimary);
  add(secondary_, kSecondary);
  status["databases"] = std::move(databases);
}

void Projections::finish() {
  finish_one(primary_, kPrimary);
  finish_one(secondary_, kSecondary);
}

}  // namespace writ::cli
