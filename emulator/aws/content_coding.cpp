// See content_coding.hpp.
#include "emulator/aws/content_coding.hpp"

#include <array>
#include <zlib.h>

namespace diorama::aws {

std::optional<std::string> gunzip(std::string_view bytes, std::size_t limit) {
    constexpr int gzip_window = 15 + 16; // zlib: 16 asks for the gzip format
    z_stream stream{};
    if (inflateInit2(&stream, gzip_window) != Z_OK) return std::nullopt;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string text;
    std::array<char, 16384> piece{};
    int status = Z_OK;
    // RFC 1952 2.2: "A gzip file consists of a series of members"; whatever else follows is an
    // error.
    while (status == Z_OK || (status == Z_STREAM_END && stream.avail_in != 0)) {
        if (status == Z_STREAM_END && inflateReset(&stream) != Z_OK) break;
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = piece.size();
        status = inflate(&stream, Z_NO_FLUSH);
        text.append(piece.data(), piece.size() - stream.avail_out);
        if (text.size() > limit) status = Z_MEM_ERROR;
        if (stream.avail_in == 0 && stream.avail_out == piece.size()) break;
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END) return std::nullopt;
    return text;
}

} // namespace diorama::aws
