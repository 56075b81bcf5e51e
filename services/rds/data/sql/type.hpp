// MySQL's types: what a column is declared as and what an expression yields. Every expression has
// one before its first row, because clients are told.
#pragma once

#include "services/rds/data/sql/collation_list.hpp"
#include "services/rds/data/sql/geometry_kind.hpp"
#include "services/rds/data/sql/value.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

enum class TypeKind : std::uint8_t {
    null,
    tiny_integer,
    small_integer,
    medium_integer,
    integer,
    big_integer,
    decimal, // kept as an integer scaled by 10^scale, or as bytes of one (exact.hpp)
    float_number,
    double_number,
    bit,
    year,
    date,      // "2026-11-22"
    datetime,  // "2026-11-22 12:00:00.123", as many digits as scale says
    timestamp, // likewise, in UTC
    time,      // microseconds, signed
    character,
    varying_character,
    text,
    binary,
    varying_binary,
    blob,
    enumeration, // kept as its text
    set,         // kept as its text, members in order
    json,        // kept as MySQL prints it
    geometry,    // kept as MySQL does: the SRID, then WKB
};

struct Type {
    TypeKind kind = TypeKind::null;
    bool is_unsigned = false;
    bool is_zerofill = false;
    std::uint32_t length = 0; // characters, bytes, digits of a decimal, display width
    std::uint8_t scale = 0;   // digits after the point: decimals, fractions of seconds
    Collation collation = Collation::utf8mb4_0900_ai_ci;
    std::shared_ptr<const std::vector<std::string>> members = {}; // of ENUM and SET
    GeometryKind shape = GeometryKind::any;                       // of a geometry
    std::optional<std::uint32_t> srid = {};                       // that its values must have

    bool is_integer() const {
        return (kind >= TypeKind::tiny_integer && kind <= TypeKind::big_integer) ||
               kind == TypeKind::year || kind == TypeKind::bit;
    }

    bool is_decimal() const { return kind == TypeKind::decimal; }

    // A decimal that no 64-bit integer holds: kept as bytes, see exact.hpp.
    bool is_wide() const { return is_decimal() && length > 18; }

    // An integer whose largest values are kept as bytes.
    bool may_be_wide() const {
        return is_unsigned &&
               (kind == TypeKind::big_integer || (kind == TypeKind::bit && length > 63));
    }

    bool is_real() const {
        return kind == TypeKind::float_number || kind == TypeKind::double_number;
    }

    // With as many digits after the point as its scale says, FLOAT(7,4) or what ROUND(x, 2) yields;
    // the others have as many as their value needs.
    bool is_fixed_real() const { return is_real() && length != 0; }

    bool is_number() const { return is_integer() || is_decimal() || is_real(); }

    bool is_temporal() const { return kind >= TypeKind::date && kind <= TypeKind::time; }

    // A moment kept as text: DATE, DATETIME, TIMESTAMP.
    bool is_date_like() const { return kind >= TypeKind::date && kind <= TypeKind::timestamp; }

    bool is_character() const {
        return kind == TypeKind::character || kind == TypeKind::varying_character ||
               kind == TypeKind::text || kind == TypeKind::enumeration || kind == TypeKind::set;
    }

    bool is_binary() const {
        return (kind >= TypeKind::binary && kind <= TypeKind::blob) || kind == TypeKind::geometry;
    }

    // What its characters are kept in, as far as clients can tell.
    CharacterSet character_set() const { return set_of(collation); }

    bool is_stringish() const { return is_character() || is_binary() || kind == TypeKind::json; }
};

Type integer_type(std::uint32_t length = 20);
Type unsigned_type(std::uint32_t length = 20);
Type decimal_type(unsigned digits, unsigned scale);
Type double_type();
// One with so many digits after the point; none of its own if there are `no_fixed_digits`.
Type double_type(unsigned digits);
// How many digits after the point a number has.
unsigned digits_after_point(const Type& type);
// MySQL: NOT_FIXED_DEC, what column definitions say of numbers without fixed digits.
inline constexpr unsigned no_fixed_digits = 31;
Type text_type(std::uint32_t characters);
Type binary_type(std::uint32_t bytes);
Type datetime_type(unsigned fraction = 0);
Type geometry_type(GeometryKind shape);
// A type of characters in the character set binary becomes the one of bytes.
void make_binary(Type& type);

// "int unsigned", "varchar(20)", "enum('a','b')", as SHOW CREATE TABLE writes it.
std::string declaration(const Type& type);
// DATA_TYPE of information_schema.columns: "int", "varchar".
std::string_view type_name(const Type& type);

// The text that the text protocol sends and that CONCAT sees. Not for null.
void append_text(std::string& out, const Type& type, const ValueView& value);
std::string text_of(const Type& type, const ValueView& value);
// The shortest text that reads back as the same number, as MySQL writes doubles and floats.
std::string double_text(double number);
std::string float_text(double number);
std::string fixed_text(double number, unsigned digits);
std::string decimal_text(std::int64_t scaled, unsigned scale);

} // namespace diorama::rds::sql
