// SPDX-License-Identifier: BSD-2-Clause
// Times are seconds of the server's clock, which stands still unless a test moves it.
#include "app/control_server.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "app/control_client.h"

namespace peek {

namespace {

class ControlServerTest : public testing::Test {
  protected:
    ControlServerTest() : path_("/tmp/peek-control-test." + std::to_string(::getpid())) {
        auto server = ControlServer::listen(path_);
        EXPECT_TRUE(server) << server.error().text;
        server_ = std::move(*server);
    }

    Fd connect() {
        auto fd = connect_control(path_);
        EXPECT_TRUE(fd);
        return std::move(*fd);
    }
    static void say(const Fd& client, std::string_view bytes) {
        ASSERT_EQ(::send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }
    // Lets the server do all it can do at this time.
    void serve_at(double seconds) {
        const auto now =
            std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(seconds));
        for (int i = 0; i < 10; i++)
            server_->serve([this](ControlRequest& request) { return answer(request); }, now);
    }
    ControlReply answer(ControlRequest& request) {
        asked_.push_back(request.command);
        ControlReply reply;
        reply.text = "answer";
        if (request.command == "endless")
            reply.stream = [](std::string& out) {
                out.append(65'536, 'x');
                return true;
            };
        return reply;
    }
    static bool closed(const Fd& client) {
        pollfd fd{client.get(), POLLIN, 0};
        char byte;
        return ::poll(&fd, 1, 0) == 1 &&
               ::recv(client.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
    }
    static std::string reply_to(const Fd& client) {
        auto reply = receive_reply(client.get());
        if (!reply) return reply.error().text;
        return reply->error ? reply->error->text : reply->text;
    }

    std::string path_;
    std::unique_ptr<ControlServer> server_;
    std::vector<std::string> asked_;
};

TEST_F(ControlServerTest, AnswersARequestThatComesInPieces) {
    const Fd client = connect();
    say(client, R"({"command":)");
    serve_at(0);
    say(client, R"("status"})");
    serve_at(1);
    EXPECT_TRUE(asked_.empty());
    ::shutdown(client.get(), SHUT_WR);
    serve_at(1);
    EXPECT_EQ(asked_, std::vector<std::string>{"status"});
    EXPECT_EQ(reply_to(client), "answer");
}

TEST_F(ControlServerTest, AClientHasItsTimeInAllHoweverOftenItSpeaks) {
    const Fd client = connect();
    serve_at(0);
    for (const double time : {0.5, 1.0, 1.5, 1.9}) {
        say(client, " ");
        serve_at(time);
        EXPECT_FALSE(closed(client)) << time;
    }
    serve_at(2);
    EXPECT_TRUE(closed(client));
}

TEST_F(ControlServerTest, TheOldestClientMakesRoomForANewOne) {
    std::vector<Fd> silent;
    for (size_t i = 0; i < ControlServer::kMaxClients; i++) silent.push_back(connect());
    serve_at(0);
    EXPECT_FALSE(closed(silent.front()));
    const Fd client = connect();
    ASSERT_TRUE(send_request(client.get(), {.command = "status"}));
    serve_at(0);
    EXPECT_EQ(reply_to(client), "answer");
    EXPECT_TRUE(closed(silent[0]));
    EXPECT_FALSE(closed(silent[1]));
}

TEST_F(ControlServerTest, AReaderThatDoesNotReadKeepsItsPlaceButHoldsUpNobody) {
    const Fd mute = connect();
    ASSERT_TRUE(send_request(mute.get(), {.command = "endless"}));
    serve_at(0);
    const Fd client = connect();
    ASSERT_TRUE(send_request(client.get(), {.command = "status"}));
    serve_at(3600);
    EXPECT_EQ(reply_to(client), "answer");
    EXPECT_EQ(asked_, (std::vector<std::string>{"endless", "status"}));
}

TEST_F(ControlServerTest, AClientThatGoesAwayIsForgotten) {
    for (int i = 0; i < 100; i++) {
        { const Fd client = connect(); }
        serve_at(0);
    }
    {
        const Fd client = connect();
        say(client, "{");
    }
    serve_at(0);
    EXPECT_TRUE(asked_.empty());
    const Fd client = connect();
    ASSERT_TRUE(send_request(client.get(), {.command = "status"}));
    serve_at(0);
    EXPECT_EQ(reply_to(client), "answer");
}

TEST_F(ControlServerTest, AServedSocketIsNotTakenOver) {
    auto second = ControlServer::listen(path_);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().text.find("(pid " + std::to_string(::getpid()) + ")"),
              std::string::npos);
}

}  // namespace

}  // namespace peek
