// SPDX-License-Identifier: BSD-2-Clause
// JSON text appended to a string, member by member: an object or array is closed when its writer
// goes out of scope, so scopes in the code are braces in the text. Only the innermost open writer
// may be written to. Names are trusted to need no escapes.
#pragma once

#include <fmt/compile.h>
#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "sink/escape.h"

namespace peek {

class JsonArray;

class JsonObject {
  public:
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
    ~JsonObject() { out_ += '}'; }
    JsonObject(const JsonObject&) = delete;
    JsonObject& operator=(const JsonObject&) = delete;

    void text(std::string_view name, std::string_view value) {
        append_json_string(key(name), value);
    }
    // A value that is already JSON: a number, true, a string known to need no escapes.
    void raw(std::string_view name, std::string_view value) { key(name) += value; }
    void number(std::string_view name, uint64_t value) {
        fmt::format_to(std::back_inserter(key(name)), FMT_COMPILE("{}"), value);
    }
    JsonObject object(std::string_view name) { return JsonObject(key(name)); }
    JsonArray array(std::string_view name);

  private:
    std::string& key(std::string_view name) {
        if (!first_) out_ += ',';
        first_ = false;
        fmt::format_to(std::back_inserter(out_), FMT_COMPILE("\"{}\":"), name);
        return out_;
    }

    std::string& out_;
    bool first_ = true;
};

class JsonArray {
  public:
    explicit JsonArray(std::string& out) : out_(out) { out_ += '['; }
    ~JsonArray() { out_ += ']'; }
    JsonArray(const JsonArray&) = delete;
    JsonArray& operator=(const JsonArray&) = delete;

    void text(std::string_view value) { append_json_string(next(), value); }
    void number(uint64_t value) {
        fmt::format_to(std::back_inserter(next()), FMT_COMPILE("{}"), value);
    }
    JsonObject object() { return JsonObject(next()); }

  private:
    std::string& next() {
        if (!first_) out_ += ',';
        first_ = false;
        return out_;
    }

    std::string& out_;
    bool first_ = true;
};

inline JsonArray JsonObject::array(std::string_view name) {
    return JsonArray(key(name));
}

}  // namespace peek
