// writ tape: import, info, export.
#include "host/base/calendar_time.hpp"
#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/base/sha256.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/output.hpp"
#include "host/cli/tape_export.hpp"
#include "host/cli/tape_part.hpp"
#include "host/cli/tape_quality.hpp"
#include "host/feed/import.hpp"
#include "host/journal/tape.hpp"
#include "host/journal/verify.hpp"
#include "host/model/catalogue.hpp"

#include <writ/decimal.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace writ::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

journal::TapeSource source_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw base::InputError(file.string(), "cannot be read");
  base::Sha256 hash;
  journal::TapeSource source{file.filename().string(), 0, {}};
  std::vector<char> block(std::size_t{1} << 20U);
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto got = static_cast<std::size_t>(in.gcount());
    hash.update(std::string_view(block.data(), got));
    source.bytes += got;
  }
  source.sha256 = hash.digest();
  return source;
}

std::optional<std::int64_t> decimal(const Arguments& arguments, const std::string& name) {
  if (!arguments.has(name)) return std::nullopt;
  const auto parsed = parse_nano(arguments.text(name));
  if (!parsed) {
    throw base::InputError("", "--" + name + ": \"" + arguments.text(name) +
                                   "\" is not a decimal with at most 9 places");
  }
  return parsed.value;
}

feed::ImportOptions import_options(const Arguments& arguments, std::string_view format) {
  feed::ImportOptions options;
  if (arguments.has("venue")) {
    const std::string venue = arguments.text("venue");
    const bool prediction = format.starts_with("prediction-");
    if (prediction) {
      options.venue_name = venue;
    } else if (venue == "binance_spot") {
      options.venue = feed::BinanceVenue::kSpot;
    } else if (venue == "binance_usdm") {
      options.venue = feed::BinanceVenue::kUsdm;
    } else {
      throw base::InputError("", "--venue: \"" + venue + "\" is not binance_spot or binance_usdm");
    }
  }
  options.quote_size = decimal(arguments, "quote-size").value_or(0);
  options.bar_interval_ns = arguments.duration("interval").value_or(0);
  feed::InstrumentSpec spec;
  spec.symbol = arguments.text("symbol");
  spec.base = arguments.text("base");
  spec.quote = arguments.text("quote");
  spec.tick = decimal(arguments, "tick");
  spec.lot = decimal(arguments, "lot");
  spec.maker_fee = decimal(arguments, "maker-fee");
  spec.taker_fee = decimal(arguments, "taker-fee");
  if (arguments.has("multiplier")) {
    if (format != "binance-klines")
      throw base::InputError("", "--multiplier is for binance-klines");
    spec.multiplier = static_cast<std::int64_t>(*arguments.number("multiplier", 1'000'000));
    if (spec.multiplier == 0) throw base::InputError("", "--multiplier: at least 1");
  }
  const bool says_more = spec.multiplier != 1 || !spec.base.empty() || !spec.quote.empty() ||
                         spec.tick || spec.lot || spec.maker_fee || spec.taker_fee;
  if (says_more && spec.symbol.empty()) {
    throw base::InputError("", "which symbol are --tick, --lot and the others of? give --symbol");
  }
  if (!spec.symbol.empty()) options.instruments.push_back(spec);
  return options;
}

json::object quality_json(const TapeQuality& quality) {
  json::object result;
  auto& instruments = result["instruments"].emplace_array();
  for (const auto& one : quality.instruments) {
    instruments.push_back({{"name", one.name},
                           {"book_changes", one.counters.changes},
                           {"trades", one.counters.trades},
                           {"gaps", one.counters.gaps},
                           {"top_checks", one.counters.top_checks},
                           {"top_mismatches", one.counters.top_mismatches},
                           {"ever_tradable", one.counters.ever_in_sync}});
  }
  auto& incidents = result["incidents"].emplace_object();
  for (const auto& [code, count] : quality.incidents) incidents[code] = count;
  auto& lines = result["incident_lines"].emplace_array();
  for (const auto& line : quality.lines) lines.push_back(json::value(line));
  return result;
}

void print_quality(const TapeQuality& quality) {
  for (const auto& one : quality.instruments) {
    std::cout << "  " << one.name << ": " << grouped(one.counters.changes) << " book changes, "
              << grouped(one.counters.trades) << " trades, " << one.counters.gaps << " gaps, "
              << grouped(one.counters.top_checks) << " tops compared, "
              << one.counters.top_mismatches << " different"
              << (one.counters.ever_in_sync ? "" : "; its book never became tradable") << "\n";
  }
  for (const auto& line : quality.lines) std::cout << "  incident: " << line << "\n";
}

