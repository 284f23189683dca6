// SPDX-License-Identifier: BSD-2-Clause
#include "app/journal.h"

// The journal would be told this file and line for every message.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "sink/console_sink.h"

namespace peek {

namespace {

class Entry {
  public:
    Entry& field(std::string_view name, std::string_view value) {
        fields_.push_back(fmt::format("{}={}", name, value));
        return *this;
    }
    // A journal that does not take it is no reason to stop; the alert is counted as not written.
    bool send() {
        std::vector<iovec> parts;
        parts.reserve(fields_.size());
        for (std::string& text : fields_) parts.push_back({text.data(), text.size()});
        return ::sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) == 0;
    }

  private:
    std::vector<std::string> fields_;
};

class JournalSink final : public Sink {
  public:
    using Sink::write;
    void write(const Alert& alert) override {
        Entry entry;
        entry.field("MESSAGE", format_alert(alert, false))
            .field("PRIORITY", std::to_string(LOG_WARNING))
            .field("PEEK_EVENT", "alert")
            .field("PEEK_TYPE", traffic_type(alert.type))
            .field("PEEK_COUNT", std::to_string(alert.count));
        if (!alert.overflow)
            entry.field("PEEK_SRC", alert.src.to_string()).field("PEEK_DST", alert.dst.to_string());
        if (!alert.interface.empty()) entry.field("INTERFACE", alert.interface);
        if (!entry.send()) lost(1);
    }
};

}  // namespace

bool is_journal(int fd) {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat info {};
    return stream != nullptr && ::fstat(fd, &info) == 0 &&
           stream == fmt::format("{}:{}", info.st_dev, info.st_ino);
}

void journal_message(int priority, std::string_view text, std::string_view interface) {
    Entry entry;
    entry.field("MESSAGE", text)
        .field("PRIORITY", std::to_string(priority))
        .field("PEEK_EVENT", "message");
    if (!interface.empty()) entry.field("INTERFACE", interface);
    entry.send();
}

std::unique_ptr<Sink> make_journal_sink() {
    return std::make_unique<JournalSink>();
}

}  // namespace peek
