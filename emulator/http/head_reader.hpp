// Reads the head of an HTTP/1 request from bytes, keeping every byte as it was sent. As tolerant as
// AWS's load balancers: whatever can be told apart into a request line and fields is read, and the
// desync guardian (desync.hpp) judges it. Knows no sockets.
#pragma once

#include "emulator/http/desync.hpp"

#include <cstddef>
#include <string_view>

namespace diorama::http {

struct HeadLimits {
    std::size_t max_request_line = 16 * 1024;
    std::size_t max_header_line = 16 * 1024;
    std::size_t max_head = 64 * 1024;
};

enum class HeadStatus {
    need_more,
    ok,
    request_line_too_long,
    header_too_long,
    head_too_long,
    refused, // cannot be an HTTP request: refusal() says why
};

// One head after another: read() until it is ok, take head(), reset(). The storage of the views is
// reused from head to head.
class HeadReader {
public:
    explicit HeadReader(const HeadLimits& limits)
        : limits_(limits) {}

    // `bytes` is everything that arrived since the start of this head: while more is needed, the
    // same again with what followed. What was looked at is not looked at again.
    HeadStatus read(std::string_view bytes);

    // After ok, as long as the bytes given to read() live.
    const RawHead& head() const { return head_; }

    // After ok: how many bytes the head took, empty line included.
    std::size_t consumed() const { return scanned_; }

    // Whether anything of a request (not just empty lines before it) has been seen.
    bool has_begun() const { return line_count_ > 0 || has_partial_line_; }

    std::string_view refusal() const { return refusal_; }

    void reset();

private:
    HeadStatus take_line(std::string_view bytes, std::size_t line_end);
    HeadStatus check_partial_line(std::string_view rest);
    HeadStatus refuse(std::string_view why);
    HeadStatus parse(std::string_view bytes);
    bool parse_request_line(std::string_view line);
    bool parse_field(std::string_view line);

    HeadLimits limits_;
    RawHead head_;
    std::size_t scanned_ = 0;    // bytes in complete lines
    std::size_t searched_ = 0;   // bytes known to hold no further line end
    std::size_t begin_ = 0;      // where the request line begins
    std::size_t line_count_ = 0; // lines since begin_
    bool has_partial_line_ = false;
    std::string_view refusal_;
};

// Field values that were folded over several lines are joined with spaces (RFC 9112 5.2).
RequestHead to_request_head(const RawHead& head);

// 9, 10 or 11 for what is spoken here ("" is HTTP/0.9); 20 and more for what is not; 0 if it is no
// version.
int version_number(std::string_view version);

} // namespace diorama::http
