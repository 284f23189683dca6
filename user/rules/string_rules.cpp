// SPDX-License-Identifier: BSD-2-Clause
#include "rules/string_rules.h"

#include <hs.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include "rules/rule_reader.h"
#include "rules/string_parse.h"

namespace peek {

namespace {

// hs_compile_multi() takes at most 16,000 characters of pattern, and every byte is written \xHH
// (the literal API refuses a leading zero byte). What a longer string has beyond is compared here.
constexpr size_t kCompiledBytes = 4000;

// Up to here the gram filter is cheaper than the string matcher, which takes about as long for
// one byte as for a hundred.
constexpr size_t kFewPlaces = 256;

std::string to_pattern(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    bytes = bytes.substr(0, kCompiledBytes);
    std::string pattern;
    pattern.reserve(4 * bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<uint8_t>(c);
        pattern += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
    return pattern;
}

struct CompileErrorDelete {
    void operator()(hs_compile_error_t* error) const { hs_free_compile_error(error); }
};

}  // namespace

struct StringRules::Database {
    hs_database_t* handle = nullptr;
    // Tells databases apart for good, where an address may be used again.
    uint64_t serial = [] {
        static std::atomic<uint64_t> last{0};
        return ++last;
    }();

    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database() { hs_free_database(handle); }
};

struct StringRules::Scratch::State {
    hs_scratch_t* handle = nullptr;
    // Databases that the scratch is known to fit, as a ring; a monitor uses two at a time.
    std::array<uint64_t, 4> fits{};
    size_t next_fit = 0;
    // A rule was seen in the current call when its mark is `call`.
    std::vector<uint32_t> marks;
    std::vector<RuleId> found;    // match() collects here
    std::vector<uint8_t> joined;  // find_across() searches this
    uint32_t call = 0;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { hs_free_scratch(handle); }

    void begin(const Database& database, uint32_t rules) {
        if (marks.size() < rules) marks.resize(rules, 0);
        if (++call == 0) {
            std::fill(marks.begin(), marks.end(), 0);
            call = 1;
        }
        if (std::find(fits.begin(), fits.end(), database.serial) != fits.end()) return;
        // Fails only for want of memory: the same end as any other container's.
        if (hs_alloc_scratch(database.handle, &handle) != HS_SUCCESS) throw std::bad_alloc();
        fits[next_fit++ % fits.size()] = database.serial;
    }
    bool mark(RuleId id) { return std::exchange(marks[id], call) != call; }
};

StringRules::Scratch::Scratch() : state_(std::make_unique<State>()) {}
StringRules::Scratch::~Scratch() = default;
StringRules::Scratch::Scratch(Scratch&&) noexcept = default;
StringRules::Scratch& StringRules::Scratch::operator=(Scratch&&) noexcept = default;

namespace {

// How many bytes of a string vectorscan has not compared; they are behind `compiled_end` in the
// text if the string occurs there. Nothing if they are not.
std::optional<size_t> tail_match(std::string_view string, std::span<const uint8_t> text,
                                 uint64_t compiled_end) {
    if (string.size() <= kCompiledBytes) return 0;
    string.remove_prefix(kCompiledBytes);
    if (text.size() - compiled_end < string.size() ||
        std::memcmp(text.data() + compiled_end, string.data(), string.size()) != 0)
        return std::nullopt;
    return string.size();
}

}  // namespace

// One text being searched for which rules occur.
struct StringRules::Scan {
    const ByteTable& strings;
    Scratch::State& state;
    std::span<const uint8_t> text;
    std::vector<RuleId>& ids;

    static int on_match(unsigned id, unsigned long long, unsigned long long to, unsigned,
                        void* context) {
        auto& scan = *static_cast<Scan*>(context);
        if (tail_match(scan.strings.key(id), scan.text, to) && scan.state.mark(id))
            scan.ids.push_back(id);
        return 0;
    }
};

// One text being searched for where rules occur that end behind `border`, and, unless that is 0,
// begin in front of it.
struct StringRules::Search {
    const ByteTable& strings;
    std::span<const uint8_t> text;
    size_t border;
    std::vector<Occurrence>& found;
    size_t most;

