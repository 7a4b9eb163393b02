// writ journal: verify, dump.
#include "host/base/input_error.hpp"
#include "host/cli/arguments.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_folders.hpp"
#include "host/journal/reader.hpp"
#include "host/journal/verify.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/instrument_table.hpp"
#include "host/model/record_json.hpp"

#include <boost/json/serialize.hpp>

#include <array>
#include <iostream>
#include <set>
#include <string>

namespace writ::cli {
namespace {

ExitStatus verify(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_run_options(arguments);
  arguments.plain(1, 1);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto folder = find_run(arguments.words()[0], arguments);
  journal::PosixStorage storage;
  const auto report = journal::verify_run(storage, folder);
  if (!report) throw base::InputError::from(folder.string(), report.error());
  if (arguments.json()) {
    boost::json::object result;
    result["ok"] = report->ok();
    result["segments"] = report->segments;
    result["records"] = report->records;
    result["bytes"] = report->bytes;
    result["first_seq"] = std::to_string(report->first_seq.raw());
    result["last_seq"] = std::to_string(report->last_seq.raw());
    result["closed"] = report->closed;
    if (report->damage) {
      result["damage"] = {{"file", report->damage->place.file.string()},
                          {"offset", report->damage->place.offset},
                          {"text", report->damage->text}};
    }
    print_json(result);
  } else {
    std::cout << folder.string() << ": " << report->segments << " segments, "
              << grouped(report->records) << " records, " << grouped(report->bytes) << " bytes, "
              << (report->closed ? "closed" : "not closed") << "\n";
    if (report->damage) std::cout << "DAMAGED " << report->damage->text << "\n";
  }
  return report->ok() ? ExitStatus::kOk : ExitStatus::kFailed;
}

// The record types a dump is limited to; empty = all.
std::set<std::uint16_t> wanted_types(const Arguments& arguments) {
  std::set<std::uint16_t> types;
  for (const auto& name : arguments.texts("type")) {
    const auto* layout = model::layout_of(std::string_view(name));
    if (layout == nullptr)
      throw base::InputError("", "--type: no record is called \"" + name + "\"");
    types.insert(layout->type);
  }
  return types;
}

ExitStatus dump(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_run_options(arguments);
  arguments.option("from", "SEQ", "first record")
      .option("to", "SEQ", "last record")
      .repeated("type", "NAME", "only records of this type, such as intent; may be repeated")
      .plain(1, 1);
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const auto types = wanted_types(arguments);
  const auto from = arguments.number("from", kSeqMask).value_or(1);
  const auto to = arguments.number("to", kSeqMask).value_or(kSeqMask);
  const auto folder = find_run(arguments.words()[0], arguments);
  journal::PosixStorage storage;
  auto reader = journal::Reader::open(storage, folder);
  if (!reader) throw base::InputError::from(folder.string(), reader.error());
  // From the beginning in any case: the tables name what the numbers stand for.
  model::InstrumentTable tables;
  for (;;) {
    const auto next = reader->next();
    if (!next) {
      std::cout.flush();
      throw base::InputError("", reader->describe(next.error()));
    }
    if (*next == nullptr || (*next)->seq > to) return ExitStatus::kOk;
    const writ_record& record = **next;
    static_cast<void>(tables.apply(record));
    if (record.seq < from || (!types.empty() && types.count(record.type) == 0)) continue;
    std::cout << boost::json::serialize(model::record_to_json(record, tables)) << "\n";
  }
}

}  // namespace

std::span<const Command> journal_commands() {
  static constexpr std::array kCommands = {
      Command{"journal verify", "RUN", "checksums, sequence and the chain of segments", verify},
      Command{"journal dump", "RUN [--from SEQ] [--to SEQ] [--type NAME]...",
              "records as JSON, one a line", dump},
  };
  return kCommands;
}

}  // namespace writ::cli
