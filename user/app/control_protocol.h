// SPDX-License-Identifier: BSD-2-Clause
// What a client and a running monitor say to each other over the control socket: one request, one
// reply, then the connection is closed. JSON each way; rule files travel as descriptors, so that
// the monitor needs neither the client's directory nor its rights.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/rule_files.h"
#include "util/fd.h"
#include "util/result.h"

namespace peek {

inline constexpr size_t kMaxRequestBytes = 64 * 1024;

struct ControlRequest {
    std::string command{};                  // "status", "map-show", "map-update", "detach"
    std::vector<std::string> interfaces{};  // detach
    std::vector<OpenRuleFile> files{};      // map-update
    bool all = false;                       // map-update: the files of the monitor's start
    bool force = false;                     // map-update: a list may shrink by more than half
};

struct ControlReply {
    std::optional<Error> error;
    std::vector<std::string> warnings;
    std::string text;  // for a person
    std::string json;  // for a program; empty where there is none
};

ControlReply refuse(Error error);

// Each call ends the sending direction of `socket`: a message is whatever came before that.
Result<void> send_request(int socket, const ControlRequest& request);
Result<ControlRequest> receive_request(int socket);
Result<void> send_reply(int socket, const ControlReply& reply);
Result<ControlReply> receive_reply(int socket);

}  // namespace peek
