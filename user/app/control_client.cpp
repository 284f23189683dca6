// SPDX-License-Identifier: BSD-2-Clause
#include "app/control_client.h"

#include "app/control_server.h"

namespace peek {

Result<ControlReply> ask_monitor(const std::string& path, const ControlRequest& request) {
    auto socket = connect_control(path);
    if (!socket) return socket.error();
    if (auto sent = send_request(socket->get(), request); !sent) return sent.error();
    return receive_reply(socket->get());
}

Result<ControlReply> ask_for_stream(const std::string& path, const ControlRequest& request,
                                    const std::function<bool(std::string_view)>& take) {
    auto socket = connect_control(path);
    if (!socket) return socket.error();
    if (auto sent = send_request(socket->get(), request); !sent) return sent.error();
    return receive_stream(socket->get(), take);
}

}  // namespace peek
