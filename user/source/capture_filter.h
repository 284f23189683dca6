// SPDX-License-Identifier: BSD-2-Clause
// A filter expression in pcap-filter(7)'s language, compiled by libpcap for each link type it
// meets.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "source/packet_source.h"

struct bpf_program;

namespace peek {

class CaptureFilter {
  public:
    // Usage error: no link type that is supported takes this expression.
    static Result<std::unique_ptr<CaptureFilter>> create(const std::string& expression);

    // Compiles for a link type, by its number in the file, once. Error: the expression does not fit
    // it ("type mgt" on Ethernet), or libpcap filters none of it.
    Result<void> prepare(uint32_t link_number);
    // Whether the packet is selected; its link type was prepared.
    bool selects(uint32_t link_number, const PacketView& packet) const;

  private:
    struct FreeProgram {
        void operator()(bpf_program* program) const;
    };
    explicit CaptureFilter(std::string expression) : expression_(std::move(expression)) {}

    std::string expression_;
    std::map<uint32_t, std::unique_ptr<bpf_program, FreeProgram>> programs_;
};

}  // namespace peek
