// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "app/cli_options.h"

namespace peek {

namespace {

constexpr const char* kSummaryGroup = "Summary";

}  // namespace

void add_summary_look(CLI::App& app, Arguments& a) {
    static const std::map<std::string, SummaryFormat> kFormats{{"table", SummaryFormat::kTable},
                                                               {"json", SummaryFormat::kJson},
                                                               {"csv", SummaryFormat::kCsv}};
    app.add_option("--top", a.top, "only so many groups; what is left out is told as a sum")
        ->check(CLI::Range(1, 1'000'000'000))
        ->type_name("N")
        ->group(kSummaryGroup);
    app.add_option("--sort", a.sort,
                   "count (default), bytes, first, last or a key; with :asc or :desc")
        ->type_name("KEY[:asc|desc]")
        ->group(kSummaryGroup);
    app.add_option("--summary-format", a.summary_format, "table (default), json or csv")
        ->transform(one_of(kFormats, "table|json|csv"))
        ->type_name("")
        ->group(kSummaryGroup);
}

void add_summary(CLI::App& app, Arguments& a) {
    std::vector<std::string> names(kSummaryKeyNames.begin(), kSummaryKeyNames.end());
    app.add_flag("--summary", a.summary,
                 "records by groups, on standard output (alerts then go to standard error)")
        ->group(kSummaryGroup);
    app.add_option("--group-by", a.group_by,
                   "what makes a group (default type,src,dst): " + CLI::detail::join(names, ", ") +
                       " (implies --summary)")
        ->delimiter(',')
        ->check(CLI::IsMember(names).description(""))
        ->type_name("KEY,…")
        ->group(kSummaryGroup);
    add_summary_look(app, a);
    app.add_option("--summary-groups", a.summary_groups,
                   "groups kept; records of further ones are counted together (default 1000000)")
        ->check(CLI::Range(1, 1'000'000'000))
        ->type_name("N")
        ->group(kSummaryGroup);
}

Result<SummaryLook> summary_look_of(const Arguments& a) {
    auto order = summary_order_of(a.sort);
    if (!order) return usage_error("--sort " + order.error().text);
    return SummaryLook{.format = a.summary_format, .order = *order, .top = a.top};
}

bool summary_wanted(const CLI::App& app, const Arguments& a) {
    const auto options =
        app.get_options([](const CLI::Option* o) { return o->get_group() == kSummaryGroup; });
    return a.summary || std::any_of(options.begin(), options.end(), [](const CLI::Option* o) {
               return o->count() > 0 && o->get_name() != "--summary";
           });
}

Result<SummaryOptions> summary_of(const Arguments& a) {
    if (a.log == "-")
        return usage_error("the summary and -l - both write to standard output; give -l a file");
    auto look = summary_look_of(a);
    if (!look) return look.error();
    SummaryOptions options{.keys = {}, .look = *look, .max_groups = a.summary_groups};
    for (const std::string& name : a.group_by) {
        const SummaryKey key = *summary_key_of(name);
        if (std::find(options.keys.begin(), options.keys.end(), key) == options.keys.end())
            options.keys.push_back(key);
    }
    if (options.keys.empty())
        options.keys = {SummaryKey::kType, SummaryKey::kSrc, SummaryKey::kDst};
    const bool by_key = look->order.by == SummaryOrder::By::kKey;
    if (by_key &&
        std::find(options.keys.begin(), options.keys.end(), look->order.key) == options.keys.end())
        return usage_error("--sort " + std::string(summary_key_name(look->order.key)) +
                           ": name it in --group-by too");
    return options;
}

}  // namespace peek
