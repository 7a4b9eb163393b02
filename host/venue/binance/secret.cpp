#include "host/venue/binance/secret.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace writ::venue::binance {

Secret::Secret(std::size_t size) : bytes_(std::make_unique<char[]>(size)), size_(size) {}

Secret::~Secret() { wipe(); }

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

// A plain memset before the memory is freed may be optimised away.
void Secret::wipe() noexcept {
  if (bytes_ != nullptr) OPENSSL_cleanse(bytes_.get(), size_);
}

}  // namespace writ::venue::binance
