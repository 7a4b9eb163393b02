#include "host/journal/tape_format.hpp"

#include "host/base/crc32c.hpp"
#include "host/base/hex.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace writ::journal {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr Error kBad{Errc::kCorrupt, "tape description"};

bool take(const boost::json::object& object, std::string_view key, std::string& out) {
  const auto* value = object.if_contains({key.data(), key.size()});
  if (value == nullptr || !value->is_string()) return false;
  out.assign(value->get_string().data(), value->get_string().size());
  return true;
}

bool take(const boost::json::object& object, std::string_view key, std::int64_t& out) {
  const auto* value = object.if_contains({key.data(), key.size()});
  if (value == nullptr || !value->is_int64()) return false;
  out = value->get_int64();
  return true;
}

bool take(const boost::json::object& object, std::string_view key, std::uint64_t& out) {
  std::int64_t number = 0;
  if (!take(object, key, number) || number < 0) return false;
  out = static_cast<std::uint64_t>(number);
  return true;
}

bool take(const boost::json::object& object, std::string_view key, base::Sha256Digest& out) {
  std::string text;
  if (!take(object, key, text)) return false;
  const auto bytes = base::from_hex(text);
  if (!bytes || bytes->size() != out.size()) return false;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

}  // namespace

bool is_tape_event(std::uint16_t type) noexcept { return type >= 100 && type < 200; }

std::uint32_t tape_instrument(const writ_record& record) noexcept {
  if (!is_tape_event(record.type)) return kTapeForAll;
  // Every market record names its instrument right after the header.
  std::uint32_t instrument = 0;
  std::memcpy(&instrument, &record + 1, sizeof instrument);
  return instrument;
}

std::uint32_t checksum(TapeHeader header) noexcept {
  header.header_crc32c = 0;
  return base::crc32c(std::as_bytes(std::span(&header, 1)));
}

std::uint32_t checksum(TapeBlockHead head, std::span<const std::byte> bytes) noexcept {
  head.crc32c = 0;
  return base::crc32c(bytes, base::crc32c(std::as_bytes(std::span(&head, 1))));
}

std::string describe_tape(const TapeInfo& info) {
  boost::json::object out;
  out["importer"] = info.importer;
  boost::json::array sources;
  for (const TapeSource& source : info.sources) {
    boost::json::object one;
    one["name"] = source.name;
    one["bytes"] = static_cast<std::int64_t>(source.bytes);
    one["sha256"] = base::to_hex(source.sha256);
    sources.emplace_back(std::move(one));
  }
  out["sources"] = std::move(sources);
  boost::json::array instruments;
  for (const std::string& name : info.instruments) instruments.emplace_back(name);
  out["instruments"] = std::move(instruments);
  out["records"] = static_cast<std::int64_t>(info.records);
  out["events"] = static_cast<std::int64_t>(info.events);
  out["first_ts"] = info.first_ts;
  out["last_ts"] = info.last_ts;
  out["content_hash"] = base::to_hex(info.content_hash);
  return boost::json::serialize(out);
}

Result<TapeInfo> parse_tape_description(std::string_view json) {
  boost::json::error_code error;
  const boost::json::value parsed = boost::json::parse({json.data(), json.size()}, error);
  const auto* root = error ? nullptr : parsed.if_object();
  if (root == nullptr) return kBad;
  TapeInfo info;
  const bool plain =
      take(*root, "importer", info.importer) && take(*root, "records", info.records) &&
      take(*root, "events", info.events) && take(*root, "first_ts", info.first_ts) &&
      take(*root, "last_ts", info.last_ts) && take(*root, "content_hash", info.content_hash);
  const auto* sources = root->if_contains("sources");
  const auto* instruments = root->if_contains("instruments");
  if (!plain || sources == nullptr || !sources->is_array() || instruments == nullptr ||
      !instruments->is_array()) {
    return kBad;
  }
  for (const auto& value : sources->get_array()) {
    TapeSource source;
    const auto* object = value.if_object();
    if (object == nullptr || !take(*object, "name", source.name) ||
        !take(*object, "bytes", source.bytes) || !take(*object, "sha256", source.sha256)) {
      return kBad;
    }
    info.sources.push_back(std::move(source));
  }
  for (const auto& value : instruments->get_array()) {
    if (!value.is_string()) return kBad;
    info.instruments.emplace_back(value.get_string().data(), value.get_string().size());
  }
  return info;
}

}  // namespace writ::journal
