// SPDX-License-Identifier: BSD-2-Clause
// ControlServer: the monitor's end of the control socket. One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/control_protocol.h"

namespace peek {

class ControlServer {
  public:
    // Creates the socket (mode 0600) and, where needed, its directory. A socket that no process
    // serves any more is replaced; one that is served is an error.
    static Result<std::unique_ptr<ControlServer>> listen(const std::string& path);
    ~ControlServer();  // removes the socket
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

    int fd() const { return socket_.get(); }  // readable: a client waits
    // Serves one waiting client; gives up on one that does not speak within a second.
    void serve(const std::function<ControlReply(ControlRequest&)>& handle);

  private:
    ControlServer(std::string path, Fd socket)
        : path_(std::move(path)), socket_(std::move(socket)) {}
    std::string path_;
    Fd socket_;
};

// Connects to the monitor's socket; the error says that no monitor is there.
Result<Fd> connect_control(const std::string& path);

}  // namespace peek
