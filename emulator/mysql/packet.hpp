// The packet layer of the MySQL protocol, both ways and without sockets: frames (length, sequence
// id, payload, the split at 16 MB) and the integers and strings inside a payload.
#pragma once

#include "emulator/mysql/protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::mysql {

// Reads the fields of one payload. A read past the end gives zero or nothing, and `failed()` says
// so from then on.
class PacketReader {
public:
    explicit PacketReader(std::string_view payload)
        : rest_(payload) {}

    bool failed() const { return failed_; }

    bool at_end() const { return rest_.empty(); }

    std::size_t left() const { return rest_.size(); }

    std::uint8_t peek() const { return static_cast<std::uint8_t>(rest_.empty() ? 0 : rest_[0]); }

    std::uint64_t fixed(std::size_t bytes); // little endian, up to eight
    std::uint64_t length_encoded();
    std::string_view bytes(std::size_t count);
    std::string_view null_terminated(); // up to the NUL, or to the end when there is none
    std::string_view length_encoded_text();
    std::string_view rest();

private:
    std::string_view rest_;
    bool failed_ = false;
};

// Appends fields to a payload.
void put_fixed(std::string& out, std::uint64_t value, std::size_t bytes);
void put_length_encoded(std::string& out, std::uint64_t value);
void put_text(std::string& out, std::string_view text); // length-encoded
void put_null_terminated(std::string& out, std::string_view text);

// Builds frames in place: open() leaves room for the head, close() fills it in and splits what is
// longer than a frame may be.
class FrameWriter {
public:
    explicit FrameWriter(std::string& out)
        : out_(out) {}

    void set_sequence(std::uint8_t next) { sequence_ = next; }

    std::uint8_t sequence() const { return sequence_; }

    // The payload is appended to the result.
    std::string& open();
    void close();
    void write(std::string_view payload);

    // Forgets everything written since a size() of the output.
    std::string& output() { return out_; }

private:
    std::string& out_;
    std::size_t start_ = 0;
    std::uint8_t sequence_ = 0;
};

struct Frame {
    std::uint8_t first_sequence = 0;
    std::uint8_t sequence = 0; // of its last part
    bool is_in_order = true;   // its parts are numbered one after the other
    std::string_view payload;
    std::size_t consumed = 0; // bytes of the input
};

enum class FrameError { none, too_large };

// Joins frames. Payloads that came in one piece are views of the input; split ones are gathered
// here.
class FrameReader {
public:
    explicit FrameReader(std::size_t max_payload)
        : max_payload_(max_payload) {}

    // The next whole payload at the start of `bytes`, or nothing as long as it is incomplete.
    // A view stays valid until the next call.
    std::optional<Frame> next(std::string_view bytes);

    FrameError error() const { return error_; }

    // Of the part with which it became too large.
    std::uint8_t refused_sequence() const { return refused_sequence_; }

    void set_max_payload(std::size_t max_payload) { max_payload_ = max_payload; }

private:
    std::size_t max_payload_;
    std::string gathered_;
    FrameError error_ = FrameError::none;
    std::uint8_t refused_sequence_ = 0;
};

} // namespace diorama::mysql
