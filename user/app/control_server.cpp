// SPDX-License-Identifier: BSD-2-Clause
#include "app/control_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace peek {

namespace {

// Of expiries; a client may stay this much longer.
constexpr itimerspec kTick{{0, 500'000'000}, {0, 500'000'000}};

Result<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return usage_error(path + ": a control socket's path has 1 to 107 bytes");
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

// 0: somebody serves the socket; ECONNREFUSED: it is left over; else why it cannot be told.
int probe_socket(const sockaddr_un& address) {
    const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto* name = reinterpret_cast<const sockaddr*>(&address);
    return ::connect(probe.get(), name, sizeof address) == 0 ? 0 : errno;
}

// Who is at the other end of a connected socket, as the kernel vouches for it.
std::optional<ucred> peer_of(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
    return peer;
}

std::string served_by(const std::string& path) {
    auto fd = connect_control(path);
    const auto peer = fd ? peer_of(fd->get()) : std::nullopt;
    return peer ? " (pid " + std::to_string(peer->pid) + ")" : "";
}

bool is_permitted(int fd) {
    const auto peer = peer_of(fd);
    return peer && (peer->uid == 0 || peer->uid == ::geteuid());
}

Error not_permitted() {
    return Error{"control socket: not permitted; only root and the user with id " +
                 std::to_string(::geteuid()) + ", as whom the monitor runs, may talk to it"};
}

bool watch(int poll, int fd, uint32_t events, void* whom) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = whom;
    return ::epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

Result<Fd> connect_control(const std::string& path) {
    auto address = address_of(path);
    if (!address) return address.error();
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0)
        return fd;
    if (errno == ENOENT || errno == ECONNREFUSED)
        return Error{"no monitor runs with the control socket " + path +
                         " (start one with `peek-xdp attach`, or name its socket with --control)",
                     ErrorKind::kFailed, errno};
    if (errno == EACCES || errno == EPERM)
        return Error{"control socket " + path +
                         ": not permitted; run it as root (sudo) or as the monitor's user",
                     ErrorKind::kFailed, errno};
    return system_error("control socket " + path, errno);
}

Result<std::unique_ptr<ControlServer>> ControlServer::listen(const std::string& path) {
    auto address = address_of(path);
    if (!address) return address.error();
    std::error_code ec;
    const auto directory = std::filesystem::path(path).parent_path();
    if (!directory.empty()) std::filesystem::create_directories(directory, ec);
    const int probed = probe_socket(*address);
    if (probed == 0)
        return Error{"another monitor runs with the control socket " + path + served_by(path) +
                     "; give this one its own with --control PATH"};
    struct stat info {};
    if (probed == ECONNREFUSED && ::lstat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode))
        ::unlink(path.c_str());

    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const mode_t mask = ::umask(0177);  // born 0600: no moment at which others may connect
    const int bound =
        ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
    const int errnum = errno;
    ::umask(mask);
    if (bound != 0) return system_error("control socket " + path, errnum);
    if (::listen(fd.get(), SOMAXCONN) != 0) return system_error("control socket " + path, errno);
    std::unique_ptr<ControlServer> server(new ControlServer(path, std::move(fd)));
    if (auto prepared = server->prepare_polling(); !prepared) return prepared.error();
    return server;
}

Result<void> ControlServer::prepare_polling() {
    poll_.reset(::epoll_create1(EPOLL_CLOEXEC));
    timer_.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!poll_ || !timer_ || !watch(poll_.get(), socket_.get(), EPOLLIN, &socket_) ||
        !watch(poll_.get(), timer_.get(), EPOLLIN, &timer_))
        return system_error("control socket " + path_ + ": epoll", errno);
    return {};
}

ControlServer::~ControlServer() {
    ::unlink(path_.c_str());
}

void ControlServer::serve(const Handler& handle, Nanoseconds now) {
    std::array<epoll_event, kMaxClients + 2> events;
    const int count = ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), 0);
    bool waiting = false;
    for (int i = 0; i < count; i++) {
        void* whom = events[static_cast<size_t>(i)].data.ptr;
        if (whom == &socket_) {
            waiting = true;
            continue;
        }
        const auto client = std::find_if(clients_.begin(), clients_.end(),
                                         [&](const Client& c) { return &c == whom; });
        if (client == clients_.end()) continue;  // the timer
        const bool stays = client->answered ? send(*client) : receive(*client, handle, now);
        if (!stays) clients_.erase(client);
    }
    expire(now);
    if (waiting) accept_clients(now);  // last: it may push out one of those above
}

void ControlServer::accept_clients(Nanoseconds now) {
    for (size_t i = 0; i < kMaxClients; i++) {
        Fd fd(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!fd) break;
        if (clients_.size() == kMaxClients) clients_.pop_front();
        Client& client = clients_.emplace_back();
        client.permitted = is_permitted(fd.get());
        client.deadline = now + kPatience;
        client.fd = std::move(fd);
        if (!watch(poll_.get(), client.fd.get(), EPOLLIN, &client)) clients_.pop_back();
    }
    if (!clients_.empty()) ::timerfd_settime(timer_.get(), 0, &kTick, nullptr);
}

// A peer without permission is read to the end of what it wants, so that it finds the reply.
bool ControlServer::receive(Client& client, const Handler& handle, Nanoseconds now) {
    // Mostly the request, then its end: a client that waited while another one was served should
    // not have to wait again.
    Result<bool> whole = false;
    for (int i = 0; i < 4 && whole && !*whole; i++) whole = client.request.read(client.fd.get());
    if (whole && !*whole) return true;
    ControlReply reply;
    if (!whole) {
        reply = refuse(whole.error());
    } else if (!client.permitted) {
        reply = refuse(not_permitted());
    } else {
        auto request = decode_request(client.request.take());
        reply = request ? handle(*request) : refuse(request.error());
    }
    client.answered = true;
    client.out = encode_reply(reply);
    client.stream = std::move(reply.stream);
    client.deadline = client.stream ? Nanoseconds::max() : now + kPatience;
    epoll_event event{};
    event.events = EPOLLOUT;
    event.data.ptr = &client;
    ::epoll_ctl(poll_.get(), EPOLL_CTL_MOD, client.fd.get(), &event);
    return send(client);
}

bool ControlServer::send(Client& client) {
    const ssize_t sent =
        ::send(client.fd.get(), client.out.data(), client.out.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    client.out.erase(0, static_cast<size_t>(sent));
    if (!client.out.empty()) return true;
    if (!client.stream) return false;
    if (!encode_piece(client.stream, client.out)) client.stream = nullptr;
    return true;
}

void ControlServer::expire(Nanoseconds now) {
    std::erase_if(clients_, [&](const Client& client) { return client.deadline <= now; });
    uint64_t ticks = 0;
    if (::read(timer_.get(), &ticks, sizeof ticks) < 0) return;
    constexpr itimerspec kOff{};
    if (clients_.empty()) ::timerfd_settime(timer_.get(), 0, &kOff, nullptr);
}

}  // namespace peek
