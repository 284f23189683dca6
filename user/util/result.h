// SPDX-License-Identifier: BSD-2-Clause
// Result<T>: the value of a set-up step, or why it failed. Packet paths do not use it: they count.
#pragma once

#include <cassert>
#include <cstring>
#include <string>
#include <utility>
#include <variant>

namespace peek {

enum class ErrorKind {
    kFailed,  // the environment refused: exit status 1
    kUsage,   // what the user gave is wrong (arguments, rule files): exit status 2
};

// What went wrong, where, and what to do about it, as one text for a person. Lines after the
// first are details (one bad rule each, say).
struct Error {
    std::string text;
    ErrorKind kind = ErrorKind::kFailed;
    int errnum = 0;  // errno of the failing call, 0 when no call failed
};

inline Error usage_error(std::string text) {
    return {std::move(text), ErrorKind::kUsage, 0};
}
// "what: Permission denied"; errnum is a positive errno.
inline Error system_error(std::string what, int errnum) {
    return {std::move(what) + ": " + std::strerror(errnum), ErrorKind::kFailed, errnum};
}

template <typename T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return state_.index() == 0; }
    T& value() { return *std::get_if<0>(&state_); }
    const T& value() const { return *std::get_if<0>(&state_); }
    T& operator*() { return value(); }
    T* operator->() { return &value(); }
    Error& error() { return *std::get_if<1>(&state_); }
    const Error& error() const { return *std::get_if<1>(&state_); }

  private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : failed_(true), error_(std::move(error)) {}

    explicit operator bool() const { return !failed_; }
    Error& error() { return error_; }
    const Error& error() const { return error_; }

  private:
    bool failed_ = false;
    Error error_;
};

}  // namespace peek
