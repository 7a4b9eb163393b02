# Installs the SDK into a folder of its own, makes a plugin of each template as a newcomer would, and
# builds it with nothing but what was installed. Needs BUILD_DIR, WORK_DIR, COMPILER; with WRIT, the
# built files are checked too.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    string(JOIN " " command ${ARGN})
    message(FATAL_ERROR "${command}\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK_DIR}")
set(prefix "${WORK_DIR}/installed")
run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --component sdk --prefix "${prefix}")

foreach(kind strategy signal)
  set(name "my_${kind}")
  set(class "My_${kind}")
  set(source "${WORK_DIR}/${name}")
  set(count 0)
  foreach(part common ${kind})
    set(template "${prefix}/share/writ/template/${part}")
    file(GLOB_RECURSE files RELATIVE "${template}" "${template}/*")
    foreach(file IN LISTS files)
      file(READ "${template}/${file}" text)
      string(REPLACE "@NAME@" "${name}" made "${file}")
      string(REPLACE "@NAME@" "${name}" text "${text}")
      string(REPLACE "@CLASS@" "${class}" text "${text}")
      file(WRITE "${source}/${made}" "${text}")
      math(EXPR count "${count} + 1")
    endforeach()
  endforeach()
  if(count LESS 6)
    message(FATAL_ERROR "the template ${kind} has ${count} files")
  endif()
  run("${CMAKE_COMMAND}" -S "${source}" -B "${source}/build" -G Ninja
      "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
      "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Werror")
  run("${CMAKE_COMMAND}" --build "${source}/build")
  set(plugin "${source}/build/plugins/${name}.so")
  if(NOT EXISTS "${plugin}")
    message(FATAL_ERROR "${plugin} was not made")
  endif()
  if(EXISTS "${WRIT}")
    run("${WRIT}" plugin check "${plugin}")
  endif()
endforeach()

# Fast math is refused when configuring.
file(WRITE "${WORK_DIR}/fast/CMakeLists.txt" "cmake_minimum_required(VERSION 3.25)
project(fast LANGUAGES CXX)
find_package(writ-sdk 1 REQUIRED)
writ_add_plugin(fast fast.cpp)
target_compile_options(fast PRIVATE -ffast-math)
")
file(COPY_FILE "${WORK_DIR}/my_signal/my_signal.cpp" "${WORK_DIR}/fast/fast.cpp")
execute_process(
  COMMAND "${CMAKE_COMMAND}" -S "${WORK_DIR}/fast" -B "${WORK_DIR}/fast/build" -G Ninja
          "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(status EQUAL 0 OR NOT output MATCHES "-ffast-math is refused")
  message(FATAL_ERROR "-ffast-math was not refused:\n${output}")
endif()
