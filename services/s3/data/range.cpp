// See range.hpp.
#include "services/s3/data/range.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::s3 {

namespace {

constexpr std::string_view unit = "bytes=";

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// Digits only. A number too large for us is as large as can be.
std::optional<std::uint64_t> parse_number(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    std::uint64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec == std::errc::result_out_of_range) return UINT64_MAX;
    return value;
}

} // namespace

RangeResult resolve_range(std::string_view header, std::uint64_t size) {
    header = trimmed(header);
    if (!header.starts_with(unit)) return {};
    header = trimmed(header.substr(unit.size()));
    const auto dash = header.find('-');
    if (dash == std::string_view::npos) return {};
    // AWS: "Amazon S3 doesn't support retrieving multiple ranges of data per GET request."
    if (header.find(',') != std::string_view::npos) return {};
    const auto first_text = trimmed(header.substr(0, dash));
    const auto last_text = trimmed(header.substr(dash + 1));

    if (first_text.empty()) {
        // RFC 9110 14.1.2: "a suffix range […] the last N bytes".
        const auto suffix = parse_number(last_text);
        if (!suffix) return {};
        if (*suffix == 0 || size == 0) return {RangeVerdict::not_satisfiable, {}};
        const auto length = std::min(*suffix, size);
        return {RangeVerdict::partial, {size - length, length}};
    }
    const auto first = parse_number(first_text);
    if (!first) return {};
    auto last = UINT64_MAX;
    if (!last_text.empty()) {
        const auto parsed = parse_number(last_text);
        // RFC 9110 14.1.1: "An int-range is invalid if the last-pos value is present and is less
        // than first-pos."
        if (!parsed || *parsed < *first) return {};
        last = *parsed;
    }
    if (*first >= size) return {RangeVerdict::not_satisfiable, {}};
    last = std::min(last, size - 1);
    return {RangeVerdict::partial, {*first, last - *first + 1}};
}

std::optional<CopyRange> parse_copy_range(std::string_view text) {
    if (!text.starts_with(unit)) return std::nullopt;
    text.remove_prefix(unit.size());
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto first = parse_number(text.substr(0, dash));
    const auto last = parse_number(text.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    return CopyRange{*first, *last};
}

} // namespace diorama::s3
