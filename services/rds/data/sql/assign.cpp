// https://dev.mysql.com/doc/refman/8.0/en/sql-mode.html#sql-mode-strict
#include "services/rds/data/sql/assign.hpp"

#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/json.hpp"
#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace diorama::rds::sql {

namespace {

void complain(const Assignee& to, const SQLError& error) {
    if (to.is_strict) throw error;
    to.context.warn(error);
}

std::pair<std::int64_t, std::int64_t> range_of(const Type& type) {
    constexpr auto all = std::numeric_limits<std::int64_t>::max();
    switch (type.kind) {
    case TypeKind::tiny_integer:
        return type.is_unsigned ? std::pair<std::int64_t, std::int64_t>{0, 255}
                                : std::pair<std::int64_t, std::int64_t>{-128, 127};
    case TypeKind::small_integer:
        return type.is_unsigned ? std::pair<std::int64_t, std::int64_t>{0, 65535}
                                : std::pair<std::int64_t, std::int64_t>{-32768, 32767};
    case TypeKind::medium_integer:
        return type.is_unsigned ? std::pair<std::int64_t, std::int64_t>{0, 16777215}
                                : std::pair<std::int64_t, std::int64_t>{-8388608, 8388607};
    case TypeKind::integer:
        return type.is_unsigned ? std::pair<std::int64_t, std::int64_t>{0, 4294967295}
                                : std::pair<std::int64_t, std::int64_t>{-2147483648LL, 2147483647};
    case TypeKind::bit:
        return {0, (std::int64_t{1} << type.length) - 1};
    case TypeKind::year:
        return {0, 2155};
    // DIFFERS: BIGINT UNSIGNED ends at 9223372036854775807.
    default:
        return {type.is_unsigned ? 0 : std::numeric_limits<std::int64_t>::min(), all};
    }
}

std::int64_t clamped(const Assignee& to, double number) {
    const auto [low, high] = range_of(to.column.type);
    const double whole = std::round(number);
    if (whole < static_cast<double>(low) || whole >= static_cast<double>(high) + 1.0) {
        complain(to, out_of_range(to.column.name, to.row));
        return whole < 0 ? low : high;
    }
    return static_cast<std::int64_t>(whole);
}

// Text in a numeric column.
double number_in(const Assignee& to, std::string_view text, std::string_view type) {
    bool is_whole = false;
    const double number = number_of(text, &is_whole);
    if (is_whole) return number;
    const bool starts_with_digit =
        !text.empty() && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
    complain(
        to,
        starts_with_digit ? data_truncated(to.column.name, to.row)
                          : incorrect_value(type, text, to.column.name, to.row)
    );
    return number;
}

Value integer_for(const Assignee& to, const Type& from, const ValueView& value) {
    const auto& type = to.column.type;
    if (value.kind == Value::Kind::integer && !from.is_decimal() && from.kind != TypeKind::time) {
        auto number = value.integer;
        const auto [low, high] = range_of(type);
        if (type.kind == TypeKind::year && number > 0 && number < 100)
            number += number < 70 ? 2000 : 1900;
        const bool is_no_year = type.kind == TypeKind::year && number > 0 && number < 1901;
        if (number < low || number > high || is_no_year) {
            complain(to, out_of_range(to.column.name, to.row));
            number = is_no_year ? 0 : std::clamp(number, low, high);
        }
        return Value::of(number);
    }
    if (value.kind == Value::Kind::real) return Value::of(clamped(to, value.real));
    if (from.is_decimal())
        return Value::of(
            clamped(to, static_cast<double>(value.integer) / std::pow(10.0, from.scale))
        );
    if (type.kind == TypeKind::bit && value.bytes.size() <= 8 && from.is_binary()) {
        std::int64_t number = 0;
        for (const char c : value.bytes)
            number = number << 8 | static_cast<std::uint8_t>(c);
        return integer_for(to, integer_type(), ValueView(Value::of(number)));
    }
    const auto text = text_of(from, value);
    std::int64_t whole = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (read.ec == std::errc{} && read.ptr == text.data() + text.size())
        return integer_for(to, integer_type(), ValueView(Value::of(whole)));
    return Value::of(clamped(to, number_in(to, text, "integer")));
}

// Exact digits of a text: "12.345" with scale 2 is 1235.
std::optional<std::int64_t> parse_decimal(std::string_view text, unsigned scale) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    const bool is_negative = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    std::int64_t number = 0;
    int after_point = -1;
    bool rounds_up = false;
    bool has_digit = false;
    for (const char c : text) {
        if (c == '.' && after_point < 0) {
            after_point = 0;
            continue;
        }
        if (c < '0' || c > '9') return std::nullopt;
        has_digit = true;
        if (after_point >= static_cast<int>(scale)) {
            if (after_point == static_cast<int>(scale)) rounds_up = c >= '5';
            ++after_point;
            continue;
        }
        if (number > (std::numeric_limits<std::int64_t>::max() - 9) / 10)
            return std::numeric_limits<std::int64_t>::max();
        number = number * 10 + (c - '0');
        if (after_point >= 0) ++after_point;
    }
    if (!has_digit) return std::nullopt;
    for (auto i = std::max(after_point, 0); i < static_cast<int>(scale); ++i) {
        if (number > std::numeric_limits<std::int64_t>::max() / 10)
            return std::numeric_limits<std::int64_t>::max();
        number *= 10;
    }
    if (rounds_up) ++number;
    return is_negative ? -number : number;
}

