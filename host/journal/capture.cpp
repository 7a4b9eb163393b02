#include "host/journal/capture.hpp"

#include "host/base/assert.hpp"
#include "host/base/file.hpp"

#include <zlib.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <string>
#include <system_error>
#include <utility>

namespace writ::journal {

namespace fs = std::filesystem;
using base::Error;
using base::Result;

namespace {

constexpr unsigned kBufferBytes = 256 * 1'024;

// `feed.jsonl.gz` with `-20260101T000000Z` before its first dot.
fs::path named_after(const fs::path& path, std::int64_t ts) {
  std::string name = path.filename();
  const std::time_t seconds = ts / 1'000'000'000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> time{};
  std::strftime(time.data(), time.size(), "-%Y%m%dT%H%M%SZ", &utc);
  name.insert(std::min(name.find('.', 1), name.size()), time.data());
  return path.parent_path() / name;
}

fs::path unfinished(const fs::path& path) { return path.string() + ".part"; }

}  // namespace

struct CaptureWriter::File {
  fs::path path;
  gzFile stream = nullptr;
  int descriptor = -1;  // a second one of the same file, for what zlib does not do

  ~File() {
    if (stream != nullptr) gzclose(stream);
    if (descriptor >= 0) ::close(descriptor);
  }
};

CaptureWriter::CaptureWriter(fs::path path, std::int64_t rotate_ns)
    : path_(std::move(path)), rotate_ns_(rotate_ns) {
  WRIT_ASSERT(rotate_ns >= 0);
}

CaptureWriter::~CaptureWriter() = default;

Error CaptureWriter::failed(const char* step) {
  error_ = base::error_from_errno(errno == 0 ? EIO : errno, step);
  return error_;
}

Result<void> CaptureWriter::open(std::int64_t ts) {
  auto file = std::make_unique<File>();
  file->path = rotate_ns_ == 0 ? path_ : named_after(path_, ts);
  errno = EEXIST;
  if (fs::exists(file->path)) return failed("make a capture");
  const fs::path part = unfinished(file->path);
  file->descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file->descriptor < 0) return failed("make a capture");
  const int second = ::dup(file->descriptor);
  const bool compressed = path_.extension() == ".gz";
  file->stream = second < 0 ? nullptr : gzdopen(second, compressed ? "wb6" : "wbT");
  if (file->stream == nullptr) {
    if (second >= 0) ::close(second);
    return failed("make a capture");
  }
  gzbuffer(file->stream, kBufferBytes);
  file_ = std::move(file);
  return {};
}

Result<void> CaptureWriter::write(std::string_view bytes) {
  errno = 0;
  if (!bytes.empty() &&
      gzwrite(file_->stream, bytes.data(), static_cast<unsigned>(bytes.size())) <= 0) {
    return failed("write a capture");
  }
  bytes_ += bytes.size();
  return {};
}

Result<void> CaptureWriter::append(std::int64_t received_ts, std::string_view message) {
  if (error_.code() != base::Errc::kNone) return error_;
  WRIT_ASSERT(last_ts_ == WRIT_NONE || received_ts >= last_ts_);
  const bool turns = file_ && rotate_ns_ != 0 && received_ts / rotate_ns_ != last_ts_ / rotate_ns_;
  if (turns) {
    if (const auto finished = finish(); !finished) return finished;
  }
  if (!file_) {
    if (const auto opened = open(received_ts); !opened) return opened;
  }
  if (const auto written = write(std::to_string(received_ts) + ' '); !written) return written;
  while (!message.empty()) {
    const std::size_t end = std::min(message.find_first_of("\r\n"), message.size());
    if (const auto written = write(message.substr(0, end)); !written) return written;
    message.remove_prefix(end);
    if (message.empty()) break;
    if (const auto written = write(" "); !written) return written;
    message.remove_prefix(1);
  }
  if (const auto written = write("\n"); !written) return written;
  ++messages_;
  if (first_ts_ == WRIT_NONE) first_ts_ = received_ts;
  last_ts_ = received_ts;
  return {};
}

Result<void> CaptureWriter::flush() {
  if (error_.code() != base::Errc::kNone) return error_;
  errno = 0;
  if (file_ && gzflush(file_->stream, Z_SYNC_FLUSH) != Z_OK) return failed("write a capture");
  return {};
}

Result<void> CaptureWriter::finish() {
  if (error_.code() != base::Errc::kNone) return error_;
  if (!file_) return {};
  errno = 0;
  if (gzclose(std::exchange(file_->stream, nullptr)) != Z_OK) return failed("write a capture");
  if (::fdatasync(file_->descriptor) != 0) return failed("sync a capture");
  std::error_code error;
  fs::rename(unfinished(file_->path), file_->path, error);
  errno = error.value();
  if (error) return failed("name a capture");
  const fs::path folder = file_->path.has_parent_path() ? file_->path.parent_path() : ".";
  if (const auto synced = base::sync_folder(folder); !synced) return error_ = synced.error();
  files_.push_back(file_->path);
  file_.reset();
  return {};
}

}  // namespace writ::journal
