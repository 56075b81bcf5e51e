// Several parts of a moment at once (EXTRACT(DAY_MINUTE …), INTERVAL '1:30' MINUTE_SECOND), weeks
// by mode, and TIME_FORMAT.
// https://dev.mysql.com/doc/refman/8.0/en/expressions.html#temporal-intervals
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/weeks.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

enum Field : std::uint8_t { year, month, day, hour, minute, second, microsecond, fields };

using Parts = std::array<std::int64_t, fields>;

struct Composite {
    std::string_view unit;
    Field from;
    Field to;
};

constexpr std::array composites = {
    Composite{"YEAR_MONTH", year, month},
    Composite{"DAY_HOUR", day, hour},
    Composite{"DAY_MINUTE", day, minute},
    Composite{"DAY_SECOND", day, second},
    Composite{"DAY_MICROSECOND", day, microsecond},
    Composite{"HOUR_MINUTE", hour, minute},
    Composite{"HOUR_SECOND", hour, second},
    Composite{"HOUR_MICROSECOND", hour, microsecond},
    Composite{"MINUTE_SECOND", minute, second},
    Composite{"MINUTE_MICROSECOND", minute, microsecond},
    Composite{"SECOND_MICROSECOND", second, microsecond},
};

const Composite* find_composite(std::string_view unit) {
    const auto* found = std::ranges::find(composites, unit, &Composite::unit);
    return found == composites.end() ? nullptr : found;
}

constexpr std::int64_t per_second = 1'000'000;

// Two digits for each but the first, six for microseconds.
std::int64_t joined(const Parts& parts, const Composite& composite) {
    std::int64_t number = 0;
    for (std::size_t field = composite.from; field <= composite.to; ++field)
        number = number * (field == microsecond ? per_second : 100) + parts[field];
    return number;
}

// my_composite_part(unit, datetime)
void composite_part(const Call& call) {
    const auto* composite = find_composite(call.text(0));
    const auto m = parse_datetime(call.text(1));
    if (composite == nullptr || !m) return call.null();
    const Parts parts{m->year, m->month, m->day, m->hour, m->minute, m->second, m->microsecond};
    call.result(joined(parts, *composite));
}

// my_composite_time_part(unit, microseconds)
void composite_time_part(const Call& call) {
    const auto* composite = find_composite(call.text(0));
    if (composite == nullptr) return call.null();
    const bool is_negative = call.integer(1) < 0;
    const auto time = std::abs(call.integer(1));
    const auto seconds = time / per_second;
    const Parts parts{0, 0, 0, seconds / 3600, seconds / 60 % 60, seconds % 60, time % per_second};
    const auto number = joined(parts, *composite);
    call.result(is_negative ? -number : number);
}

// The numbers of "-1 2:30", however they are separated; those to the right are the smaller units.
// Microseconds are digits behind a point: "1.5" is half a second more than one.
std::optional<Parts> read_amount(std::string_view text, const Composite& composite) {
    std::vector<std::pair<std::int64_t, std::size_t>> numbers; // with their digits
    bool is_in_number = false;
    for (const char c : text) {
        const bool is_digit = c >= '0' && c <= '9';
        if (is_digit && !is_in_number) numbers.emplace_back(0, 0);
        if (is_digit) {
            numbers.back().first = numbers.back().first * 10 + (c - '0');
            if (++numbers.back().second > 12) return std::nullopt;
        }
        is_in_number = is_digit;
    }
    const auto room = std::size_t{composite.to} - composite.from + 1U;
    if (numbers.size() > room) return std::nullopt;
    Parts parts{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        auto [number, digits] = numbers[i];
        const auto field = composite.to + 1U - numbers.size() + i;
        for (; field == microsecond && digits < 6; ++digits)
            number *= 10;
        parts[field] = number;
    }
    return parts;
}

// my_composite_add(moment, amount, unit, sign, digits or -1 for a DATE)
void composite_add(const Call& call) {
    auto moment = parse_datetime(call.text(0));
    const auto* composite = find_composite(call.text(2));
    if (!moment || moment->month == 0 || composite == nullptr) return call.null();
    const auto amount = read_amount(call.text(1), *composite);
    if (!amount) return call.null();
    const auto& parts = *amount;
    const bool is_negative = call.text(1).find('-') < call.text(1).find_first_of("0123456789");
    const auto sign = is_negative ? -call.integer(3) : call.integer(3);
    if (composite->from == year) {
        const auto months =
            std::int64_t{moment->year} * 12 + moment->month - 1 + sign * (parts[0] * 12 + parts[1]);
        moment->year = static_cast<int>(months / 12);
        moment->month = static_cast<int>(months % 12) + 1;
        moment->day = std::min(moment->day, days_in_month(moment->year, moment->month));
    } else {
        const auto seconds =
            ((parts[day] * 24 + parts[hour]) * 60 + parts[minute]) * 60 + parts[second];
        const auto shift = seconds * per_second + parts[microsecond];
        moment = from_microseconds(microseconds_since_epoch(*moment) + sign * shift);
    }
    if (moment->year < 0 || moment->year > 9999) return call.null();
    const auto digits = call.integer(4);
    call.result(
        digits < 0 ? date_text(*moment) : datetime_text(*moment, static_cast<unsigned>(digits))
    );
}

