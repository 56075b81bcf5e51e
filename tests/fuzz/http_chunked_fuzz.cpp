// Any bytes as a chunked body: decoded at once and byte by byte with the same outcome.
#include "emulator/assert.hpp"
#include "emulator/http/body_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

using namespace diorama::http;

namespace {

struct Outcome {
    BodyReader::State state = BodyReader::State::more;
    std::string body;
    std::size_t consumed = 0;
    Headers trailers;
    bool operator==(const Outcome&) const = default;
};

Outcome decode(std::string_view input, std::size_t portion) {
    BodyReader reader({BodyFraming::Kind::chunked, 0}, {64, 128});
    Outcome outcome;
    for (std::size_t offered = 0; offered < input.size();) {
        offered = std::min(input.size(), offered + portion);
        for (;;) {
            const auto step =
                reader.read(input.substr(outcome.consumed, offered - outcome.consumed));
            outcome.consumed += step.consumed;
            outcome.body += step.piece;
            outcome.state = step.state;
            if (step.state == BodyReader::State::complete) outcome.trailers = reader.trailers();
            if (step.state != BodyReader::State::more) return outcome;
            if (step.consumed == 0 || outcome.consumed == offered) break;
        }
    }
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const auto at_once = decode(input, size + 1);
    const auto by_bytes = decode(input, 1);
    ASSERT(at_once.state == by_bytes.state);
    // Of a broken body more or less may have been delivered before the break was seen.
    if (at_once.state == BodyReader::State::malformed) return 0;
    ASSERT(at_once.body == by_bytes.body);
    if (at_once.state == BodyReader::State::complete) ASSERT(at_once == by_bytes);
    return 0;
}
