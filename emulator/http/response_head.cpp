// See response_head.hpp.
#include "emulator/http/response_head.hpp"

#include "emulator/http/control_characters.hpp"
#include "emulator/http/framing.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::http {

namespace {

void append_number(std::string& text, std::uint64_t number) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    text.append(digits, end);
}

void append_status_line(std::string& text, int status, std::string_view reason) {
    text += "HTTP/1.1 ";
    append_number(text, static_cast<std::uint64_t>(status));
    text += ' ';
    text += reason.empty() ? reason_phrase(status) : reason;
    text += "\r\n";
}

// Fields that the server writes itself.
bool is_replaced(std::string_view name) {
    switch (name.size()) {
    case 10:
        return equal_ignoring_case(name, "Connection") || equal_ignoring_case(name, "Keep-Alive");
    case 14:
        return equal_ignoring_case(name, "Content-Length");
    case 17:
        return equal_ignoring_case(name, "Transfer-Encoding");
    default:
        return false;
    }
}

} // namespace

void append_field(std::string& text, std::string_view name, std::string_view value) {
    constexpr std::size_t around = 4; // ": " and the end of the line
    const auto start = text.size();
    text.resize(start + name.size() + value.size() + around);
    char* place = text.data() + start;
    place = std::copy(name.begin(), name.end(), place);
    *place++ = ':';
    *place++ = ' ';
    if (has_control_characters(value))
        place = std::replace_copy_if(
            value.begin(),
            value.end(),
            place,
            [](char c) { return c == '\r' || c == '\n' || c == '\0'; },
            ' '
        );
    else
        place = std::copy(value.begin(), value.end(), place);
    *place++ = '\r';
    *place = '\n';
}

ResponseFields examine(const Headers& headers) {
    ResponseFields fields;
    for (const auto& [name, value] : headers) {
        fields.rendered_size += name.size() + value.size() + 4;
        switch (name.size()) {
        case 4:
            fields.has_date = fields.has_date || equal_ignoring_case(name, "Date");
            break;
        case 10:
            if (equal_ignoring_case(name, "Connection")) {
                fields.says_close = fields.says_close || list_contains(value, "close");
            }
            break;
        case 14:
            if (equal_ignoring_case(name, "Content-Length")) {
                fields.content_length = parse_content_length(value);
            }
            break;
        case 17:
            if (equal_ignoring_case(name, "Transfer-Encoding")) fields.has_transfer_encoding = true;
            break;
        default:
            break;
        }
    }
    return fields;
}

std::string render_head(
    int status,
    std::string_view reason,
    const Headers& headers,
    const ResponseFields& fields,
    const ResponseAdditions& additions,
    std::size_t spare
) {
    std::string text;
    text.reserve(192 + reason.size() + fields.rendered_size + spare);
    append_status_line(text, status, reason);
    if (!additions.date.empty()) append_field(text, "Date", additions.date);
    for (const auto& [name, value] : headers) {
        if (!is_replaced(name)) append_field(text, name, value);
    }
    if (additions.content_length) {
        text += "Content-Length: ";
        append_number(text, *additions.content_length);
        text += "\r\n";
    }
    if (additions.is_chunked) text += "Transfer-Encoding: chunked\r\n";
    switch (additions.connection) {
    case ResponseAdditions::Connection::unsaid:
        break;
    case ResponseAdditions::Connection::close:
        text += "Connection: close\r\n";
        break;
    case ResponseAdditions::Connection::keep_alive:
        text += "Connection: keep-alive\r\n";
        break;
    }
    text += "\r\n";
    return text;
}

std::string render_bare_head(int status, std::string_view reason, const Headers& headers) {
    std::string text;
    append_status_line(text, status, reason);
    for (const auto& [name, value] : headers)
        append_field(text, name, value);
    text += "\r\n";
    return text;
}

std::string_view date_value(Timestamp now) {
    // Only a memory of a pure function: what it holds does not depend on who asked.
    thread_local std::int64_t cached_second = -1;
    thread_local std::string cached_value;
    const auto second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    if (second != cached_second) {
        cached_value = http_date(now);
        cached_second = second;
    }
    return cached_value;
}

} // namespace diorama::http
