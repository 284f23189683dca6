// SPDX-License-Identifier: BSD-2-Clause
// Captures of what no program here sends on demand, and which of their packets must have a record,
// by the rules of tests/golden/rules.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "golden/conversation.h"

namespace peek::test {

inline constexpr const char* kIp = "ILLEGAL_IP";
inline constexpr const char* kDomain = "ILLEGAL_DOMAIN";
inline constexpr const char* kUrl = "ILLEGAL_URL";
inline constexpr const char* kSignature = "ILLEGAL_SIGNATURE";

class Planted {
  public:
    // `ports`: the client's begin behind it. No two captures have a connection in common, since
    // they are also inspected as one.
    Planted(const char* name, uint16_t ports) : name_(name), ports_(ports) {}

    // Two hosts that no rule lists; the client's nth port.
    Ends v4(uint16_t nth, uint16_t server_port) const {
        return {"192.0.2.2", "192.0.2.1", port(nth), server_port, Wrapping::kNone, {}};
    }
    Ends v6(uint16_t nth, uint16_t server_port) const {
        return {"2001:db8::2", "2001:db8::1", port(nth), server_port, Wrapping::kNone, {}};
    }
    uint16_t port(uint16_t nth) const { return static_cast<uint16_t>(ports_ + nth); }

    void send(Bytes frame) { frames_.push_back(std::move(frame)); }
    // With its handshake.
    Connection connect(const Ends& ends, uint32_t seq = 1'000'000) {
        return Connection(ends, seq, frames_);
    }
    // The packet sent last has a record of that type, for what it shows itself …
    void tells(const char* type) { tell(type, "whole"); }
    // … or together with others.
    void completes(const char* type) { tell(type, "reassembled"); }

    const std::string& name() const { return name_; }
    const std::vector<Bytes>& frames() const { return frames_; }
    // A line each: the packet's number, the type, "whole" or "reassembled".
    const std::string& records() const { return records_; }

  private:
    void tell(const char* type, const char* how) {
        records_ += std::to_string(frames_.size()) + ' ' + type + ' ' + how + '\n';
    }

    std::string name_;
    uint16_t ports_;
    std::vector<Bytes> frames_;
    std::string records_;
};

inline std::string get(const std::string& target, const std::string& host = "x") {
    return "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
}

std::vector<Planted> planted_headers();
std::vector<Planted> planted_fragments();
std::vector<Planted> planted_streams();
std::vector<Planted> planted_messages();

}  // namespace peek::test