Value decimal_for(const Assignee& to, const Type& from, const ValueView& value) {
    const auto& type = to.column.type;
    const auto text = value.kind == Value::Kind::real
                          ? fmt::format("{:.{}f}", value.real, type.scale + 2)
                          : text_of(from, value);
    auto number = parse_decimal(text, type.scale);
    if (!number) {
        const double parsed = number_in(to, text, "decimal");
        number = parse_decimal(fmt::format("{:.{}f}", parsed, type.scale + 2), type.scale);
    }
    std::int64_t limit = 1;
    for (unsigned i = 0; i < type.length; ++i)
        limit *= 10;
    if (!number || *number >= limit || *number <= -limit || (type.is_unsigned && *number < 0)) {
        complain(to, out_of_range(to.column.name, to.row));
        number = number && *number < 0 ? (type.is_unsigned ? 0 : 1 - limit) : limit - 1;
    }
    return Value::of(*number);
}

Value real_for(const Assignee& to, const Type& from, const ValueView& value) {
    double number = value.real;
    if (value.kind == Value::Kind::integer) {
        number = static_cast<double>(value.integer);
        if (from.is_decimal()) number /= std::pow(10.0, from.scale);
    } else if (value.kind != Value::Kind::real)
        number = number_in(to, text_of(from, value), "double");
    const bool is_float = to.column.type.kind == TypeKind::float_number;
    if (is_float && std::fabs(number) > static_cast<double>(std::numeric_limits<float>::max())) {
        complain(to, out_of_range(to.column.name, to.row));
        number = number < 0 ? -3.402823466e38 : 3.402823466e38;
    }
    if (to.column.type.is_unsigned && number < 0) {
        complain(to, out_of_range(to.column.name, to.row));
        number = 0;
    }
    return Value::of(is_float ? static_cast<double>(static_cast<float>(number)) : number);
}

Value temporal_for(const Assignee& to, const Type& from, const ValueView& value) {
    const auto& type = to.column.type;
    const auto text = text_of(from, value);
    if (type.kind == TypeKind::time) {
        const auto time = parse_time(text);
        constexpr std::int64_t most = (838LL * 3600 + 59 * 60 + 59) * 1'000'000;
        if (!time) complain(to, incorrect_value("time", text, to.column.name, to.row));
        if (time && (*time > most || *time < -most))
            complain(to, incorrect_value("time", text, to.column.name, to.row));
        return Value::of(rounded_time(std::clamp(time.value_or(0), -most, most), type.scale));
    }
    auto moment = parse_datetime(text);
    const bool is_date = type.kind == TypeKind::date;
    const bool is_zero = moment && moment->month == 0;
    const auto mode = to.context.variables.find("sql_mode");
    const bool allows_zero = mode == to.context.variables.end() ||
                             mode->second.find("NO_ZERO_DATE") == std::string::npos;
    if (!moment || (is_zero && !allows_zero)) {
        complain(to, incorrect_value(is_date ? "date" : "datetime", text, to.column.name, to.row));
        moment = DateTime{};
    }
    if (type.kind == TypeKind::timestamp && !is_zero && moment->month != 0 &&
        (moment->year < 1970 || moment->year > 2037)) {
        complain(to, incorrect_value("datetime", text, to.column.name, to.row));
        moment = DateTime{};
    }
    if (is_date) return Value::text(date_text(*moment));
    return Value::text(datetime_text(rounded(*moment, type.scale), type.scale));
}

