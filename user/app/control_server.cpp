// SPDX-License-Identifier: BSD-2-Clause
#include "app/control_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "app/messages.h"

namespace peek {

namespace {

constexpr timeval kPatience{1, 0};

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

// The pid at the other end of a connected socket, as the kernel vouches for it.
std::string served_by(const std::string& path) {
    auto fd = connect_control(path);
    ucred peer{};
    socklen_t size = sizeof peer;
    if (!fd || ::getsockopt(fd->get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {};
    return " (pid " + std::to_string(peer.pid) + ")";
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
    if (::listen(fd.get(), 16) != 0) return system_error("control socket " + path, errno);
    return std::unique_ptr<ControlServer>(new ControlServer(path, std::move(fd)));
}

ControlServer::~ControlServer() {
    ::unlink(path_.c_str());
}

void ControlServer::serve(const std::function<ControlReply(ControlRequest&)>& handle) {
    const Fd client(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    ::setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    ::setsockopt(client.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
    auto request = receive_request(client.get());
    const ControlReply reply = request ? handle(*request) : refuse(request.error());
    if (auto sent = send_reply(client.get(), reply); !sent) say_detail(sent.error().text);
}

}  // namespace peek
