// What S3 takes from a request by hand: ranges, list tokens, copy sources, hosts and paths, entity
// tags, metadata. The first byte chooses; each parser must come to an end, and what it accepts must
// make sense.
#include "emulator/assert.hpp"
#include "services/s3/data/addressing.hpp"
#include "services/s3/data/copy_source.hpp"
#include "services/s3/data/listing.hpp"
#include "services/s3/data/metadata_text.hpp"
#include "services/s3/data/preconditions.hpp"
#include "services/s3/data/range.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace diorama::s3;

namespace {

void try_range(std::string_view text) {
    for (const std::uint64_t size : {0ull, 1ull, 10ull, ~0ull}) {
        const auto result = resolve_range(text, size);
        if (result.verdict != RangeVerdict::partial) continue;
        ASSERT(result.range.length != 0 && result.range.offset < size);
        ASSERT(result.range.length <= size - result.range.offset);
    }
    if (const auto range = parse_copy_range(text)) ASSERT(range->first <= range->last);
}

void try_token(std::string_view text) {
    if (const auto position = decode_token(text)) ASSERT(encode_token(*position) == text);
}

void try_addresses(std::string_view text) {
    const auto meaning = read_host(text);
    if (meaning.is_ours) ASSERT((meaning.style == AddressingStyle::path) == meaning.bucket.empty());
    read_target(meaning, text);
    read_target({}, text);
    possible_bucket(text);
}

void try_metadata(std::string_view text) {
    const auto decoded = decode_metadata(text);
    const auto encoded = encode_metadata(decoded);
    for (const auto c : encoded)
        ASSERT(static_cast<unsigned char>(c) < 0x80);
    if (encoded != decoded) ASSERT(decode_metadata(encoded) == decoded);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    switch (bytes[0] % 5) {
    case 0:
        try_range(text);
        break;
    case 1:
        try_token(text);
        break;
    case 2:
        if (const auto source = parse_copy_source(text))
            ASSERT(!source->bucket.empty() && !source->key.empty());
        break;
    case 3:
        try_addresses(text);
        break;
    default:
        names_e_tag(text, "tag");
        try_metadata(text);
        break;
    }
    return 0;
}
