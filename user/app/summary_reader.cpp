// SPDX-License-Identifier: BSD-2-Clause
#include "app/summary_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "util/fd.h"

namespace peek {

namespace {

using nlohmann::json;

// Counts lines as the parser reads, so that what it hands over can be told by its line.
class LineCounting {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    LineCounting(const char* at, size_t* line) : at_(at), line_(line) {}
    reference operator*() const { return *at_; }
    LineCounting& operator++() {
        if (*at_ == '\n') ++*line_;
        ++at_;
        return *this;
    }
    bool operator==(const LineCounting& other) const { return at_ == other.at_; }
    bool operator!=(const LineCounting& other) const { return at_ != other.at_; }

  private:
    const char* at_;
    size_t* line_;
};

struct Document {
    json root;
    std::vector<size_t> group_lines;  // on which each group ends
};

// What is wrong with one value, to be completed with file and line.
struct Wrong {
    size_t line;
    std::string what;
};

Result<std::string> read_all(const std::string& file) {
    const Fd opened(file == "-" ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) return system_error(file, errno);
    std::string text;
    std::array<char, 65'536> piece{};
    for (;;) {
        const ssize_t got = ::read(opened.get(), piece.data(), piece.size());
        if (got == 0) return text;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_error(file, errno);
        text.append(piece.data(), static_cast<size_t>(got));
    }
}

// Two equal names in one object: nlohmann keeps the last silently.
Document parse(const std::string& text) {
    Document document;
    size_t line = 1;
    std::vector<std::set<std::string>> names;
    const auto note = [&](int depth, json::parse_event_t event, json& value) {
        if (event == json::parse_event_t::object_start) names.emplace_back();
        if (event == json::parse_event_t::key &&
            !names.back().insert(value.get<std::string>()).second)
            throw Wrong{line, value.dump() + " stands twice"};
        if (event != json::parse_event_t::object_end) return true;
        names.pop_back();
        if (depth == 2) document.group_lines.push_back(line);
        return true;
    };
    try {
        document.root = json::parse(LineCounting(text.data(), &line),
                                    LineCounting(text.data() + text.size(), &line), note);
    } catch (const json::exception&) {
        throw Wrong{line, text.empty() ? "empty" : "not valid JSON from here on"};
    }
    return document;
}

class Reader {
  public:
    explicit Reader(const Document& document) : document_(document) {}

    Summary summary() {
        const json& root = document_.root;
        if (!root.is_object() || !root.contains("peek_summary"))
            throw Wrong{1, "not a summary; write one with pcap --summary --summary-format json"};
        if (root["peek_summary"] != 1) throw Wrong{1, "a summary of another version"};
        if (root.contains("left_out"))
            throw Wrong{1,
                        "groups were left out by --top, which cannot be merged exactly: write "
                        "it without --top"};
        only(root, {"peek_summary", "complete", "group_by", "total", "other", "groups"});
        Summary summary(keys(member(root, "group_by")), SIZE_MAX);
        const json& complete = member(root, "complete");
        if (!complete.is_boolean()) throw Wrong{1, "\"complete\" is neither true nor false"};
        if (!complete.get<bool>()) summary.set_incomplete();
        add_groups(summary);
        if (root.contains("other") && !summary.add_other(totals(root["other"])))
            throw Wrong{line_, "sums beyond 64 bits"};
        only(member(root, "total"), {"count", "bytes", "first", "last"});
        if (totals(root["total"]) != summary.total())
            throw Wrong{1, "\"total\" is not the sum of the groups: the file was changed"};
        return summary;
    }

  private:
    const json& member(const json& object, const std::string& name) const {
        if (!object.is_object() || !object.contains(name))
            throw Wrong{line_, "\"" + name + "\" is missing"};
        return object[name];
    }

    void only(const json& object, const std::vector<std::string_view>& names) const {
        for (const auto& item : object.items())
            if (std::find(names.begin(), names.end(), item.key()) == names.end())
                throw Wrong{line_, json(item.key()).dump() + " is not known"};
    }

    std::vector<SummaryKey> keys(const json& names) const {
        std::vector<SummaryKey> keys;
        if (!names.is_array() || names.empty()) throw Wrong{line_, "\"group_by\" is no list"};
        for (const json& name : names) {
            const auto key =
                name.is_string() ? summary_key_of(name.get<std::string>()) : std::nullopt;
            if (!key || std::find(keys.begin(), keys.end(), *key) != keys.end())
                throw Wrong{line_, name.dump() + " in \"group_by\" is no key, or stands twice"};
            keys.push_back(*key);
        }
        return keys;
    }

