// SPDX-License-Identifier: BSD-2-Clause
#include "app/capture_inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "source/joined_source.h"

namespace peek {

namespace {

namespace fs = std::filesystem;

bool is_there(const std::string& word) {
    std::error_code error;
    return word == "-" || fs::exists(word, error);
}

// A file that is not there would otherwise be taken for a filter, and libpcap would ask the name
// server for it as a host.
bool looks_like_a_file(const std::string& word) {
    constexpr std::array<std::string_view, 12> kEndings{".pcap", ".pcapng", ".cap", ".dmp",
                                                        ".dump", ".ntar",   ".gz",  ".xz",
                                                        ".zst",  ".bz2",    ".zip", ".log"};
    if (word.find_first_of(" \t\n()[]=!<>&|") != std::string::npos) return false;
    return word.starts_with("./") || word.starts_with("../") || word.starts_with('/') ||
           std::any_of(kEndings.begin(), kEndings.end(),
                       [&](std::string_view ending) { return word.ends_with(ending); });
}

// What in a directory is not read, for one reason.
class PassedOver {
  public:
    PassedOver(std::string_view one, std::string_view several) : one_(one), several_(several) {}

    void add(const std::string& entry) {
        if (count_++ == 0 || entry < first_) first_ = entry;
    }
    void say(const std::string& directory, std::vector<std::string>& to) const {
        if (count_ == 1) to.push_back(fmt::format("{}: {}", first_, one_));
        if (count_ > 1)
            to.push_back(
                fmt::format("{}: {} {}, the first {}", directory, count_, several_, first_));
    }

  private:
    std::string_view one_;
    std::string_view several_;
    size_t count_ = 0;
    std::string first_;  // in byte order of names
};

// Only what lies in the directory itself and is not hidden. A FIFO or a device would keep us
// waiting, and a text beside the captures is no mistake.
Result<void> list_directory(const std::string& path, CaptureInputs& inputs) {
    std::error_code error;
    std::vector<std::string> files;
    PassedOver below("a directory in a directory, not looked into",
                     "directories in a directory were not looked into");
    PassedOver irregular("not a regular file, not inspected",
                         "entries are no regular files and were not inspected");
    PassedOver others("not a capture, not inspected",
                      "files are no captures and were not inspected");
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
        std::error_code unknown;
        if (it->path().filename().string().starts_with('.')) continue;
        const std::string entry = it->path().string();
        if (it->is_directory(unknown)) {
            below.add(entry);
        } else if (!it->is_regular_file(unknown) && fs::exists(it->status(unknown))) {
            irregular.add(entry);
        } else if (content_of(entry) != Content::kCapture) {
            others.add(entry);
        } else {
            files.push_back(entry);
        }
    }
    if (error) return system_error(path, error.value());
    if (files.empty()) return Error{path + ": no capture in this directory"};
    std::sort(files.begin(), files.end());
    for (const PassedOver& reason : {below, irregular, others})
        reason.say(path, inputs.passed_over);
    inputs.files.insert(inputs.files.end(), files.begin(), files.end());
    return {};
}

Result<void> add_input(const std::string& path, CaptureInputs& inputs) {
    std::error_code error;
    if (path != "-" && fs::status(path, error).type() == fs::file_type::not_found) {
        const bool interface = ::if_nametoindex(path.c_str()) != 0;
        return usage_error(
            path + ": no such file or directory" +
            (interface ? "; it is an interface: `peek-xdp attach " + path + "` monitors it" : ""));
    }
    if (path != "-" && fs::is_directory(path, error)) return list_directory(path, inputs);
    inputs.files.push_back(path);
    return {};
}

}  // namespace

Result<CaptureInputs> list_inputs(const std::vector<std::string>& read,
                                  const std::vector<std::string>& words) {
    std::vector<std::string> paths = read;
    auto rest = words.begin();
    if (read.empty()) {
        if (words.empty())
            return usage_error("pcap: name a capture file or directory ('-': standard input)");
        while (rest != words.end() && (rest == words.begin() || is_there(*rest))) ++rest;
        paths.assign(words.begin(), rest);
        if (rest != words.end() && looks_like_a_file(*rest)) {
            return usage_error("pcap: " + *rest +
                               ": no such file or directory, and no filter begins like this "
                               "(after -r FILE all words are the filter)");
        }
    }
    CaptureInputs inputs;
    inputs.filter = fmt::format("{}", fmt::join(rest, words.end(), " "));
    for (const std::string& path : paths)
        if (auto added = add_input(path, inputs); !added) return added.error();
    return inputs;
}

std::vector<CaptureGroup> group_inputs(const std::vector<std::string>& files, bool continuous) {
    if (continuous && files.size() > 1)
        return {{fmt::format("{} files from {} to {}", files.size(), files.front(), files.back()),
                 files}};
    std::vector<CaptureGroup> groups;
    for (const std::string& file : files) groups.push_back({file, {file}});
    return groups;
}

Result<std::unique_ptr<CaptureSource>> open_group(const CaptureGroup& group, CaptureFilter* filter,
                                                  std::function<void(const Error&)> on_problem) {
    if (group.files.size() == 1) return open_pcap(group.files.front(), filter);
    return std::unique_ptr<CaptureSource>(
        std::make_unique<JoinedSource>(group.files, filter, std::move(on_problem)));
}

}  // namespace peek
