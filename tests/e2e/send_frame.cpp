// SPDX-License-Identifier: BSD-2-Clause
// send_frame: sends what no program on the machine would send, for end-to-end tests.
//
//   send_frame IFACE             each line of standard input is a frame in hexadecimal
//   send_frame --tun NAME        the same as the peer behind a tun device, packets without a link
//                                header; the device has a carrier until standard input ends
//   send_frame --create-tun NAME ARPHRD    makes a persistent tun device of that link type
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "util/fd.h"

namespace {

using peek::Fd;
using Bytes = std::vector<uint8_t>;

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

Bytes from_hex(const std::string& line) {
    Bytes bytes;
    for (size_t i = 0; i + 1 < line.size(); i += 2) {
        bytes.push_back(static_cast<uint8_t>(std::stoul(line.substr(i, 2), nullptr, 16)));
    }
    return bytes;
}

void send_lines(const std::function<ssize_t(const Bytes&)>& send) {
    for (std::string line; std::getline(std::cin, line);) {
        const Bytes frame = from_hex(line);
        if (send(frame) != static_cast<ssize_t>(frame.size())) die("send");
    }
}

void send_on_interface(const char* name) {
    const Fd socket(::socket(AF_PACKET, SOCK_RAW, 0));
    if (!socket) die("socket");
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = static_cast<int>(::if_nametoindex(name));
    if (to.sll_ifindex == 0) die(name);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) die("bind");
    send_lines(
        [&](const Bytes& frame) { return ::send(socket.get(), frame.data(), frame.size(), 0); });
}

Fd open_tun(std::string_view name) {
    Fd tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    if (!tun) die("/dev/net/tun");
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    std::copy_n(name.data(), std::min<size_t>(name.size(), IFNAMSIZ - 1), request.ifr_name);
    if (::ioctl(tun.get(), TUNSETIFF, &request) != 0) die("TUNSETIFF");
    return tun;
}

void send_behind_tun(const char* name) {
    const Fd tun = open_tun(name);
    send_lines(
        [&](const Bytes& packet) { return ::write(tun.get(), packet.data(), packet.size()); });
}

void create_tun(const char* name, unsigned long arphrd) {
    const Fd tun = open_tun(name);
    if (::ioctl(tun.get(), TUNSETLINK, arphrd) != 0) die("TUNSETLINK");
    if (::ioctl(tun.get(), TUNSETPERSIST, 1) != 0) die("TUNSETPERSIST");
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string_view> args(argv + 1, argv + argc);
    if (args.size() == 1) {
        send_on_interface(argv[1]);
    } else if (args.size() == 2 && args[0] == "--tun") {
        send_behind_tun(argv[2]);
    } else if (args.size() == 3 && args[0] == "--create-tun") {
        create_tun(argv[2], std::strtoul(argv[3], nullptr, 10));
    } else {
        std::fputs("usage: send_frame IFACE | --tun NAME | --create-tun NAME ARPHRD\n", stderr);
        return 2;
    }
    return 0;
}