    void add_groups(Summary& summary) {
        const json& groups = member(document_.root, "groups");
        if (!groups.is_array()) throw Wrong{line_, "\"groups\" is no list"};
        std::vector<std::string_view> names{"count", "bytes", "first", "last"};
        for (const SummaryKey key : summary.keys()) names.push_back(summary_key_name(key));
        for (size_t i = 0; i < groups.size(); ++i) {
            line_ = i < document_.group_lines.size() ? document_.group_lines[i] : 1;
            only(groups[i], names);
            Summary::Values values;
            for (const SummaryKey key : summary.keys()) values.push_back(value(groups[i], key));
            const size_t before = summary.size();
            if (!summary.add(values, totals(groups[i]))) throw Wrong{line_, "sums beyond 64 bits"};
            if (summary.size() == before) throw Wrong{line_, "the same group a second time"};
        }
        line_ = 1;
    }

    std::string value(const json& group, SummaryKey key) const {
        const std::string name(summary_key_name(key));
        const json& given = member(group, name);
        const bool fits =
            given.is_null() || (is_number(key) ? given.is_number_unsigned() : given.is_string());
        std::string text;
        if (fits && given.is_string())
            text = given.get<std::string>();
        else if (fits && !given.is_null())
            text = std::to_string(given.get<uint64_t>());
        if (!fits || !is_summary_value(key, text) || (given.is_string() && text.empty()))
            throw Wrong{line_, given.dump() + " is no " + name};
        return text;
    }

    SummaryTotals totals(const json& object) const {
        SummaryTotals totals;
        totals.count = number(object, "count");
        totals.bytes = number(object, "bytes");
        if (totals.count == 0 && object.is_object() && !object.contains("first")) return totals;
        totals.first = time(object, "first");
        totals.last = time(object, "last");
        if (totals.count == 0) throw Wrong{line_, "a group without records"};
        if (totals.last < totals.first) throw Wrong{line_, "\"last\" is before \"first\""};
        return totals;
    }

    uint64_t number(const json& object, const std::string& name) const {
        const json& given = member(object, name);
        if (!given.is_number_unsigned())
            throw Wrong{line_, "\"" + name + "\" is no number: " + given.dump()};
        return given.get<uint64_t>();
    }

    Timestamp time(const json& object, const std::string& name) const {
        const json& given = member(object, name);
        const auto time =
            given.is_string() ? parse_timestamp(given.get<std::string>()) : std::nullopt;
        if (!time) throw Wrong{line_, "\"" + name + "\" is no time: " + given.dump()};
        return *time;
    }

    const Document& document_;
    size_t line_ = 1;
};

std::string names_of(const std::vector<SummaryKey>& keys) {
    std::string text;
    for (const SummaryKey key : keys)
        text.append(text.empty() ? "" : ",").append(summary_key_name(key));
    return text;
}

// Through a copy: a sum that does not fit is found half way.
void combine(std::optional<Summary>& sum, const Summary& more) {
    if (!sum) {
        sum = more;
        return;
    }
    if (sum->keys() != more.keys())
        throw Wrong{1, "grouped by " + names_of(more.keys()) + ", those before by " +
                           names_of(sum->keys()) + ": they do not merge"};
    Summary both = *sum;
    bool fits = both.add_other(more.other());
    for (const Summary::Group& group : more.sorted({}))
        fits = fits && both.add(group.values, group.totals);
    if (!fits) throw Wrong{1, "with those before: sums beyond 64 bits"};
    if (!more.complete()) both.set_incomplete();
    sum = std::move(both);
}

}  // namespace

Result<void> merge_summary_text(const std::string& name, const std::string& text,
                                std::optional<Summary>& sum) {
    try {
        const Document document = parse(text);
        combine(sum, Reader(document).summary());
    } catch (const Wrong& wrong) {
        return usage_error(name + ":" + std::to_string(wrong.line) + ": " + wrong.what);
    }
    return {};
}

Result<void> merge_summary(const std::string& file, std::optional<Summary>& sum) {
    auto text = read_all(file);
    if (!text) return text.error();
    return merge_summary_text(file, *text, sum);
}

}  // namespace peek
