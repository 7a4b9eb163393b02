#include "host/storage/postgres_text.hpp"

#include "host/base/hex.hpp"
#include "host/storage/database.hpp"

#include <algorithm>
#include <charconv>
#include <span>

namespace writ::storage {
namespace {

int hex_digit(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

// Without the zeros of the column's scale.
std::string_view canonical_decimal(std::string_view text) {
  if (text.find('.') == std::string_view::npos) return text;
  while (text.back() == '0') text.remove_suffix(1);
  if (text.back() == '.') text.remove_suffix(1);
  return text;
}

std::string_view raw_bytes(std::string_view text, std::string& kept) {
  kept.clear();
  for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
    kept += static_cast<char>(hex_digit(text[i]) * 16 + hex_digit(text[i + 1]));
  }
  return kept;
}

// `Infinity` and `NaN` are words to both.
std::string_view canonical_real(std::string_view text, std::string& kept) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc()) return text;
  return kept = real_text(value);
}

}  // namespace

PostgresType postgres_type(std::uint32_t oid) noexcept {
  switch (oid) {
    case 16:
      return PostgresType::kBoolean;
    case 17:
      return PostgresType::kBytes;
    case 700:
    case 701:
      return PostgresType::kReal;
    case 1700:
      return PostgresType::kDecimal;
    default:
      return PostgresType::kPlain;
  }
}

std::string_view value_text(PostgresType type, std::string_view text, std::string& kept) {
  switch (type) {
    case PostgresType::kBoolean:
      return text == "t" ? "1" : "0";
    case PostgresType::kBytes:
      return raw_bytes(text, kept);
    case PostgresType::kReal:
      return canonical_real(text, kept);
    case PostgresType::kDecimal:
      return canonical_decimal(text);
    case PostgresType::kPlain:
      break;
  }
  return text;
}

std::string bytes_text(std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  return "\\x" + base::to_hex(std::span(data, bytes.size()));
}

void append_copy_text(std::string& out, std::string_view value) {
  const auto is_special = [](char c) { return c == '\\' || c == '\n' || c == '\r' || c == '\t'; };
  for (auto at = value.begin(); at != value.end();) {
    const auto special = std::find_if(at, value.end(), is_special);
    out.append(at, special);
    if (special == value.end()) return;
    out += '\\';
    out += *special == '\n' ? 'n' : *special == '\r' ? 'r' : *special == '\t' ? 't' : '\\';
    at = special + 1;
  }
}

base::Errc errc_of_sqlstate(std::string_view sqlstate) noexcept {
  const std::string_view kind = sqlstate.substr(0, 2);
  // 22 and 23: a value or a constraint; P0: RAISE in a trigger; 54: a row too large for its index.
  if (kind == "22" || kind == "23" || kind == "P0" || kind == "54") return base::Errc::kRejected;
  if (sqlstate == "53100") return base::Errc::kDiskFull;
  if (kind == "08" || kind == "57") return base::Errc::kClosed;
  if (kind == "40" || sqlstate == "55P03") return base::Errc::kLocked;
  if (kind == "28" || sqlstate == "42501" || sqlstate == "25006") return base::Errc::kDenied;
  if (kind == "XX") return base::Errc::kCorrupt;
  return base::Errc::kIo;
}

std::string one_line(std::string_view message) {
  constexpr std::string_view kPrefix = "ERROR:";
  if (message.substr(0, kPrefix.size()) == kPrefix) message.remove_prefix(kPrefix.size());
  std::string line;
  for (const char c : message) {
    const bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace writ::storage
