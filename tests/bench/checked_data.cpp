#include "tests/bench/checked_data.hpp"

#include "host/base/sha256.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace writ::bench {

void check_data(std::string_view what, std::span<const std::byte> bytes, std::string_view sha256) {
  const auto found = base::sha256_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (found == sha256) return;
  std::fprintf(stderr, "benchmark data: sha256 of %s is %s, expected %s\n",
               std::string(what).c_str(), found.c_str(), std::string(sha256).c_str());
  std::abort();
}

}  // namespace writ::bench
