# SPDX-License-Identifier: BSD-2-Clause
# The shapes of target this project has.

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

# peek_bpf_object(NAME): NAME.bpf.c -> NAME.bpf.o. -mcpu=v3 is pinned: with older instruction sets
# the verifier loses bounds of 32-bit values. <asm/types.h> stands in the multiarch directory, which
# clang does not search for this target.
function(peek_bpf_object name)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${name}.bpf.c)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
  list(TRANSFORM libbpf_INCLUDE_DIRS PREPEND -I OUTPUT_VARIABLE libbpf_includes)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${PEEK_CLANG} -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wno-unused-parameter -Werror
            -I${PROJECT_SOURCE_DIR}/include ${libbpf_includes}
            -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}
            -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
    DEPENDS ${source}
    DEPFILE ${object}.d
    COMMENT "Compiling ${name}.bpf.o"
    VERBATIM)
endfunction()

# peek_bpf_skeleton(NAME): library NAME_skeleton, which brings <NAME.skel.h> with its struct NAME_bpf.
# Linking one object drops its DWARF, which nothing reads. A reader of the skeleton never finds half
# of one: it is written aside and then moved. NOLINT, because the analyzer does not know that libbpf
# frees what the skeleton allocates.
function(peek_bpf_skeleton name)
  peek_bpf_object(${name})
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
  set(linked ${CMAKE_CURRENT_BINARY_DIR}/${name}.linked.o)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/include)
  set(skeleton ${generated}/${name}.skel.h)
  file(MAKE_DIRECTORY ${generated})
  add_custom_command(
    OUTPUT ${skeleton}
    COMMAND ${PEEK_BPFTOOL} gen object ${linked} ${object}
    COMMAND ${CMAKE_COMMAND} -E echo "// NOLINTBEGIN" > ${skeleton}.tmp
    COMMAND ${PEEK_BPFTOOL} gen skeleton ${linked} name ${name}_bpf >> ${skeleton}.tmp
    COMMAND ${CMAKE_COMMAND} -E echo "// NOLINTEND" >> ${skeleton}.tmp
    COMMAND ${CMAKE_COMMAND} -E rename ${skeleton}.tmp ${skeleton}
    DEPENDS ${object}
    COMMENT "Generating ${name}.skel.h"
    VERBATIM)
  add_custom_target(${name}_skeleton_files DEPENDS ${skeleton})
  add_library(${name}_skeleton INTERFACE)
  add_dependencies(${name}_skeleton ${name}_skeleton_files)
  target_include_directories(${name}_skeleton SYSTEM INTERFACE ${generated})
endfunction()
