// SPDX-License-Identifier: BSD-2-Clause
#include "app/control_protocol.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace peek {

namespace {

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
        auto request = receive_request(monitor_.get());
        monitor_.reset();
        sender.join();
        return request;
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
    auto received = receive_request(monitor_.get());
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
    ASSERT_TRUE(send_reply(monitor_.get(), sent));
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

TEST_F(ControlProtocol, TellsAMonitorThatClosedWithoutAReply) {
    monitor_.reset();
    auto reply = receive_reply(client_.get());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().text, "control socket: the monitor closed it without a reply");
}

}  // namespace

}  // namespace peek
