// SPDX-License-Identifier: BSD-2-Clause
// A client of the control socket that does not keep to the protocol.
//
//   poke_control SOCKET garbage COUNT     connections that send bytes which are no request
//   poke_control SOCKET flood COUNT       connections that are closed at once
//   poke_control SOCKET half-open COUNT   … that send a first byte and stay, until killed
//   poke_control SOCKET mute COUNT        … that ask for every rule and read nothing, until killed
//   poke_control SOCKET drip SECONDS      a byte every 50 ms; prints after how many tenths of a
//                                         second the other side had enough
//   poke_control SOCKET long BYTES        a request of that size; prints the reply
//   poke_control SOCKET descriptors COUNT a request with so many descriptors; prints the reply
//   poke_control SOCKET swap COUNT SECONDS FILE…  updates the IP blacklist from the files in turn,
//                                         within that time; prints how often
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

int connect_to(const char* path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    std::perror(path);
    std::exit(1);
}

void send_bytes(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<size_t>(sent));
    }
}

void send_garbage(const char* path, long count) {
    std::mt19937 random(1);
    for (long i = 0; i < count; i++) {
        std::string bytes(random() % 3000, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        if (i % 4 == 0) bytes = std::string(60'000, '[');
        if (i % 4 == 1) bytes = R"({"command":"map-update","files":[[]],"list":{}})";
        const int fd = connect_to(path);
        send_bytes(fd, bytes);
        if (i % 2 == 0) ::shutdown(fd, SHUT_WR);
        ::close(fd);
    }
}

void hold(const char* path, long count, std::string_view first, bool whole) {
    for (long i = 0; i < count; i++) {
        const int fd = connect_to(path);
        send_bytes(fd, first);
        if (whole) ::shutdown(fd, SHUT_WR);
    }
    std::puts("held");
    std::fflush(stdout);
    ::pause();
}

void drip(const char* path, long seconds) {
    const int fd = connect_to(path);
    const auto start = Clock::now();
    while (Clock::now() - start < std::chrono::seconds(seconds)) {
        if (::send(fd, " ", 1, MSG_NOSIGNAL) != 1) break;
        ::usleep(50'000);
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    std::printf("%ld\n", static_cast<long>(took.count() / 100));
}

void send_with(int fd, std::string_view body, const std::vector<int>& fds) {
    const size_t count = fds.size();
    std::vector<char> control(CMSG_SPACE(count * sizeof(int)));
    iovec part{const_cast<char*>(body.data()), body.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(count * sizeof(int));
    std::memcpy(CMSG_DATA(head), fds.data(), count * sizeof(int));
    if (::sendmsg(fd, &message, MSG_NOSIGNAL) < 0) std::perror("sendmsg");
    ::shutdown(fd, SHUT_WR);
}

std::string reply_of(int fd) {
    std::string reply;
    char buffer[4096];
    ssize_t got;
    while ((got = ::recv(fd, buffer, sizeof buffer, 0)) > 0)
        reply.append(buffer, static_cast<size_t>(got));
    return reply;
}

int swap_rules(const char* path, long count, long seconds, char** files, int file_count) {
    const auto end = Clock::now() + std::chrono::seconds(seconds);
    long done = 0;
    for (; done < count && Clock::now() < end; done++) {
        const int file = ::open(files[done % file_count], O_RDONLY);
        const int fd = connect_to(path);
        send_with(fd, R"({"command":"map-update","files":[{"list":"ip","name":"swap"}]})", {file});
        const std::string reply = reply_of(fd);
        ::close(fd);
        ::close(file);
        if (reply.find("generation " + std::to_string(done + 2) + ",") != std::string::npos)
            continue;
        std::puts(reply.c_str());
        return 1;
    }
    std::printf("%ld\n", done);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    const char* path = argv[1];
    const std::string_view what = argv[2];
    const long amount = std::atol(argv[3]);
    if (what == "garbage") {
        send_garbage(path, amount);
    } else if (what == "flood") {
        for (long i = 0; i < amount; i++) ::close(connect_to(path));
    } else if (what == "half-open") {
        hold(path, amount, "{", false);
    } else if (what == "mute") {
        hold(path, amount, R"({"command":"map-dump"})", true);
    } else if (what == "drip") {
        drip(path, amount);
    } else if (what == "long") {
        const int fd = connect_to(path);
        send_bytes(fd, std::string(static_cast<size_t>(amount), ' '));
        std::puts(reply_of(fd).c_str());
    } else if (what == "descriptors") {
        const int fd = connect_to(path);
        send_with(fd, "{}", std::vector<int>(static_cast<size_t>(amount), STDIN_FILENO));
        std::puts(reply_of(fd).c_str());
    } else if (what == "swap" && argc > 5) {
        return swap_rules(path, amount, std::atol(argv[4]), argv + 5, argc - 5);
    } else {
        return 2;
    }
    return 0;
}
