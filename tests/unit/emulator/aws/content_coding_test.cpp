#include "emulator/aws/content_coding.hpp"

#include <doctest/doctest.h>

#include <zlib.h>

using diorama::aws::gunzip;

namespace {

std::string gzip(const std::string& text) {
    constexpr int gzip_window = 15 + 16;
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY);
    std::string bytes(deflateBound(&stream, text.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_out = static_cast<uInt>(bytes.size());
    deflate(&stream, Z_FINISH);
    bytes.resize(bytes.size() - stream.avail_out);
    deflateEnd(&stream);
    return bytes;
}

} // namespace

TEST_CASE("gunzip: one member and several are the text they hold") {
    CHECK(gunzip(gzip("a text"), 100) == "a text");
    CHECK(gunzip(gzip(""), 100) == "");
    CHECK(gunzip(gzip("one, ") + gzip("two"), 100) == "one, two");
}

TEST_CASE("gunzip: what is not gzip, cut short, or followed by something else is refused") {
    CHECK_FALSE(gunzip("", 100));
    CHECK_FALSE(gunzip("not gzip", 100));
    CHECK_FALSE(gunzip(gzip("a text").substr(0, 15), 100));
    CHECK_FALSE(gunzip(gzip("a text") + "more", 100));
}

TEST_CASE("gunzip: a text longer than the limit is refused") {
    CHECK_FALSE(gunzip(gzip(std::string(10'000'000, 'x')), 1'000'000));
    CHECK(gunzip(gzip(std::string(1000, 'x')), 1000));
}
