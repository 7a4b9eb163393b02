# Writes OUTPUT, build_facts.cpp with what is known of the tree in SOURCE; leaves an equal file alone.
find_program(git git)
set(sha "")
set(changed false)
if(git)
  execute_process(COMMAND ${git} -C ${SOURCE} rev-parse HEAD OUTPUT_VARIABLE sha
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed)
    set(sha "")
  else()
    execute_process(COMMAND ${git} -C ${SOURCE} status --porcelain --untracked-files=no
                    OUTPUT_VARIABLE status ERROR_QUIET)
    if(status)
      set(changed true)
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[
#include "host/cli/build_facts.hpp"

#include <unistd.h>

namespace writ::cli {

const BuildFacts& build_facts() {
  static constexpr BuildFacts kFacts{"@VERSION@", "@sha@", @changed@, "@COMPILER@", "@BUILD_TYPE@",
                                     "@SOURCE@"};
  return kFacts;
}

std::string cpu_class() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) return "x86-64-v4";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "x86-64-v3";
  if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt")) return "x86-64-v2";
  return "x86-64-v1";
#elif defined(__aarch64__)
  return "aarch64";
#else
  return "other";
#endif
}

}  // namespace writ::cli
]])
