// SPDX-License-Identifier: BSD-2-Clause
#include "alert/summary.h"

#include <algorithm>
#include <tuple>

namespace peek {

namespace {

// As format_timestamp() shows it. Two runs whose times differ by less must not sort differently
// once they were written and read.
Timestamp whole_microseconds(Timestamp time) {
    const int64_t ns = to_ns(time);
    const int64_t rest = (ns % 1000 + 1000) % 1000;
    return timestamp_from_ns(ns < INT64_MIN + rest ? ns : ns - rest);
}

struct Ranked {
    std::vector<std::string> ranks;  // the sorting key's first, when it is one
    uint64_t figure = 0;             // what is compared before them
    const std::pair<const Summary::Values, SummaryTotals>* group = nullptr;
};

// Times in their order as unsigned numbers.
uint64_t figure_of(SummaryOrder::By by, const SummaryTotals& totals) {
    constexpr uint64_t kSign = uint64_t{1} << 63;
    switch (by) {
        case SummaryOrder::By::kCount:
            return totals.count;
        case SummaryOrder::By::kBytes:
            return totals.bytes;
        case SummaryOrder::By::kFirst:
            return static_cast<uint64_t>(to_ns(totals.first)) ^ kSign;
        case SummaryOrder::By::kLast:
            return static_cast<uint64_t>(to_ns(totals.last)) ^ kSign;
        case SummaryOrder::By::kKey:
            break;
    }
    return 0;
}

}  // namespace

bool SummaryTotals::add(const SummaryTotals& more) {
    if (more.count == 0) return true;
    SummaryTotals sum;
    if (__builtin_add_overflow(count, more.count, &sum.count) ||
        __builtin_add_overflow(bytes, more.bytes, &sum.bytes))
        return false;
    sum.first = count == 0 ? more.first : std::min(first, more.first);
    sum.last = count == 0 ? more.last : std::max(last, more.last);
    *this = sum;
    return true;
}

Result<SummaryOrder> summary_order_of(std::string_view text) {
    const size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    SummaryOrder order;
    order.descending = false;
    if (name == "count" || name == "bytes") {
        order.by = name == "count" ? SummaryOrder::By::kCount : SummaryOrder::By::kBytes;
        order.descending = true;
    } else if (name == "first" || name == "last") {
        order.by = name == "first" ? SummaryOrder::By::kFirst : SummaryOrder::By::kLast;
    } else if (const auto key = summary_key_of(name)) {
        order.by = SummaryOrder::By::kKey;
        order.key = *key;
    } else {
        return usage_error("'" + std::string(name) +
                           "' is nothing to sort by; choose count, bytes, "
                           "first, last or a key of --group-by");
    }
    if (colon == std::string_view::npos) return order;
    const std::string_view way = text.substr(colon + 1);
    if (way != "asc" && way != "desc")
        return usage_error("'" + std::string(text) + "': write " + std::string(name) + ":asc or " +
                           std::string(name) + ":desc");
    order.descending = way == "desc";
    return order;
}

Summary::Summary(std::vector<SummaryKey> keys, size_t max_groups)
    : keys_(std::move(keys)), max_groups_(max_groups) {}

void Summary::add(const Record& record) {
    Values values;
    values.reserve(keys_.size());
    for (const SummaryKey key : keys_) values.push_back(summary_value(key, record));
    const Timestamp time = whole_microseconds(record.packet.time);
    add(values, {1, record.packet.wire_len, time, time});
}

bool Summary::add(const Values& values, const SummaryTotals& totals) {
    auto group = groups_.find(values);
    if (group == groups_.end()) {
        if (groups_.size() >= max_groups_) return add_other(totals);
        group = groups_.emplace(values, SummaryTotals{}).first;
    }
    // The total is the larger sum: when it fits, the group's does.
    return total_.add(totals) && group->second.add(totals);
}

bool Summary::add_other(const SummaryTotals& totals) {
    return total_.add(totals) && other_.add(totals);
}

std::vector<Summary::Group> Summary::sorted(const SummaryOrder& order) const {
    std::vector<Ranked> all;
    all.reserve(groups_.size());
    for (const auto& group : groups_) {
        Ranked ranked{{}, figure_of(order.by, group.second), &group};
        for (size_t i = 0; i < keys_.size(); ++i)
            ranked.ranks.push_back(summary_rank(keys_[i], group.first[i]));
        all.push_back(std::move(ranked));
    }
    const auto key =
        static_cast<size_t>(std::find(keys_.begin(), keys_.end(), order.key) - keys_.begin());
    const bool by_key = order.by == SummaryOrder::By::kKey && key < keys_.size();
    std::sort(all.begin(), all.end(), [&](const Ranked& a, const Ranked& b) {
        if (by_key && a.ranks[key] != b.ranks[key])
            return (a.ranks[key] < b.ranks[key]) != order.descending;
        if (a.figure != b.figure) return (a.figure < b.figure) != order.descending;
        return a.ranks < b.ranks;
    });
    std::vector<Group> groups;
    groups.reserve(all.size());
    for (const Ranked& ranked : all) groups.push_back({ranked.group->first, ranked.group->second});
    return groups;
}

}  // namespace peek
