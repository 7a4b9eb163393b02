#pragma once

#include <writ/abi/record.h>

#include <boost/json/object.hpp>

namespace writ::model {

class InstrumentTable;

/// A record for people and machines: every field under its name, decimals and ids as strings,
/// enumerations by word, flags as a list of words, none as null, times as integers (ns), tails
/// decoded. `type` is the record's name. `record` has passed `validate`.
[[nodiscard]] boost::json::object record_to_json(const writ_record& record);

/// The same with the names of instruments, accounts, assets and instances in place of their numbers
/// where the table knows them.
[[nodiscard]] boost::json::object record_to_json(const writ_record& record,
                                                 const InstrumentTable& table);

}  // namespace writ::model
