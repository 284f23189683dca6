// SPDX-License-Identifier: BSD-2-Clause
// Input: a byte that chooses the list, then a rule file.
#include "fuzz/fuzz.h"

using namespace peek;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    fuzz::Input input({data, size});
    const auto list = kAllRuleLists[input.byte() % kAllRuleLists.size()];
    const fuzz::Bytes bytes = input.rest();
    RuleSets sets;
    CompileReport report;
    const Result<void> compiled =
        compile_rules({list, "rules", std::string(bytes.begin(), bytes.end())}, sets, report);
    fuzz::expect(static_cast<bool>(compiled) == (report.bad_total == 0));
    fuzz::expect(compiled || !compiled.error().text.empty());
    const RuleSet* set = sets.set(list);
    for (RuleId id = 0; set != nullptr && id < set->size(); ++id) {
        fuzz::expect(set->line(id) >= 1);
        fuzz::expect(!set->text(id).empty());
    }
    return 0;
}
