// The aws-chunked decoder, fed in two pieces.
#include "emulator/aws/aws_chunked.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace diorama;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    std::size_t decoded = 0;
    aws::AWSChunkedDecoder decoder([&](std::string_view piece) { decoded += piece.size(); });
    decoder.add(text.substr(0, size / 2));
    decoder.add(text.substr(size / 2));
    decoder.finish();
    if (decoded > size || decoded != decoder.decoded_bytes()) __builtin_trap();
    return 0;
}
