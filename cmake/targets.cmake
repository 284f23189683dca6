# SPDX-License-Identifier: BSD-2-Clause
# The two shapes of target this project has.

add_library(peek_options INTERFACE)
target_compile_options(peek_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
target_include_directories(peek_options INTERFACE
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/user)
if(PEEK_SANITIZE)
  target_compile_options(peek_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(peek_options INTERFACE -fsanitize=address,undefined)
endif()
if(PEEK_FUZZ)
  target_compile_options(peek_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# peek_library(NAME SOURCES … [LINK …] [PRIVATE_LINK …]): the library of one folder of user/. LINK
# names earlier stages only (user/CMakeLists.txt lists the order).
function(peek_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(peek_${name} STATIC ${arg_SOURCES})
  target_link_libraries(peek_${name} PUBLIC peek_options ${arg_LINK} PRIVATE ${arg_PRIVATE_LINK})
endfunction()

# peek_test(NAME LABEL SOURCES … [LINK …]): one GoogleTest program, its cases known to ctest.
function(peek_test name label)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE peek_options ${arg_LINK} GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  # Optimising a sanitized test takes longer than running it.
  target_compile_options(${name} PRIVATE $<$<BOOL:${PEEK_SANITIZE}>:-O0>)
  include(GoogleTest)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${label})
endfunction()
