// The parts that texts of record data are made of: fields, numbers, names, quoted strings, hex.
// Shared by record_data.cpp and the files beside it, and by no one else. Pure.
#pragma once

#include "services/route53/data/dns_name.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::route53 {

// Why a value is not one of its type: "ARRDATAIllegalIPv4Address" and "Value is not a valid IPv4
// address".
struct ValueProblem {
    std::string code;
    std::string sentence;
};

// UNKNOWN: the codes of types other than A, AAAA and names follow the pattern of the known ones.
ValueProblem field_problem(std::string_view type, std::string_view sentence);

// Between blanks.
std::vector<std::string_view> fields_of(std::string_view text);

template <class Number>
bool parse_number(std::string_view text, Number& value) {
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stop == end;
}

void append_u16(std::string& bytes, std::uint16_t value);
void append_u32(std::string& bytes, std::uint32_t value);
std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t length);

// The name in lower case, in wire form; or which rule it breaks.
std::optional<ValueProblem> append_name(std::string& bytes, std::string_view text);
// The name at `at` of well-formed bytes; moves `at` past it.
DNSName name_at(std::string_view bytes, std::size_t& at);

// One character string in quotation marks, with "\ooo" and backslash escapes; moves `at` past it.
std::optional<ValueProblem>
quoted_string(std::string_view text, std::size_t& at, std::string& value);
void append_quoted(std::string& text, std::string_view value);

// Any number of hexadecimal digit pairs, with blanks between them where they are several fields.
std::optional<std::string> from_hex(std::string_view text);
std::string to_hex(std::string_view bytes);

} // namespace diorama::route53
