# writ_add_plugin(NAME source...) or writ_add_plugin(NAME SOURCES source... [DEPENDS target...])
#
# Makes the plugin NAME.so in ${CMAKE_BINARY_DIR}/plugins: C11 or C++20, nothing exported but
# writ_module_v1, no symbol left undefined. Where the `writ` program is known and testing is enabled,
# `writ plugin check` of the built file becomes the test plugin_check_NAME.

set(_writ_plugin_exports "${CMAKE_CURRENT_LIST_DIR}/plugin_exports.map" CACHE INTERNAL "")

function(_writ_refuse_fast_math name)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" config)
  get_target_property(options ${name} COMPILE_OPTIONS)
  get_target_property(links ${name} LINK_OPTIONS)
  set(flags "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS} ${CMAKE_C_FLAGS_${config}}"
            "${CMAKE_CXX_FLAGS_${config}} ${options} ${links}")
  if("${flags}" MATCHES "-ffast-math|-Ofast|-funsafe-math-optimizations")
    # Its start-up code switches the host's thread to flush-to-zero; its values would not replay.
    message(FATAL_ERROR "plugin ${name}: ${CMAKE_MATCH_0} is refused")
  endif()
endfunction()

function(writ_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_library(${name} MODULE ${arg_SOURCES} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE writ::sdk)
  if(arg_DEPENDS)
    target_link_libraries(${name} PRIVATE ${arg_DEPENDS})
  endif()
  # A plugin of one language needs no compiler of the other.
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if("C" IN_LIST languages)
    target_compile_features(${name} PRIVATE c_std_11)
  endif()
  if("CXX" IN_LIST languages)
    target_compile_features(${name} PRIVATE cxx_std_20)
  endif()
  target_compile_options(${name} PRIVATE
    -ffp-contract=off
    # Unique symbols make dlclose a no-op, so a reload would run stale code.
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE "-Wl,--version-script=${_writ_plugin_exports}")
  # clang leaves the sanitizer's symbols of a shared object to the program that loads it.
  if(NOT (CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND WRIT_SANITIZE))
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
  set_target_properties(${name} PROPERTIES
    PREFIX ""
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${_writ_plugin_exports}"
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/plugins")
  cmake_language(EVAL CODE "cmake_language(DEFER CALL _writ_refuse_fast_math [[${name}]])")

  if(NOT TARGET writ_plugins)
    add_custom_target(writ_plugins)
  endif()
  add_dependencies(writ_plugins ${name})

  if(NOT TARGET writ)
    find_program(WRIT_PROGRAM writ)
  endif()
  if(TARGET writ)
    add_test(NAME plugin_check_${name} COMMAND writ plugin check "$<TARGET_FILE:${name}>")
  elseif(WRIT_PROGRAM)
    add_test(NAME plugin_check_${name} COMMAND "${WRIT_PROGRAM}" plugin check
             "$<TARGET_FILE:${name}>")
  endif()
endfunction()
