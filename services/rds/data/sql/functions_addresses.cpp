// Internet addresses and UUIDs as bytes and as texts.
// https://dev.mysql.com/doc/refman/8.0/en/miscellaneous-functions.html
#include "emulator/network/address.hpp"
#include "services/rds/data/sql/functions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

using network::IPAddress;

constexpr std::size_t v4_size = 4;
constexpr std::size_t v6_size = 16;
constexpr std::size_t uuid_size = 16;

bool is_quad(std::string_view text) {
    return std::ranges::count(text, '.') == 3 && text.find(':') == std::string_view::npos;
}

// MySQL takes no zone ("%eth0") and no brackets.
std::optional<IPAddress> read_address(std::string_view text) {
    if (text.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos)
        return std::nullopt;
    if (text.find(':') == std::string_view::npos && !is_quad(text)) return std::nullopt;
    return IPAddress::parse(text);
}

void incorrect(const Call& call, std::string_view function) {
    call.context.warn(
        {1411,
         "HY000",
         fmt::format("Incorrect string value: '{}' for function {}", call.text(0), function)}
    );
    call.null();
}

void to_bytes(const Call& call) {
    const auto address = read_address(call.text(0));
    if (!address) return incorrect(call, "inet6_aton");
    if (address->is_v4()) {
        std::string out;
        for (int shift = 24; shift >= 0; shift -= 8)
            out.push_back(static_cast<char>(address->v4_bits() >> shift & 0xff));
        return call.result_blob(out);
    }
    const auto& bytes = address->bytes();
    call.result_blob({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void from_bytes(const Call& call) {
    const auto given = call.text(0);
    std::array<std::uint8_t, v6_size> bytes{};
    if (given.size() != v4_size && given.size() != v6_size) return incorrect(call, "inet6_ntoa");
    std::ranges::copy(given, bytes.begin());
    if (given.size() == v6_size) return call.result(IPAddress::v6(bytes).to_string());
    call.result(IPAddress::v4(bytes[0], bytes[1], bytes[2], bytes[3]).to_string());
}

void is_v4(const Call& call) {
    const auto address = read_address(call.text(0));
    call.result(std::int64_t{address && address->is_v4()});
}

void is_v6(const Call& call) {
    const auto text = call.text(0);
    const bool has_colon = text.find(':') != std::string_view::npos;
    call.result(std::int64_t{has_colon && read_address(text)});
}

// Ten or twelve zeros, or ten and two of 0xff, before the four bytes of an IPv4 address.
bool embeds_v4(std::string_view bytes, bool is_mapped) {
    if (bytes.size() != v6_size) return false;
    const auto prefix = std::string(10, '\0') + (is_mapped ? "\xff\xff" : std::string(2, '\0'));
    return bytes.starts_with(prefix);
}

void is_v4_compatible(const Call& call) {
    // RFC 4291 2.5.5.1; :: and ::1 are addresses of their own.
    const auto bytes = call.text(0);
    const bool is_special = bytes.size() == v6_size &&
                            bytes.substr(12, 3) == std::string_view("\0\0\0", 3) &&
                            static_cast<std::uint8_t>(bytes[15]) < 2;
    call.result(std::int64_t{embeds_v4(bytes, false) && !is_special});
}

void is_v4_mapped(const Call& call) {
    call.result(std::int64_t{embeds_v4(call.text(0), true)});
}

// The digits of a UUID: with dashes, without, or in braces.
std::optional<std::string> read_uuid(std::string_view text) {
    constexpr std::size_t with_dashes = 36;
    if (text.size() == with_dashes + 2 && text.front() == '{' && text.back() == '}')
        text = text.substr(1, with_dashes);
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_dash_place =
            text.size() == with_dashes && (i == 8 || i == 13 || i == 18 || i == 23);
        if (is_dash_place != (text[i] == '-')) return std::nullopt;
        if (!is_dash_place) digits.push_back(text[i]);
    }
    if (digits.size() != uuid_size * 2) return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        unsigned value = 0;
        for (const char c : {digits[i], digits[i + 1]}) {
            const auto lower = static_cast<char>(c | 0x20);
            if (c >= '0' && c <= '9')
                value = value * 16 + static_cast<unsigned>(c - '0');
            else if (lower >= 'a' && lower <= 'f')
                value = value * 16 + static_cast<unsigned>(lower - 'a' + 10);
            else
                return std::nullopt;
        }
        bytes.push_back(static_cast<char>(value));
    }
    return bytes;
}

// MySQL: "the time-low and time-high parts (the first and third groups of hexadecimal digits,
// respectively) are swapped", so that those of version 1 grow with time.
std::string swapped(std::string_view bytes) {
    return std::string(bytes.substr(6, 2)).append(bytes.substr(4, 2)).append(bytes.substr(0, 4));
}

void uuid_to_bytes(const Call& call) {
    auto bytes = read_uuid(call.text(0));
    if (!bytes)
        return call.fail(
            {1411,
             "HY000",
             fmt::format("Incorrect string value: '{}' for function uuid_to_bin", call.text(0))}
        );
    if (call.size() > 1 && call.integer(1) != 0) bytes->replace(0, 8, swapped(*bytes));
    call.result_blob(*bytes);
}

void bytes_to_uuid(const Call& call) {
    std::string bytes(call.text(0));
    if (bytes.size() != uuid_size)
        return call.fail(
            {1411,
             "HY000",
             fmt::format("Incorrect string value: '{}' for function bin_to_uuid", bytes)}
        );
    if (call.size() > 1 && call.integer(1) != 0)
        bytes = bytes.substr(4, 4) + bytes.substr(2, 2) + bytes.substr(0, 2) + bytes.substr(8);
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += fmt::format("{:02x}", static_cast<std::uint8_t>(bytes[i]));
    }
    call.result(text);
}

void is_uuid(const Call& call) {
    call.result(std::int64_t{read_uuid(call.text(0)).has_value()});
}

constexpr std::array functions = {
    Function{"my_inet6_aton", to_bytes},
    Function{"my_inet6_ntoa", from_bytes},
    Function{"my_is_ipv4", is_v4},
    Function{"my_is_ipv6", is_v6},
    Function{"my_is_ipv4_compat", is_v4_compatible},
    Function{"my_is_ipv4_mapped", is_v4_mapped},
    Function{"my_uuid_to_bin", uuid_to_bytes},
    Function{"my_bin_to_uuid", bytes_to_uuid},
    Function{"my_is_uuid", is_uuid},
};

} // namespace

std::span<const Function> address_functions() {
    return functions;
}

} // namespace diorama::rds::sql
