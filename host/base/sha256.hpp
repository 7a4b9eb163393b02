#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

// OpenSSL's digest context, known to the .cpp only.
struct evp_md_ctx_st;

namespace writ::base {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 of a stream of bytes.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&& other) noexcept;
  Sha256& operator=(Sha256&& other) noexcept;
  /// A copy goes on from the same bytes.
  Sha256(const Sha256& other);
  Sha256& operator=(const Sha256& other);

  Sha256& update(std::string_view bytes);
  Sha256& update(std::span<const std::byte> bytes);

  /// Of the bytes so far; more may follow.
  [[nodiscard]] Sha256Digest digest() const;
  /// The same as 64 lower-case hexadecimal digits.
  [[nodiscard]] std::string hex() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

[[nodiscard]] Sha256Digest sha256(std::string_view bytes);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace writ::base
