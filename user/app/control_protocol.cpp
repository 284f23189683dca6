// SPDX-License-Identifier: BSD-2-Clause
#include "app/control_protocol.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>

namespace peek {

namespace {

using Json = nlohmann::json;

struct Message {
    std::string body;
    std::vector<Fd> fds;
};

// Passes `fds` along with the first byte.
Result<void> send_message(int socket, std::string_view body, std::span<const int> fds) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kRuleListCount)> control{};
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
        if (sent < 0) return system_error("control socket: sending", errno);
        body.remove_prefix(static_cast<size_t>(sent));
        fds = {};
    }
    ::shutdown(socket, SHUT_WR);
    return {};
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

Result<Message> receive_message(int socket, size_t max_bytes) {
    Message received;
    std::array<char, 16384> buffer;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kRuleListCount)> control;
    while (true) {
        iovec part{buffer.data(), buffer.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return system_error("control socket: receiving", errno);
        keep_descriptors(message, received.fds);
        if (size == 0) return received;
        received.body.append(buffer.data(), static_cast<size_t>(size));
        if (received.body.size() > max_bytes) return Error{"control socket: message too long"};
    }
}

std::optional<RuleList> list_named(const std::string& name) {
    for (const RuleList list : kAllRuleLists)
        if (rule_list_name(list) == name) return list;
    return std::nullopt;
}

Result<ControlRequest> decode_request(const Json& json, std::vector<Fd>& fds) {
    ControlRequest request;
    request.command = json.value("command", "");
    request.interfaces = json.value("interfaces", std::vector<std::string>{});
    request.all = json.value("all", false);
    request.force = json.value("force", false);
    const Json files = json.value("files", Json::array());
    if (files.size() != fds.size())
        return Error{"control socket: as many descriptors as files are needed"};
    for (size_t i = 0; i < files.size(); i++) {
        const auto list = list_named(files[i].value("list", ""));
        if (!list) return Error{"control socket: unknown rule list"};
        request.files.push_back({*list, files[i].value("name", ""), std::move(fds[i])});
    }
    return request;
}

ControlReply decode_reply(const Json& json) {
    ControlReply reply;
    if (json.contains("error"))
        reply.error = Error{json.value("error", ""),
                            json.value("usage", false) ? ErrorKind::kUsage : ErrorKind::kFailed, 0};
    reply.warnings = json.value("warnings", std::vector<std::string>{});
    reply.text = json.value("text", "");
    reply.json = json.value("json", "");
    return reply;
}

}  // namespace

ControlReply refuse(Error error) {
    ControlReply reply;
    reply.error = std::move(error);
    return reply;
}

Result<void> send_request(int socket, const ControlRequest& request) {
    Json json{{"command", request.command},
              {"interfaces", request.interfaces},
              {"all", request.all},
              {"force", request.force}};
    Json files = Json::array();
    std::vector<int> fds;
    for (const OpenRuleFile& file : request.files) {
        files.push_back({{"list", rule_list_name(file.list)}, {"name", file.name}});
        fds.push_back(file.fd.get());
    }
    json["files"] = std::move(files);
    return send_message(socket, json.dump(-1, ' ', true, Json::error_handler_t::replace), fds);
}

Result<ControlRequest> receive_request(int socket) {
    auto message = receive_message(socket, kMaxRequestBytes);
    if (!message) return message.error();
    const Json json = Json::parse(message->body, nullptr, false);
    if (!json.is_object()) return Error{"control socket: the request is not a JSON object"};
    try {
        return decode_request(json, message->fds);
    } catch (const Json::exception&) {
        return Error{"control socket: a field of the request has the wrong type"};
    }
}

Result<void> send_reply(int socket, const ControlReply& reply) {
    Json json{{"warnings", reply.warnings}, {"text", reply.text}, {"json", reply.json}};
    if (reply.error) {
        json["error"] = reply.error->text;
        json["usage"] = reply.error->kind == ErrorKind::kUsage;
    }
    return send_message(socket, json.dump(-1, ' ', true, Json::error_handler_t::replace), {});
}

Result<ControlReply> receive_reply(int socket) {
    auto message = receive_message(socket, SIZE_MAX);
    if (!message) return message.error();
    const Json json = Json::parse(message->body, nullptr, false);
    if (!json.is_object()) return Error{"control socket: the monitor closed it without a reply"};
    try {
        return decode_reply(json);
    } catch (const Json::exception&) {
        return Error{"control socket: a field of the reply has the wrong type"};
    }
}

}  // namespace peek
