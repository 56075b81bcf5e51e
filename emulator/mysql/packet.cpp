// The integers, strings and frames of the MySQL protocol.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
#include "emulator/mysql/packet.hpp"

#include "emulator/assert.hpp"

#include <utility>

namespace diorama::mysql {

namespace {
constexpr std::size_t head_size = 4;
}

std::uint64_t PacketReader::fixed(std::size_t bytes) {
    ASSERT(bytes <= 8);
    if (rest_.size() < bytes) {
        failed_ = true;
        rest_ = {};
        return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
        value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(rest_[i])) << (8 * i);
    rest_.remove_prefix(bytes);
    return value;
}

std::uint64_t PacketReader::length_encoded() {
    const auto first = fixed(1);
    if (first < 0xfb) return first;
    if (first == 0xfc) return fixed(2);
    if (first == 0xfd) return fixed(3);
    if (first == 0xfe) return fixed(8);
    failed_ = true; // 0xfb is NULL in rows, 0xff an error: neither is a number
    return 0;
}

std::string_view PacketReader::bytes(std::size_t count) {
    if (rest_.size() < count) {
        failed_ = true;
        rest_ = {};
        return {};
    }
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
}

std::string_view PacketReader::null_terminated() {
    const auto end = rest_.find('\0');
    const auto taken = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return taken;
}

std::string_view PacketReader::length_encoded_text() {
    const auto length = length_encoded();
    if (length > rest_.size()) {
        failed_ = true;
        rest_ = {};
        return {};
    }
    return bytes(static_cast<std::size_t>(length));
}

std::string_view PacketReader::rest() {
    return std::exchange(rest_, {});
}

void put_fixed(std::string& out, std::uint64_t value, std::size_t bytes) {
    for (; bytes > 0; --bytes, value >>= 8)
        out.push_back(static_cast<char>(value & 0xff));
}

void put_length_encoded(std::string& out, std::uint64_t value) {
    if (value < 0xfb) {
        out.push_back(static_cast<char>(value));
    } else if (value <= 0xffff) {
        out.push_back(static_cast<char>(0xfc));
        put_fixed(out, value, 2);
    } else if (value <= 0xffffff) {
        out.push_back(static_cast<char>(0xfd));
        put_fixed(out, value, 3);
    } else {
        out.push_back(static_cast<char>(0xfe));
        put_fixed(out, value, 8);
    }
}

void put_text(std::string& out, std::string_view text) {
    put_length_encoded(out, text.size());
    out.append(text);
}

void put_null_terminated(std::string& out, std::string_view text) {
    out.append(text);
    out.push_back('\0');
}

std::string& FrameWriter::open() {
    start_ = out_.size();
    out_.append(head_size, '\0');
    return out_;
}

void FrameWriter::close() {
    const auto put_head = [this](std::size_t at, std::size_t length) {
        out_[at] = static_cast<char>(length & 0xff);
        out_[at + 1] = static_cast<char>((length >> 8) & 0xff);
        out_[at + 2] = static_cast<char>((length >> 16) & 0xff);
        out_[at + 3] = static_cast<char>(sequence_++);
    };
    auto length = out_.size() - start_ - head_size;
    while (length >= max_packet_payload) {
        put_head(start_, max_packet_payload);
        start_ += head_size + max_packet_payload;
        out_.insert(start_, head_size, '\0');
        length -= max_packet_payload;
    }
    put_head(start_, length);
}

void FrameWriter::write(std::string_view payload) {
    open().append(payload);
    close();
}

std::optional<Frame> FrameReader::next(std::string_view bytes) {
    gathered_.clear();
    std::size_t at = 0;
    std::size_t parts = 0;
    std::size_t total = 0;
    Frame frame;
    while (true) { // first look whether all parts are there
        if (bytes.size() < at + head_size) return std::nullopt;
        const auto length = PacketReader(bytes.substr(at)).fixed(3);
        total += static_cast<std::size_t>(length);
        if (total > max_payload_) {
            error_ = FrameError::too_large;
            refused_sequence_ = static_cast<std::uint8_t>(bytes[at + head_size - 1]);
            return std::nullopt;
        }
        if (bytes.size() < at + head_size + length) return std::nullopt;
        const auto sequence = static_cast<std::uint8_t>(bytes[at + head_size - 1]);
        if (parts == 0)
            frame.first_sequence = sequence;
        else if (sequence != static_cast<std::uint8_t>(frame.sequence + 1))
            frame.is_in_order = false;
        frame.sequence = sequence;
        ++parts;
        at += head_size + static_cast<std::size_t>(length);
        if (length < max_packet_payload) break;
    }
    frame.payload = bytes.substr(head_size, total);
    frame.consumed = at;
    const auto last_length = total - (parts - 1) * max_packet_payload;
    if (parts > 1) {
        for (std::size_t part = 0, from = 0; part < parts; ++part) {
            const auto length = part + 1 < parts ? max_packet_payload : last_length;
            gathered_.append(bytes.substr(from + head_size, length));
            from += head_size + length;
        }
        frame.payload = gathered_;
    }
    return frame;
}

} // namespace diorama::mysql
