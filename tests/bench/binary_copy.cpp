#include "tests/bench/binary_copy.hpp"

#include <pqxx/pqxx>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

namespace writ::bench {
namespace {

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "bench: copy: %s\n", what.c_str());
  std::exit(1);
}

template <class Integer>
void put(std::vector<char>& out, Integer value) {
  for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift));
  }
}

void put_bytes(std::vector<char>& out, std::string_view bytes) {
  put(out, static_cast<std::int32_t>(bytes.size()));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// Groups of four digits, the first at weight `weight`, without leading and trailing zero groups.
void put_numeric(std::vector<char>& out, std::string text) {
  const bool negative = text.front() == '-';
  if (negative) text.erase(0, 1);
  const auto dot = std::min(text.find('.'), text.size());
  std::string whole = text.substr(0, dot);
  std::string fraction = dot < text.size() ? text.substr(dot + 1) : "";
  const auto scale = static_cast<std::int16_t>(fraction.size());
  whole.insert(0, (4 - whole.size() % 4) % 4, '0');
  fraction.append((4 - fraction.size() % 4) % 4, '0');
  std::vector<std::int16_t> groups;
  const std::string digits = whole + fraction;
  for (std::size_t at = 0; at < digits.size(); at += 4) {
    groups.push_back(static_cast<std::int16_t>(std::atoi(digits.substr(at, 4).c_str())));
  }
  auto weight = static_cast<std::int16_t>(whole.size() / 4 - 1);
  while (!groups.empty() && groups.front() == 0) {
    groups.erase(groups.begin());
    --weight;
  }
  while (!groups.empty() && groups.back() == 0) groups.pop_back();
  put(out, static_cast<std::int32_t>(8 + 2 * groups.size()));
  put(out, static_cast<std::int16_t>(groups.size()));
  put(out, groups.empty() ? std::int16_t{0} : weight);
  put(out, static_cast<std::int16_t>(negative ? 0x4000 : 0));
  put(out, scale);
  for (const auto group : groups) put(out, group);
}

void put_uuid(std::vector<char>& out, const std::string& text) {
  put(out, std::int32_t{16});
  std::string digits = text;
  std::erase(digits, '-');
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    out.push_back(static_cast<char>(std::strtol(digits.substr(at, 2).c_str(), nullptr, 16)));
  }
}

std::string as_text(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* word = std::get_if<std::string>(&value)) return *word;
  if (const auto* blob = std::get_if<Blob>(&value)) return blob->bytes;
  char digits[40];
  std::snprintf(digits, sizeof digits, "%.17g", std::get<double>(value));
  return digits;
}

double as_real(const Value& value) {
  const auto* real = std::get_if<double>(&value);
  return real != nullptr ? *real : static_cast<double>(std::get<std::int64_t>(value));
}

void put_value(std::vector<char>& out, const std::string& type, const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return put(out, std::int32_t{-1});
  const auto sized_integer = [&](auto sample) {
    put(out, static_cast<std::int32_t>(sizeof sample));
    put(out, static_cast<decltype(sample)>(std::get<std::int64_t>(value)));
  };
  if (type == "int8") return sized_integer(std::int64_t{});
  if (type == "int4") return sized_integer(std::int32_t{});
  if (type == "int2") return sized_integer(std::int16_t{});
  if (type == "bool") return sized_integer(std::int8_t{});
  if (type == "numeric") return put_numeric(out, as_text(value));
  if (type == "uuid") return put_uuid(out, as_text(value));
  if (type == "jsonb") return put_bytes(out, '\x01' + as_text(value));
  if (type == "float8") {
    const double real = as_real(value);
    std::uint64_t bits = 0;
    std::memcpy(&bits, &real, sizeof bits);
    put(out, std::int32_t{8});
    return put(out, bits);
  }
  put_bytes(out, as_text(value));  // text, enumerations and bytes are themselves
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

using ColumnTypes = std::map<std::string, std::string>;

ColumnTypes types_of(PostgresConnection& connection, const std::string& table) {
  ColumnTypes types;
  for (const auto& row : connection.query(
           "SELECT a.attname, COALESCE(b.typname, t.typname) FROM pg_attribute a JOIN pg_type t ON "
           "t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype WHERE a.attrelid = "
           "'public." +
           table + "'::regclass AND a.attnum > 0 AND NOT a.attisdropped")) {
    types[row[0]] = row[1];
  }
  return types;
}

CopyData encode(const TableRows& table, const ColumnTypes& types) {
  CopyData data{
      "COPY " + table.table + " (" + joined(table.columns) + ") FROM STDIN (FORMAT binary)", {}};
  constexpr std::string_view kSignature("PGCOPY\n\377\r\n", 10);
  data.bytes.assign(kSignature.begin(), kSignature.end());
  data.bytes.resize(19, '\0');  // the signature's last byte, flags, length of an extension
  for (const auto& row : table.rows) {
    put(data.bytes, static_cast<std::int16_t>(row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      put_value(data.bytes, types.at(table.columns[i]), row[i]);
    }
  }
  put(data.bytes, std::int16_t{-1});
  return data;
}

}  // namespace

std::vector<std::vector<CopyData>> encode(const std::string& url,
                                          const std::vector<Batch>& batches) {
  PostgresConnection connection(url);
  std::map<std::string, ColumnTypes> types;
  std::vector<std::vector<CopyData>> encoded;
  for (const auto& batch : batches) {
    auto& made = encoded.emplace_back();
    for (const auto& table : batch) {
      auto& known = types[table.table];
      if (known.empty()) known = types_of(connection, table.table);
      made.push_back(encode(table, known));
    }
  }
  return encoded;
}

void copy(const std::string& url, const std::vector<std::vector<CopyData>>& batches) {
  PostgresConnection connection(url);
  for (const auto& batch : batches) {
    connection.execute("BEGIN");
    for (const auto& table : batch) connection.copy(table.sql, table.bytes);
    connection.execute("COMMIT");
  }
}

std::uint64_t insert_by_pqxx(const std::string& url, std::span<const Batch> batches,
                             std::uint64_t rows_max) {
  std::uint64_t done = 0;
  try {
    pqxx::connection connection(url);
    std::map<std::string, bool> prepared;
    for (const auto& batch : batches) {
      pqxx::work work(connection);
      for (const auto& table : batch) {
        if (!std::exchange(prepared[table.table], true)) {
          std::string marks;
          for (std::size_t i = 1; i <= table.columns.size(); ++i) {
            marks += (i > 1 ? ", $" : "$") + std::to_string(i);
          }
          connection.prepare(table.table, "INSERT INTO " + table.table + " (" +
                                              joined(table.columns) + ") VALUES (" + marks + ")");
        }
        for (const auto& row : table.rows) {
          if (done == rows_max) break;
          std::vector<std::string> texts;
          std::vector<const char*> values;
          texts.reserve(row.size());
          for (const auto& value : row) {
            if (std::holds_alternative<std::monostate>(value)) {
              values.push_back(nullptr);
              continue;
            }
            const auto* blob = std::get_if<Blob>(&value);
            texts.push_back(
                blob != nullptr
                    ? connection.esc_raw(reinterpret_cast<const unsigned char*>(blob->bytes.data()),
                                         blob->bytes.size())
                    : as_text(value));
            values.push_back(texts.back().c_str());
          }
          work.exec_prepared(table.table, pqxx::prepare::make_dynamic_params(values));
          ++done;
        }
      }
      work.commit();
      if (done == rows_max) break;
    }
  } catch (const std::exception& error) {
    fail(error.what());
  }
  return done;
}

}  // namespace writ::bench
