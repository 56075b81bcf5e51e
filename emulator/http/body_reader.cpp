// See body_reader.hpp. Lines of the chunked coding must end in CRLF: unlike in heads, a bare LF is
// refused here, because parsers that differ about it are how requests are smuggled.
#include "emulator/http/body_reader.hpp"

#include <algorithm>

namespace diorama::http {

namespace {

// The line at the start of `bytes` without its CRLF, if it is complete; `is_broken` if it cannot
// become one.
struct Line {
    bool is_complete = false;
    bool is_broken = false;
    std::string_view text;
};

Line first_line(std::string_view bytes, std::size_t limit) {
    const auto window = bytes.substr(0, limit + 2);
    const auto end = window.find('\n');
    if (end == std::string_view::npos) return {false, bytes.size() >= limit + 2, {}};
    if (end == 0 || window[end - 1] != '\r') return {false, true, {}};
    return {true, false, window.substr(0, end - 1)};
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && byte != '\t') || byte == 0x7f;
    });
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

} // namespace

BodyReader::BodyReader(const BodyFraming& framing, const BodyLimits& limits)
    : framing_(framing)
    , limits_(limits)
    , phase_(Phase::complete)
    , remaining_(framing.length) {
    switch (framing.kind) {
    case BodyFraming::Kind::length:
        phase_ = Phase::counted;
        break;
    case BodyFraming::Kind::chunked:
        phase_ = Phase::size_line;
        break;
    case BodyFraming::Kind::until_close:
        phase_ = Phase::until_close;
        break;
    case BodyFraming::Kind::none:
        break;
    case BodyFraming::Kind::invalid:
    case BodyFraming::Kind::unsupported:
        phase_ = Phase::broken;
        break;
    }
}

BodyReader::Step BodyReader::read(std::string_view bytes) {
    switch (phase_) {
    case Phase::complete:
        return {State::complete, 0, {}};
    case Phase::broken:
        return {State::malformed, 0, {}};
    case Phase::until_close:
        return {State::more, bytes.size(), bytes};
    case Phase::counted:
        return read_counted(bytes);
    default:
        return read_chunked(bytes);
    }
}

BodyReader::Step BodyReader::broken() {
    phase_ = Phase::broken;
    return {State::malformed, 0, {}};
}

BodyReader::Step BodyReader::read_counted(std::string_view bytes) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
    remaining_ -= size;
    if (remaining_ == 0) phase_ = Phase::complete;
    return {remaining_ == 0 ? State::complete : State::more, size, bytes.substr(0, size)};
}

// Goes over lines until there is a piece to deliver, the body ends, or a line is not there yet.
BodyReader::Step BodyReader::read_chunked(std::string_view bytes) {
    std::size_t used = 0;
    for (;;) {
        const auto rest = bytes.substr(used);
        if (phase_ == Phase::chunk) {
            if (rest.empty()) return {State::more, used, {}};
            return read_chunk(bytes, used);
        }
        if (phase_ == Phase::chunk_end) {
            if (rest.size() < 2) {
                return rest.empty() || rest[0] == '\r' ? Step{State::more, used, {}} : broken();
            }
            if (rest.substr(0, 2) != "\r\n") return broken();
            used += 2;
            phase_ = Phase::size_line;
            continue;
        }
        const bool is_size = phase_ == Phase::size_line;
        const auto line = first_line(rest, is_size ? limits_.max_chunk_line : limits_.max_trailers);
        if (line.is_broken) return broken();
        if (!line.is_complete) return {State::more, used, {}};
        if (!(is_size ? take_size_line(line.text) : take_trailer_line(line.text))) return broken();
        used += line.text.size() + 2;
        if (phase_ == Phase::complete) return {State::complete, used, {}};
    }
}

BodyReader::Step BodyReader::read_chunk(std::string_view bytes, std::size_t used) {
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size() - used));
    remaining_ -= size;
    if (remaining_ == 0) phase_ = Phase::chunk_end;
    return {State::more, used + size, bytes.substr(used, size)};
}

// RFC 9112 7.1: chunk-size [ chunk-ext ]. Extensions are skipped ("A recipient MUST ignore
// unrecognized chunk extensions").
bool BodyReader::take_size_line(std::string_view line) {
    std::size_t digits = 0;
    std::uint64_t size = 0;
    while (digits < line.size() && hex_digit(line[digits]) >= 0) {
        if (digits == 16) return false;
        size = size * 16 + static_cast<std::uint64_t>(hex_digit(line[digits]));
        ++digits;
    }
    const auto rest = without_blanks(line.substr(digits));
    if (digits == 0 || (!rest.empty() && rest.front() != ';') || has_control(rest)) return false;
    remaining_ = size;
    phase_ = size == 0 ? Phase::trailers : Phase::chunk;
    return true;
}

bool BodyReader::take_trailer_line(std::string_view line) {
    if (line.empty()) {
        phase_ = Phase::complete;
        return true;
    }
    trailer_bytes_ += line.size() + 2;
    const auto colon = line.find(':');
    if (trailer_bytes_ > limits_.max_trailers || has_control(line)) return false;
    if (colon == std::string_view::npos || colon == 0) return false;
    const auto name = line.substr(0, colon);
    if (name.find_first_of(" \t") != std::string_view::npos) return false;
    trailers_.add(std::string(name), std::string(without_blanks(line.substr(colon + 1))));
    return true;
}

} // namespace diorama::http
