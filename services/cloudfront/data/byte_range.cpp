// See byte_range.hpp.
#include "services/cloudfront/data/byte_range.hpp"

#include "emulator/http/message.hpp"

#include <algorithm>
#include <optional>

namespace diorama::cloudfront {

namespace {

// Nothing for what is no number; huge numbers stay huge.
std::optional<std::uint64_t> parse_number(std::string_view text) {
    constexpr std::uint64_t ceiling = 1ULL << 62;
    if (text.empty()) return std::nullopt;
    std::uint64_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        number = number >= ceiling / 10 ? ceiling : number * 10 + static_cast<unsigned>(c - '0');
    }
    return number;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

ByteRange part(std::uint64_t offset, std::uint64_t length) {
    return {ByteRange::Kind::part, offset, length};
}

} // namespace

ByteRange parse_range(std::string_view range, std::uint64_t size) {
    const ByteRange whole{ByteRange::Kind::whole, 0, size};
    const ByteRange unsatisfiable{ByteRange::Kind::unsatisfiable, 0, 0};
    const auto equals = range.find('=');
    if (equals == std::string_view::npos) return whole;
    if (!http::equal_ignoring_case(trim(range.substr(0, equals)), "bytes")) return whole;
    const auto spec = trim(range.substr(equals + 1));
    const auto dash = spec.find('-');
    if (dash == std::string_view::npos) return whole;

    const auto first = parse_number(spec.substr(0, dash));
    const auto last = parse_number(spec.substr(dash + 1));
    if (dash == 0) { // the last bytes
        if (!last) return whole;
        if (*last == 0 || size == 0) return unsatisfiable;
        const auto length = std::min(*last, size);
        return part(size - length, length);
    }
    if (!first || (!last && dash + 1 != spec.size())) return whole;
    if (last && *last < *first) return whole;
    if (*first >= size) return unsatisfiable;
    const auto end = last ? std::min(*last, size - 1) : size - 1;
    return part(*first, end - *first + 1);
}

} // namespace diorama::cloudfront
