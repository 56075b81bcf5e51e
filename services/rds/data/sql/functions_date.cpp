// https://dev.mysql.com/doc/refman/8.0/en/date-and-time-functions.html
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/weeks.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>

namespace diorama::rds::sql {

namespace {

constexpr std::int64_t microseconds_per_second = 1'000'000;
constexpr std::array<std::string_view, 7> weekdays =
    {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

std::optional<DateTime> moment_of(const Call& call, std::size_t argument) {
    auto moment = parse_datetime(call.text(argument));
    if (!moment)
        call.context.warn(
            {1292, "22007", fmt::format("Incorrect datetime value: '{}'", call.text(argument))}
        );
    return moment;
}

// my_date(x), my_datetime(x, digits), my_time(x, digits): NULL for what is none.
void to_date(const Call& call) {
    const auto moment = moment_of(call, 0);
    moment ? call.result(date_text(*moment)) : call.null();
}

void to_datetime(const Call& call) {
    const auto moment = moment_of(call, 0);
    if (!moment) return call.null();
    const auto digits = static_cast<unsigned>(call.integer(1));
    call.result(datetime_text(rounded(*moment, digits), digits));
}

void to_time(const Call& call) {
    const auto time = parse_time(call.text(0));
    time ? call.result(rounded_time(*time, static_cast<unsigned>(call.integer(1)))) : call.null();
}

void time_as_text(const Call& call) {
    call.result(time_text(call.integer(0), static_cast<unsigned>(call.integer(1))));
}

// my_part(unit, datetime)
void part(const Call& call) {
    const auto unit = call.text(0);
    const auto moment = moment_of(call, 1);
    if (!moment) return call.null();
    if (unit == "YEAR") return call.result(std::int64_t{moment->year});
    if (unit == "MONTH") return call.result(std::int64_t{moment->month});
    if (unit == "QUARTER") return call.result(std::int64_t{(moment->month + 2) / 3});
    if (unit == "DAY") return call.result(std::int64_t{moment->day});
    if (unit == "HOUR") return call.result(std::int64_t{moment->hour});
    if (unit == "MINUTE") return call.result(std::int64_t{moment->minute});
    if (unit == "SECOND") return call.result(std::int64_t{moment->second});
    if (unit == "MICROSECOND") return call.result(std::int64_t{moment->microsecond});
    if (moment->month == 0) return call.null();
    if (unit == "DAYOFWEEK") return call.result(std::int64_t{weekday_of(*moment)} + 1);
    if (unit == "WEEKDAY") return call.result(std::int64_t{weekday_of(*moment) + 6} % 7);
    if (unit == "DAYOFYEAR") return call.result(std::int64_t{day_of_year(*moment)});
    if (unit == "TO_DAYS") return call.result(days_since_epoch(*moment) + 719528);
    if (unit == "DAYNAME")
        return call.result(weekdays[static_cast<std::size_t>(weekday_of(*moment))]);
    if (unit == "MONTHNAME")
        return call.result(month_names[static_cast<std::size_t>(moment->month - 1)]);
    if (unit == "LAST_DAY") {
        auto last = *moment;
        last.day = days_in_month(last.year, last.month);
        return call.result(date_text(last));
    }
    constexpr std::int64_t iso = 3; // ISO 8601
    if (unit == "WEEK") return call.result(std::int64_t{week_of(*moment, 0).number});
    if (unit == "WEEKOFYEAR") return call.result(std::int64_t{week_of(*moment, iso).number});
    call.fail(not_supported(fmt::format("date part {}", unit)));
}

// my_clock_part(unit, text): of a time, unless the text has a date.
void clock_part(const Call& call) {
    const auto text = call.text(1);
    const bool has_date = text.find('-', 1) != std::string_view::npos ||
                          text.find_first_of("T/") != std::string_view::npos ||
                          text.find_first_of(" :.") == std::string_view::npos;
    const auto moment = has_date ? parse_datetime(text) : std::nullopt;
    const auto time = parse_time(text);
    if (moment) return part(call);
    if (!time) return part(call); // which warns
    const auto seconds = std::abs(*time) / microseconds_per_second;
    const auto unit = call.text(0);
    if (unit == "HOUR") return call.result(seconds / 3600);
    if (unit == "MINUTE") return call.result(seconds / 60 % 60);
    if (unit == "SECOND") return call.result(seconds % 60);
    call.result(std::abs(*time) % microseconds_per_second);
}

void time_part(const Call& call) { // (unit, microseconds)
    const auto unit = call.text(0);
    const auto time = std::abs(call.integer(1));
    const auto seconds = time / microseconds_per_second;
    if (unit == "HOUR") return call.result(seconds / 3600);
    if (unit == "MINUTE") return call.result(seconds / 60 % 60);
    if (unit == "SECOND") return call.result(seconds % 60);
    if (unit == "MICROSECOND") return call.result(time % microseconds_per_second);
    call.null();
}

std::optional<std::int64_t> unit_microseconds(std::string_view unit) {
    if (unit == "MICROSECOND") return 1;
    if (unit == "SECOND") return microseconds_per_second;
    if (unit == "MINUTE") return 60 * microseconds_per_second;
    if (unit == "HOUR") return 3600 * microseconds_per_second;
    if (unit == "DAY") return 86400 * microseconds_per_second;
    if (unit == "WEEK") return 7 * 86400 * microseconds_per_second;
    return std::nullopt;
}

std::int64_t unit_months(std::string_view unit) {
    return unit == "MONTH" ? 1 : unit == "QUARTER" ? 3 : unit == "YEAR" ? 12 : 0;
}

// my_date_add(moment, amount, unit, digits or -1 for a DATE result)
void date_add(const Call& call) {
    auto moment = moment_of(call, 0);
    if (!moment || moment->month == 0) return call.null();
    const auto unit = call.text(2);
    if (const auto step = unit_microseconds(unit)) {
        // MySQL: only seconds have fractions.
        const bool has_fractions = unit == "SECOND";
        const auto count = has_fractions ? call.real(1) : std::round(call.real(1));
        const auto amount = std::llround(count * static_cast<double>(*step));
        const auto total = microseconds_since_epoch(*moment) + amount;
        *moment = from_microseconds(total);
    } else if (const auto span = unit_months(unit); span != 0) {
        const auto total =
            std::int64_t{moment->year} * 12 + moment->month - 1 + std::llround(call.real(1)) * span;
        moment->year = static_cast<int>(total / 12);
        moment->month = static_cast<int>(total % 12) + 1;
        moment->day = std::min(moment->day, days_in_month(moment->year, moment->month));
    } else {
        return call.fail(not_supported(fmt::format("INTERVAL … {}", unit)));
    }
    if (moment->year < 0 || moment->year > 9999) return call.null();
    const auto digits = call.integer(3);
    call.result(
        digits < 0 ? date_text(*moment) : datetime_text(*moment, static_cast<unsigned>(digits))
    );
}

void date_difference(const Call& call) {
    const auto a = moment_of(call, 0);
    const auto b = moment_of(call, 1);
    if (!a || !b || a->month == 0 || b->month == 0) return call.null();
    call.result(days_since_epoch(*a) - days_since_epoch(*b));
}

// my_timestamp_difference(unit, from, to)
void timestamp_difference(const Call& call) {
    const auto from = moment_of(call, 1);
    const auto to = moment_of(call, 2);
    if (!from || !to || from->month == 0 || to->month == 0) return call.null();
    const auto difference = microseconds_since_epoch(*to) - microseconds_since_epoch(*from);
    if (const auto step = unit_microseconds(call.text(0))) return call.result(difference / *step);
    const auto span = unit_months(call.text(0));
    if (span == 0) return call.fail(not_supported("TIMESTAMPDIFF unit"));
    auto passed = std::int64_t{to->year - from->year} * 12 + to->month - from->month;
    const auto within = [](const DateTime& m) {
        return std::tuple(m.day, m.hour, m.minute, m.second, m.microsecond);
    };
    if (passed > 0 && within(*to) < within(*from)) --passed;
    if (passed < 0 && within(*to) > within(*from)) ++passed;
    call.result(passed / span);
}

std::string_view ordinal(int day) {
    if (day / 10 == 1) return "th";
    return day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th";
}

std::string formatted_part(char letter, const DateTime& m) {
    const auto month = static_cast<std::size_t>(std::max(1, m.month) - 1);
    const int hour12 = m.hour % 12 == 0 ? 12 : m.hour % 12;
    switch (letter) {
    case 'Y':
        return fmt::format("{:04}", m.year);
    case 'y':
        return fmt::format("{:02}", m.year % 100);
    case 'm':
        return fmt::format("{:02}", m.month);
    case 'c':
        return fmt::format("{}", m.month);
    case 'M':
        return std::string(month_names[month]);
    case 'b':
        return std::string(month_names[month].substr(0, 3));
    case 'd':
        return fmt::format("{:02}", m.day);
    case 'e':
        return fmt::format("{}", m.day);
    case 'D':
        return fmt::format("{}{}", m.day, ordinal(m.day));
    case 'j':
        return fmt::format("{:03}", day_of_year(m));
    case 'W':
        return std::string(weekdays[static_cast<std::size_t>(weekday_of(m))]);
    case 'a':
        return std::string(weekdays[static_cast<std::size_t>(weekday_of(m))].substr(0, 3));
    case 'w':
        return fmt::format("{}", weekday_of(m));
    case 'H':
        return fmt::format("{:02}", m.hour);
    case 'k':
        return fmt::format("{}", m.hour);
    case 'h':
    case 'I':
        return fmt::format("{:02}", hour12);
    case 'l':
        return fmt::format("{}", hour12);
    case 'i':
        return fmt::format("{:02}", m.minute);
    case 's':
    case 'S':
        return fmt::format("{:02}", m.second);
    case 'f':
        return fmt::format("{:06}", m.microsecond);
    case 'p':
        return m.hour < 12 ? "AM" : "PM";
    case 'T':
        return fmt::format("{:02}:{:02}:{:02}", m.hour, m.minute, m.second);
    case 'r':
        return fmt::format(
            "{:02}:{:02}:{:02} {}",
            hour12,
            m.minute,
            m.second,
            m.hour < 12 ? "AM" : "PM"
        );
    case 'U':
    case 'u':
        return fmt::format("{:02}", week_of(m, letter == 'U' ? 0 : 1).number);
    case 'V':
    case 'v':
        return fmt::format("{:02}", week_of(m, letter == 'V' ? 2 : 3).number);
    case 'X':
    case 'x':
        return fmt::format("{:04}", week_of(m, letter == 'X' ? 2 : 3).year);
    default:
        return std::string(1, letter);
    }
}

void date_format(const Call& call) {
    const auto moment = moment_of(call, 0);
    const auto format = call.text(1);
    if (!moment || moment->month == 0 || format.empty()) return call.null();
    std::string out;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 == format.size())
            out += format[i];
        else
            out += formatted_part(format[++i], *moment);
    }
    call.result(out);
}

void seconds_to_time(const Call& call) {
    call.result(call.integer(0) * microseconds_per_second);
}

void time_to_seconds(const Call& call) {
    call.result(call.integer(0) / microseconds_per_second);
}

constexpr std::array functions = {
    Function{"my_date", to_date},
    Function{"my_datetime", to_datetime},
    Function{"my_time", to_time},
    Function{"my_time_text", time_as_text},
    Function{"my_part", part},
    Function{"my_clock_part", clock_part},
    Function{"my_time_part", time_part},
    Function{"my_date_add", date_add},
    Function{"my_date_difference", date_difference},
    Function{"my_timestamp_difference", timestamp_difference},
    Function{"my_date_format", date_format},
    Function{"my_seconds_to_time", seconds_to_time},
    Function{"my_time_to_seconds", time_to_seconds},
};

} // namespace

std::span<const Function> date_functions() {
    return functions;
}

} // namespace diorama::rds::sql