json::object info_json(const journal::TapeInfo& info) {
  json::object result;
  result["importer"] = info.importer;
  auto& sources = result["sources"].emplace_array();
  for (const auto& source : info.sources) {
    sources.push_back(
        {{"name", source.name}, {"bytes", source.bytes}, {"sha256", base::to_hex(source.sha256)}});
  }
  auto& instruments = result["instruments"].emplace_array();
  for (const auto& name : info.instruments) instruments.push_back(json::value(name));
  result["records"] = info.records;
  result["events"] = info.events;
  result["first_ts"] = info.first_ts;
  result["last_ts"] = info.last_ts;
  result["content_hash"] = base::to_hex(info.content_hash);
  return result;
}

void print_info(const journal::TapeInfo& info) {
  std::cout << "  " << grouped(info.events) << " events from " << time_text(info.first_ts) << " to "
            << time_text(info.last_ts) << " UTC\n  content " << base::to_hex(info.content_hash)
            << "\n";
  for (const auto& source : info.sources) {
    std::cout << "  from " << source.name << " (" << grouped(source.bytes) << " bytes, "
              << info.importer << ")\n";
  }
}

// These are no archives: a capture says when each message was received, tables are the host's own.
constexpr std::string_view kCapture = "binance-stream";
constexpr std::string_view kTables = "writ-csv";

std::string known_formats() {
  std::string known = std::string(kCapture) + ", " + std::string(kTables);
  for (const std::string_view name : feed::archive_formats()) known.append(", ").append(name);
  return known;
}

