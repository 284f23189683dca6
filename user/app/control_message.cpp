// SPDX-License-Identifier: BSD-2-Clause
#include "app/control_message.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "util/family.h"

namespace peek {

namespace {

constexpr size_t kMaxFds = kRuleListCount;

Error exchange_failed(const char* what, int errnum) {
    if (errnum == ECONNRESET || errnum == EPIPE) return no_reply();
    return system_error(std::string("control socket: ") + what, errnum);
}

void keep_descriptors(msghdr& message, std::vector<Fd>& fds) {
    for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr;
         head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        const size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(head) + i * sizeof fd, sizeof fd);
            fds.emplace_back(fd);
        }
    }
}

}  // namespace

Error no_reply() {
    return Error{"control socket: the monitor closed it without a reply: it is ending"};
}

Result<bool> MessageReader::read(int socket) {
    std::array<char, 16384> buffer;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMaxFds)> control;
    iovec part{buffer.data(), buffer.size()};
    msghdr head{};
    head.msg_iov = &part;
    head.msg_iovlen = 1;
    head.msg_control = control.data();
    head.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(socket, &head, MSG_CMSG_CLOEXEC);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) return false;
    if (size < 0) return exchange_failed("receiving", errno);
    // The kernel has closed those that found no room.
    keep_descriptors(head, message_.fds);
    if ((head.msg_flags & MSG_CTRUNC) != 0 || message_.fds.size() > kMaxFds)
        return Error{"control socket: too many descriptors"};
    message_.body.append(buffer.data(), static_cast<size_t>(size));
    if (message_.body.size() > max_bytes_) return Error{"control socket: message too long"};
    return size == 0;
}

Result<void> send_message(int socket, std::string_view body, std::span<const int> fds) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMaxFds)> control{};
    while (!body.empty()) {
        iovec part{const_cast<char*>(body.data()), body.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        if (!fds.empty()) {
            message.msg_control = control.data();
            message.msg_controllen = CMSG_SPACE(fds.size_bytes());
            cmsghdr* head = CMSG_FIRSTHDR(&message);
            head->cmsg_level = SOL_SOCKET;
            head->cmsg_type = SCM_RIGHTS;
            head->cmsg_len = CMSG_LEN(fds.size_bytes());
            std::memcpy(CMSG_DATA(head), fds.data(), fds.size_bytes());
        }
        const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return exchange_failed("sending", errno);
        body.remove_prefix(static_cast<size_t>(sent));
        fds = {};
    }
    ::shutdown(socket, SHUT_WR);
    return {};
}

}  // namespace peek
