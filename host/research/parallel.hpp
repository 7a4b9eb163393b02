#pragma once

#include <cstddef>
#include <functional>

namespace writ::research {

/// Calls `body` once for each index below `count`, on up to `threads` threads, the caller's among
/// them. A thread that is free takes the lowest index left. Returns when all have ended. What a
/// call throws is thrown here, after no further index was begun and the others have ended; of
/// several exceptions one.
/// Which thread takes which index differs from time to time: a result must not depend on it.
void for_each_index(std::size_t count, unsigned threads,
                    const std::function<void(std::size_t)>& body);

}  // namespace writ::research