ExitStatus import(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.option("output,o", "FILE", "the tape to make")
      .option("venue", "VENUE",
              "binance_spot or binance_usdm, where the data do not tell; of predictions any name, "
              "polymarket without it")
      .option("symbol", "SYMBOL", "the symbol the following are of")
      .option("base", "ASSET", "its base asset")
      .option("quote", "ASSET", "its quote asset")
      .option("tick", "DECIMAL", "its price step; without it inferred from the prices")
      .option("lot", "DECIMAL", "its quantity step; without it inferred from the quantities")
      .option("maker-fee", "RATE", "without it the venue's default")
      .option("taker-fee", "RATE", "without it the venue's default")
      .option("interval", "DURATION", "how long a bar is, where the archive does not say")
      .option("multiplier", "N",
              "of klines whose volumes fit no quantity: one of quantity is N, a price that of N")
      .option("quote-size", "DECIMAL", "how much stands at each price of quotes without sizes")
      .plain(2, 10'000)
      .note("FORMAT is " + known_formats());
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const std::string& format = arguments.words()[0];
  const std::vector<fs::path> files(arguments.words().begin() + 1, arguments.words().end());
  const auto options = import_options(arguments, format);
  const fs::path target = arguments.required("output");
  const auto archives = feed::archive_formats();
  const bool is_archive = std::find(archives.begin(), archives.end(), format) != archives.end();
  if (format != kCapture && format != kTables && !is_archive) {
    throw base::InputError("", "\"" + format + "\" is not " + known_formats());
  }

  std::vector<journal::TapeSource> sources;
  for (const auto& file : files) sources.push_back(source_of(file));
  journal::PosixStorage storage;
  // Made when the first record comes: a bad file leaves nothing behind.
  std::unique_ptr<journal::TapeWriter> writer;
  Progress progress;
  std::uint64_t records = 0;
  const feed::RecordConsumer consumer = [&](const writ_record& record) {
    if (!writer) {
      auto made = journal::TapeWriter::create(storage, target, format, std::move(sources));
      if (!made) throw base::InputError(target.string(), to_string(made.error()));
      writer = std::move(*made);
    }
    if (const auto added = writer->append(record); !added) {
      throw base::InputError(target.string(), to_string(added.error()));
    }
    constexpr std::uint64_t kShowEvery = 65'536;
    if (++records % kShowEvery == 0) progress.show(grouped(records) + " records");
  };
  const auto report = is_archive          ? feed::import_archive(format, files, options, consumer)
                      : format == kTables ? feed::import_tables(files, consumer)
                                          : feed::import_binance_stream(files, options, consumer);
  if (!writer) throw base::InputError(files[0].string(), "no market event in it");
  const auto info = writer->finish();
  if (!info) throw base::InputError(target.string(), to_string(info.error()));
  const auto quality = tape_quality(storage, target);

  if (arguments.json()) {
    json::object result = info_json(*info);
    result["tape"] = target.string();
    result["lines"] = report.lines;
    auto& by_type = result["by_type"].emplace_object();
    for (const auto& [type, count] : report.records) by_type[model::type_name(type)] = count;
    auto& unknown = result["unknown_messages"].emplace_object();
    for (const auto& [event, count] : report.unknown) unknown[event] = count;
    for (auto& [key, value] : quality_json(quality)) {
      result[key == "instruments" ? "books" : std::string_view(key)] = value;
    }
    print_json(result);
  } else {
    progress.show("");
    std::cout << target.string() << ": " << grouped(report.lines) << " lines\n";
    print_info(*info);
    for (const auto& [event, count] : report.unknown) {
      std::cout << "  not used: " << grouped(count) << " messages \"" << event << "\"\n";
    }
    print_quality(quality);
  }
  return ExitStatus::kOk;
}

std::optional<std::int64_t> time_of(const Arguments& arguments, const std::string& name) {
  if (!arguments.has(name)) return std::nullopt;
  const auto ts = base::calendar_time(arguments.text(name));
  if (!ts) {
    throw base::InputError("", "--" + name + ": \"" + arguments.text(name) +
                                   "\" is no time: write YYYY-MM-DD HH:MM:SS, UTC");
  }
  return ts;
}

ExitStatus export_to(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.option("output,o", "FOLDER", "the folder to make, with a file for each type of record")
      .option("format", "FORMAT", "csv or parquet; csv without it")
      .option("from", "TIME", "only what came then or later: YYYY-MM-DD HH:MM:SS, UTC")
      .option("to", "TIME", "only what came before")
      .repeated("instrument", "NAME", "only this one; may be repeated")
      .plain(1, 1);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const std::string format = arguments.has("format") ? arguments.text("format") : "csv";
  if (format != "csv" && format != "parquet") {
    throw base::InputError("", "--format: \"" + format + "\" is not csv or parquet");
  }
  const fs::path path = arguments.words()[0];
  const fs::path folder = arguments.required("output");
  const TapePart part{time_of(arguments, "from"), time_of(arguments, "to"),
                      arguments.texts("instrument")};
  journal::PosixStorage storage;
  auto reader = journal::TapeReader::open(storage, path);
  if (!reader) throw base::InputError::from(path.string(), reader.error());
  const auto found = select_part(*reader, part);
  for (const std::string& name : part.only) {
    if (std::find(found.begin(), found.end(), name) == found.end()) {
      throw base::InputError(path.string(), "there is no " + name + " on it");
    }
  }
  const auto counts =
      export_tape(*reader, folder, format == "csv" ? ExportFormat::kCsv : ExportFormat::kParquet);
  if (arguments.json()) {
    json::object result;
    result["folder"] = folder.string();
    auto& by_type = result["by_type"].emplace_object();
    for (const auto& [type, count] : counts) by_type[model::type_name(type)] = count;
    result["blocks"] = reader->blocks();
    result["blocks_read"] = reader->blocks_read();
    print_json(result);
    return ExitStatus::kOk;
  }
  std::cout << folder.string() << ":\n";
  for (const auto& [type, count] : counts) {
    std::cout << "  " << model::type_name(type) << "." << format << ": " << grouped(count)
              << " records\n";
  }
  return ExitStatus::kOk;
}

ExitStatus info(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.flag("books", "also rebuild the books and compare their tops").plain(1, 1);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const fs::path path = arguments.words()[0];
  journal::PosixStorage storage;
  auto reader = journal::TapeReader::open(storage, path);
  if (!reader) throw base::InputError::from(path.string(), reader.error());
  const auto verified = journal::verify_tape(storage, path);
  if (!verified) throw base::InputError::from(path.string(), verified.error());
  if (!verified->ok()) {
    throw base::InputError::at_offset(path.string(), verified->damage->place.offset,
                                      verified->damage->text);
  }
  const auto& about = reader->info();
  const auto blocks_of = [&reader](std::size_t instrument) {
    const auto blocks = reader->blocks_of(static_cast<std::uint32_t>(instrument + 1));
    if (!blocks) throw base::InputError("", reader->describe(blocks.error()));
    return *blocks;
  };
  if (arguments.json()) {
    json::object result = info_json(about);
    result["blocks"] = reader->blocks();
    auto& in_blocks = result["blocks_of"].emplace_object();
    for (std::size_t i = 0; i < about.instruments.size(); ++i) {
      in_blocks[about.instruments[i]] = blocks_of(i);
    }
    if (arguments.has("books")) result["books"] = quality_json(tape_quality(storage, path));
    print_json(result);
    return ExitStatus::kOk;
  }
  std::cout << path.string() << ": well\n";
  print_info(about);
  std::cout << "  " << grouped(reader->blocks()) << " blocks\n";
  for (std::size_t i = 0; i < about.instruments.size(); ++i) {
    std::cout << "  instrument " << about.instruments[i] << ", in " << grouped(blocks_of(i))
              << " blocks\n";
  }
  if (arguments.has("books")) print_quality(tape_quality(storage, path));
  return ExitStatus::kOk;
}

}  // namespace

std::span<const Command> tape_commands() {
  static constexpr std::array kCommands = {
      Command{"tape import", "FORMAT FILE... -o TAPE",
              "make one tape of recordings, and say how well its books rebuild", import},
      Command{"tape info", "TAPE [--books]", "check a tape and say what is on it", info},
      Command{"tape export", "TAPE -o FOLDER [--format csv|parquet]",
              "write a tape, or a part of it, as tables", export_to},
  };
  return kCommands;
}

}  // namespace writ::cli
