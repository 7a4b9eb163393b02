#include "host/feed/text_file.hpp"

#include "host/base/input_error.hpp"

#include <zip.h>
#include <zlib.h>

#include <bzlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace writ::feed {

using base::InputError;

class TextFile::Bytes {
 public:
  virtual ~Bytes() = default;
  /// Up to `size` bytes; 0 at the end; a text on failure.
  [[nodiscard]] virtual std::size_t read(char* to, std::size_t size, std::string& error) = 0;
};

namespace {

// Plain and gzip: zlib passes through what has no gzip header.
class GzipBytes final : public TextFile::Bytes {
 public:
  explicit GzipBytes(gzFile file) : file_(file) {}
  ~GzipBytes() override { gzclose(file_); }
  GzipBytes(const GzipBytes&) = delete;
  GzipBytes& operator=(const GzipBytes&) = delete;

  std::size_t read(char* to, std::size_t size, std::string& error) override {
    const int count = gzread(file_, to, static_cast<unsigned>(size));
    int code = Z_OK;
    const char* text = gzerror(file_, &code);
    // A stream that ends early is reported beside its last bytes.
    if (count < 0 || code != Z_OK) {
      error = code == Z_ERRNO       ? std::strerror(errno)
              : code == Z_BUF_ERROR ? "the compressed data end too early"
                                    : std::string("the compressed data are damaged: ") + text;
      return 0;
    }
    return static_cast<std::size_t>(count);
  }

 private:
  gzFile file_;
};

// Several bzip2 streams may follow each other in one file.
class Bzip2Bytes final : public TextFile::Bytes {
 public:
  explicit Bzip2Bytes(std::FILE* file) : file_(file) {}
  ~Bzip2Bytes() override {
    close();
    std::fclose(file_);
  }
  Bzip2Bytes(const Bzip2Bytes&) = delete;
  Bzip2Bytes& operator=(const Bzip2Bytes&) = delete;

  std::size_t read(char* to, std::size_t size, std::string& error) override {
    int code = BZ_OK;
    while (!ended_) {
      if (stream_ == nullptr) {
        stream_ = BZ2_bzReadOpen(&code, file_, 0, 0, rest_.data(), static_cast<int>(rest_.size()));
        if (code != BZ_OK) return failed(code, error);
      }
      const int count = BZ2_bzRead(&code, stream_, to, static_cast<int>(size));
      if (code != BZ_OK && code != BZ_STREAM_END) return failed(code, error);
      if (code == BZ_STREAM_END) end_stream();
      if (count > 0) return static_cast<std::size_t>(count);
    }
    return 0;
  }

 private:
  static std::size_t failed(int code, std::string& error) {
    error = code == BZ_UNEXPECTED_EOF ? "the compressed data end too early"
            : code == BZ_IO_ERROR     ? std::strerror(errno)
                                      : "the compressed data are damaged";
    return 0;
  }

  void end_stream() {
    void* unused = nullptr;
    int count = 0;
    int code = BZ_OK;
    BZ2_bzReadGetUnused(&code, stream_, &unused, &count);
    rest_.assign(static_cast<const char*>(unused), static_cast<std::size_t>(count));
    close();
    if (!rest_.empty()) return;
    const int next = std::fgetc(file_);
    ended_ = next == EOF;
    if (!ended_) std::ungetc(next, file_);
  }

  void close() {
    int code = BZ_OK;
    if (stream_ != nullptr) BZ2_bzReadClose(&code, stream_);
    stream_ = nullptr;
  }

  std::FILE* file_;
  BZFILE* stream_ = nullptr;
  std::string rest_;  // read behind the last stream's end
  bool ended_ = false;
};

class ZipBytes final : public TextFile::Bytes {
 public:
  ZipBytes(zip_t* archive, zip_file_t* file) : archive_(archive), file_(file) {}
  ~ZipBytes() override {
    zip_fclose(file_);
    zip_discard(archive_);
  }
  ZipBytes(const ZipBytes&) = delete;
  ZipBytes& operator=(const ZipBytes&) = delete;

