// Reads the head of a response that an upstream sent. Strict, unlike the reader for requests: what
// Beast does not take for HTTP/1 is malformed. Knows no sockets.
#pragma once

#include "emulator/http/message.hpp"

#include <cstddef>
#include <string_view>

namespace diorama::http {

// AWS: response headers over 32 K are answered with 502.
inline constexpr std::size_t max_upstream_head = 32 * 1024;

struct UpstreamHead {
    enum class Status { need_more, ok, malformed };
    Status status = Status::need_more;
    std::size_t consumed = 0;
    ResponseHead head;
    int version = 11;
};

// `bytes` is everything that came since the start of the response.
UpstreamHead read_upstream_head(std::string_view bytes);

} // namespace diorama::http
