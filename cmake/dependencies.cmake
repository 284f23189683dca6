# SPDX-License-Identifier: BSD-2-Clause
# Every library comes from the distribution; scripts/install-deps names the packages.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(libbpf REQUIRED IMPORTED_TARGET libbpf>=1.1)
pkg_check_modules(libpcap REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(libcap_ng REQUIRED IMPORTED_TARGET libcap-ng)
pkg_check_modules(libsystemd REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(smartcols REQUIRED IMPORTED_TARGET smartcols)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
if(PEEK_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()

if(PEEK_BUILD_BENCH)
  find_package(benchmark QUIET)  # of scripts/install-deps bench; without it there is no detect_bench
endif()

find_program(PEEK_CLANG NAMES clang REQUIRED)
find_program(PEEK_BPFTOOL NAMES bpftool HINTS /usr/sbin REQUIRED)
find_program(PEEK_SCDOC NAMES scdoc REQUIRED)
