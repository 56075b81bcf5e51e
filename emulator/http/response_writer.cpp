// See response_writer.hpp.
#include "emulator/http/response_writer.hpp"

#include "emulator/assert.hpp"
#include "emulator/http/response_head.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::http {

namespace {

// Up to this size a body is copied behind its head to leave in one write.
constexpr std::size_t copied_at_most = 16 * 1024;

using Said = ResponseAdditions::Connection;

} // namespace

void ResponseWriter::expect(const ResponseConditions& conditions) {
    conditions_ = conditions;
    stage_ = Stage::expected;
    body_ = Body::none;
    remaining_ = 0;
    closes_ = !conditions.wants_keep_alive;
    waiting_.clear();
}

bool ResponseWriter::has_no_body(int status) const {
    return conditions_.is_head || status < 200 || status == 204 || status == 304;
}

void ResponseWriter::respond(Response response, Timestamp now) {
    ASSERT(stage_ == Stage::expected);
    const auto fields = examine(response.headers);
    ResponseAdditions additions;
    if (!has_no_body(response.status)) {
        additions.content_length = response.body.size();
    } else if (response.status != 204 && response.status >= 200) {
        // RFC 9110 8.6: to HEAD the length that GET would have; with 304 only if it is known.
        additions.content_length = fields.content_length;
        if (!additions.content_length && response.status != 304) {
            additions.content_length = response.body.size();
        }
    }
    if (has_no_body(response.status)) response.body.clear();
    closes_ = closes_ || fields.says_close;
    if (closes_) {
        additions.connection = Said::close;
    } else if (conditions_.is_http_10) {
        additions.connection = Said::keep_alive;
    }
    if (!fields.has_date) additions.date = date_value(now);
    const bool is_small = response.body.size() <= copied_at_most;
    auto head = render_head(
        response.status,
        response.reason,
        response.headers,
        fields,
        additions,
        is_small ? response.body.size() : 0
    );
    stage_ = Stage::ended;
    if (is_small) {
        head += response.body;
        write(std::move(head));
    } else {
        write(std::move(head));
        write(std::move(response.body));
    }
}

void ResponseWriter::begin(ResponseHead head, Timestamp now) {
    ASSERT(stage_ == Stage::expected);
    const auto fields = examine(head.headers);
    ResponseAdditions additions;
    closes_ = closes_ || fields.says_close;
    if (has_no_body(head.status)) {
        body_ = Body::none;
        if (head.status != 204 && head.status >= 200) {
            additions.content_length = fields.content_length;
            additions.is_chunked = !conditions_.is_http_10 && fields.has_transfer_encoding;
        }
    } else if (fields.content_length && !fields.has_transfer_encoding) {
        body_ = Body::counted;
        remaining_ = *fields.content_length;
        additions.content_length = fields.content_length;
    } else if (conditions_.is_http_10) {
        body_ = Body::until_close;
        closes_ = true;
    } else {
        body_ = Body::chunked;
        additions.is_chunked = true;
    }
    if (closes_) {
        additions.connection = Said::close;
    } else if (conditions_.is_http_10) {
        additions.connection = Said::keep_alive;
    }
    if (!fields.has_date) additions.date = date_value(now);
    waiting_ = render_head(head.status, head.reason, head.headers, fields, additions);
    stage_ = Stage::begun;
}

// How many of `size` bytes may be sent: none without a body, no more than declared.
std::size_t ResponseWriter::admit(std::size_t size) {
    if (stage_ != Stage::begun || body_ == Body::none) return 0;
    if (body_ != Body::counted) return size;
    const auto admitted = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, size));
    remaining_ -= admitted;
    return admitted;
}

void ResponseWriter::add_chunk_size(std::size_t size) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, size, 16).ptr;
    waiting_.append(digits, end);
    waiting_ += "\r\n";
}

void ResponseWriter::send(std::string bytes) {
    bytes.resize(admit(bytes.size()));
    if (bytes.empty()) return;
    if (body_ == Body::chunked) {
        add_chunk_size(bytes.size());
        bytes += "\r\n";
    }
    write_together(std::move(bytes));
}

void ResponseWriter::send(
    std::shared_ptr<const std::string> bytes,
    std::size_t offset,
    std::size_t length
) {
    ASSERT(offset <= bytes->size() && length <= bytes->size() - offset);
    length = admit(length);
    if (length == 0) return;
    if (length <= copied_at_most) {
        if (body_ == Body::chunked) add_chunk_size(length);
        waiting_.append(*bytes, offset, length);
        if (body_ == Body::chunked) waiting_ += "\r\n";
        flush();
        return;
    }
    if (body_ == Body::chunked) add_chunk_size(length);
    flush();
    if (connection_ != nullptr) connection_->write(std::move(bytes), offset, length);
    if (body_ == Body::chunked) write("\r\n");
}

bool ResponseWriter::end() {
    if (stage_ != Stage::begun) return true;
    stage_ = Stage::ended;
    if (body_ == Body::chunked) waiting_ += "0\r\n\r\n";
    flush();
    return body_ != Body::counted || remaining_ == 0;
}

void ResponseWriter::write_bare_head(int status, std::string_view reason, const Headers& headers) {
    write(render_bare_head(status, reason, headers));
}

void ResponseWriter::flush() {
    if (waiting_.empty()) return;
    write(std::move(waiting_));
    waiting_.clear();
}

void ResponseWriter::write_together(std::string bytes) {
    if (waiting_.empty()) {
        write(std::move(bytes));
    } else if (bytes.size() <= copied_at_most) {
        waiting_ += bytes;
        flush();
    } else {
        flush();
        write(std::move(bytes));
    }
}

void ResponseWriter::write(std::string bytes) {
    if (connection_ != nullptr) connection_->write(std::move(bytes));
}

std::size_t ResponseWriter::unsent_bytes() const {
    return waiting_.size() + (connection_ == nullptr ? 0 : connection_->queued_bytes());
}

} // namespace diorama::http
