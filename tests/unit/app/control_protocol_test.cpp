// SPDX-License-Identifier: BSD-2-Clause
#include "app/control_protocol.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <thread>

namespace peek {

namespace {

constexpr const char* kNoReply =
    "control socket: the monitor closed it without a reply: it is ending";

class ControlProtocol : public testing::Test {
  protected:
    ControlProtocol() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        client_.reset(ends[0]);
        monitor_.reset(ends[1]);
    }
    // What the monitor makes of these bytes.
    Result<ControlRequest> receive(std::string_view bytes) {
        std::thread sender([&] {
            EXPECT_EQ(::send(client_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                      static_cast<ssize_t>(bytes.size()));
            ::shutdown(client_.get(), SHUT_WR);
        });
        auto request = receive();
        monitor_.reset();
        sender.join();
        return request;
    }
    Result<ControlRequest> receive() {
        MessageReader reader(kMaxRequestBytes);
        while (true) {
            auto whole = reader.read(monitor_.get());
            if (!whole) return whole.error();
            if (*whole) return decode_request(reader.take());
        }
    }
    void reply(const ControlReply& reply) {
        ASSERT_TRUE(send_message(monitor_.get(), encode_reply(reply), {}));
    }
    // What the client makes of a reply and these bytes behind it.
    Result<ControlReply> receive_stream_of(const std::string& bytes, std::string& taken) {
        EXPECT_TRUE(send_message(monitor_.get(), encode_reply({}) + bytes, {}));
        return receive_stream(client_.get(), [&](std::string_view piece) {
            taken += piece;
            return true;
        });
    }

    Fd client_;
    Fd monitor_;
};

TEST_F(ControlProtocol, CarriesFilesAsDescriptorsWithTheNameAsWritten) {
    Fd file(::memfd_create("rules", MFD_CLOEXEC));
    ASSERT_EQ(::write(file.get(), "192.0.2.1\n", 10), 10);
    ControlRequest sent;
    sent.command = "map-update";
    sent.files.push_back({RuleList::kIp, "bad \"ips\"\n.cfg", std::move(file)});
    ASSERT_TRUE(send_request(client_.get(), sent));
    auto received = receive();
    ASSERT_TRUE(received);
    EXPECT_EQ(received->command, "map-update");
    ASSERT_EQ(received->files.size(), 1U);
    EXPECT_EQ(received->files[0].list, RuleList::kIp);
    EXPECT_EQ(received->files[0].name, "bad \"ips\"\n.cfg");
    std::array<char, 16> bytes{};
    EXPECT_EQ(::pread(received->files[0].fd.get(), bytes.data(), bytes.size(), 0), 10);
}

TEST_F(ControlProtocol, CarriesAReplyWithItsError) {
    ControlReply sent = refuse(usage_error("ips.cfg:3: not an address"));
    sent.warnings = {"ips.cfg: 2 networks had host bits set"};
    reply(sent);
    auto received = receive_reply(client_.get());
    ASSERT_TRUE(received);
    ASSERT_TRUE(received->error);
    EXPECT_EQ(received->error->text, "ips.cfg:3: not an address");
    EXPECT_EQ(received->error->kind, ErrorKind::kUsage);
    EXPECT_EQ(received->warnings, sent.warnings);
}

TEST_F(ControlProtocol, RefusesWhatIsNoRequest) {
    auto request = receive("GET / HTTP/1.1\r\n\r\n");
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().text, "control socket: the request is not a JSON object");
}

TEST_F(ControlProtocol, RefusesFieldsOfTheWrongType) {
    auto request = receive(R"({"command": 7})");
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().text, "control socket: a field of the request has the wrong type");
}

TEST_F(ControlProtocol, RefusesFilesWithoutDescriptors) {
    auto request = receive(R"({"command": "map-update", "files": [{"list": "ip"}]})");
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().text, "control socket: as many descriptors as files are needed");
}

TEST_F(ControlProtocol, RefusesARequestThatIsTooLong) {
    auto request = receive(std::string(kMaxRequestBytes + 1, ' '));
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().text, "control socket: message too long");
}

TEST_F(ControlProtocol, RefusesMoreDescriptorsThanThereAreLists) {
    const std::vector<int> fds(kRuleListCount, client_.get());
    for (int i = 0; i < 2; i++) {
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kRuleListCount)> control{};
        iovec part{const_cast<char*>("{"), 1};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int) * kRuleListCount);
        std::memcpy(CMSG_DATA(head), fds.data(), sizeof(int) * kRuleListCount);
        ASSERT_EQ(::sendmsg(client_.get(), &message, MSG_NOSIGNAL), 1);
    }
    auto request = receive();
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().text, "control socket: too many descriptors");
}

TEST_F(ControlProtocol, AStreamComesInPieces) {
    int left = 3;
    const ControlReply::Stream stream = [&](std::string& out) {
        if (left > 0) out += "piece" + std::to_string(left);
        return left-- > 0;
    };
    std::string bytes;
    while (encode_piece(stream, bytes)) {
    }
    std::string taken;
    ASSERT_TRUE(receive_stream_of(bytes, taken));
    EXPECT_EQ(taken, "piece3piece2piece1");
}

TEST_F(ControlProtocol, AStreamWithoutItsEndIsAnError) {
    const ControlReply::Stream stream = [&](std::string& out) { return out += "piece", true; };
    std::string bytes;
    encode_piece(stream, bytes);
    std::string taken;
    auto reply = receive_stream_of(bytes, taken);
    ASSERT_FALSE(reply);
    EXPECT_EQ(taken, "piece");
    EXPECT_EQ(reply.error().text, "control socket: the monitor ended in the middle of its reply");
}

TEST_F(ControlProtocol, TellsAMonitorThatClosedWithoutAReply) {
    monitor_.reset();
    auto reply = receive_reply(client_.get());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().text, kNoReply);
    auto sent = send_request(client_.get(), {.command = "status"});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().text, kNoReply);
}

TEST_F(ControlProtocol, TellsAMonitorThatClosedWithARequestUnread) {
    ASSERT_TRUE(send_request(client_.get(), {.command = "detach"}));
    monitor_.reset();  // ECONNRESET, once
    auto reply = receive_reply(client_.get());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().text, kNoReply);
}

TEST_F(ControlProtocol, TellsAMonitorThatClosedWithoutAStream) {
    ASSERT_TRUE(send_request(client_.get(), {.command = "map-dump"}));
    monitor_.reset();
    auto reply = receive_stream(client_.get(), [](std::string_view) { return true; });
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().text, kNoReply);
}

}  // namespace

}  // namespace peek