    static int on_match(unsigned id, unsigned long long, unsigned long long to, unsigned,
                        void* context) {
        auto& search = *static_cast<Search*>(context);
        const std::string_view string = search.strings.key(id);
        const auto tail = tail_match(string, search.text, to);
        if (!tail) return 0;
        const size_t end = to + *tail;
        const bool across = end > search.border && end - string.size() < search.border;
        if (search.border != 0 && !across) return 0;
        search.found.push_back({id, end - search.border});
        return search.found.size() == search.most ? 1 : 0;
    }
};

StringRules::StringRules(RuleList list, std::string file) : RuleSet(list, std::move(file)) {}
StringRules::~StringRules() = default;

Result<std::shared_ptr<const StringRules>> StringRules::compile(const RuleFile& file,
                                                                CompileReport& report) {
    RuleReader reader(file, report);
    std::shared_ptr<StringRules> rules(new StringRules(file.list, file.name));
    std::string bytes;
    Tally brief;
    while (reader.next()) {
        std::string reason = parse_string_rule(reader.line(), bytes);
        if (!reason.empty()) {
            reader.bad(std::move(reason));
        } else if (reader.admit_rule()) {
            if (bytes.size() < kShortStringBytes) brief.add(reader.number());
            if (rules->strings_.insert(bytes)) rules->add_rule(reader.line(), reader.number());
            rules->longest_ = std::max(rules->longest_, bytes.size());
            rules->shortest_ = std::min(rules->shortest_, bytes.size());
        }
    }
    reader.warn(brief, "fewer than 4 bytes, which match by chance, in %.");
    if (Result<void> verdict = reader.finish(); !verdict) return std::move(verdict.error());
    if (rules->size() == 0) return std::shared_ptr<const StringRules>();
    rules->set_sha256(sha256_hex(file.bytes));
    if (Result<void> built = rules->build_database(); !built) return std::move(built.error());
    return std::shared_ptr<const StringRules>(std::move(rules));
}

Result<void> StringRules::build_database() {
    if (hs_valid_platform() != HS_SUCCESS) {
        return Error{file() +
                     ": this CPU lacks the vector instructions (SSE4.2 on x86) that the "
                     "string matcher needs; run without --url-blacklist and --signatures"};
    }
    grams_.emplace(size(), shortest_);
    std::vector<std::string> patterns;
    std::vector<const char*> expressions;
    std::vector<unsigned> flags;
    std::vector<unsigned> ids;
    patterns.reserve(size());
    for (RuleId id = 0; id < size(); ++id) {
        const std::string_view bytes = strings_.key(id);
        grams_->add(bytes);
        expressions.push_back(patterns.emplace_back(to_pattern(bytes)).c_str());
        // Not HS_FLAG_SINGLEMATCH: the occurrence that find_across() is after, or the one that the
        // tail follows, need not be the first.
        flags.push_back(0);
        ids.push_back(id);
    }
    database_ = std::make_unique<Database>();
    hs_compile_error_t* failure = nullptr;
    if (hs_compile_multi(expressions.data(), flags.data(), ids.data(), size(), HS_MODE_BLOCK,
                         nullptr, &database_->handle, &failure) == HS_SUCCESS) {
        return {};
    }
    const std::unique_ptr<hs_compile_error_t, CompileErrorDelete> error(failure);
    std::string where = file();
    if (error->expression >= 0) {
        where += ':' + std::to_string(line(static_cast<RuleId>(error->expression)));
    }
    return usage_error(where + ": the string matcher refuses it: " + error->message);
}

RuleHit StringRules::match(std::span<const std::span<const uint8_t>> texts,
                           Scratch& scratch) const {
    RuleHit hit;
    std::vector<RuleId>& found = scratch.state_->found;
    found.clear();
    collect(texts, scratch, found);
    for (const RuleId id : found) hit.add(id);
    return hit;
}

// Whether an occurrence may begin at one of the first `places` places of `text`.
bool StringRules::may_hold(std::span<const uint8_t> text, size_t places) const {
    if (text.size() < shortest_) return false;
    places = std::min(places, text.size() - shortest_ + 1);
    return places > kFewPlaces || grams_->may_hold(text, places);
}

void StringRules::run(std::span<const uint8_t> text, Scratch::State& state,
                      int (*on_match)(unsigned, unsigned long long, unsigned long long, unsigned,
                                      void*),
                      void* context) const {
    const hs_error_t error =
        hs_scan(database_->handle, reinterpret_cast<const char*>(text.data()),
                static_cast<unsigned>(text.size()), 0, state.handle, on_match, context);
    // Only a wrong call fails (a scratch that two threads use); going on would miss matches.
    if (error != HS_SUCCESS && error != HS_SCAN_TERMINATED) std::abort();
}

void StringRules::collect(std::span<const std::span<const uint8_t>> texts, Scratch& scratch,
                          std::vector<RuleId>& ids) const {
    Scratch::State& state = *scratch.state_;
    bool begun = false;
    for (const std::span<const uint8_t> text : texts) {
        if (!may_hold(text, text.size())) continue;
        if (!std::exchange(begun, true)) state.begin(*database_, size());
        Scan scan{strings_, state, text, ids};
        run(text, state, Scan::on_match, &scan);
    }
}

void StringRules::find(std::span<const uint8_t> text, Scratch& scratch,
                       std::vector<Occurrence>& found) const {
    if (!may_hold(text, text.size())) return;
    Scratch::State& state = *scratch.state_;
    state.begin(*database_, size());
    Search search{strings_, text, 0, found, found.size() + kMaxOccurrences};
    run(text, state, Search::on_match, &search);
}

void StringRules::find_across(std::span<const uint8_t> before, std::span<const uint8_t> after,
                              Scratch& scratch, std::vector<Occurrence>& found) const {
    before = before.last(std::min(before.size(), context()));
    after = after.first(std::min(after.size(), context()));
    if (before.empty() || after.empty()) return;
    Scratch::State& state = *scratch.state_;
    state.joined.assign(before.begin(), before.end());
    state.joined.insert(state.joined.end(), after.begin(), after.end());
    if (!may_hold(state.joined, before.size())) return;
    state.begin(*database_, size());
    Search search{strings_, state.joined, before.size(), found, found.size() + kMaxOccurrences};
    run(state.joined, state, Search::on_match, &search);
}

uint64_t StringRules::memory_bytes() const {
    size_t database_bytes = 0;
    hs_database_size(database_->handle, &database_bytes);
    return RuleSet::memory_bytes() + strings_.memory_bytes() + database_bytes;
}

}  // namespace peek
