// Names, declarations and printed forms of MySQL's types.
#include "services/rds/data/sql/type.hpp"

#include "services/rds/data/sql/datetime.hpp"
#include "services/rds/data/sql/exact.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>

namespace diorama::rds::sql {

Type integer_type(std::uint32_t length) {
    Type type;
    type.kind = TypeKind::big_integer;
    type.length = length;
    return type;
}

Type unsigned_type(std::uint32_t length) {
    auto type = integer_type(length);
    type.is_unsigned = true;
    return type;
}

Type decimal_type(unsigned digits, unsigned scale) {
    Type type;
    type.kind = TypeKind::decimal;
    constexpr unsigned most_digits = 65;
    type.length = std::min(digits, most_digits);
    type.scale = static_cast<std::uint8_t>(scale);
    return type;
}

Type double_type() {
    Type type;
    type.kind = TypeKind::double_number;
    return type;
}

Type double_type(unsigned digits) {
    auto type = double_type();
    if (digits >= no_fixed_digits) return type;
    constexpr unsigned most_significant = 17; // with sign and point, as MySQL counts them
    type.length = most_significant + digits;
    type.scale = static_cast<std::uint8_t>(digits);
    return type;
}

unsigned digits_after_point(const Type& type) {
    if (type.is_decimal() || type.is_fixed_real()) return type.scale;
    return type.is_integer() || type.kind == TypeKind::null ? 0 : no_fixed_digits;
}

Type text_type(std::uint32_t characters) {
    Type type;
    type.kind = TypeKind::varying_character;
    type.length = characters;
    return type;
}

Type binary_type(std::uint32_t bytes) {
    Type type;
    type.kind = TypeKind::varying_binary;
    type.length = bytes;
    type.collation = Collation::binary;
    return type;
}

Type datetime_type(unsigned fraction) {
    Type type;
    type.kind = TypeKind::datetime;
    type.scale = static_cast<std::uint8_t>(fraction);
    return type;
}

// MySQL: a CHAR in the character set binary is a BINARY, and so on.
void make_binary(Type& type) {
    if (type.collation != Collation::binary || type.members) return;
    if (type.kind == TypeKind::character) type.kind = TypeKind::binary;
    if (type.kind == TypeKind::varying_character) type.kind = TypeKind::varying_binary;
    if (type.kind == TypeKind::text) type.kind = TypeKind::blob;
}

Type geometry_type(GeometryKind shape) {
    Type type;
    type.kind = TypeKind::geometry;
    type.length = 0xffffffff;
    type.collation = Collation::binary;
    type.shape = shape;
    return type;
}

std::string_view type_name(const Type& type) {
    const bool is_bytes = type.kind == TypeKind::blob;
    switch (type.kind) {
    case TypeKind::null:
        return "null";
    case TypeKind::tiny_integer:
        return "tinyint";
    case TypeKind::small_integer:
        return "smallint";
    case TypeKind::medium_integer:
        return "mediumint";
    case TypeKind::integer:
        return "int";
    case TypeKind::big_integer:
        return "bigint";
    case TypeKind::decimal:
        return "decimal";
    case TypeKind::float_number:
        return "float";
    case TypeKind::double_number:
        return "double";
    case TypeKind::bit:
        return "bit";
    case TypeKind::year:
        return "year";
    case TypeKind::date:
        return "date";
    case TypeKind::datetime:
        return "datetime";
    case TypeKind::timestamp:
        return "timestamp";
    case TypeKind::time:
        return "time";
    case TypeKind::character:
        return "char";
    case TypeKind::varying_character:
        return "varchar";
    case TypeKind::binary:
        return "binary";
    case TypeKind::varying_binary:
        return "varbinary";
    case TypeKind::enumeration:
        return "enum";
    case TypeKind::set:
        return "set";
    case TypeKind::json:
        return "json";
    case TypeKind::geometry:
        return geometry_type_name(type.shape);
    case TypeKind::text:
    case TypeKind::blob:
        break;
    }
    if (type.length <= 255) return is_bytes ? "tinyblob" : "tinytext";
    if (type.length <= 65535) return is_bytes ? "blob" : "text";
    if (type.length <= 16777215) return is_bytes ? "mediumblob" : "mediumtext";
    return is_bytes ? "longblob" : "longtext";
}

std::string declaration(const Type& type) {
    std::string text(type_name(type));
    const bool is_sized = type.kind == TypeKind::character || type.kind == TypeKind::binary ||
                          type.kind == TypeKind::varying_character ||
                          type.kind == TypeKind::varying_binary || type.kind == TypeKind::bit;
    if (is_sized) text += fmt::format("({})", type.length);
    if (type.kind == TypeKind::decimal || type.is_fixed_real())
        text += fmt::format("({},{})", type.length, type.scale);
    if (type.is_temporal() && type.kind != TypeKind::date && type.scale > 0)
        text += fmt::format("({})", type.scale);
    // MySQL 8.0.19: display widths are gone, but for tinyint(1) and ZEROFILL.
    if (type.kind == TypeKind::tiny_integer && type.length == 1 && !type.is_unsigned)
        text += "(1)";
    else if (type.is_zerofill)
        text += fmt::format("({})", type.length);
    if (type.members) {
        text += '(';
        for (const auto& member : *type.members) {
            if (text.back() != '(') text += ',';
            text += '\'';
            for (const char c : member) {
                if (c == '\'') text += '\'';
                text += c;
            }
            text += '\'';
        }
        text += ')';
    }
    if (type.is_unsigned && type.kind != TypeKind::bit) text += " unsigned";
    if (type.is_zerofill) text += " zerofill";
    return text;
}

std::string decimal_text(std::int64_t scaled, unsigned scale) {
    auto digits = fmt::format(
        "{}",
        scaled < 0 ? 0 - static_cast<std::uint64_t>(scaled) : static_cast<std::uint64_t>(scaled)
    );
    if (scale > 0) {
        if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
        digits.insert(digits.size() - scale, ".");
    }
    return scaled < 0 ? "-" + digits : digits;
}

namespace {

// "1e20", not "1e+20"; plain digits between 1e-15 and 1e15.
template <class Number>
std::string shortest(Number number) {
    if (number == 0) return "0";
    const auto size = std::fabs(number);
    std::array<char, 400> buffer{};
    const bool is_plain = size >= Number(1e-15) && size < Number(1e15);
    const auto end = std::to_chars(
                         buffer.data(),
                         buffer.data() + buffer.size(),
                         number,
                         is_plain ? std::chars_format::fixed : std::chars_format::scientific
    )
                         .ptr;
    std::string text(buffer.data(), end);
    if (const auto plus = text.find("e+"); plus != std::string::npos) text.erase(plus + 1, 1);
    if (const auto e = text.find('e'); e != std::string::npos) {
        auto digits = e + 1 + (text[e + 1] == '-' ? 1 : 0);
        while (text[digits] == '0' && digits + 1 < text.size())
            text.erase(digits, 1);
    }
    return text;
}

} // namespace

std::string double_text(double number) {
    return shortest(number);
}

std::string fixed_text(double number, unsigned digits) {
    return fmt::format("{:.{}f}", number, digits);
}

std::string float_text(double number) {
    const auto rounded = static_cast<float>(number);
    std::array<char, 32> buffer{}; // MySQL prints floats with six significant digits
    const auto end = std::to_chars(
                         buffer.data(),
                         buffer.data() + buffer.size(),
                         rounded,
                         std::chars_format::general,
                         6
    )
                         .ptr;
    float back = 0;
    std::from_chars(buffer.data(), end, back);
    return shortest(back);
}

namespace {

// An exact number that is kept as bytes.
void append_wide(std::string& out, const Type& type, const ValueView& value) {
    if (type.kind == TypeKind::bit) {
        for (auto bytes = (type.length + 7) / 8; bytes-- > 0;)
            out.push_back(static_cast<char>((bits_of(value) >> (8 * bytes)) & 0xff));
        return;
    }
    const auto text = exact_text(wide_of(value), type.is_decimal() ? type.scale : 0);
    if (type.is_zerofill && text.size() < type.length) out.append(type.length - text.size(), '0');
    out += text;
}

} // namespace

void append_text(std::string& out, const Type& type, const ValueView& value) {
    switch (value.kind) {
    case Value::Kind::null:
        return;
    case Value::Kind::integer: {
        if (type.kind == TypeKind::decimal)
            out += decimal_text(value.integer, type.scale);
        else if (type.kind == TypeKind::time)
            out += time_text(value.integer, type.scale);
        else if (type.kind == TypeKind::bit) {
            for (auto bytes = (type.length + 7) / 8; bytes-- > 0;)
                out.push_back(static_cast<char>((value.integer >> (8 * bytes)) & 0xff));
        } else if (type.is_zerofill)
            out += fmt::format("{:0{}}", value.integer, type.length);
        else if (type.kind == TypeKind::year && value.integer == 0)
            out += "0000";
        else {
            std::array<char, 24> buffer{};
            const auto end =
                std::to_chars(buffer.data(), buffer.data() + buffer.size(), value.integer).ptr;
            out.append(buffer.data(), end);
        }
        return;
    }
    case Value::Kind::real:
        out += type.is_fixed_real()                  ? fixed_text(value.real, type.scale)
               : type.kind == TypeKind::float_number ? float_text(value.real)
                                                     : double_text(value.real);
        return;
    case Value::Kind::text:
    case Value::Kind::blob:
        if (type.is_integer() || type.is_decimal()) return append_wide(out, type, value);
        out += value.bytes;
        if (type.kind == TypeKind::binary && value.bytes.size() < type.length)
            out.append(type.length - value.bytes.size(), '\0');
        return;
    }
}

std::string text_of(const Type& type, const ValueView& value) {
    std::string text;
    append_text(text, type, value);
    return text;
}

} // namespace diorama::rds::sql
