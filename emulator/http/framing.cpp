// See framing.hpp.
#include "emulator/http/framing.hpp"

#include <charconv>

namespace diorama::http {

namespace {

using Kind = BodyFraming::Kind;

// Calls `visit` with every element of a comma-separated list, parameters included; empty ones are
// left out.
template <class Visit>
void for_each_element(std::string_view list, Visit visit) {
    for (;;) {
        const auto comma = list.find(',');
        if (const auto element = without_blanks(list.substr(0, comma)); !element.empty()) {
            visit(element);
        }
        if (comma == std::string_view::npos) return;
        list.remove_prefix(comma + 1);
    }
}

// What the two framing fields of a head say together.
class FramingFields {
public:
    explicit FramingFields(const Headers& headers) {
        for (const auto& field : headers) {
            if (field.name.size() == 14 && equal_ignoring_case(field.name, "Content-Length")) {
                take_length(field.value);
            } else if (field.name.size() == 17 &&
                       equal_ignoring_case(field.name, "Transfer-Encoding")) {
                take_codings(field.value);
            }
        }
    }

    BodyFraming framing() const {
        // RFC 9112 6.3: "If a message is received with both a Transfer-Encoding and a
        // Content-Length header field, the Transfer-Encoding overrides the Content-Length."
        if (has_coding_) {
            if (has_other_coding_) return {Kind::unsupported, 0};
            if (chunked_count_ > 1) return {Kind::invalid, 0};
            if (chunked_count_ == 1) return {is_chunked_last_ ? Kind::chunked : Kind::invalid, 0};
        }
        if (is_length_invalid_) return {Kind::invalid, 0};
        if (!length_) return {};
        return {*length_ == 0 ? Kind::none : Kind::length, *length_};
    }

    bool has_length() const { return length_.has_value(); }

private:
    void take_length(std::string_view value) {
        // RFC 9112 6.3: a list of identical values may be taken as one.
        for_each_element(value, [this](std::string_view element) {
            const auto length = parse_content_length(element);
            if (!length || (length_ && *length_ != *length)) is_length_invalid_ = true;
            if (length) length_ = length;
        });
        if (!length_) is_length_invalid_ = true;
    }

    void take_codings(std::string_view value) {
        has_coding_ = true;
        for_each_element(value, [this](std::string_view element) {
            const auto name = without_blanks(element.substr(0, element.find(';')));
            if (equal_ignoring_case(name, "chunked")) {
                ++chunked_count_;
                is_chunked_last_ = true;
            } else {
                is_chunked_last_ = false;
                if (!equal_ignoring_case(name, "identity")) has_other_coding_ = true;
            }
        });
    }

    std::optional<std::uint64_t> length_;
    bool is_length_invalid_ = false;
    bool has_coding_ = false;
    bool has_other_coding_ = false;
    bool is_chunked_last_ = false;
    int chunked_count_ = 0;
};

} // namespace

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

std::optional<std::uint64_t> parse_content_length(std::string_view value) {
    std::uint64_t length = 0;
    const auto* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, length);
    if (value.empty() || error != std::errc() || stop != end) return std::nullopt;
    return length;
}

bool list_contains(std::string_view list, std::string_view element) {
    bool found = false;
    for_each_element(list, [&](std::string_view candidate) {
        found = found || equal_ignoring_case(candidate, element);
    });
    return found;
}

BodyFraming request_framing(const Headers& headers) {
    return FramingFields(headers).framing();
}

BodyFraming response_framing(int status, const Headers& headers, std::string_view request_method) {
    // RFC 9112 6.3: "Any response to a HEAD request and any response with a 1xx (Informational),
    // 204 (No Content), or 304 (Not Modified) status code is always terminated by the first empty
    // line"; so is any 2xx to CONNECT.
    if (request_method == "HEAD" || status < 200 || status == 204 || status == 304) return {};
    if (request_method == "CONNECT" && status < 300) return {};
    const FramingFields fields(headers);
    const auto framing = fields.framing();
    switch (framing.kind) {
    // A coding that is not spoken here cannot be taken off again.
    case Kind::unsupported:
        return {Kind::invalid, 0};
    // RFC 9112 6.3: "Otherwise, this is a response message without a declared message body length,
    // so the message body length is determined by the number of octets received prior to the
    // server closing the connection."
    case Kind::none:
        return fields.has_length() ? framing : BodyFraming{Kind::until_close, 0};
    default:
        return framing;
    }
}

} // namespace diorama::http
