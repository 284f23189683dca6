// SPDX-License-Identifier: BSD-2-Clause
#include "rules/domain_rules.h"

#include <algorithm>
#include <array>

#include "rules/domain_parse.h"
#include "rules/ip_parse.h"
#include "rules/rule_reader.h"

namespace peek {

namespace {

// A million lines: find_first_of() would call memchr() for each of their bytes.
std::string_view take_word(std::string_view& rest) {
    const auto begin = std::find_if_not(rest.begin(), rest.end(), is_white);
    const auto end = std::find_if(begin, rest.end(), is_white);
    rest.remove_prefix(static_cast<size_t>(end - rest.begin()));
    return {begin, end};
}

// Splits lines into names and hands those that become rules to add(name, text, line).
template <typename Add>
class DomainFile {
  public:
    DomainFile(RuleReader& reader, Add add) : reader_(reader), add_(add) {}

    void parse() {
        while (reader_.next()) {
            const std::string_view line = reader_.trimmed_line();
            // An indented comment: the line's first character that is not white space is '#'.
            if (!line.empty() && line.front() != '#') parse_line(line);
        }
        reader_.warn(local_, "skipped localhost and its kin: %.", "name");
        reader_.warn(addresses_, "skipped % that are addresses; put them into the IP blacklist.",
                     "name");
        reader_.warn(odd_, "characters that no host name has, taken as written, in %.");
    }

  private:
    void parse_line(std::string_view line) {
        std::string_view rest = line;
        const std::string_view first = take_word(rest);
        if (!is_ip_address(first)) {
            add_name(line, false);
        } else if (rest.empty()) {
            addresses_.add(reader_.number());
        } else {
            parse_hosts_names(rest.substr(0, rest.find('#')));
        }
    }
    void parse_hosts_names(std::string_view names) {
        for (auto name = take_word(names); !name.empty(); name = take_word(names)) {
            if (is_ip_address(name)) {
                addresses_.add(reader_.number());
            } else if (!add_name(name, true)) {
                return;
            }
        }
    }
    bool add_name(std::string_view text, bool hosts_line) {
        std::string reason = parse_domain_rule(text, name_);
        if (!reason.empty()) {
            reader_.bad(std::move(reason));
            return false;
        }
        if (hosts_line && is_local_name(name_)) {
            local_.add(reader_.number());
            return true;
        }
        if (!reader_.admit_rule()) return false;
        if (!looks_like_host_name(name_)) odd_.add(reader_.number());
        add_(name_.view(), text, reader_.number());
        return true;
    }

    RuleReader& reader_;
    Add add_;
    FoldedName name_;
    Tally local_;
    Tally addresses_;
    Tally odd_;
};

}  // namespace

Result<std::shared_ptr<const DomainRules>> DomainRules::compile(const RuleFile& file,
                                                                CompileReport& report) {
    RuleReader reader(file, report);
    std::shared_ptr<DomainRules> rules(new DomainRules(file.list, file.name));
    const size_t lines = std::min<size_t>(count_lines(file.bytes), kMaxRules);
    rules->names_.reserve(lines, file.bytes.size());
    rules->reserve_rules(lines, file.bytes.size());
    const auto add = [&](std::string_view name, std::string_view text, uint64_t line) {
        if (rules->names_.insert(name)) rules->add_rule(text, line);
    };
    DomainFile(reader, add).parse();
    if (Result<void> verdict = reader.finish(); !verdict) return std::move(verdict.error());
    if (rules->size() == 0) return std::shared_ptr<const DomainRules>();
    rules->set_sha256(sha256_hex(file.bytes));
    return std::shared_ptr<const DomainRules>(std::move(rules));
}

template <typename Visit>
void DomainRules::for_each_match(std::string_view wire_name, Visit visit) const {
    std::array<char, kMaxWireNameBytes> folded;
    std::array<uint8_t, kMaxWireNameBytes / 2> label_starts;
    if (wire_name.size() > folded.size()) return;
    size_t labels = 0;
    size_t end = 0;
    for (uint8_t length; end < wire_name.size(); end += 1 + length) {
        length = static_cast<uint8_t>(wire_name[end]);
        if (length == 0) break;
        if (length > kMaxLabelBytes) return;
        label_starts[labels++] = static_cast<uint8_t>(end);
    }
    if (end >= wire_name.size()) return;  // no root: not a name in wire form
    // Length bytes are below 'A', so folding may run over them as well.
    std::transform(wire_name.begin(), wire_name.begin() + end, folded.begin(), fold);

    for (size_t i = 0; i < labels; ++i) {
        const size_t start = label_starts[i];
        const uint32_t id = names_.find({folded.data() + start, end - start});
        if (id != ByteTable::kAbsent) visit(id);
    }
}

void DomainRules::collect(std::string_view wire_name, std::vector<RuleId>& ids) const {
    for_each_match(wire_name, [&](RuleId id) { ids.push_back(id); });
}

uint64_t DomainRules::memory_bytes() const {
    return RuleSet::memory_bytes() + names_.memory_bytes();
}

}  // namespace peek
