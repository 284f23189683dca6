// SPDX-License-Identifier: BSD-2-Clause
// Frames as sentences, for tests:
//
//   std::vector<uint8_t> frame =
//       eth().vlan(5).ipv4("10.0.0.1", "10.0.0.2").tcp(1000, 80, kSyn).payload("x");
//
// Each call that names a header appends it; each call that names a field (total_length, protocol,
// …) overrides that field of the last header. What is not overridden is right: lengths, next
// protocol, IPv4 header checksum. TCP, UDP and ICMP checksums are zero unless checksums() is asked.
#pragma once

#include <arpa/inet.h>

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace peek::test {

inline constexpr uint8_t kFin = 0x01;
inline constexpr uint8_t kSyn = 0x02;
inline constexpr uint8_t kRst = 0x04;
inline constexpr uint8_t kPsh = 0x08;
inline constexpr uint8_t kAck = 0x10;
inline constexpr uint8_t kUrg = 0x20;

using Bytes = std::vector<uint8_t>;

class Frame {
  public:
    // Link layer. Ethernet as eth(); a raw IP frame has none.
    Frame& ethernet();
    Frame& vlan(uint16_t tci, uint16_t tpid = 0x8100);

    Frame& ipv4(const char* src, const char* dst);
    Frame& ipv6(const char* src, const char* dst);
    // IPv6 extension headers; `units` is the header's own length field.
    Frame& hop_by_hop(uint8_t units = 0) { return extension(0, 8U + 8U * units, units); }
    Frame& routing(uint8_t units = 0) { return extension(43, 8U + 8U * units, units); }
    Frame& destination_options(uint8_t units = 0) { return extension(60, 8U + 8U * units, units); }
    Frame& authentication(uint8_t units = 4) { return extension(51, 4U * (units + 2U), units); }
    // A hop-by-hop header with the jumbo payload option of RFC 2675.
    Frame& jumbo(uint32_t len);
    Frame& extension(uint8_t protocol, size_t size, uint8_t length_field);
    Frame& extension(uint8_t protocol, Bytes header);  // the next header's type is filled in
    Frame& fragment_header(uint16_t offset_in_8_bytes, bool more);

    // Encapsulations: in Ethernet or behind a VLAN tag (MPLS, PPPoE), in IP (GRE), in UDP (the
    // rest).
    Frame& mpls(uint32_t label, bool bottom = true);
    Frame& pppoe(uint16_t ppp_protocol = 0x0021);
    Frame& gre(uint16_t flags = 0);  // the fields that version 0's flags announce are there
    Frame& vxlan() { return header(0, {0x08, 0, 0, 0, 0, 0, 1, 0}); }
    Frame& geneve(size_t option_words = 0);
    Frame& gtp() { return header(0, {0x30, 0xff, 0, 0, 0, 0, 0, 1}, kNoField, 2); }
    // Any other header. `id`: what the header before it calls it. `next_at`: where the EtherType of
    // the header behind it is put; `length_at`: where the size of all that is behind it is put.
    static constexpr size_t kNoField = ~size_t{0};
    Frame& header(uint16_t id, Bytes bytes, size_t next_at = kNoField, size_t length_at = kNoField);

    Frame& tcp(uint16_t src_port, uint16_t dst_port, uint8_t flags = kAck);
    Frame& udp(uint16_t src_port, uint16_t dst_port);
    Frame& icmp(uint8_t type = 8, uint8_t code = 0);  // ICMP
    Frame& icmpv6(uint8_t type = 128, uint8_t code = 0);
    Frame& sctp(uint16_t src_port, uint16_t dst_port);

    Frame& payload(std::string_view text);
    Frame& payload(const Bytes& bytes);
    Frame& payload_of(size_t count, uint8_t fill = 'a');
    // Bytes behind everything that the lengths cover: Ethernet padding, a trailer.
    Frame& trailer(size_t count, uint8_t fill = 0);
    Frame& trailer(std::string_view text);

    // Overrides of the last header.
    Frame& ethertype(uint16_t v) { return set_protocol(v); }     // Ethernet, VLAN
    Frame& protocol(uint8_t v) { return set_protocol(v); }       // IPv4, IPv6, extension headers
    Frame& version(uint8_t v);                                   // IPv4, IPv6
    Frame& header_length(uint8_t words);                         // IPv4 IHL, TCP data offset
    Frame& options(size_t bytes, uint8_t fill = 1);              // IPv4, TCP; a multiple of four
    Frame& options(const Bytes& bytes);                          // likewise
    Frame& fragment(uint16_t offset_in_8_bytes, bool more);      // IPv4
    Frame& identification(uint32_t v);                           // IPv4, IPv6 fragment header
    Frame& sequence(uint32_t v) { return set32(4, v); }          // TCP
    Frame& acknowledgement(uint32_t v) { return set32(8, v); }   // TCP
    Frame& urgent(uint16_t pointer);                             // TCP; sets URG
    Frame& total_length(uint16_t v) { return set_length(v); }    // IPv4
    Frame& payload_length(uint16_t v) { return set_length(v); }  // IPv6
    Frame& udp_length(uint16_t v) { return set_length(v); }      // UDP

    // TCP, UDP and ICMP checksums are right, too.
    Frame& checksums() {
        checksums_ = true;
        return *this;
    }

    Bytes bytes() const;
    operator Bytes() const { return bytes(); }

  private:
    enum class Kind : uint8_t {
        kEthernet,
        kVlan,
        kIpv4,
        kIpv6,
        kExtension,
        kTransport,
        kUdp,
        kEncapsulation,
        kPayload
    };
    struct Layer {
        Kind kind;
        uint16_t id = 0;  // what the header before it calls this one: EtherType or IP protocol
        Bytes header{};
        bool fixed_protocol = false;
        bool fixed_length = false;
        bool fixed_header_length = false;
        size_t next_at = kNoField;
        size_t length_at = kNoField;
    };

    Frame& add(Kind kind, uint16_t id, Bytes header);
    Frame& set_protocol(uint16_t v);
    Frame& set_length(uint16_t v);
    Frame& set32(size_t at, uint32_t v);
    static void put16(Bytes& b, size_t at, size_t v);
    static void put_address(Bytes& b, size_t at, int family, const char* text);
    static void put_next(Layer& layer, uint16_t id);
    static void put_length(Layer& layer, size_t inner_size);
    static void put_ip_checksum(Layer& layer);
    static void put_transport_checksum(std::span<Layer> layers, const Bytes& inner);
    static uint32_t sum16(std::span<const uint8_t> bytes);
    static uint16_t checksum(uint32_t sum);

    std::vector<Layer> layers_;
    Bytes trailer_;
    bool checksums_ = false;
};

inline Frame eth() {
    return Frame().ethernet();
}
inline Frame raw() {
    return Frame();
}

// The first `size` bytes of a frame.
inline Bytes cut(const Bytes& frame, size_t size) {
    return Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
}

inline Frame& Frame::add(Kind kind, uint16_t id, Bytes header) {
    layers_.push_back({kind, id, std::move(header)});
    return *this;
}

inline Frame& Frame::ethernet() {
    return add(Kind::kEthernet, 0x6558, {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0, 0});
}

// The tag's TPID stands in the header before it; the tag itself is TCI and the next EtherType.
inline Frame& Frame::vlan(uint16_t tci, uint16_t tpid) {
    Bytes tag(4);
    put16(tag, 0, tci);
    return add(Kind::kVlan, tpid, std::move(tag));
}

inline Frame& Frame::ipv4(const char* src, const char* dst) {
    Bytes h{0x45, 0, 0, 0, 0, 1, 0, 0, 64, 59, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    put_address(h, 12, AF_INET, src);
    put_address(h, 16, AF_INET, dst);
    return add(Kind::kIpv4, 0x0800, std::move(h));
}

inline Frame& Frame::ipv6(const char* src, const char* dst) {
    Bytes h(40);
    h[0] = 0x60;
    h[6] = 59;  // no next header
    h[7] = 64;
    put_address(h, 8, AF_INET6, src);
    put_address(h, 24, AF_INET6, dst);
    return add(Kind::kIpv6, 0x86dd, std::move(h));
}

inline Frame& Frame::extension(uint8_t protocol, size_t size, uint8_t length_field) {
    Bytes h(size);
    h[1] = length_field;
    return extension(protocol, std::move(h));
}

inline Frame& Frame::extension(uint8_t protocol, Bytes header) {
    header[0] = 59;
    return add(Kind::kExtension, protocol, std::move(header));
}

inline Frame& Frame::jumbo(uint32_t len) {
    hop_by_hop();
    put16(layers_.back().header, 2, 0xc204);
    put16(layers_.back().header, 4, len >> 16);
    put16(layers_.back().header, 6, len & 0xffff);
    return *this;
}

inline Frame& Frame::fragment_header(uint16_t offset_in_8_bytes, bool more) {
    extension(44, 8, 0);
    put16(layers_.back().header, 2, (static_cast<size_t>(offset_in_8_bytes) << 3) | (more ? 1 : 0));
    return *this;
}

inline Frame& Frame::header(uint16_t id, Bytes bytes, size_t next_at, size_t length_at) {
    add(Kind::kEncapsulation, id, std::move(bytes));
    layers_.back().next_at = next_at;
    layers_.back().length_at = length_at;
    return *this;
}

inline Frame& Frame::mpls(uint32_t label, bool bottom) {
    Bytes entry(4);
    put16(entry, 0, label >> 4);
    put16(entry, 2, (label & 0xf) << 12 | (bottom ? 0x100U : 0U) | 64U);
    return header(0x8847, std::move(entry));
}

inline Frame& Frame::pppoe(uint16_t ppp_protocol) {
    Bytes h(8);
    h[0] = 0x11;
    put16(h, 6, ppp_protocol);
    return header(0x8864, std::move(h), kNoField, 4);
}

inline Frame& Frame::gre(uint16_t flags) {
    size_t size = 4;
    for (const uint16_t optional : {0x8000, 0x2000, 0x1000})
        if ((flags & optional) != 0) size += 4;
    Bytes h(size);
    put16(h, 0, flags);
    return header(IPPROTO_GRE, std::move(h), 2);
}

inline Frame& Frame::geneve(size_t option_words) {
    Bytes h(8 + option_words * 4);
    h[0] = static_cast<uint8_t>(option_words);
    return header(0, std::move(h), 2);
}

inline Frame& Frame::tcp(uint16_t src_port, uint16_t dst_port, uint8_t flags) {
    Bytes h(20);
    put16(h, 0, src_port);
    put16(h, 2, dst_port);
    h[12] = 5 << 4;
    h[13] = flags;
    put16(h, 14, 64240);
    return add(Kind::kTransport, IPPROTO_TCP, std::move(h));
}

inline Frame& Frame::udp(uint16_t src_port, uint16_t dst_port) {
    Bytes h(8);
    put16(h, 0, src_port);
    put16(h, 2, dst_port);
    return add(Kind::kUdp, IPPROTO_UDP, std::move(h));
}

inline Frame& Frame::icmp(uint8_t type, uint8_t code) {
    return add(Kind::kTransport, IPPROTO_ICMP, {type, code, 0, 0, 0, 0, 0, 0});
}

inline Frame& Frame::icmpv6(uint8_t type, uint8_t code) {
    return add(Kind::kTransport, IPPROTO_ICMPV6, {type, code, 0, 0, 0, 0, 0, 0});
}

inline Frame& Frame::sctp(uint16_t src_port, uint16_t dst_port) {
    Bytes h(12);
    put16(h, 0, src_port);
    put16(h, 2, dst_port);
    return add(Kind::kTransport, IPPROTO_SCTP, std::move(h));
}

inline Frame& Frame::payload(std::string_view text) {
    return payload(Bytes(text.begin(), text.end()));
}

inline Frame& Frame::payload(const Bytes& bytes) {
    return add(Kind::kPayload, 0, bytes);
}

inline Frame& Frame::payload_of(size_t count, uint8_t fill) {
    return payload(Bytes(count, fill));
}

inline Frame& Frame::trailer(size_t count, uint8_t fill) {
    trailer_.insert(trailer_.end(), count, fill);
    return *this;
}

inline Frame& Frame::trailer(std::string_view text) {
    trailer_.insert(trailer_.end(), text.begin(), text.end());
    return *this;
}

inline Frame& Frame::version(uint8_t v) {
    uint8_t& first = layers_.back().header[0];
    first = static_cast<uint8_t>((v << 4) | (first & 0x0f));
    return *this;
}

inline Frame& Frame::header_length(uint8_t words) {
    Layer& last = layers_.back();
    last.fixed_header_length = true;
    uint8_t& at = last.header[last.kind == Kind::kIpv4 ? 0 : 12];
    at = last.kind == Kind::kIpv4 ? static_cast<uint8_t>((at & 0xf0) | words)
                                  : static_cast<uint8_t>(words << 4);
    return *this;
}

inline Frame& Frame::options(size_t bytes, uint8_t fill) {
    return options(Bytes(bytes, fill));
}

inline Frame& Frame::options(const Bytes& bytes) {
    Layer& last = layers_.back();
    last.header.insert(last.header.end(), bytes.begin(), bytes.end());
    if (!last.fixed_header_length) {
        header_length(static_cast<uint8_t>(last.header.size() / 4));
        last.fixed_header_length = false;
    }
    return *this;
}

inline Frame& Frame::fragment(uint16_t offset_in_8_bytes, bool more) {
    put16(layers_.back().header, 6, offset_in_8_bytes | (more ? 0x2000U : 0U));
    return *this;
}

inline Frame& Frame::identification(uint32_t v) {
    if (layers_.back().kind != Kind::kIpv4) return set32(4, v);
    put16(layers_.back().header, 4, v);
    return *this;
}

inline Frame& Frame::urgent(uint16_t pointer) {
    layers_.back().header[13] |= kUrg;
    put16(layers_.back().header, 18, pointer);
    return *this;
}

inline Frame& Frame::set32(size_t at, uint32_t v) {
    put16(layers_.back().header, at, v >> 16);
    put16(layers_.back().header, at + 2, v & 0xffff);
    return *this;
}

inline Frame& Frame::set_protocol(uint16_t v) {
    put_next(layers_.back(), v);
    layers_.back().fixed_protocol = true;
    return *this;
}

inline Frame& Frame::set_length(uint16_t v) {
    Layer& last = layers_.back();
    put16(last.header, last.kind == Kind::kIpv4 ? 2 : 4, v);
    last.fixed_length = true;
    return *this;
}

inline Bytes Frame::bytes() const {
    std::vector<Layer> layers = layers_;
    Bytes out;
    for (size_t i = layers.size(); i-- > 0;) {
        Layer& layer = layers[i];
        if (i + 1 < layers.size() && layers[i + 1].kind != Kind::kPayload && !layer.fixed_protocol)
            put_next(layer, layers[i + 1].id);
        if (!layer.fixed_length) put_length(layer, out.size());
        put_ip_checksum(layer);
        if (checksums_) put_transport_checksum(std::span(layers).first(i + 1), out);
        out.insert(out.begin(), layer.header.begin(), layer.header.end());
    }
    out.insert(out.end(), trailer_.begin(), trailer_.end());
    return out;
}

inline void Frame::put16(Bytes& b, size_t at, size_t v) {
    b[at] = static_cast<uint8_t>(v >> 8);
    b[at + 1] = static_cast<uint8_t>(v);
}

inline void Frame::put_address(Bytes& b, size_t at, int family, const char* text) {
    if (inet_pton(family, text, &b[at]) != 1) std::abort();
}

inline void Frame::put_next(Layer& layer, uint16_t id) {
    if (layer.kind == Kind::kIpv4 || layer.kind == Kind::kIpv6 || layer.kind == Kind::kExtension) {
        if (id == 0x0800) id = IPPROTO_IPIP;
        if (id == 0x86dd) id = IPPROTO_IPV6;
    }
    switch (layer.kind) {
        case Kind::kEthernet:
            put16(layer.header, 12, id);
            break;
        case Kind::kVlan:
            put16(layer.header, 2, id);
            break;
        case Kind::kIpv4:
            layer.header[9] = static_cast<uint8_t>(id);
            break;
        case Kind::kIpv6:
            layer.header[6] = static_cast<uint8_t>(id);
            break;
        case Kind::kExtension:
            layer.header[0] = static_cast<uint8_t>(id);
            break;
        case Kind::kEncapsulation:
            if (layer.next_at != kNoField) put16(layer.header, layer.next_at, id);
            break;
        default:
            break;
    }
}

inline void Frame::put_length(Layer& layer, size_t inner_size) {
    if (layer.kind == Kind::kIpv4) put16(layer.header, 2, layer.header.size() + inner_size);
    if (layer.kind == Kind::kUdp) put16(layer.header, 4, layer.header.size() + inner_size);
    if (layer.kind == Kind::kIpv6) put16(layer.header, 4, inner_size);
    if (layer.length_at != kNoField)
        put16(layer.header, layer.length_at, inner_size + (layer.id == 0x8864 ? 2 : 0));
}

inline void Frame::put_ip_checksum(Layer& layer) {
    if (layer.kind != Kind::kIpv4) return;
    put16(layer.header, 10, 0);
    put16(layer.header, 10, checksum(sum16(layer.header)));
}

// Of the last layer, `inner` behind it: with the pseudo-header of the IP layer that carries it (RFC
// 9293 §3.1, RFC 768, RFC 8200 §8.1), or without one (RFC 792). UDP's covers what its length says.
inline void Frame::put_transport_checksum(std::span<Layer> layers, const Bytes& inner) {
    Layer& layer = layers.back();
    if (layer.kind != Kind::kTransport && layer.kind != Kind::kUdp) return;
    if (layer.id == IPPROTO_SCTP) return;
    size_t ip = layers.size() - 1;
    while (ip > 0 && layers[ip].kind != Kind::kIpv4 && layers[ip].kind != Kind::kIpv6) --ip;
    const Bytes& carrier = layers[ip].header;
    const size_t at = layer.id == IPPROTO_TCP ? 16 : layer.kind == Kind::kUdp ? 6 : 2;
    put16(layer.header, at, 0);

    size_t size = inner.size();
    const size_t stated = static_cast<size_t>(layer.header[4]) << 8 | layer.header[5];
    if (layer.kind == Kind::kUdp && stated != 0) size = stated - layer.header.size();
    uint32_t sum = sum16(layer.header) + sum16(std::span(inner).first(size));
    if (layer.id != IPPROTO_ICMP) {
        const std::span addresses = layers[ip].kind == Kind::kIpv4
                                        ? std::span(carrier).subspan(12, 8)
                                        : std::span(carrier).subspan(8, 32);
        sum += sum16(addresses);
        sum += static_cast<uint32_t>(layer.id + layer.header.size() + size);
    }
    const uint16_t value = checksum(sum);
    put16(layer.header, at, value == 0 && layer.kind == Kind::kUdp ? 0xffff : value);
}

// RFC 1071: the 16-bit words, an odd byte at the end as the first of one.
inline uint32_t Frame::sum16(std::span<const uint8_t> bytes) {
    uint32_t sum = 0;
    for (size_t i = 0; i < bytes.size(); ++i)
        sum += i % 2 == 0 ? static_cast<uint32_t>(bytes[i]) << 8 : bytes[i];
    return sum;
}

inline uint16_t Frame::checksum(uint32_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<uint16_t>(~sum);
}

}  // namespace peek::test
