// SPDX-License-Identifier: BSD-2-Clause
// The instructions that the kernel's verifier walks through for each program, against
// verified-instructions.tsv: what grows unnoticed is refused one day by an older kernel, which
// stops at a million. The row of the nearest kernel counts, of the same clang if it is listed.
#include <bpf/bpf.h>
#include <sys/utsname.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "bpf/bpf_fixture.h"

namespace peek::test {
namespace {

struct TableRow {
    int kernel = 0;  // 601 is 6.1
    int clang = 0;
    std::string program;
    double verified = 0;
};

int kernel_number(const std::string& release) {
    int major = 0;
    int minor = 0;
    std::sscanf(release.c_str(), "%d.%d", &major, &minor);
    return major * 100 + minor;
}

std::vector<TableRow> read_table() {
    std::ifstream file(PEEK_VERIFIED_TABLE);
    EXPECT_TRUE(file) << PEEK_VERIFIED_TABLE;
    std::vector<TableRow> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream fields(line);
        std::string kernel;
        TableRow row;
        fields >> kernel >> row.clang >> row.program >> row.verified;
        EXPECT_FALSE(fields.fail()) << line;
        row.kernel = kernel_number(kernel);
        rows.push_back(row);
    }
    return rows;
}

// Of the kernels that this compiler has rows for.
const TableRow* nearest(const std::vector<TableRow>& rows, const std::string& program, int kernel) {
    const TableRow* best = nullptr;
    const auto distance = [kernel](const TableRow& row) { return std::abs(row.kernel - kernel); };
    for (const TableRow& row : rows)
        if (row.program == program && row.clang == PEEK_CLANG_MAJOR &&
            (!best || distance(row) < distance(*best)))
            best = &row;
    return best;
}

TEST(VerifiedInstructions, DoNotGrowByMoreThanATenth) {
    auto program = KernelProgram::load({});
    ASSERT_TRUE(program) << program.error().text;
    utsname host{};
    ASSERT_EQ(::uname(&host), 0);
    const int kernel = kernel_number(host.release);
    const std::vector<TableRow> rows = read_table();
    const KernelProgram& loaded = **program;
    for (const int fd :
         {loaded.program_fd(ProgramKind::kXdpIngress), loaded.program_fd(ProgramKind::kTcIngress),
          loaded.program_fd(ProgramKind::kTcEgress), loaded.stub_fd(PEEK_HOOK_INGRESS),
          loaded.stub_fd(PEEK_HOOK_EGRESS)}) {
        bpf_prog_info info{};
        uint32_t size = sizeof info;
        ASSERT_EQ(bpf_obj_get_info_by_fd(fd, &info, &size), 0);
        // In the table's format, to be put there.
        std::printf("%d.%d\t%d\t%s\t%u\n", kernel / 100, kernel % 100, PEEK_CLANG_MAJOR, info.name,
                    info.verified_insns);
        const TableRow* row = nearest(rows, info.name, kernel);
        ASSERT_NE(row, nullptr) << "no row for " << info.name
                                << " and this clang: add the line above";
        EXPECT_LE(info.verified_insns, row->verified * 1.1)
            << info.name << ": kernel " << row->kernel << " with clang " << row->clang << " took "
            << row->verified;
    }
}

}  // namespace
}  // namespace peek::test
