// SPDX-License-Identifier: BSD-2-Clause
// What a client and a running monitor say to each other over the control socket: one request, one
// reply, then the connection is closed. JSON each way; rule files travel as descriptors, so that
// the monitor needs neither the client's directory nor its rights.
//
// The reply is one line. A stream may follow it: pieces with their length in front (four bytes,
// little endian), the last one empty. A stream that ends otherwise is not whole.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/control_message.h"
#include "app/rule_files.h"
#include "util/result.h"

namespace peek {

inline constexpr size_t kMaxRequestBytes = 64 * 1024;

struct ControlRequest {
    std::string command{};  // "status", "map-show", "map-dump", "map-update", "detach"
    std::vector<std::string> interfaces{};  // detach
    std::vector<OpenRuleFile> files{};      // map-update
    bool all = false;                       // map-update: the files of the monitor's start
    bool force = false;                     // map-update: a list may shrink by more than half
    std::optional<RuleList> list{};         // map-dump; nothing: all of them
    bool json = false;                      // map-dump: for programs
};

struct ControlReply {
    // Appends the next piece; false once nothing was left to append.
    using Stream = std::function<bool(std::string&)>;

    std::optional<Error> error;
    std::vector<std::string> warnings;
    std::string text;  // for a person
    std::string json;  // for a program; empty where there is none
    Stream stream;     // in the monitor only
};

ControlReply refuse(Error error);

// The client's end, on a blocking socket.
Result<void> send_request(int socket, const ControlRequest& request);
Result<ControlReply> receive_reply(int socket);
// `take` is given the stream behind the reply; false from it ends the call.
Result<ControlReply> receive_stream(int socket, const std::function<bool(std::string_view)>& take);

// The monitor's end.
Result<ControlRequest> decode_request(ControlMessage message);
std::string encode_reply(const ControlReply& reply);
// The next piece of a stream as it is sent, an empty one at its end; false after that.
bool encode_piece(const ControlReply::Stream& stream, std::string& out);

}  // namespace peek
