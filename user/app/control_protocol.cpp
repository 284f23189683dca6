// SPDX-License-Identifier: BSD-2-Clause
#include "app/control_protocol.h"

#include <endian.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

namespace peek {

namespace {

using Json = nlohmann::json;

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Result<ControlMessage> receive_message(int socket) {
    MessageReader reader(SIZE_MAX);
    while (true) {
        auto whole = reader.read(socket);
        if (!whole) return whole.error();
        if (*whole) return reader.take();
    }
}

std::optional<RuleList> list_named(const std::string& name) {
    for (const RuleList list : kAllRuleLists)
        if (rule_list_name(list) == name) return list;
    return std::nullopt;
}

Result<ControlRequest> request_of(const Json& json, std::vector<Fd>& fds) {
    ControlRequest request;
    request.command = json.value("command", "");
    request.interfaces = json.value("interfaces", std::vector<std::string>{});
    request.all = json.value("all", false);
    request.force = json.value("force", false);
    request.json = json.value("json", false);
    if (const std::string name = json.value("list", ""); !name.empty()) {
        request.list = list_named(name);
        if (!request.list) return Error{"control socket: unknown rule list"};
    }
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

ControlReply reply_of(const Json& json) {
    ControlReply reply;
    if (json.contains("error"))
        reply.error = Error{json.value("error", ""),
                            json.value("usage", false) ? ErrorKind::kUsage : ErrorKind::kFailed, 0};
    reply.warnings = json.value("warnings", std::vector<std::string>{});
    reply.text = json.value("text", "");
    reply.json = json.value("json", "");
    return reply;
}

Result<ControlReply> decode_reply(std::string_view line) {
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object()) return no_reply();
    try {
        return reply_of(json);
    } catch (const Json::exception&) {
        return Error{"control socket: a field of the reply has the wrong type"};
    }
}

constexpr size_t kLengthBytes = 4;

// Takes whole pieces off the front of `bytes`. True at the end of the stream.
bool take_pieces(std::string& bytes, const std::function<bool(std::string_view)>& take,
                 bool& wanted) {
    std::string_view rest = bytes;
    bool ended = false;
    while (wanted && !ended && rest.size() >= kLengthBytes) {
        uint32_t length = 0;
        std::memcpy(&length, rest.data(), sizeof length);
        length = le32toh(length);
        if (rest.size() - kLengthBytes < length) break;
        ended = length == 0;
        wanted = ended || take(rest.substr(kLengthBytes, length));
        rest.remove_prefix(kLengthBytes + length);
    }
    bytes.erase(0, bytes.size() - rest.size());
    return ended;
}

}  // namespace

ControlReply refuse(Error error) {
    ControlReply reply;
    reply.error = std::move(error);
    return reply;
}

Result<void> send_request(int socket, const ControlRequest& request) {
    Json json{{"command", request.command}, {"interfaces", request.interfaces},
              {"all", request.all},         {"force", request.force},
              {"json", request.json},       {"list", ""}};
    if (request.list) json["list"] = rule_list_name(*request.list);
    Json files = Json::array();
    std::vector<int> fds;
    for (const OpenRuleFile& file : request.files) {
        files.push_back({{"list", rule_list_name(file.list)}, {"name", file.name}});
        fds.push_back(file.fd.get());
    }
    json["files"] = std::move(files);
    return send_message(socket, dumped(json), fds);
}

Result<ControlReply> receive_reply(int socket) {
    auto message = receive_message(socket);
    if (!message) return message.error();
    return decode_reply(message->body);
}

Result<ControlReply> receive_stream(int socket, const std::function<bool(std::string_view)>& take) {
    std::optional<ControlReply> reply;
    std::string bytes;
    bool wanted = true;
    while (true) {
        std::array<char, 65536> buffer;
        const ssize_t size = ::recv(socket, buffer.data(), buffer.size(), 0);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno != ECONNRESET)
            return system_error("control socket: receiving", errno);
        if (size > 0) bytes.append(buffer.data(), static_cast<size_t>(size));
        if (const size_t end = bytes.find('\n'); !reply && end != std::string::npos) {
            auto decoded = decode_reply(std::string_view(bytes).substr(0, end));
            if (!decoded || decoded->error) return decoded;
            reply = std::move(*decoded);
            bytes.erase(0, end + 1);
        }
        if (reply && (take_pieces(bytes, take, wanted) || !wanted)) return *reply;
        if (size > 0) continue;
        return reply || !bytes.empty()
                   ? Error{"control socket: the monitor ended in the middle of its reply"}
                   : no_reply();
    }
}

Result<ControlRequest> decode_request(ControlMessage message) {
    const Json json = Json::parse(message.body, nullptr, false);
    if (!json.is_object()) return Error{"control socket: the request is not a JSON object"};
    try {
        return request_of(json, message.fds);
    } catch (const Json::exception&) {
        return Error{"control socket: a field of the request has the wrong type"};
    }
}

std::string encode_reply(const ControlReply& reply) {
    Json json{{"warnings", reply.warnings}, {"text", reply.text}, {"json", reply.json}};
    if (reply.error) {
        json["error"] = reply.error->text;
        json["usage"] = reply.error->kind == ErrorKind::kUsage;
    }
    return dumped(json) + '\n';
}

bool encode_piece(const ControlReply::Stream& stream, std::string& out) {
    const size_t start = out.size();
    out.append(kLengthBytes, '\0');
    const bool more = stream(out);
    const uint32_t length = htole32(static_cast<uint32_t>(out.size() - start - kLengthBytes));
    std::memcpy(out.data() + start, &length, sizeof length);
    return more && length != 0;
}

}  // namespace peek
