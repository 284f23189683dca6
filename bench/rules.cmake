# SPDX-License-Identifier: BSD-2-Clause
add_executable(rules_bench ${CMAKE_CURRENT_LIST_DIR}/rules_bench.cpp)
target_link_libraries(rules_bench PRIVATE peek_rules)
