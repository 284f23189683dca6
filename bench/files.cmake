# SPDX-License-Identifier: BSD-2-Clause
# What bench/files builds, and what a packet costs in decode/ and detect/.
add_executable(capture_inputs capture_inputs.cpp capture_rules.cpp capture_writer.cpp)
target_link_libraries(capture_inputs PRIVATE peek_options)

add_executable(files_bench files_bench.cpp child.cpp)
target_link_libraries(files_bench PRIVATE peek_options PkgConfig::libpcap)

if(benchmark_FOUND)
  add_executable(detect_bench detect_bench.cpp capture_writer.cpp)
  target_link_libraries(detect_bench PRIVATE peek_options peek_detect benchmark::benchmark)
  target_include_directories(detect_bench PRIVATE ${PROJECT_SOURCE_DIR}/tests)
endif()
