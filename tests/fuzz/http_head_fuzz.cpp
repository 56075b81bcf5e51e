// Any bytes as a request head: read at once and byte by byte with the same outcome, then judged and
// framed.
#include "emulator/assert.hpp"
#include "emulator/http/framing.hpp"
#include "emulator/http/head_reader.hpp"

#include <cstddef>
#include <cstdint>

using namespace diorama::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const HeadLimits limits{64, 64, 256};
    HeadReader at_once(limits);
    const auto status = at_once.read(input);

    HeadReader by_bytes(limits);
    auto last = HeadStatus::need_more;
    for (std::size_t length = 0; length <= size && last == HeadStatus::need_more; ++length)
        last = by_bytes.read(input.substr(0, length));
    // Limits may strike at another line, but what is a head is one either way.
    ASSERT((status == HeadStatus::ok) == (last == HeadStatus::ok));
    if (status != HeadStatus::ok) return 0;

    ASSERT(at_once.consumed() == by_bytes.consumed() && at_once.consumed() <= size);
    ASSERT(at_once.head().method == by_bytes.head().method);
    ASSERT(at_once.head().target == by_bytes.head().target);
    ASSERT(at_once.head().version == by_bytes.head().version);
    ASSERT(at_once.head().headers == by_bytes.head().headers);
    ASSERT(!name_of(classify(at_once.head()).reason).empty());
    const auto request = to_request_head(at_once.head());
    for (const auto& field : request.headers)
        ASSERT(field.value.find('\n') == std::string::npos);
    request_framing(request.headers);
    const auto parts = request.path().size() + request.query().size();
    ASSERT(parts <= request.target.size() + 1);
    request.host();
    parse_query(request.query());
    return 0;
}
