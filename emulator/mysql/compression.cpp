// Compressed packets, with zlib or zstd.
#include "emulator/mysql/compression.hpp"

#include "emulator/mysql/packet.hpp"

#include <algorithm>
#include <zlib.h>
#include <zstd.h>

namespace diorama::mysql {

namespace {
constexpr std::size_t head_size = 7;
}

void CompressedStream::start(Compression compression, int level) {
    compression_ = compression;
    level_ = std::clamp(level, 1, 22);
}

std::size_t CompressedStream::fail(const char* why) {
    failure_ = why;
    return 0;
}

std::size_t CompressedStream::unpack(std::string_view bytes, std::string& plain) {
    if (bytes.size() < head_size || has_failed()) return 0;
    PacketReader head(bytes.substr(0, head_size));
    const auto packed = static_cast<std::size_t>(head.fixed(3));
    const auto sequence = static_cast<std::uint8_t>(head.fixed(1));
    const auto length = static_cast<std::size_t>(head.fixed(3));
    if (packed == 0) return fail("a compressed packet is empty");
    if (sequence != sequence_) {
        is_out_of_order_ = true;
        return fail("compressed packets are out of order");
    }
    if (bytes.size() < head_size + packed) return 0;
    const auto body = bytes.substr(head_size, packed);
    if (length == 0)
        plain.append(body);
    else if (!inflate(body, length, plain))
        return fail("a compressed packet is damaged");
    ++sequence_;
    return head_size + packed;
}

// The length is said beforehand, so that no packet becomes longer than 16 MiB.
bool CompressedStream::inflate(std::string_view packed, std::size_t length, std::string& plain) {
    const auto start = plain.size();
    plain.resize(start + length);
    if (compression_ == Compression::zstd) {
        const auto result =
            ZSTD_decompress(plain.data() + start, length, packed.data(), packed.size());
        return ZSTD_isError(result) == 0 && result == length;
    }
    auto written = static_cast<uLongf>(length);
    const int result = ::uncompress(
        reinterpret_cast<Bytef*>(plain.data() + start),
        &written,
        reinterpret_cast<const Bytef*>(packed.data()),
        static_cast<uLong>(packed.size())
    );
    return result == Z_OK && written == length;
}

// Empty when that makes it no shorter.
std::string CompressedStream::deflate(std::string_view plain) const {
    std::string packed;
    std::size_t size = 0;
    if (compression_ == Compression::zstd) {
        packed.resize(ZSTD_compressBound(plain.size()));
        size = ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), level_);
        if (ZSTD_isError(size) != 0) return {};
    } else {
        auto written = compressBound(static_cast<uLong>(plain.size()));
        packed.resize(written);
        const int result = ::compress(
            reinterpret_cast<Bytef*>(packed.data()),
            &written,
            reinterpret_cast<const Bytef*>(plain.data()),
            static_cast<uLong>(plain.size())
        );
        if (result != Z_OK) return {};
        size = written;
    }
    if (size >= plain.size()) return {};
    packed.resize(size);
    return packed;
}

void CompressedStream::pack(std::string_view plain, std::string& out) {
    while (!plain.empty()) {
        const auto piece = plain.substr(0, max_packet_payload);
        plain.remove_prefix(piece.size());
        const auto packed = piece.size() < min_compressed_length ? std::string() : deflate(piece);
        put_fixed(out, packed.empty() ? piece.size() : packed.size(), 3);
        put_fixed(out, sequence_++, 1);
        put_fixed(out, packed.empty() ? 0 : piece.size(), 3);
        out.append(packed.empty() ? piece : std::string_view(packed));
    }
}

} // namespace diorama::mysql
