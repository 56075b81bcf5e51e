// How the body of a message is delimited, decided from its head alone: RFC 9112 section 6.3.
#pragma once

#include "emulator/http/message.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace diorama::http {

struct BodyFraming {
    enum class Kind {
        none,        // no body
        length,      // exactly `length` bytes, at least one
        chunked,     // chunked transfer coding
        until_close, // responses only: ends with the connection
        invalid,     // 400 or 502: the length cannot be known
        unsupported, // 501: a transfer coding other than chunked and identity
    };
    Kind kind = Kind::none;
    std::uint64_t length = 0;

    bool has_body() const {
        return kind == Kind::length || kind == Kind::chunked || kind == Kind::until_close;
    }

    bool operator==(const BodyFraming&) const = default;
};

BodyFraming request_framing(const Headers& headers);
BodyFraming response_framing(int status, const Headers& headers, std::string_view request_method);

// A decimal number without sign or blanks; nothing for anything else, or above 2^64 - 1.
std::optional<std::uint64_t> parse_content_length(std::string_view value);

// Whether a list field ("Connection: keep-alive, Upgrade") has that element, without case.
bool list_contains(std::string_view list, std::string_view element);

// Without spaces and tabs at both ends.
std::string_view without_blanks(std::string_view text);

} // namespace diorama::http
