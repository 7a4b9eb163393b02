#pragma once

#include "host/base/result.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace writ::base {

/// The canonical text CJ1 of a JSON value, the one that is hashed: keys sorted by code point, no
/// spaces, everything outside 0x20-0x7e escaped, floats as `float_py_repr`. Byte for byte what
/// Python's json.dumps(value, sort_keys=True, separators=(',', ':')) writes.
/// Decimals belong in strings: Boost.JSON's parser may be off by one unit in the last place of a
/// float. Errors: kInvalid for NaN, an infinity, or text that is not UTF-8.
[[nodiscard]] Result<std::string> canonical_json(const boost::json::value& value);

/// The shortest decimal text that reads back to `value`, in Python's layout: `0.1`, `1.0`, `1e-07`,
/// `1e+16`. Errors: kInvalid for NaN and the infinities.
[[nodiscard]] Result<std::string> float_py_repr(double value);

}  // namespace writ::base
