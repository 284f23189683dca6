// SPDX-License-Identifier: BSD-2-Clause
#include "app/summary_command.h"

#include <unistd.h>

#include <algorithm>

#include "app/exit_status.h"
#include "app/messages.h"
#include "app/summary_reader.h"
#include "sink/fd_writer.h"

namespace peek {

Result<void> print_summary(const Summary& summary, const SummaryLook& look) {
    // A person may page through it for as long as they like.
    constexpr std::chrono::milliseconds kPatience = std::chrono::hours(24);
    const WriteResult result = write_all(STDOUT_FILENO, format_summary(summary, look), kPatience);
    if (result.errnum != 0) return system_error("standard output", result.errnum);
    return {};
}

int run_summary_merge(const std::vector<std::string>& files, const SummaryLook& look) {
    std::optional<Summary> sum;
    for (const std::string& file : files)
        if (auto merged = merge_summary(file, sum); !merged) return fail(merged.error());
    if (look.order.by == SummaryOrder::By::kKey &&
        std::find(sum->keys().begin(), sum->keys().end(), look.order.key) == sum->keys().end())
        return fail(usage_error("--sort " + std::string(summary_key_name(look.order.key)) +
                                ": these summaries are not grouped by it"));
    if (sum->other().count != 0)
        warn(
            "some records are in no group (beyond a run's bound on groups): the totals are exact, "
            "single groups may be too low");
    if (!sum->complete()) warn("a run had not read its input whole");
    if (auto printed = print_summary(*sum, look); !printed) return fail(printed.error());
    return kExitDone;
}

}  // namespace peek