  std::size_t read(char* to, std::size_t size, std::string& error) override {
    const zip_int64_t count = zip_fread(file_, to, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    error = std::string("the archive is damaged: ") + zip_file_strerror(file_);
    return 0;
  }

 private:
  zip_t* archive_;
  zip_file_t* file_;
};

std::unique_ptr<TextFile::Bytes> open_zip(const std::string& name) {
  int code = 0;
  zip_t* archive = zip_open(name.c_str(), ZIP_RDONLY, &code);
  if (archive == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    throw InputError(name, "not a readable zip archive: " + text);
  }
  const zip_int64_t entries = zip_get_num_entries(archive, 0);
  if (entries != 1) {
    zip_discard(archive);
    throw InputError(name, "the archive holds " + std::to_string(entries) + " files, expected one");
  }
  zip_file_t* file = zip_fopen_index(archive, 0, 0);
  if (file == nullptr) {
    const std::string text = zip_strerror(archive);
    zip_discard(archive);
    throw InputError(name, "the archive is damaged: " + text);
  }
  return std::make_unique<ZipBytes>(archive, file);
}

}  // namespace

TextFile::TextFile(std::filesystem::path path) : name_(path.string()) {
  std::FILE* file = std::fopen(name_.c_str(), "rb");
  if (file == nullptr) throw InputError(name_, std::strerror(errno));
  char magic[4] = {};
  errno = 0;
  const std::size_t size = std::fread(magic, 1, sizeof magic, file);
  const bool failed = std::ferror(file) != 0;
  const int cause = errno;
  std::fclose(file);
  if (failed) throw InputError(name_, std::strerror(cause));
  if (size == 0) throw InputError(name_, "the file is empty");

  if (size == sizeof magic && std::memcmp(magic, "PK\x03\x04", sizeof magic) == 0) {
    bytes_ = open_zip(name_);
    return;
  }
  if (size >= 3 && std::memcmp(magic, "BZh", 3) == 0) {
    file = std::fopen(name_.c_str(), "rb");
    if (file == nullptr) throw InputError(name_, std::strerror(errno));
    bytes_ = std::make_unique<Bzip2Bytes>(file);
    return;
  }
  const gzFile opened = gzopen(name_.c_str(), "rb");
  if (opened == nullptr) throw InputError(name_, std::strerror(errno));
  gzbuffer(opened, 1U << 17U);
  bytes_ = std::make_unique<GzipBytes>(opened);
}

TextFile::~TextFile() = default;

// Reads more behind what is there; false at the end.
bool TextFile::fill() {
  if (finished_) return false;
  constexpr std::size_t kBlock = 1U << 18U;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ > kLineMax) {
    throw InputError(name_, line_ + 1, 0, "the line is longer than 64 MiB");
  }
  if (buffer_.size() < end_ + kBlock) buffer_.resize(end_ + kBlock);
  std::string error;
  const std::size_t count = bytes_->read(buffer_.data() + end_, kBlock, error);
  if (!error.empty()) throw InputError(name_, line_ + 1, 0, error);
  end_ += count;
  finished_ = count == 0;
  return count > 0;
}

std::optional<std::string_view> TextFile::next() {
  std::size_t searched = begin_;
  for (;;) {
    const void* found =
        end_ > searched ? std::memchr(buffer_.data() + searched, '\n', end_ - searched) : nullptr;
    if (found != nullptr) {
      const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
      std::string_view line(buffer_.data() + begin_, at - begin_);
      begin_ = at + 1;
      ++line_;
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      return line;
    }
    const std::size_t rest = end_ - begin_;
    if (fill()) {
      searched = rest;  // fill() moved the rest to the front
      continue;
    }
    if (rest == 0) return std::nullopt;
    std::string_view line(buffer_.data() + begin_, rest);
    begin_ = end_;
    ++line_;
    if (line.back() == '\r') line.remove_suffix(1);
    return line;
  }
}

}  // namespace writ::feed