Value member_for(const Assignee& to, const std::string& text) {
    const auto& type = to.column.type;
    const auto find = [&](std::string_view wanted) -> const std::string* {
        for (const auto& member : *type.members)
            if (compare(type.collation, member, wanted) == 0) return &member;
        return nullptr;
    };
    if (type.kind == TypeKind::enumeration) {
        if (const auto* member = find(text)) return Value::text(*member);
        const auto number = text.empty() ||
                                    text.find_first_not_of("0123456789") != std::string::npos ||
                                    text.size() > 6
                                ? 0U
                                : std::stoul(text);
        if (number >= 1 && number <= type.members->size())
            return Value::text((*type.members)[number - 1]);
        complain(to, data_truncated(to.column.name, to.row));
        return Value::text("");
    }
    std::vector<bool> chosen(type.members->size());
    std::uint64_t bits = 0; // a number stands for its bits
    const auto read = std::from_chars(text.data(), text.data() + text.size(), bits);
    const bool is_number = !text.empty() && read.ec == std::errc{} &&
                           read.ptr == text.data() + text.size() && find(text) == nullptr;
    if (is_number) {
        if (chosen.size() < 64 && bits >> chosen.size() != 0)
            complain(to, data_truncated(to.column.name, to.row));
        std::string joined;
        for (std::size_t i = 0; i < chosen.size(); ++i)
            if ((bits >> i & 1) != 0) joined += (joined.empty() ? "" : ",") + (*type.members)[i];
        return Value::text(joined);
    }
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        const auto* member = find(rest.substr(0, comma));
        if (member == nullptr)
            complain(to, data_truncated(to.column.name, to.row));
        else
            chosen[static_cast<std::size_t>(member - type.members->data())] = true;
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    std::string joined;
    for (std::size_t i = 0; i < chosen.size(); ++i)
        if (chosen[i]) joined += (joined.empty() ? "" : ",") + (*type.members)[i];
    return Value::text(joined);
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto first = static_cast<std::uint8_t>(text[0]);
        const auto before = text.size();
        const auto character = take_character(text);
        if (first >= 0x80 && before - text.size() == 1) return false;
        if (character > 0x10ffff) return false;
    }
    return true;
}

Value text_for(const Assignee& to, const Type& from, const ValueView& value) {
    const auto& type = to.column.type;
    auto text = text_of(from, value);
    if (type.kind == TypeKind::json) {
        auto document = canonical_json(text);
        if (!document)
            throw SQLError{
                3140,
                "22032",
                fmt::format(
                    "Invalid JSON text: \"Invalid value.\" at position 0 in value for column '{}'.",
                    to.column.name
                )
            };
        return Value::text(std::move(*document));
    }
    if (type.members) return member_for(to, text);
    const bool is_bytes = type.is_binary();
    if (!is_bytes && !is_utf8(text)) {
        complain(
            to,
            incorrect_value(
                "string",
                "\\x" + fmt::format("{:02X}", static_cast<std::uint8_t>(text[0])),
                to.column.name,
                to.row
            )
        );
        text.clear();
    }
    if (type.kind == TypeKind::character) text.erase(text.find_last_not_of(' ') + 1);
    const bool counts_bytes = is_bytes || type.kind == TypeKind::text;
    if (text.size() > type.length && (counts_bytes || character_count(text) > type.length)) {
        const auto kept = counts_bytes ? type.length : character_offset(text, type.length);
        const bool only_spaces =
            !is_bytes && text.find_first_not_of(' ', kept) == std::string::npos;
        if (only_spaces || !to.is_strict)
            to.context.warn(data_truncated(to.column.name, to.row));
        else
            complain(to, data_too_long(to.column.name, to.row));
        text.resize(kept);
    }
    return is_bytes ? Value::blob(std::move(text)) : Value::text(std::move(text));
}

} // namespace

Value assigned(const Assignee& to, const Type& from, const ValueView& value) {
    if (value.is_null()) return {};
    const auto& type = to.column.type;
    if (type.is_integer()) return integer_for(to, from, value);
    if (type.is_decimal()) return decimal_for(to, from, value);
    if (type.is_real()) return real_for(to, from, value);
    if (type.is_temporal()) return temporal_for(to, from, value);
    return text_for(to, from, value);
}

Value zero_value(const Type& type) {
    if (type.is_real()) return Value::of(0.0);
    if (type.is_number() || type.kind == TypeKind::time) return Value::of(std::int64_t{0});
    if (type.kind == TypeKind::date) return Value::text("0000-00-00");
    if (type.is_date_like()) return Value::text(datetime_text({}, type.scale));
    if (type.is_binary()) return Value::blob("");
    if (type.kind == TypeKind::enumeration) return Value::text(type.members->front());
    if (type.kind == TypeKind::json) return Value::text("null");
    return Value::text("");
}

} // namespace diorama::rds::sql
