// SPDX-License-Identifier: BSD-2-Clause
// ControlServer: the monitor's end of the control socket. One thread, which no client can hold up:
// sockets do not block, a client is bounded in time, in bytes, in descriptors, and all of them in
// number; beyond that the oldest one goes. Only root and the user that the monitor runs as are
// served, by what the kernel says of the peer.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "app/control_protocol.h"
#include "util/time.h"

namespace peek {

class ControlServer {
  public:
    using Handler = std::function<ControlReply(ControlRequest&)>;

    static constexpr size_t kMaxClients = 32;
    // For the whole request, and again for taking the reply. A stream has no limit, for a reader
    // may be a person with a pager: it only lasts until its place is needed.
    static constexpr std::chrono::seconds kPatience{2};

    // Creates the socket (mode 0600) and, where needed, its directory. A socket that no process
    // serves any more is replaced; one that is served is an error.
    static Result<std::unique_ptr<ControlServer>> listen(const std::string& path);
    ~ControlServer();  // removes the socket
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

    int fd() const { return poll_.get(); }  // readable: there is something to serve
    // Does what can be done without waiting. `now` is any clock that does not step.
    void serve(const Handler& handle, Nanoseconds now);

  private:
    struct Client {
        Fd fd;
        bool permitted = false;
        Nanoseconds deadline{};
        MessageReader request{kMaxRequestBytes};
        bool answered = false;
        std::string out;  // what is left to send
        ControlReply::Stream stream;
    };
    using Clients = std::list<Client>;

    ControlServer(std::string path, Fd socket)
        : path_(std::move(path)), socket_(std::move(socket)) {}
    Result<void> prepare_polling();
    void accept_clients(Nanoseconds now);
    // Each returns false when the client is done with.
    bool receive(Client& client, const Handler& handle, Nanoseconds now);
    bool send(Client& client);
    void expire(Nanoseconds now);

    std::string path_;
    Fd socket_;
    Fd timer_;  // ticks while there are clients
    Fd poll_;
    Clients clients_;  // oldest first
};

// Connects to the monitor's socket; the error says that no monitor is there.
Result<Fd> connect_control(const std::string& path);

}  // namespace peek
