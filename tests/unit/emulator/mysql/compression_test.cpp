// Compressed packets: there and back, and what is not one.
#include "emulator/mysql/compression.hpp"
#include "emulator/mysql/protocol.hpp"

#include <doctest/doctest.h>

using namespace diorama::mysql;

namespace {

// What comes out at the other end, in so many packets.
std::pair<std::string, int> sent(Compression kind, std::string_view text) {
    CompressedStream writer;
    CompressedStream reader;
    writer.start(kind);
    reader.start(kind);
    std::string packed;
    writer.pack(text, packed);
    std::string plain;
    int packets = 0;
    std::string_view rest = packed;
    while (const auto taken = reader.unpack(rest, plain)) {
        rest.remove_prefix(taken);
        ++packets;
    }
    CHECK(rest.empty());
    return {plain, packets};
}

} // namespace

TEST_CASE("compression: text comes back as it was, short and beyond 16 MiB") {
    for (const auto kind : {Compression::zlib, Compression::zstd}) {
        for (const std::size_t size : {1UL, 49UL, 50UL, 1000UL, std::size_t{max_packet_payload}}) {
            const std::string text(size, 'x');
            CHECK(sent(kind, text) == std::pair(text, 1));
        }
        const std::string text(2 * std::size_t{max_packet_payload} + 7, 'y');
        CHECK(sent(kind, text) == std::pair(text, 3));
    }
}

TEST_CASE("compression: fewer than 50 bytes are sent as they are") {
    CompressedStream stream;
    stream.start(Compression::zlib);
    std::string packed;
    stream.pack(std::string(49, 'x'), packed);
    CHECK(packed.substr(0, 7) == std::string("\x31\0\0\0\0\0\0", 7));
    packed.clear();
    stream.pack(std::string(50, 'x'), packed);
    CHECK(packed.size() < 7 + 50);
    CHECK(packed.substr(3, 4) == std::string("\x01\x32\0\0", 4));
}

TEST_CASE("compression: waits for the rest of a packet, and finds damage") {
    for (const auto kind : {Compression::zlib, Compression::zstd}) {
        CompressedStream writer;
        writer.start(kind);
        std::string packed;
        writer.pack(std::string(5000, 'x'), packed);
        CompressedStream reader;
        reader.start(kind);
        std::string plain;
        for (std::size_t length = 0; length < packed.size(); ++length)
            CHECK(reader.unpack(packed.substr(0, length), plain) == 0);
        CHECK_FALSE(reader.has_failed());
        CHECK(plain.empty());

        auto longer = packed; // says that it becomes longer than it does
        longer[4] = static_cast<char>(longer[4] + 1);
        CHECK(reader.unpack(longer, plain) == 0);
        CHECK(reader.has_failed());

        CompressedStream other;
        other.start(kind);
        auto damaged = packed;
        damaged[9] = static_cast<char>(damaged[9] ^ 0x55);
        CHECK(other.unpack(damaged, plain) == 0);
        CHECK(other.has_failed());
        CHECK_FALSE(other.is_out_of_order());

        CompressedStream third;
        third.start(kind);
        third.expect(3);
        CHECK(third.unpack(packed, plain) == 0);
        CHECK(third.is_out_of_order());

        CompressedStream fourth;
        fourth.start(kind);
        CHECK(fourth.unpack(std::string_view("\0\0\0\0\0\0\0", 7), plain) == 0);
        CHECK(fourth.has_failed());
    }
}
