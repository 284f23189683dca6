// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/netlink.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace peek {

namespace {

// The kernel's largest answer to a dump fits 32 KiB (NLMSG_GOODSIZE and its growth).
constexpr size_t kAnswerBytes = 32U << 10;
constexpr size_t kAlign = 4;

size_t aligned(size_t size) {
    return (size + kAlign - 1) & ~(kAlign - 1);
}

template <typename T>
T read_at(ByteSpan bytes) {
    T value{};
    std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
    return value;
}

enum class Answer {
    kMore,
    kEnd
};

// One message of an answer. NLMSG_DONE and NLMSG_ERROR end it.
Result<Answer> take_message(const nlmsghdr& header, ByteSpan payload, const Netlink::Take& take) {
    if (header.nlmsg_type == NLMSG_ERROR || header.nlmsg_type == NLMSG_DONE) {
        const int error = read_at<int>(payload);
        if (error < 0) return system_error("netlink", -error);
        return Answer::kEnd;
    }
    if (take) take(payload);
    return Answer::kMore;
}

}  // namespace

NetlinkRequest::NetlinkRequest(uint16_t type, uint16_t flags) {
    const nlmsghdr header{0, type, static_cast<uint16_t>(flags | NLM_F_REQUEST | NLM_F_ACK), 0, 0};
    append(&header, sizeof header);
}

void NetlinkRequest::append(const void* data, size_t size) {
    const auto* bytes = static_cast<const uint8_t*>(data);
    bytes_.insert(bytes_.end(), bytes, bytes + size);
    bytes_.resize(aligned(bytes_.size()));
}

NetlinkRequest& NetlinkRequest::attribute(uint16_t type, ByteSpan value) {
    const nlattr header{static_cast<uint16_t>(sizeof(nlattr) + value.size()), type};
    append(&header, sizeof header);
    append(value.data(), value.size());
    return *this;
}

NetlinkRequest& NetlinkRequest::attribute(uint16_t type, std::string_view text) {
    std::vector<uint8_t> bytes(text.begin(), text.end());
    bytes.push_back(0);
    return attribute(type, ByteSpan(bytes));
}

NetlinkRequest& NetlinkRequest::attribute(uint16_t type, uint32_t value) {
    return attribute(type, ByteSpan(reinterpret_cast<const uint8_t*>(&value), sizeof value));
}

size_t NetlinkRequest::open(uint16_t type) {
    const size_t at = bytes_.size();
    const nlattr header{0, static_cast<uint16_t>(type | NLA_F_NESTED)};
    append(&header, sizeof header);
    return at;
}

void NetlinkRequest::close(size_t opened) {
    const auto length = static_cast<uint16_t>(bytes_.size() - opened);
    std::memcpy(bytes_.data() + opened, &length, sizeof length);
}

Result<Netlink> Netlink::open(int protocol) {
    Fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
    if (!fd) return system_error("socket(AF_NETLINK)", errno);
    // Answers are immediate; a kernel that does not answer must not hold us up for ever.
    const timeval patience{5, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return Netlink(std::move(fd));
}

Result<void> Netlink::ask(NetlinkRequest request, const Take& take) {
    auto& bytes = request.bytes_;
    auto header = read_at<nlmsghdr>(bytes);
    header.nlmsg_len = static_cast<uint32_t>(bytes.size());
    header.nlmsg_seq = ++sequence_;
    std::memcpy(bytes.data(), &header, sizeof header);
    if (::send(socket_.get(), bytes.data(), bytes.size(), 0) < 0)
        return system_error("netlink", errno);
    std::array<uint8_t, kAnswerBytes> buffer{};
    for (;;) {
        const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (size < 0) return system_error("netlink", errno);
        ByteSpan rest(buffer.data(), static_cast<size_t>(size));
        while (rest.size() >= sizeof(nlmsghdr)) {
            const auto message = read_at<nlmsghdr>(rest);
            if (message.nlmsg_len < sizeof message || message.nlmsg_len > rest.size()) break;
            const ByteSpan payload =
                rest.subspan(sizeof message, message.nlmsg_len - sizeof message);
            rest = rest.subspan(std::min(aligned(message.nlmsg_len), rest.size()));
            if (message.nlmsg_seq != sequence_) continue;
            auto answer = take_message(message, payload, take);
            if (!answer) return answer.error();
            if (*answer == Answer::kEnd) return {};
        }
    }
}

void for_each_attribute(ByteSpan attributes,
                        const std::function<void(uint16_t type, ByteSpan value)>& take) {
    while (attributes.size() >= sizeof(nlattr)) {
        const auto header = read_at<nlattr>(attributes);
        if (header.nla_len < sizeof header || header.nla_len > attributes.size()) return;
        take(header.nla_type & NLA_TYPE_MASK,
             attributes.subspan(sizeof header, header.nla_len - sizeof header));
        attributes = attributes.subspan(std::min(aligned(header.nla_len), attributes.size()));
    }
}

uint64_t attribute_number(ByteSpan value) {
    switch (value.size()) {
        case 1:
            return value[0];
        case 2:
            return read_at<uint16_t>(value);
        case 4:
            return read_at<uint32_t>(value);
        case 8:
            return read_at<uint64_t>(value);
        default:
            return 0;
    }
}

std::string_view attribute_text(ByteSpan value) {
    const std::string_view text(reinterpret_cast<const char*>(value.data()), value.size());
    return text.substr(0, text.find('\0'));
}

}  // namespace peek
