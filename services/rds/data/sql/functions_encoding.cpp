// Values in other clothes: bases, base64, quoted and formatted text, addresses.
// https://dev.mysql.com/doc/refman/8.0/en/string-functions.html
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/type.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace diorama::rds::sql {

namespace {

constexpr std::string_view base64_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// MySQL: lines of 76 characters.
void to_base64(const Call& call) {
    const auto bytes = call.text(0);
    std::string out;
    std::size_t line = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        if (line == 76) {
            out += '\n';
            line = 0;
        }
        const auto byte = [&](std::size_t at) -> std::uint32_t {
            return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0;
        };
        const auto bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        for (std::size_t k = 0; k < 4; ++k)
            out += i + k > bytes.size() ? '=' : base64_letters[bits >> (18 - 6 * k) & 63];
        line += 4;
    }
    call.result(out);
}

void from_base64(const Call& call) {
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    bool is_padded = false;
    for (const char c : call.text(0)) {
        if (c == '\n' || c == '\r' || c == ' ' || c == '\t') continue;
        is_padded = is_padded || c == '=';
        const auto digit = base64_letters.find(c);
        if (is_padded ? c != '=' : digit == std::string_view::npos) return call.null();
        bits = bits << 6 | static_cast<std::uint32_t>(is_padded ? 0 : digit);
        if (++count % 4 != 0) continue;
        for (const int shift : {16, 8, 0})
            out += static_cast<char>(bits >> shift & 0xff);
        bits = 0;
    }
    if (count % 4 != 0) return call.null();
    const auto text = call.text(0);
    const auto padding = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));
    if (padding > 2) return call.null();
    call.result_blob(std::string_view(out).substr(0, out.size() - std::min(padding, out.size())));
}

std::string in_base(std::uint64_t number, std::uint64_t base) {
    std::string digits;
    do
        digits.insert(digits.begin(), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number % base]);
    while ((number /= base) != 0);
    return digits;
}

// my_conv(text, from, to)
void convert_base(const Call& call) {
    const auto from = std::abs(call.integer(1));
    const auto to = call.integer(2);
    if (from < 2 || from > 36 || std::abs(to) < 2 || std::abs(to) > 36) return call.null();
    auto text = call.text(0);
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    std::uint64_t number = 0;
    for (const char c : text) {
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'z' ? c - 'a' + 10
                          : c >= 'A' && c <= 'Z' ? c - 'A' + 10
                                                 : 99;
        if (digit >= from) break;
        number = number * static_cast<std::uint64_t>(from) + static_cast<std::uint64_t>(digit);
    }
    if (is_negative) number = 0 - number;
    const auto is_signed = to < 0 && static_cast<std::int64_t>(number) < 0;
    auto out = in_base(is_signed ? 0 - number : number, static_cast<std::uint64_t>(std::abs(to)));
    call.result(is_signed ? "-" + out : out);
}

void quote(const Call& call) {
    if (call.is_null(0)) return call.result(std::string_view("NULL"));
    std::string out = "'";
    for (const char c : call.text(0)) {
        if (c == '\'' || c == '\\') out += '\\';
        if (c == '\0')
            out += "\\0";
        else if (c == '\x1a')
            out += "\\Z";
        else
            out += c;
    }
    call.result(out + "'");
}

// my_insert(text, position, length, new)
void insert(const Call& call) {
    const auto text = call.text(0);
    const auto count = static_cast<std::int64_t>(character_count(text));
    const auto at = call.integer(1);
    if (at < 1 || at > count) return call.result(text);
    const auto length = call.integer(2);
    const auto rest = count - at + 1;
    const auto removed = length < 0 || length > rest ? rest : length;
    const auto begin = character_offset(text, static_cast<std::size_t>(at - 1));
    const auto end = character_offset(text, static_cast<std::size_t>(at - 1 + removed));
    call.result(std::string(text.substr(0, begin)).append(call.text(3)).append(text.substr(end)));
}

void space(const Call& call) {
    const auto count = std::max<std::int64_t>(0, call.integer(0));
    if (count > std::int64_t{64} << 20) return call.null(); // max_allowed_packet
    call.result(std::string(static_cast<std::size_t>(count), ' '));
}

