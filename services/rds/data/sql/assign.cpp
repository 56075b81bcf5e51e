// Storing texts, moments, members and documents in columns; numbers stand in assign_numbers.cpp.
// https://dev.mysql.com/doc/refman/8.0/en/sql-mode.html#sql-mode-strict
#include "services/rds/data/sql/assign_numbers.hpp"
#include "services/rds/data/sql/character_set.hpp"
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/exact.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/geometry.hpp"
#include "services/rds/data/sql/json.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/spatial_systems.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace diorama::rds::sql {

namespace {

// By the session's clock, kept in UTC.
Value timestamp_for(const Assignee& to, const DateTime& moment) {
    const auto text = datetime_text(moment, to.column.type.scale);
    const auto& zone = to.context.zone();
    if (zone.is_utc() || moment.month == 0) return Value::text(text);
    if (zone.skips((microseconds_since_epoch(moment) - moment.microsecond) / 1'000'000))
        complain(to, incorrect_value("datetime", text, to.column.name, to.row));
    return Value::text(utc_text(zone, text, to.column.type.scale));
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
    const bool truncates = mode != to.context.variables.end() &&
                           mode->second.find("TIME_TRUNCATE_FRACTIONAL") != std::string::npos;
    const auto fitted = truncates ? *moment : rounded(*moment, type.scale);
    if (type.kind == TypeKind::timestamp && from.kind != TypeKind::timestamp)
        return timestamp_for(to, fitted);
    return Value::text(datetime_text(fitted, type.scale));
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

// MySQL shows six bytes from the first one that cannot be kept.
std::string shown_bytes(std::string_view bytes) {
    constexpr std::size_t most = 6;
    std::string shown;
    for (const char c : bytes.substr(0, most))
        shown += c >= 0x20 && c < 0x7f ? std::string(1, c)
                                       : fmt::format("\\x{:02X}", static_cast<std::uint8_t>(c));
    return bytes.size() > most ? shown + "..." : shown;
}

// The text from the first character on of which that is true.
template <class Predicate>
std::string_view from_first(std::string_view text, Predicate predicate) {
    while (!text.empty()) {
        auto next = text;
        take_character(next);
        if (predicate(text.substr(0, text.size() - next.size()))) break;
        text = next;
    }
    return text;
}

// What is left of a text whose bytes are no characters, or whose characters its column's set lacks.
std::string keepable(const Assignee& to, const Type& from, std::string text) {
    const auto set = to.column.type.character_set();
    if (!is_utf8(text)) {
        const auto rest =
            from_first(text, [](std::string_view character) { return !is_utf8(character); });
        complain(to, incorrect_value("string", shown_bytes(rest), to.column.name, to.row));
        return text.substr(0, text.size() - rest.size());
    }
    if (holds(set, text)) return text;
    const auto rest =
        from_first(text, [set](std::string_view character) { return !holds(set, character); });
    const auto of_source = from.is_character() ? from.character_set() : CharacterSet::utf8mb4;
    complain(
        to,
        incorrect_value("string", shown_bytes(encoded(of_source, rest)), to.column.name, to.row)
    );
    return fitted(set, text);
}

SQLError no_geometry() {
    return {1416, "22003", "Cannot get geometry object from data you send to the GEOMETRY field"};
}

// Whatever the mode: MySQL knows no geometry that stands for a wrong one.
Value geometry_for(const Assignee& to, const Type& from, const ValueView& value) {
    const auto& type = to.column.type;
    auto bytes = text_of(from, value);
    const auto given = spatial_value(bytes);
    if (!given) throw no_geometry();
    if (type.shape != GeometryKind::any && type.shape != given->geometry.kind) throw no_geometry();
    if (find_spatial_system(given->srid) == nullptr) throw unknown_spatial_system(given->srid);
    if (type.srid && *type.srid != given->srid)
        throw SQLError{
            3643,
            "HY000",
            fmt::format(
                "The SRID of the geometry does not match the SRID of the column '{}'. The SRID of "
                "the geometry is {}, but the SRID of the column is {}. Consider changing the SRID "
                "of the geometry or the SRID property of the column.",
                to.column.name,
                given->srid,
                *type.srid
            )
        };
    return Value::blob(std::move(bytes));
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
    if (is_bytes && from.is_character() && !is_kept_as_bytes(from.character_set()))
        text = encoded(from.character_set(), text);
    else if (!is_bytes && from.is_binary())
        text = decoded(type.character_set(), text).value_or(text);
    if (!is_bytes && !is_ascii(text)) text = keepable(to, from, std::move(text));
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
    if (type.kind == TypeKind::binary) text.resize(type.length, '\0'); // MySQL: padded when stored
    return is_bytes ? Value::blob(std::move(text)) : Value::text(std::move(text));
}

} // namespace

Value assigned(const Assignee& to, const Type& from, const ValueView& value) {
    if (value.is_null()) return {};
    const auto& type = to.column.type;
    const bool leaves_utc = from.kind == TypeKind::timestamp && type.kind != TypeKind::timestamp;
    if (leaves_utc && !to.context.zone().is_utc()) {
        const auto local = Value::text(local_text(to.context.zone(), value.bytes, from.scale));
        return assigned(to, datetime_type(from.scale), local);
    }
    if (type.is_integer()) return integer_for(to, from, value);
    if (type.is_decimal()) return decimal_for(to, from, value);
    if (type.is_real()) return real_for(to, from, value);
    if (type.is_temporal()) return temporal_for(to, from, value);
    if (type.kind == TypeKind::geometry) return geometry_for(to, from, value);
    return text_for(to, from, value);
}

Value current_moment(const Type& type, Context& context) {
    const auto moment = type.kind == TypeKind::timestamp ? from_timestamp(context.now)
                                                         : in_zone(context.zone(), context.now);
    return Value::text(datetime_text(moment, type.scale));
}

Value zero_value(const Type& type) {
    if (type.is_real()) return Value::of(0.0);
    if (type.is_wide()) return Value::blob(wide_bytes(0));
    if (type.is_number() || type.kind == TypeKind::time) return Value::of(std::int64_t{0});
    if (type.kind == TypeKind::date) return Value::text("0000-00-00");
    if (type.is_date_like()) return Value::text(datetime_text({}, type.scale));
    if (type.kind == TypeKind::geometry) throw no_geometry();
    if (type.is_binary()) return Value::blob("");
    if (type.kind == TypeKind::enumeration) return Value::text(type.members->front());
    if (type.kind == TypeKind::json) return Value::text("null");
    return Value::text("");
}

} // namespace diorama::rds::sql
