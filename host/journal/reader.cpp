#include "host/journal/reader.hpp"

#include "host/journal/run_reader.hpp"

#include <utility>

namespace writ::journal {

using base::Errc;
using base::Error;
using base::Result;

class Reader::Core : public RunReader {
 public:
  using RunReader::RunReader;
};

Reader::Reader(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

Result<Reader> Reader::open(Storage& storage, const std::filesystem::path& run_folder,
                            ReadLimit limit) {
  auto core = std::make_unique<Core>(storage, run_folder, limit, RunReader::Ends::kMayGrow);
  if (auto opened = core->open(); !opened) return opened.error();
  return Reader(std::move(core));
}

Result<const writ_record*> Reader::next() { return core_->next(); }
Result<void> Reader::seek(Seq seq) { return core_->seek(seq); }
const RunIdentity& Reader::identity() const noexcept { return core_->identity(); }
const std::string& Reader::catalogue() const noexcept { return core_->catalogue(); }
Seq Reader::first_seq() const noexcept { return core_->first_seq(); }
Seq Reader::last_seq() const noexcept { return core_->last_seq(); }
bool Reader::closed() { return core_->closed(); }
const Place& Reader::place() const noexcept { return core_->place(); }
std::string Reader::describe(const Error& error) const {
  std::string text = core_->place().file.string();
  text += ": offset " + std::to_string(core_->place().offset) + ": ";
  return text + error.step() + ": " + base::to_string(error.code());
}

}  // namespace writ::journal
