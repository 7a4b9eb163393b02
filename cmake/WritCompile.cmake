# How every target of the tree is compiled and linked, plugins included.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Line tables are enough for back traces of optimised code and cost far less to build than -g.
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_C_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer -fno-optimize-sibling-calls")
set(CMAKE_CXX_FLAGS_SANITIZE "${CMAKE_C_FLAGS_SANITIZE}")

add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow)
# clang's -Wconversion contains -Wsign-conversion for C++, which g++'s does not.
add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wno-sign-conversion>
                    $<$<COMPILE_LANG_AND_ID:C,Clang>:-Wno-sign-conversion>)

# g++ 12 sees overlapping copies in std::string's operator+ at -O3 (GCC bug 105651).
add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>)

# Replay must give the same bits whatever the optimiser would like to fuse.
add_compile_options(-ffp-contract=off)

# Boost.DLL 1.81 is header-only only on std::filesystem; two translation units must not differ in it.
add_compile_definitions(BOOST_DLL_USE_STD_FS)
add_compile_definitions($<$<NOT:$<CONFIG:Release>>:_GLIBCXX_ASSERTIONS>)

set(WRIT_SANITIZE "" CACHE STRING "Sanitizers of every target: address,undefined or thread")
if(WRIT_SANITIZE)
  # A target with the property WRIT_UNSANITIZED goes without: what runs in a sandbox has none of the
  # system calls, clocks and memory of a sanitizer's runtime (writ_sandboxed_twin).
  set(sanitized "$<NOT:$<BOOL:$<TARGET_PROPERTY:WRIT_UNSANITIZED>>>")
  add_compile_options("$<${sanitized}:-fsanitize=${WRIT_SANITIZE}>"
                      "$<${sanitized}:-fno-sanitize-recover=all>")
  add_link_options("$<${sanitized}:-fsanitize=${WRIT_SANITIZE}>")
  # Under -fsanitize=thread g++ 12 takes the copy of a record's header for one past its end.
  if(WRIT_SANITIZE STREQUAL "thread")
    add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-array-bounds>
                        $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-stringop-overflow>)
  endif()
  add_compile_definitions("$<${sanitized}:WRIT_SANITIZED=1>")
endif()

# Debian's mold ends with an assertion on some programs of modules optimised as one (WRIT_HOT_MODULES).
find_program(WRIT_MOLD mold)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release" AND WRIT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
