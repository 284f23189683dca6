// SPDX-License-Identifier: BSD-2-Clause
// The sample files that users begin with.
#include <fcntl.h>

#include "unit/rules/compiled.h"
#include "util/fd.h"

namespace peek {
namespace {

Compiled compile_sample(Family family, const std::string& name) {
    const std::string path = PEEK_SAMPLE_RULES "/" + name;
    const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return compile_file(family, read_rule_file(fd.get(), path).value());
}

TEST(SampleRules, LoadWithoutAWarning) {
    struct Row {
        Family family;
        std::string file;
        uint32_t rules;
    };
    for (const auto& [family, file, rules] :
         std::vector<Row>{{Family::kIp, "ips.cfg", 4},
                          {Family::kDomain, "domains.cfg", 4},
                          {Family::kUrl, "urls.cfg", 3},
                          {Family::kSignature, "signatures.cfg", 3}}) {
        const Compiled compiled = compile_sample(family, file);
        ASSERT_TRUE(compiled.ok) << compiled.error.text;
        EXPECT_EQ(compiled.report.warnings, Lines{}) << file;
        EXPECT_EQ(compiled.rules(family).size(), rules) << file;
    }
}

}  // namespace
}  // namespace peek
