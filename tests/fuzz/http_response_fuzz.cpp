// Any bytes as an upstream's response: the head by Beast, the body by ours.
#include "emulator/assert.hpp"
#include "emulator/http/body_reader.hpp"
#include "emulator/http/upstream_head.hpp"

#include <cstddef>
#include <cstdint>

using namespace diorama::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const auto result = read_upstream_head(input);
    if (result.status != UpstreamHead::Status::ok) return 0;
    ASSERT(result.consumed <= size);
    ASSERT(result.head.status >= 0 && result.head.status <= 999);
    for (const auto& field : result.head.headers)
        ASSERT(field.value.find_first_of("\r\n") == std::string::npos);
    BodyReader reader(response_framing(result.head.status, result.head.headers, "GET"));
    input.remove_prefix(result.consumed);
    for (;;) {
        const auto step = reader.read(input);
        ASSERT(step.consumed <= input.size());
        input.remove_prefix(step.consumed);
        if (step.state != BodyReader::State::more || step.consumed == 0) return 0;
    }
}
