// See message.hpp.
#include "emulator/http/message.hpp"

#include <algorithm>

namespace diorama::http {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char small = lower(c);
    if (small >= 'a' && small <= 'f') return small - 'a' + 10;
    return -1;
}

bool is_unreserved(char c) {
    const char small = lower(c);
    return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '~';
}

// Where the path of "scheme://authority/path" begins; npos if the target has another form.
std::size_t path_of_absolute(std::string_view target) {
    const auto colon = target.find("://");
    if (colon == std::string_view::npos || colon == 0) return std::string_view::npos;
    const auto scheme = target.substr(0, colon);
    const auto is_scheme_character = [](char c) {
        return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
               c == '-' || c == '.';
    };
    if (!std::all_of(scheme.begin(), scheme.end(), is_scheme_character)) {
        return std::string_view::npos;
    }
    return std::min(target.find_first_of("/?#", colon + 3), target.size());
}

} // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

std::string lower_case(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

const std::string* Headers::find(std::string_view name) const {
    for (const auto& field : fields_) {
        if (equal_ignoring_case(field.name, name)) return &field.value;
    }
    return nullptr;
}

std::string_view Headers::get(std::string_view name, std::string_view otherwise) const {
    const auto* value = find(name);
    return value == nullptr ? otherwise : std::string_view(*value);
}

std::string Headers::joined(std::string_view name) const {
    std::string result;
    bool is_first = true;
    for (const auto& field : fields_) {
        if (!equal_ignoring_case(field.name, name)) continue;
        if (!is_first) result += ", ";
        result += field.value;
        is_first = false;
    }
    return result;
}

void Headers::set(std::string_view name, std::string value) {
    const auto has_name = [name](const Header& field) {
        return equal_ignoring_case(field.name, name);
    };
    const auto first = std::find_if(fields_.begin(), fields_.end(), has_name);
    if (first == fields_.end()) {
        add(std::string(name), std::move(value));
        return;
    }
    first->value = std::move(value);
    fields_.erase(std::remove_if(first + 1, fields_.end(), has_name), fields_.end());
}

std::size_t Headers::remove(std::string_view name) {
    return std::erase_if(fields_, [name](const Header& field) {
        return equal_ignoring_case(field.name, name);
    });
}

std::string_view RequestHead::path() const {
    std::string_view rest = target;
    if (const auto start = path_of_absolute(rest); start != std::string_view::npos) {
        rest.remove_prefix(start);
        // RFC 9112 3.2.2: an absolute target without a path asks for "/".
        if (rest.empty() || rest.front() != '/') return "/";
    }
    return rest.substr(0, rest.find('?'));
}

std::string_view RequestHead::query() const {
    const std::string_view rest = target;
    const auto mark = rest.find('?');
    return mark == std::string_view::npos ? std::string_view() : rest.substr(mark + 1);
}

bool RequestHead::is_absolute_form() const {
    return path_of_absolute(target) != std::string_view::npos;
}

std::string RequestHead::authority() const {
    if (method == "CONNECT") return lower_case(target);
    // RFC 9112 3.2.2: "MUST ignore the received Host header field (if any) and instead use the
    // host information of the request-target."
    const auto end = path_of_absolute(target);
    if (end == std::string_view::npos) return lower_case(headers.get("Host"));
    auto authority = std::string_view(target).substr(0, end);
    authority.remove_prefix(authority.find("://") + 3);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        authority.remove_prefix(at + 1);
    }
    return lower_case(authority);
}

std::string RequestHead::host() const {
    auto name = authority();
    const auto colon = name.rfind(':');
    // In "[::1]" the last colon belongs to the address.
    if (colon != std::string::npos && name.find(']', colon) == std::string::npos) {
        name.resize(colon);
    }
    return name;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '%' && i + 2 < text.size()) {
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high >= 0 && low >= 0) {
                result += static_cast<char>(high * 16 + low);
                i += 2;
                continue;
            }
        }
        result += c == '+' && plus_is_space ? ' ' : c;
    }
    return result;
}

std::string percent_encode(std::string_view text, bool keep_slash) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    result.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c) || (c == '/' && keep_slash)) {
            result += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            result += '%';
            result += digits[byte >> 4U];
            result += digits[byte & 15U];
        }
    }
    return result;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> result;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        const auto value =
            equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
        result.emplace_back(
            percent_decode(pair.substr(0, equals), true),
            percent_decode(value, true)
        );
    }
    return result;
}

std::string_view reason_phrase(int status) {
    switch (status) {
    case 100:
        return "Continue";
    case 101:
        return "Switching Protocols";
    case 102:
        return "Processing";
    case 103:
        return "Early Hints";
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 203:
        return "Non-Authoritative Information";
    case 204:
        return "No Content";
    case 205:
        return "Reset Content";
    case 206:
        return "Partial Content";
    case 207:
        return "Multi-Status";
    case 300:
        return "Multiple Choices";
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 303:
        return "See Other";
    case 304:
        return "Not Modified";
    case 307:
        return "Temporary Redirect";
    case 308:
        return "Permanent Redirect";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 402:
        return "Payment Required";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 406:
        return "Not Acceptable";
    case 407:
        return "Proxy Authentication Required";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 410:
        return "Gone";
    case 411:
        return "Length Required";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 415:
        return "Unsupported Media Type";
    case 416:
        return "Range Not Satisfiable";
    case 417:
        return "Expectation Failed";
    case 421:
        return "Misdirected Request";
    case 422:
        return "Unprocessable Content";
    case 423:
        return "Locked";
    case 424:
        return "Failed Dependency";
    case 425:
        return "Too Early";
    case 426:
        return "Upgrade Required";
    case 428:
        return "Precondition Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 451:
        return "Unavailable For Legal Reasons";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    case 505:
        return "HTTP Version Not Supported";
    case 507:
        return "Insufficient Storage";
    case 511:
        return "Network Authentication Required";
    default:
        return "Unknown";
    }
}

} // namespace diorama::http
