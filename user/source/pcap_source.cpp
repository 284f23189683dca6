// SPDX-License-Identifier: BSD-2-Clause
#include "source/pcap_source.h"

#include "source/archive_input.h"
#include "source/byte_input.h"
#include "source/capture_format.h"
#include "source/file_source.h"
#include "source/libpcap_source.h"
#include "source/link_types.h"

namespace peek {
namespace {

// gz in gz exists; a file that is compressed forever is none that anyone made to be read.
constexpr int kMaxCompressions = 4;

Result<std::unique_ptr<ByteInput>> open_decompressed(const std::string& path) {
    auto input = open_input(path);
    if (!input) return input;
    (*input)->advance(0, kFormatBytes);
    for (int i = 0; i < kMaxCompressions; ++i) {
        if (compression_of((*input)->window()).empty()) break;
        *input = decompress(std::move(*input));
        (*input)->advance(0, kFormatBytes);
    }
    if (const auto& error = (*input)->error(); error && (*input)->window().empty())
        return error->errnum != 0 ? *error : Error{path + ": " + error->text};
    return input;
}

// One link type is for the whole file, so that it is known now whether it can be inspected.
Result<void> check_link(const std::string& path, const CaptureFormat::Interface& interface,
                        CaptureFilter* filter) {
    const std::string link = link_type_text(interface.link_number);
    if (!interface.link) return Error{path + ": " + unsupported_link_text(link)};
    if (filter == nullptr) return {};
    if (auto fits = filter->prepare(interface.link_number); !fits)
        return Error{path + ": " + fits.error().text + " (link type " + link + ")"};
    return {};
}

}  // namespace

Content content_of(const std::string& path) {
    auto input = open_input(path);
    if (!input) return Content::kCapture;  // let open_pcap() say why
    (*input)->advance(0, kFormatBytes);
    const auto first_bytes = (*input)->window();
    const bool known =
        !compression_of(first_bytes).empty() || format_of(first_bytes) != FormatKind::kUnknown;
    return known ? Content::kCapture : Content::kSomethingElse;
}

Result<std::unique_ptr<CaptureSource>> open_pcap(const std::string& path, CaptureFilter* filter) {
    auto input = open_decompressed(path);
    if (!input) return input.error();
    const auto first_bytes = (*input)->window();
    if (first_bytes.empty()) return Error{path + ": empty, not a capture file"};
    if (first_bytes.size() < kFormatBytes && !(*input)->error())
        return Error{path + ": not a capture: " + std::to_string(first_bytes.size()) +
                     " bytes are shorter than a capture's header"};

    std::unique_ptr<CaptureFormat> format;
    switch (format_of(first_bytes)) {
        case FormatKind::kPcap:
            format = make_pcap_format(first_bytes);
            if (auto good = check_link(path, format->interfaces()[0], filter); !good)
                return good.error();
            break;
        case FormatKind::kPcapng:
            format = make_pcapng_format();
            break;
        case FormatKind::kModified:
        case FormatKind::kUnknown:
            return open_with_libpcap(path, std::move(*input), filter);
    }
    return std::unique_ptr<CaptureSource>(
        std::make_unique<FileSource>(path, std::move(*input), std::move(format), filter));
}

}  // namespace peek
