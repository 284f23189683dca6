// SPDX-License-Identifier: BSD-2-Clause
// udp_flood SOURCE DESTINATION COUNT BYTES TEXT: sends COUNT datagrams with BYTES of payload, as
// fast as the kernel takes them, from one address to the discard port of another. Every second
// payload begins with TEXT.
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "util/fd.h"

namespace {

using peek::Fd;

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

struct AddressDelete {
    void operator()(addrinfo* info) const { ::freeaddrinfo(info); }
};
using Address = std::unique_ptr<addrinfo, AddressDelete>;

Address address(const char* text, const char* port) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(text, port, &hints, &found) != 0) die(text);
    return Address(found);
}

Fd connected(const Address& source, const Address& destination) {
    Fd socket(::socket(source->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket) die("socket");
    if (::bind(socket.get(), source->ai_addr, source->ai_addrlen) != 0) die("bind");
    if (::connect(socket.get(), destination->ai_addr, destination->ai_addrlen) != 0) die("connect");
    return socket;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::fputs("usage: udp_flood SOURCE DESTINATION COUNT BYTES TEXT\n", stderr);
        return 2;
    }
    const Fd socket = connected(address(argv[1], "0"), address(argv[2], "9"));
    unsigned long left = std::strtoul(argv[3], nullptr, 10);
    const std::string text = argv[5];
    std::string plain(std::max<size_t>(std::strtoul(argv[4], nullptr, 10), text.size()), '.');
    std::string marked = plain;
    marked.replace(0, text.size(), text);

    std::array<iovec, 2> payloads{{{plain.data(), plain.size()}, {marked.data(), marked.size()}}};
    std::array<mmsghdr, 64> batch{};
    for (size_t i = 0; i < batch.size(); ++i) {
        batch[i].msg_hdr.msg_iov = &payloads[i % payloads.size()];
        batch[i].msg_hdr.msg_iovlen = 1;
    }
    while (left > 0) {
        const auto wanted = static_cast<unsigned>(std::min<unsigned long>(left, batch.size()));
        const int sent = ::sendmmsg(socket.get(), batch.data(), wanted, 0);
        if (sent < 0) die("sendmmsg");
        left -= static_cast<unsigned long>(sent);
    }
    return 0;
}
