// The compressed packets around the packets of the MySQL protocol, both ways and without sockets:
// length, sequence id, length before compression, then a piece of the stream of packets.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_compression.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace diorama::mysql {

enum class Compression : std::uint8_t { none, zlib, zstd };

// "MIN_COMPRESS_LENGTH": a shorter piece is sent as it is.
inline constexpr std::size_t min_compressed_length = 50;
inline constexpr int zstd_default_level = 3;

class CompressedStream {
public:
    // From the next byte on. The level is zstd's, 1 to 22.
    void start(Compression compression, int level = zstd_default_level);

    bool is_on() const { return compression_ != Compression::none; }

    // Appends to `plain` what the first compressed packet in `bytes` holds. How many bytes it took:
    // 0 as long as it is incomplete, and when has_failed().
    std::size_t unpack(std::string_view bytes, std::string& plain);

    // It is not the protocol: damaged, out of order, or empty.
    bool has_failed() const { return failure_ != nullptr; }

    bool is_out_of_order() const { return is_out_of_order_; }

    const char* failure() const { return failure_; }

    // Appends as many compressed packets as `plain` needs. The numbers go on from what was
    // unpacked last.
    void pack(std::string_view plain, std::string& out);

    // The next command begins to count anew.
    void begin_command() { sequence_ = 0; }

    // What the other side's next packet is numbered.
    void expect(std::uint8_t sequence) { sequence_ = sequence; }

private:
    bool inflate(std::string_view packed, std::size_t length, std::string& plain);
    std::string deflate(std::string_view plain) const;
    std::size_t fail(const char* why);

    Compression compression_ = Compression::none;
    int level_ = zstd_default_level;
    std::uint8_t sequence_ = 0; // the next one, of either side
    bool is_out_of_order_ = false;
    const char* failure_ = nullptr;
};

} // namespace diorama::mysql
