#pragma once

#include "host/journal/storage.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <string>

namespace writ::cli {

/// The golden chain of one intent, order or fill: `intent, snapshot, features, signals, rationale,
/// verdict` (each check with its numbers; if vetoed `failed` with by how much), `orders` (each with
/// its transitions and reports), `fills, executed_trades, ledger, pnl`. `id` is a decimal record
/// id, or a client order id. `run_folder` is a run of the journal; the chain may lead through
/// others. Throws base::InputError if there is no such id or the journal cannot be read.
[[nodiscard]] boost::json::object trace(journal::Storage& storage,
                                        const std::filesystem::path& run_folder,
                                        const std::string& id);

/// The same for people.
[[nodiscard]] std::string trace_text(const boost::json::object& trace);

}  // namespace writ::cli
