// SPDX-License-Identifier: BSD-2-Clause
// files_bench DIR PEEK_XDP SURICATA PAIRS: inspecting the captures of capture_inputs, side by side
// with libpcap doing nothing and with Suricata ("": not run). Each figure is the median of so many
// pairs, each of a run and the baseline right before it.
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <utility>

#include "child.h"

namespace peek::bench {
namespace {

using Command = std::vector<std::string>;

struct Row {
    const char* name;
    const char* families;  // i, d, u, s, p as the options
    const char* threads;   // "": all cores
};
constexpr std::array<Row, 7> kRows{{{"addresses", "i", ""},
                                    {"domains", "d", ""},
                                    {"URLs", "u", ""},
                                    {"signatures", "s", ""},
                                    {"scans", "p", ""},
                                    {"all", "idusp", ""},
                                    {"all, --threads 1", "idusp", "1"}}};

struct Bench {
    std::string self;
    std::string dir;
    std::string peek_xdp;
    std::string suricata;
    int pairs;

    std::string capture(const std::string& name) const { return dir + '/' + name + ".pcap"; }
    std::string output() const { return dir + "/output.txt"; }
    std::string log() const { return dir + "/records.txt"; }
    std::string suricata_log() const { return dir + "/suricata/fast.log"; }
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

Command nothing(const Bench& bench, const std::string& capture) {
    return {bench.self, "--nothing", bench.capture(capture)};
}

Command peek(const Bench& bench, const Row& row, const std::string& capture) {
    Command command{bench.peek_xdp, "pcap", bench.capture(capture), "-l", bench.log()};
    for (const char family : std::string(row.families)) {
        command.push_back({'-', family});
        static const std::map<char, const char*> kFiles{
            {'i', "/ips.cfg"}, {'d', "/domains.cfg"}, {'u', "/urls.cfg"}, {'s', "/signatures.cfg"}};
        if (family != 'p') command.push_back(bench.dir + kFiles.at(family));
    }
    if (*row.threads != '\0') command.insert(command.end(), {"--threads", row.threads});
    return command;
}

Command suricata(const Bench& bench, const std::string& capture) {
    return {bench.suricata,
            "-c",
            bench.dir + "/suricata.yaml",
            "-S",
            bench.dir + "/suricata.rules",
            "-r",
            bench.capture(capture),
            "-l",
            bench.dir + "/suricata",
            "-k",
            "none"};
}

void forget_results(const Bench& bench) {
    std::filesystem::remove(bench.log());
    std::filesystem::remove(bench.suricata_log());
}

// Medians of a command, of it without packets (loading rules, starting), of the baseline, and of
// the ratios to it: of all of it, and of both without their starts.
struct Figures {
    double seconds = 0;
    double cpu_seconds = 0;
    double start_seconds = 0;
    double baseline_seconds = 0;
    double ratio = 0;
    double started_ratio = 0;
    double anon_mib = 0;
};

using CommandFor = std::function<Command(const std::string& capture)>;

Figures measure(const Bench& bench, const std::string& capture, const CommandFor& command,
                const CommandFor& baseline) {
    std::vector<double> seconds, cpu, start, base, ratio, started_ratio, anon;
    for (int pair = 0; pair < bench.pairs; ++pair) {
        const Run base_empty = run(baseline("empty"), bench.output());
        const Run empty = run(command("empty"), bench.output());
        const Run before = run(baseline(capture), bench.output());
        forget_results(bench);
        const Run after = run(command(capture), bench.output());
        seconds.push_back(after.seconds);
        cpu.push_back(after.cpu_seconds);
        start.push_back(empty.seconds);
        base.push_back(before.seconds);
        ratio.push_back(after.seconds / before.seconds);
        started_ratio.push_back((after.seconds - empty.seconds) /
                                (before.seconds - base_empty.seconds));
        anon.push_back(after.anon_mib);
    }
    return {median(seconds),
            median(cpu),
            median(start),
            median(base),
            median(ratio),
            median(started_ratio),
            *std::max_element(anon.begin(), anon.end())};
}

// Records by traffic type, or alerts by the first digit of their rule's number, as "261 273 …".
std::string hits(const Bench& bench) {
    static constexpr std::array<const char*, 5> kOurs{
        "ILLEGAL_IP ", "ILLEGAL_DOMAIN ", "ILLEGAL_URL ", "ILLEGAL_SIGNATURE ", "PORT_SCAN "};
    std::array<unsigned, 5> counts{};
    std::string line;
    std::ifstream records(bench.log());
    while (std::getline(records, line))
        for (size_t i = 0; i < counts.size(); ++i)
            if (line.rfind(kOurs[i], 0) == 0) ++counts[i];
    std::ifstream alerts(bench.suricata_log());
    while (std::getline(alerts, line)) {
        const size_t at = line.find("[1:");
        if (at == std::string::npos) continue;
        const auto family = static_cast<size_t>(line[at + 3] - '1');
        if (family < counts.size()) ++counts[family];
    }
    std::string text;
    for (const unsigned count : counts) text += (text.empty() ? "" : " ") + std::to_string(count);
    return text;
}

void print(const std::string& name, const Figures& f, const std::string& found) {
    std::printf("| %-22s | %6.2f | %6.2f | %6.2f | %8.2f | %6.2f | %7.2f | %5.0f | %s |\n",
                name.c_str(), f.seconds, f.cpu_seconds, f.start_seconds, f.baseline_seconds,
                f.ratio, f.started_ratio, f.anon_mib, found.c_str());
    std::fflush(stdout);
}

std::string planted(const Bench& bench, const std::string& capture) {
    std::ifstream list(bench.dir + "/planted.txt");
    std::string line;
    while (std::getline(list, line))
        if (line.rfind(capture + ".pcap ", 0) == 0) return line.substr(capture.size() + 6);
    return "?";
}

void measure_capture(const Bench& bench, const std::string& capture) {
    std::printf("\n%s.pcap (%.0f MB; planted: %s)\n\n", capture.c_str(),
                static_cast<double>(std::filesystem::file_size(bench.capture(capture))) / 1e6,
                planted(bench, capture).c_str());
    std::printf(
        "| seconds                |   wall |    CPU |  start | baseline |  ratio | started |   MiB "
        "| "
        "found: IP domain URL signature scan |\n|---|---|---|---|---|---|---|---|---|\n");
    const CommandFor baseline = [&](const std::string& file) { return nothing(bench, file); };
    run(baseline(capture), bench.output());  // into the page cache
    for (const Row& row : kRows) {
        const CommandFor command = [&](const std::string& file) { return peek(bench, row, file); };
        const Figures figures = measure(bench, capture, command, baseline);
        print(row.name, figures, hits(bench));
    }
    if (bench.suricata.empty()) {
        std::printf("| Suricata | not run: bench/fetch-suricata could not get it |\n");
        return;
    }
    const CommandFor theirs = [&](const std::string& file) { return suricata(bench, file); };
    const CommandFor ours = [&](const std::string& file) { return peek(bench, kRows[5], file); };
    for (const auto& [name, other] :
         {std::pair{"Suricata, to libpcap", baseline}, std::pair{"Suricata, to peek-xdp", ours}}) {
        const Figures figures = measure(bench, capture, theirs, other);
        print(name, figures, hits(bench));
    }
}

void write_fixed_files(const Bench& bench) {
    std::filesystem::create_directories(bench.dir + "/suricata");
    std::ofstream(bench.dir + "/suricata.yaml")
        << "%YAML 1.1\n---\n"
           "vars:\n  address-groups: {HOME_NET: any, EXTERNAL_NET: any}\n"
           "outputs:\n  - fast: {enabled: yes, filename: fast.log, append: yes}\n"
           "app-layer:\n  protocols:\n    http: {enabled: yes}\n    dns:\n"
           "      udp: {enabled: yes, detection-ports: {dp: 53}}\n"
           "      tcp: {enabled: yes, detection-ports: {dp: 53}}\n"
           "mpm-algo: hs\nspm-algo: hs\n"
           "stream:\n  memcap: 512mb\n  reassembly: {memcap: 1gb, depth: 1mb}\n";
    std::ifstream from(bench.capture("mixed"), std::ios::binary);
    std::array<char, 24> header{};
    from.read(header.data(), header.size());
    std::ofstream(bench.capture("empty"), std::ios::binary).write(header.data(), header.size());
}

int do_nothing(const char* file) {
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    pcap_t* pcap = pcap_open_offline(file, error.data());
    if (pcap == nullptr) return 1;
    uint64_t packets = 0;
    pcap_loop(
        pcap, -1,
        [](u_char* count, const pcap_pkthdr*, const u_char*) {
            ++*reinterpret_cast<uint64_t*>(count);
        },
        reinterpret_cast<u_char*>(&packets));
    std::printf("%llu packets\n", static_cast<unsigned long long>(packets));
    pcap_close(pcap);
    return 0;
}

}  // namespace
}  // namespace peek::bench

int main(int argc, char** argv) {
    using namespace peek::bench;
    if (argc == 3 && std::string(argv[1]) == "--nothing") return do_nothing(argv[2]);
    if (argc != 5) return 2;
    const Bench bench{argv[0], argv[1], argv[2], argv[3], std::atoi(argv[4])};
    write_fixed_files(bench);
    for (const char* capture : {"mixed", "small"}) measure_capture(bench, capture);
}
