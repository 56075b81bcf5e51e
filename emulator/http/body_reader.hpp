// Takes the body of a message off the wire: a counted one, a chunked one, or everything until the
// connection ends. Knows no sockets and copies nothing but trailers.
#pragma once

#include "emulator/http/framing.hpp"

#include <cstdint>
#include <string_view>

namespace diorama::http {

struct BodyLimits {
    std::size_t max_chunk_line = 4 * 1024; // a chunk's size with its extensions
    std::size_t max_trailers = 16 * 1024;
};

class BodyReader {
public:
    explicit BodyReader(const BodyFraming& framing = {}, const BodyLimits& limits = {});

    enum class State {
        more,      // go on; if nothing was consumed, with more bytes
        complete,  // the body has ended; what was not consumed belongs to the next message
        malformed, // the chunked coding is broken; nothing after this can be understood
    };

    struct Step {
        State state = State::more;
        std::size_t consumed = 0;
        std::string_view piece; // of the body, a part of the bytes given
    };

    // One step over `bytes`, which begin where the previous step's `consumed` ended.
    Step read(std::string_view bytes);

    bool is_complete() const { return phase_ == Phase::complete; }

    // A body without declared end is complete when the connection ends; any other is cut.
    bool may_end_with_connection() const { return framing_.kind == BodyFraming::Kind::until_close; }

    const Headers& trailers() const { return trailers_; }

    // How much is known to be missing: of a counted body all, of a chunked one this chunk.
    std::uint64_t remaining() const { return remaining_; }

private:
    enum class Phase {
        counted,
        until_close,
        size_line,
        chunk,
        chunk_end,
        trailers,
        complete,
        broken
    };

    Step read_counted(std::string_view bytes);
    Step read_chunked(std::string_view bytes);
    Step read_chunk(std::string_view bytes, std::size_t used);
    bool take_size_line(std::string_view line);
    bool take_trailer_line(std::string_view line);
    Step broken();

    BodyFraming framing_;
    BodyLimits limits_;
    Phase phase_;
    std::uint64_t remaining_ = 0;
    std::size_t trailer_bytes_ = 0;
    Headers trailers_;
};

} // namespace diorama::http
