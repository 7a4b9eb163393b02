#include "host/storage/archive_format.hpp"

#include "host/base/crc32c.hpp"
#include "host/storage/archive.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <iterator>

namespace writ::storage {
namespace {

// By ColumnKind.
constexpr std::string_view kKindWords[] = {"integer", "boolean", "real", "decimal",
                                           "text",    "json",    "bytes"};

base::Error corrupt() { return {base::Errc::kCorrupt, "description of an archive", 0}; }

// Empty if it is not there or no text.
std::string text_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  const auto* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string(*text) : std::string();
}

}  // namespace

template <class Part>
std::uint32_t archive_checksum(Part part, std::span<const std::byte> rest) {
  part.crc32c = 0;
  return base::crc32c(rest, base::crc32c(std::as_bytes(std::span(&part, 1))));
}
template std::uint32_t archive_checksum(ArchiveHeader, std::span<const std::byte>);
template std::uint32_t archive_checksum(ArchiveBlockHead, std::span<const std::byte>);
template std::uint32_t archive_checksum(ArchiveTrailer, std::span<const std::byte>);

int ArchiveInfo::index_of(std::string_view name) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

std::string describe_archive(const ArchiveInfo& info) {
  boost::json::array columns;
  for (const Column& column : info.columns) {
    columns.push_back(
        {{"name", column.name}, {"kind", kKindWords[static_cast<std::size_t>(column.kind)]}});
  }
  return boost::json::serialize(boost::json::value{{"columns", std::move(columns)},
                                                   {"run_id", info.run_id},
                                                   {"source", info.source},
                                                   {"table", info.table}});
}

base::Result<ArchiveInfo> parse_archive_description(std::string_view json) {
  boost::system::error_code bad;
  const auto parsed = boost::json::parse(json, bad);
  if (bad || !parsed.is_object()) return corrupt();
  const auto& object = parsed.get_object();
  ArchiveInfo info;
  info.table = text_of(object, "table");
  info.run_id = text_of(object, "run_id");
  info.source = text_of(object, "source");
  const auto* columns = object.if_contains("columns");
  if (info.table.empty() || columns == nullptr || !columns->is_array()) return corrupt();
  for (const auto& entry : columns->get_array()) {
    if (!entry.is_object()) return corrupt();
    Column column;
    column.name = text_of(entry.get_object(), "name");
    const std::string kind = text_of(entry.get_object(), "kind");
    const auto* word = std::find(std::begin(kKindWords), std::end(kKindWords), kind);
    if (column.name.empty() || word == std::end(kKindWords)) return corrupt();
    column.kind = static_cast<ColumnKind>(word - std::begin(kKindWords));
    info.columns.push_back(std::move(column));
  }
  return info;
}

}  // namespace writ::storage
