# writ_add_folder, writ_module, writ_sandboxed_twin, writ_test: how folders become targets.

# The modules, in the order the data takes through them.
set(WRIT_MODULES base model config journal feed market plugin sandbox signal strategy arbiter execution
                 ledger
                 storage venue engine research ops web cli)

# Adds FOLDER, or each of its direct subfolders, where there is a CMakeLists.txt.
# A folder that appears later is noticed by the next build.
function(writ_add_folder folder)
  file(GLOB lists CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt")
  if(NOT lists)
    file(GLOB lists CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*/CMakeLists.txt")
  endif()
  foreach(list IN LISTS lists)
    cmake_path(GET list PARENT_PATH directory)
    add_subdirectory("${directory}")
  endforeach()
endfunction()

# A bare name is a module of the tree (`base`), anything else is passed on (`Boost::json`, `-lrt`).
function(_writ_depends out)
  set(targets "")
  foreach(depend IN LISTS ARGN)
    if(depend STREQUAL "sdk" OR depend IN_LIST WRIT_MODULES)
      set(depend "writ::${depend}")
    endif()
    if(depend MATCHES "^writ::")
      set_property(GLOBAL APPEND PROPERTY WRIT_WANTED "${depend}")
      # One missing module stops the targets that need it, not the configuration of all others.
      set(depend "$<TARGET_NAME_IF_EXISTS:${depend}>")
    endif()
    list(APPEND targets "${depend}")
  endforeach()
  set(${out} "${targets}" PARENT_SCOPE)
endfunction()

# With WRIT_STRICT (every preset) what a folder lists and does not have stops the configuration.
# Without, it is a warning and stops only the targets that need it.
function(_writ_missing text)
  if(WRIT_STRICT)
    message(FATAL_ERROR "${text}")
  endif()
  message(WARNING "${text}")
endfunction()

# The sources of ARGN that exist or are generated.
function(_writ_present out)
  set(present "")
  foreach(source IN LISTS ARGN)
    get_source_file_property(generated "${source}" GENERATED)
    cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE path)
    if(generated OR EXISTS "${path}")
      list(APPEND present "${source}")
    else()
      file(GLOB unused CONFIGURE_DEPENDS "${path}")  # the build configures again when it appears
      _writ_missing("no file ${path}")
    endif()
  endforeach()
  set(${out} "${present}" PARENT_SCOPE)
endfunction()

# Names every module that some target asked for and no folder made.
function(writ_check_depends)
  get_property(wanted GLOBAL PROPERTY WRIT_WANTED)
  list(REMOVE_DUPLICATES wanted)
  foreach(target IN LISTS wanted)
    if(NOT TARGET ${target})
      _writ_missing("no target ${target}: what depends on it will not link")
    endif()
  endforeach()
endfunction()

# What an intent passes through calls small functions of each other: optimised as one in a release.
set(WRIT_HOT_MODULES arbiter base engine execution feed journal ledger market model plugin signal strategy
                     venue)

# writ_module(NAME SOURCES a.cpp... [DEPENDS base Boost::json...] [PRIVATE_DEPENDS yaml-cpp...])
#
# Makes the static library writ_NAME (alias writ::NAME) of host/NAME; without sources an interface
# library. A header below the folder without a source of its name is compiled on its own by the target
# all_verify_interface_header_sets; any other stands first in that source (tests/layering/includes.py),
# which comes to the same. DEPENDS is public.
function(writ_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "writ_module(${name}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "*.hpp" "*.h")
  foreach(source IN LISTS arg_SOURCES)
    cmake_path(REPLACE_EXTENSION source hpp OUTPUT_VARIABLE header)
    list(REMOVE_ITEM headers "${CMAKE_CURRENT_SOURCE_DIR}/${header}")
  endforeach()

  _writ_present(arg_SOURCES ${arg_SOURCES})
  set(target writ_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(writ::${name} ALIAS ${target})
  if(name IN_LIST WRIT_HOT_MODULES)
    set_target_properties(${target} PROPERTIES INTERPROCEDURAL_OPTIMIZATION_RELEASE ON)
  endif()

  if(headers)
    target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}"
                   FILES ${headers})
  endif()
  target_include_directories(${target} ${scope} "${PROJECT_SOURCE_DIR}"
                             "${PROJECT_SOURCE_DIR}/sdk/include")

  _writ_depends(depends ${arg_DEPENDS})
  target_link_libraries(${target} ${scope} ${depends})
  if(arg_PRIVATE_DEPENDS)
    _writ_depends(depends ${arg_PRIVATE_DEPENDS})
    target_link_libraries(${target} PRIVATE ${depends})
  endif()
endfunction()

# writ_sandboxed_twin(PLUGIN...)
#
# What the worker of a sandbox can load is found below ${CMAKE_BINARY_DIR}/sandboxed, in folders named
# as those of the plugins: in a build with sanitizers each PLUGIN once more without them, in any other
# the same files. To be called once everything about the targets is said.
function(writ_sandboxed_twin)
  set(copied SOURCES COMPILE_DEFINITIONS COMPILE_OPTIONS COMPILE_FEATURES INCLUDE_DIRECTORIES
             LINK_LIBRARIES LINK_OPTIONS LINK_DEPENDS PREFIX C_VISIBILITY_PRESET
             CXX_VISIBILITY_PRESET VISIBILITY_INLINES_HIDDEN)
  foreach(name IN LISTS ARGN)
    get_target_property(folder ${name} LIBRARY_OUTPUT_DIRECTORY)
    file(RELATIVE_PATH folder "${CMAKE_BINARY_DIR}" "${folder}")
    if(NOT WRIT_SANITIZE)
      file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/sandboxed")
      file(CREATE_LINK "../${folder}" "${CMAKE_BINARY_DIR}/sandboxed/${folder}" SYMBOLIC)
      continue()
    endif()
    set(twin ${name}_sandboxed)
    add_library(${twin} MODULE)
    foreach(property IN LISTS copied)
      get_target_property(value ${name} ${property})
      if(NOT value MATCHES "-NOTFOUND$")
        set_property(TARGET ${twin} PROPERTY ${property} "${value}")
      endif()
    endforeach()
    get_target_property(file ${name} OUTPUT_NAME)
    if(NOT file)
      set(file ${name})
    endif()
    set_target_properties(${twin} PROPERTIES
      WRIT_UNSANITIZED ON
      OUTPUT_NAME ${file}
      LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/sandboxed/${folder}")
    add_dependencies(${name} ${twin})
    if(TEST plugin_check_${name})
      add_test(NAME plugin_check_${twin} COMMAND writ plugin check "$<TARGET_FILE:${twin}>")
    endif()
  endforeach()
endfunction()

# writ_test(NAME SOURCES a_test.cpp... [DEPENDS market...] [LABELS slow...] [TIMEOUT seconds] [SERIAL]
#           [PLUGINS market_maker...] [WORKING_DIRECTORY dir])
#
# Makes one GoogleTest executable and one ctest entry of the same name, labelled by the folder below
# tests/. Its main (tests/support/test_main.cpp) fails when it ran nothing and reports "skipped" when
# every case was. PLUGINS are built before it. SERIAL: never beside another test.
function(writ_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL" "TIMEOUT;WORKING_DIRECTORY"
                        "SOURCES;DEPENDS;LABELS;PLUGINS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "writ_test(${name}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT WRIT_TESTS)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(WRIT_SANITIZE)
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 10")
  endif()
  if(NOT arg_WORKING_DIRECTORY)
    set(arg_WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
  endif()

  _writ_present(sources ${arg_SOURCES})
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}"
                             "${PROJECT_SOURCE_DIR}/sdk/include")
  _writ_depends(depends ${arg_DEPENDS})
  target_link_libraries(${name} PRIVATE ${depends} writ::test_main)
  target_precompile_headers(${name} REUSE_FROM writ_test_main)
  if(arg_PLUGINS)
    add_dependencies(${name} ${arg_PLUGINS})
  endif()

  file(RELATIVE_PATH label "${PROJECT_SOURCE_DIR}/tests" "${CMAKE_CURRENT_SOURCE_DIR}")
  string(REGEX REPLACE "/.*" "" label "${label}")
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1
           WORKING_DIRECTORY "${arg_WORKING_DIRECTORY}")
  set_tests_properties(${name} PROPERTIES
    LABELS "${label};${arg_LABELS}"
    TIMEOUT ${arg_TIMEOUT}
    SKIP_RETURN_CODE 77
    RUN_SERIAL "${arg_SERIAL}")
endfunction()

# writ_bench(NAME SOURCES a_bench.cpp... [DEPENDS market...] [PLUGINS market_maker...])
#
# Makes the program NAME in ${CMAKE_BINARY_DIR}/bench, which `./dev bench` runs. It may be written
# with Google Benchmark (its own main) and is no ctest entry.
function(writ_bench name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PLUGINS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "writ_bench(${name}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  find_package(benchmark REQUIRED)
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}"
                             "${PROJECT_SOURCE_DIR}/sdk/include")
  _writ_depends(depends ${arg_DEPENDS})
  target_link_libraries(${name} PRIVATE ${depends} benchmark::benchmark)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
  if(NOT TARGET writ_benches)
    add_custom_target(writ_benches)
  endif()
  add_dependencies(writ_benches ${name} ${arg_PLUGINS})
endfunction()
