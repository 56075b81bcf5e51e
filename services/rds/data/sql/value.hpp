// A value as the storage keeps it: SQLite's five classes. What it means (a scaled decimal, a date)
// is said by the Type beside it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace diorama::rds::sql {

struct Value {
    enum class Kind : std::uint8_t { null, integer, real, text, blob };

    Kind kind = Kind::null;
    std::int64_t integer = 0;
    double real = 0;
    std::string bytes;

    static Value of(std::int64_t number) { return {Kind::integer, number, 0, {}}; }

    static Value of(double number) { return {Kind::real, 0, number, {}}; }

    static Value text(std::string text) { return {Kind::text, 0, 0, std::move(text)}; }

    static Value blob(std::string bytes) { return {Kind::blob, 0, 0, std::move(bytes)}; }

    bool is_null() const { return kind == Kind::null; }

    bool operator==(const Value&) const = default;
};

// The same without owning the bytes.
struct ValueView {
    Value::Kind kind = Value::Kind::null;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view bytes;

    ValueView() = default;

    // NOLINTNEXTLINE(google-explicit-constructor): a view of a value is the value.
    ValueView(const Value& value)
        : kind(value.kind)
        , integer(value.integer)
        , real(value.real)
        , bytes(value.bytes) {}

    bool is_null() const { return kind == Value::Kind::null; }

    Value owned() const { return {kind, integer, real, std::string(bytes)}; }
};

} // namespace diorama::rds::sql
