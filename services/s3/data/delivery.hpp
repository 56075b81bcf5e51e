// The live driver of a download: sends a stretch of an object. Bytes in memory go out without being
// copied; bytes on disk are read piece by piece, the next when the one before has left.
#pragma once

#include "emulator/http/exchange.hpp"
#include "services/s3/data/range.hpp"
#include "services/s3/state.hpp"

#include <memory>
#include <string>

namespace diorama::s3 {

// The head must have its Content-Length. Nothing but the head is sent in answer to HEAD.
// `customer_key`: raw, of an object that is encrypted with one; else empty.
void send_object(
    const std::shared_ptr<http::Exchange>& exchange,
    http::ResponseHead head,
    ObjectRef object,
    ByteRange range,
    std::string customer_key = {}
);

} // namespace diorama::s3
