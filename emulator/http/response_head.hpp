// The head of a response as bytes, rendered once into one string.
#pragma once

#include "emulator/http/message.hpp"
#include "emulator/time/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::http {

// What a handler's header fields say about the message itself.
struct ResponseFields {
    bool has_date = false;
    bool has_transfer_encoding = false;
    bool says_close = false;
    std::optional<std::uint64_t> content_length;
    std::size_t rendered_size = 0; // of all fields
};

ResponseFields examine(const Headers& headers);

// What the server adds. Connection, Keep-Alive, Content-Length and Transfer-Encoding fields of the
// handler are left out: these lines replace them.
struct ResponseAdditions {
    enum class Connection { unsaid, close, keep_alive };
    Connection connection = Connection::unsaid;
    std::optional<std::uint64_t> content_length;
    bool is_chunked = false;
    std::string_view date; // empty: the handler's own stands
};

// `spare` bytes are kept free behind the head for a body to be appended.
std::string render_head(
    int status,
    std::string_view reason,
    const Headers& headers,
    const ResponseFields& fields,
    const ResponseAdditions& additions,
    std::size_t spare = 0
);

// Only the status line and the fields given.
std::string render_bare_head(int status, std::string_view reason, const Headers& headers);

// "Name: value" and the line end. A line end inside of the value would begin another field: it
// becomes a space.
void append_field(std::string& text, std::string_view name, std::string_view value);

// The Date field's value; made once per second and thread.
std::string_view date_value(Timestamp now);

} // namespace diorama::http