void element(const Call& call) {
    const auto number = call.is_null(0) ? 0 : call.integer(0);
    if (number < 1 || static_cast<std::size_t>(number) >= call.size()) return call.null();
    call.result(call.value(static_cast<std::size_t>(number)));
}

void make_set(const Call& call) {
    if (call.is_null(0)) return call.null();
    std::string out;
    bool is_first = true;
    for (std::size_t i = 1; i < call.size() && i <= 64; ++i) {
        if ((call.integer(0) >> (i - 1) & 1) == 0 || call.is_null(i)) continue;
        if (!is_first) out += ',';
        is_first = false;
        out += call.text(i);
    }
    call.result(out);
}

// my_export_set(bits, on, off [, separator [, how many]]): the lowest bit first.
void export_set(const Call& call) {
    constexpr std::int64_t most = 64;
    const auto separator = call.size() > 3 ? call.text(3) : ",";
    const auto given = call.size() > 4 ? call.integer(4) : most;
    const auto count = given < 0 || given > most ? most : given;
    const auto bits = static_cast<std::uint64_t>(call.integer(0));
    std::string out;
    for (std::int64_t i = 0; i < count; ++i) {
        if (i > 0) out += separator;
        out += (bits >> i & 1) != 0 ? call.text(1) : call.text(2);
    }
    call.result(out);
}

void bit_count(const Call& call) {
    call.result(std::int64_t{std::popcount(static_cast<std::uint64_t>(call.integer(0)))});
}

// AWS: on RDS no file of the server can be read.
void load_file(const Call& call) {
    call.null();
}

// my_interval(number, bounds…): how many of the ascending bounds are not greater.
void interval(const Call& call) {
    if (call.is_null(0)) return call.result(std::int64_t{-1});
    std::int64_t count = 0;
    for (std::size_t i = 1; i < call.size(); ++i)
        if (call.is_null(i) || call.real(i) <= call.real(0)) count = static_cast<std::int64_t>(i);
    call.result(count);
}

// The bytes of the first character as one number.
void ord(const Call& call) {
    auto rest = call.text(0);
    const auto text = rest;
    if (text.empty()) return call.result(std::int64_t{0});
    take_character(rest);
    std::int64_t number = 0;
    for (const char c : text.substr(0, text.size() - rest.size()))
        number = number << 8 | static_cast<std::uint8_t>(c);
    call.result(number);
}

void inet_aton(const Call& call) {
    std::int64_t address = 0;
    std::int64_t part = 0;
    int parts = 1;
    bool has_digit = false;
    for (const char c : call.text(0)) {
        if (c == '.' && has_digit && parts < 4) {
            address = address << 8 | part;
            part = 0;
            has_digit = false;
            ++parts;
        } else if (c >= '0' && c <= '9' && part * 10 + (c - '0') <= 255) {
            part = part * 10 + (c - '0');
            has_digit = true;
        } else {
            return call.null();
        }
    }
    if (!has_digit) return call.null();
    // "10.1" is 10.0.0.1
    call.result(address << 8 * (4 - parts) << 8 | part);
}

void inet_ntoa(const Call& call) {
    const auto n = call.integer(0);
    if (n < 0 || n > 0xffffffff) return call.null();
    call.result(fmt::format("{}.{}.{}.{}", n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255));
}

constexpr auto passed = Function::Nulls::are_passed;

constexpr std::array functions = {
    Function{"my_to_base64", to_base64},
    Function{"my_from_base64", from_base64},
    Function{"my_conv", convert_base},
    Function{"my_quote", quote, passed},
    Function{"my_insert", insert},
    Function{"my_space", space},
    Function{"my_elt", element, passed},
    Function{"my_make_set", make_set, passed},
    Function{"my_ord", ord},
    Function{"my_inet_aton", inet_aton},
    Function{"my_inet_ntoa", inet_ntoa},
    Function{"my_export_set", export_set},
    Function{"my_bit_count", bit_count},
    Function{"my_load_file", load_file},
    Function{"my_interval", interval, Function::Nulls::are_passed},
};

} // namespace

std::span<const Function> encoding_functions() {
    return functions;
}

} // namespace diorama::rds::sql