// my_week(datetime, mode) and my_yearweek(datetime, mode)
void week_number(const Call& call) {
    const auto moment = parse_datetime(call.text(0));
    if (!moment || moment->month == 0) return call.null();
    call.result(std::int64_t{week_of(*moment, call.integer(1)).number});
}

void year_and_week(const Call& call) {
    constexpr std::int64_t never_zero = 2;
    const auto moment = parse_datetime(call.text(0));
    if (!moment || moment->month == 0) return call.null();
    const auto week = week_of(*moment, call.integer(1) | never_zero);
    call.result(std::int64_t{week.year} * 100 + week.number);
}

// MySQL: "The format string may contain format specifiers only for hours, minutes, seconds, and
// microseconds. Other specifiers produce a NULL value or 0."
std::optional<std::string> time_letter(char letter, std::int64_t time) {
    const auto seconds = std::abs(time) / per_second;
    const auto hours = seconds / 3600;
    const auto hour12 = hours % 12 == 0 ? 12 : hours % 12;
    const auto minutes = seconds / 60 % 60;
    const std::string_view half = hours % 24 < 12 ? "AM" : "PM";
    switch (letter) {
    case 'H':
        return fmt::format("{:02}", hours);
    case 'k':
        return fmt::format("{}", hours);
    case 'h':
    case 'I':
        return fmt::format("{:02}", hour12);
    case 'l':
        return fmt::format("{}", hour12);
    case 'i':
        return fmt::format("{:02}", minutes);
    case 's':
    case 'S':
        return fmt::format("{:02}", seconds % 60);
    case 'f':
        return fmt::format("{:06}", std::abs(time) % per_second);
    case 'p':
        return std::string(half);
    case 'r':
        return fmt::format("{:02}:{:02}:{:02} {}", hour12, minutes, seconds % 60, half);
    case 'T':
        return fmt::format("{:02}:{:02}:{:02}", hours, minutes, seconds % 60);
    case 'Y':
        return "0000";
    case 'y':
    case 'm':
    case 'd':
        return "00";
    case 'c':
    case 'e':
        return "0";
    case 'a':
    case 'b':
    case 'D':
    case 'j':
    case 'M':
    case 'U':
    case 'u':
    case 'V':
    case 'v':
    case 'W':
    case 'w':
    case 'X':
    case 'x':
        return std::nullopt;
    default:
        return std::string(1, letter);
    }
}

// A TIME on this day, as a moment that intervals can be added to, and back.
constexpr DateTime day_of_times{.year = 2000, .month = 1, .day = 1};

// my_time_moment(microseconds)
void time_moment(const Call& call) {
    const auto start = microseconds_since_epoch(day_of_times);
    call.result(datetime_text(from_microseconds(start + call.integer(0)), 6));
}

// my_moment_time(moment). MySQL: what is beyond ±838:59:59 is no time.
void moment_time(const Call& call) {
    const auto moment = parse_datetime(call.text(0));
    constexpr std::int64_t most = ((838 * 60 + 59) * 60 + 59) * per_second;
    const auto time =
        moment ? microseconds_since_epoch(*moment) - microseconds_since_epoch(day_of_times)
               : most + 1;
    if (time <= most && time >= -most) return call.result(time);
    call.context.warn({1441, "22008", "Datetime function: time field overflow"});
    call.null();
}

// my_time_format(microseconds, format)
void time_format(const Call& call) {
    const auto format = call.text(1);
    std::string out = call.integer(0) < 0 ? "-" : "";
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 == format.size()) {
            out += format[i];
            continue;
        }
        const auto part = time_letter(format[++i], call.integer(0));
        if (!part) return call.null();
        out += *part;
    }
    call.result(out);
}

constexpr std::array functions = {
    Function{"my_composite_part", composite_part},
    Function{"my_composite_time_part", composite_time_part},
    Function{"my_composite_add", composite_add},
    Function{"my_week", week_number},
    Function{"my_yearweek", year_and_week},
    Function{"my_time_format", time_format},
    Function{"my_time_moment", time_moment},
    Function{"my_moment_time", moment_time},
};

} // namespace

std::span<const Function> composite_functions() {
    return functions;
}

} // namespace diorama::rds::sql
