// SPDX-License-Identifier: BSD-2-Clause
#include "source/archive_input.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "source/buffered_input.h"

namespace peek {
namespace {

constexpr size_t kPieceBytes = size_t{256} * 1024;  // handed to libarchive at a time

struct Magic {
    std::string_view name;
    std::string_view bytes;
};
constexpr std::array<Magic, 5> kMagics{{{"gzip", "\x1f\x8b"},
                                        {"xz", {"\xfd\x37zXZ\0", 6}},
                                        {"zstd", "\x28\xb5\x2f\xfd"},
                                        {"bzip2", "BZh"},
                                        {"zip", "PK\x03\x04"}}};

struct FreeArchive {
    void operator()(archive* a) const { archive_read_free(a); }
};

class ArchiveReader final : public ByteReader {
  public:
    explicit ArchiveReader(std::unique_ptr<ByteInput> input)
        : input_(std::move(input)),
          kind_(compression_of(input_->window())),
          archive_(archive_read_new()) {
        if (kind_ == "zip") {
            archive_read_support_format_zip_streamable(archive_.get());
        } else {
            archive_read_support_filter_gzip(archive_.get());
            archive_read_support_filter_xz(archive_.get());
            archive_read_support_filter_zstd(archive_.get());
            archive_read_support_filter_bzip2(archive_.get());
            archive_read_support_format_raw(archive_.get());
        }
    }

    Result<size_t> read(std::span<uint8_t> into) override {
        if (!opened_) {
            opened_ = true;
            if (archive_read_open(archive_.get(), this, nullptr, give_piece, nullptr) != ARCHIVE_OK)
                return complaint();
            if (auto entry = next_file(); !entry || !*entry) return no_file(entry);
        }
        while (block_.empty()) {
            const int more = next_block();
            if (more != ARCHIVE_OK)
                return more == ARCHIVE_EOF ? at_end_of_file() : Result<size_t>(complaint());
        }
        const size_t count = std::min(into.size(), block_.size());
        std::memcpy(into.data(), block_.data(), count);
        block_ = block_.subspan(count);
        return count;
    }
    uint64_t bytes_on_disk() const override { return input_->bytes_on_disk(); }
    bool may_wait() const override { return block_.empty() && input_->may_wait(); }

  private:
    static la_ssize_t give_piece(archive* a, void* self, const void** bytes) {
        auto& reader = *static_cast<ArchiveReader*>(self);
        ByteInput& input = *reader.input_;
        input.advance(reader.given_, 1);
        if (input.error()) {
            archive_set_error(a, EIO, "%s", input.error()->text.c_str());
            return -1;
        }
        reader.given_ = std::min(input.window().size(), kPieceBytes);
        *bytes = input.window().data();
        return static_cast<la_ssize_t>(reader.given_);
    }

    // Block by block: archive_read_data() fills what it is given or, where the stream is broken,
    // fails and gives nothing of what came before.
    int next_block() {
        const void* bytes = nullptr;
        size_t size = 0;
        la_int64_t offset = 0;
        const int result = archive_read_data_block(archive_.get(), &bytes, &size, &offset);
        if (result == ARCHIVE_OK) block_ = {static_cast<const uint8_t*>(bytes), size};
        return result == ARCHIVE_WARN ? ARCHIVE_FATAL : result;
    }

    // True: at the content of a file. Folders of a zip archive are passed over.
    Result<bool> next_file() {
        archive_entry* entry = nullptr;
        while (true) {
            const int result = archive_read_next_header(archive_.get(), &entry);
            if (result == ARCHIVE_EOF) return false;
            if (result < ARCHIVE_WARN) return complaint();
            if (archive_entry_filetype(entry) != AE_IFDIR) return true;
        }
    }

    Result<size_t> no_file(Result<bool> entry) const {
        if (!entry) return entry.error();
        return size_t{0};
    }

    Result<size_t> at_end_of_file() {
        if (kind_ != "zip") return size_t{0};
        auto another = next_file();
        if (another && *another)
            return Error{
                "the zip archive holds more than one file and only the first was read; "
                "unpack it and name its directory"};
        return no_file(another);
    }

    Error complaint() const {
        const char* text = archive_error_string(archive_.get());
        return Error{std::string(kind_) + ": " + (text ? text : "cannot be decompressed")};
    }

    std::unique_ptr<ByteInput> input_;
    std::string_view kind_;
    std::unique_ptr<archive, FreeArchive> archive_;
    bool opened_ = false;
    size_t given_ = 0;
    std::span<const uint8_t> block_;  // decompressed, libarchive's until the next one
};

}  // namespace

std::string_view compression_of(std::span<const uint8_t> first_bytes) {
    const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()),
                                first_bytes.size());
    for (const Magic& magic : kMagics)
        if (text.starts_with(magic.bytes)) return magic.name;
    return {};
}

std::unique_ptr<ByteInput> decompress(std::unique_ptr<ByteInput> compressed) {
    return std::make_unique<BufferedInput>(std::make_unique<ArchiveReader>(std::move(compressed)));
}

}  // namespace peek
