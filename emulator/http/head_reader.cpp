// See head_reader.hpp. Line ends are found as bytes come in, checking the limits; when the empty
// line has come the whole head is cut into views at once.
#include "emulator/http/head_reader.hpp"

#include "emulator/http/framing.hpp"

#include <algorithm>
#include <cstring>

namespace diorama::http {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

// RFC 9112 2.2: "a recipient MAY recognize a single LF as a line terminator and ignore any
// preceding CR".
std::string_view without_line_end(std::string_view line) {
    if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

} // namespace

void HeadReader::reset() {
    head_.method = head_.target = head_.version = {};
    head_.headers.clear();
    scanned_ = searched_ = begin_ = line_count_ = 0;
    has_partial_line_ = false;
    refusal_ = {};
}

HeadStatus HeadReader::refuse(std::string_view why) {
    refusal_ = why;
    return HeadStatus::refused;
}

HeadStatus HeadReader::read(std::string_view bytes) {
    while (searched_ < bytes.size()) {
        const auto* from = bytes.data() + searched_;
        const auto* found =
            static_cast<const char*>(std::memchr(from, '\n', bytes.size() - searched_));
        if (found == nullptr) break;
        const auto line_end = static_cast<std::size_t>(found - bytes.data()) + 1;
        const auto status = take_line(bytes, line_end);
        if (status != HeadStatus::need_more) return status;
    }
    searched_ = bytes.size();
    return check_partial_line(bytes.substr(scanned_));
}

HeadStatus HeadReader::take_line(std::string_view bytes, std::size_t line_end) {
    const auto line = without_line_end(bytes.substr(scanned_, line_end - scanned_));
    scanned_ = searched_ = line_end;
    has_partial_line_ = false;
    if (line.empty()) {
        if (line_count_ > 0) {
            return scanned_ - begin_ > limits_.max_head ? HeadStatus::head_too_long : parse(bytes);
        }
        // RFC 9112 2.2: "SHOULD ignore at least one empty line (CRLF) received prior to the
        // request-line".
        begin_ = line_end;
        return begin_ > 64 ? refuse("nothing but empty lines") : HeadStatus::need_more;
    }
    if (line_count_ == 0) {
        if (line.size() > limits_.max_request_line) return HeadStatus::request_line_too_long;
        if (static_cast<unsigned char>(line.front()) < 0x20) return refuse("not an HTTP request");
    } else if (line.size() > limits_.max_header_line) {
        return HeadStatus::header_too_long;
    }
    ++line_count_;
    return scanned_ - begin_ > limits_.max_head ? HeadStatus::head_too_long : HeadStatus::need_more;
}

// A line that is already too long need not end first.
HeadStatus HeadReader::check_partial_line(std::string_view rest) {
    if (rest.empty() || (rest == "\r" && line_count_ == 0)) return HeadStatus::need_more;
    has_partial_line_ = true;
    if (line_count_ == 0) {
        const auto first = static_cast<unsigned char>(rest.front());
        // A TLS handshake on a plaintext port, for example.
        if (first < 0x20) return refuse("not an HTTP request");
        if (rest.size() > limits_.max_request_line + 1) return HeadStatus::request_line_too_long;
    } else if (rest.size() > limits_.max_header_line + 1) {
        return HeadStatus::header_too_long;
    }
    const auto size = scanned_ - begin_ + rest.size();
    return size > limits_.max_head ? HeadStatus::head_too_long : HeadStatus::need_more;
}

HeadStatus HeadReader::parse(std::string_view bytes) {
    auto head = bytes.substr(begin_, scanned_ - begin_);
    head_.headers.clear();
    head_.headers.reserve(line_count_ - 1);
    bool is_first_line = true;
    while (!head.empty()) {
        auto end = head.find('\n') + 1;
        // A field goes on where the next line begins with a blank. Directly after the request line
        // there is nothing to go on with: then the blank belongs to the name.
        while (!is_first_line && end < head.size() && is_blank(head[end]))
            end = head.find('\n', end) + 1;
        const auto line = without_line_end(head.substr(0, end));
        head.remove_prefix(end);
        if (line.empty()) break;
        if (is_first_line) {
            if (!parse_request_line(line)) return refuse("the request line has no target");
        } else if (!parse_field(line)) {
            return refuse("a header line has no colon");
        }
        is_first_line = false;
    }
    return HeadStatus::ok;
}

bool HeadReader::parse_request_line(std::string_view line) {
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return false;
    head_.method = line.substr(0, space);
    // With the space, so that an empty target is found too.
    const auto rest = line.substr(space);
    auto before_version = rest.find(" HTTP/");
    if (before_version == std::string_view::npos) {
        before_version = rest.rfind(' ');
        if (before_version == 0) {
            // "GET /path": HTTP/0.9, which knew no versions.
            head_.target = rest.substr(1);
            head_.version = {};
            return !head_.target.empty();
        }
    }
    head_.target = before_version == 0 ? std::string_view() : rest.substr(1, before_version - 1);
    head_.version = rest.substr(before_version + 1);
    return true;
}

bool HeadReader::parse_field(std::string_view line) {
    const auto* colon = static_cast<const char*>(std::memchr(line.data(), ':', line.size()));
    if (colon == nullptr) return false;
    const auto name_size = static_cast<std::size_t>(colon - line.data());
    head_.headers.emplace_back(
        line.substr(0, name_size),
        without_blanks(line.substr(name_size + 1))
    );
    return true;
}

int version_number(std::string_view version) {
    if (version == "HTTP/1.1") return 11;
    if (version == "HTTP/1.0") return 10;
    if (version.empty()) return 9;
    const auto bare = without_blanks(version);
    if (bare.size() != 8 || bare.substr(0, 5) != "HTTP/" || bare[6] != '.') return 0;
    const int major = bare[5] - '0';
    const int minor = bare[7] - '0';
    if (major < 0 || major > 9 || minor < 0 || minor > 9) return 0;
    if (major == 0) return 9;
    // RFC 9110 2.5: a higher minor version is to be treated as the highest that is known.
    return major == 1 ? 10 + std::min(minor, 1) : major * 10 + minor;
}

RequestHead to_request_head(const RawHead& raw) {
    RequestHead head;
    head.method = raw.method;
    head.target = raw.target;
    head.version = version_number(raw.version) >= 11 ? 11 : 10;
    head.headers.reserve(raw.headers.size());
    for (const auto& [name, value] : raw.headers) {
        std::string joined(value);
        if (std::memchr(value.data(), '\n', value.size()) != nullptr) {
            std::replace(joined.begin(), joined.end(), '\r', ' ');
            std::replace(joined.begin(), joined.end(), '\n', ' ');
        }
        head.headers.add(std::string(name), std::move(joined));
    }
    return head;
}

} // namespace diorama::http
