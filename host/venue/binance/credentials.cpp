#include "host/venue/binance/credentials.hpp"

#include "host/base/input_error.hpp"
#include "host/base/unique_fd.hpp"
#include "host/venue/binance/secret.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace writ::venue::binance {
namespace {

using base::InputError;

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::size_t kSizeMax = 16 * 1024;

void check_private(const std::string& file, const struct stat& status) {
  if (!S_ISREG(status.st_mode)) throw InputError(file, "credentials must be in a regular file");
  if ((status.st_mode & 077U) != 0) {
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%04o", status.st_mode & 07777U);
    throw InputError(file, "other users may read these credentials (mode " +
                               std::string(mode.data()) + "): chmod 600 " + file);
  }
  if (status.st_uid != ::geteuid()) {
    throw InputError(file, "these credentials belong to another user: chown or copy the file");
  }
  if (status.st_size > static_cast<off_t>(kSizeMax)) {
    throw InputError(file, "a credentials file is at most 16 KiB");
  }
}

Secret read_private(const std::string& file) {
  // A FIFO would otherwise wait for its writer before it can be refused.
  const base::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.is_open())
    throw InputError::from(file, base::error_from_errno(errno, "open credentials"));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) {
    throw InputError::from(file, base::error_from_errno(errno, "stat credentials"));
  }
  check_private(file, status);
  Secret content(static_cast<std::size_t>(status.st_size));
  std::size_t have = 0;
  while (have < content.bytes().size()) {
    const ssize_t size =
        ::read(fd.get(), content.bytes().data() + have, content.bytes().size() - have);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw InputError::from(file, base::error_from_errno(errno, "read credentials"));
    if (size == 0) throw InputError(file, "the credentials changed while they were read");
    have += static_cast<std::size_t>(size);
  }
  return content;
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// The parts of the file, as views of it.
struct Parts {
  std::string_view api_key;
  std::string_view secret;
  std::string_view pem;
  std::int64_t pem_line = 0;
};

class PartsReader {
 public:
  PartsReader(const std::string& file, std::string_view text) : file_(file), text_(text) {}

  [[nodiscard]] Parts read() {
    while (at_ < text_.size()) {
      const std::size_t begin = at_;
      const std::string_view line = next_line();
      if (line.empty() || line.front() == '#') continue;
      if (line.substr(0, kBegin.size()) == kBegin) {
        read_pem(begin);
      } else if (!read_value(line, "api_key:", parts_.api_key) &&
                 !read_value(line, "secret:", parts_.secret)) {
        fail("wants `api_key: KEY`, `secret: SECRET` or a PEM private key");
      }
    }
    return parts_;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw InputError(file_, line_, 0, what); }

  std::string_view next_line() {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    const std::string_view line = text_.substr(at_, end - at_);
    at_ = end + 1;
    ++line_;
    return trimmed(line);
  }

  void read_pem(std::size_t begin) {
    if (!parts_.pem.empty()) fail("a second private key");
    parts_.pem_line = line_;
    while (at_ < text_.size()) {
      if (next_line().substr(0, kEnd.size()) == kEnd) {
        parts_.pem = text_.substr(begin, std::min(at_, text_.size()) - begin);
        return;
      }
    }
    line_ = parts_.pem_line;
    fail("the private key that begins here has no end");
  }

  bool read_value(std::string_view line, std::string_view name, std::string_view& value) {
    if (line.substr(0, name.size()) != name) return false;
    if (!value.empty()) fail("`" + std::string(name) + "` a second time");
    value = trimmed(line.substr(name.size()));
    if (value.empty()) fail("`" + std::string(name) + "` has no value");
    return true;
  }

  const std::string& file_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::int64_t line_ = 0;
  Parts parts_;
};

/// A variable's value, which is not there any more.
Secret take_variable(const std::string& name) {
  char* const value = std::getenv(name.c_str());
  if (value == nullptr) return {};
  const std::size_t size = std::strlen(value);
  Secret taken(size);
  std::copy(value, value + size, taken.bytes().begin());
  // What /proc shows is this memory.
  ::explicit_bzero(value, size);
  ::unsetenv(name.c_str());
  return taken;
}

Signer signer_of(const std::string& file, const Parts& parts) {
  if (parts.secret.empty() == parts.pem.empty()) {
    throw InputError(file, parts.pem.empty() ? "no `secret:` and no private key"
                                             : "a `secret:` and a private key: which one signs?");
  }
  if (!parts.secret.empty()) return Signer::hmac(parts.secret);
  auto signer = Signer::ed25519(parts.pem);
  if (!signer) {
    throw InputError(file, parts.pem_line, 0,
                     signer.error().code() == base::Errc::kUnsupported
                         ? "the private key is not Ed25519: use an Ed25519 or an HMAC key"
                         : "not an unencrypted PEM private key (PKCS #8)");
  }
  return std::move(*signer);
}

}  // namespace

Credentials read_credentials(const std::string& file) {
  const Secret content = read_private(file);
  const Parts parts = PartsReader(file, content.reveal()).read();
  if (parts.api_key.empty()) throw InputError(file, "no `api_key:`");
  return {std::string(parts.api_key), signer_of(file, parts)};
}

Credentials take_credentials(const std::string& prefix) {
  const std::string origin = "environment " + prefix;
  const Secret api_key = take_variable(prefix + "_API_KEY");
  const Secret secret = take_variable(prefix + "_SECRET");
  const Secret pem = take_variable(prefix + "_PRIVATE_KEY");
  if (trimmed(api_key.reveal()).empty()) {
    throw InputError("", "no variable " + prefix + "_API_KEY in the environment");
  }
  const Parts parts{trimmed(api_key.reveal()), trimmed(secret.reveal()), pem.reveal(), 0};
  if (parts.secret.empty() && parts.pem.empty()) {
    throw InputError(
        "", "no variable " + prefix + "_SECRET or " + prefix + "_PRIVATE_KEY in the environment");
  }
  return {std::string(parts.api_key), signer_of(origin, parts)};
}

}  // namespace writ::venue::binance
