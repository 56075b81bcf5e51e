// https://dev.mysql.com/doc/refman/8.0/en/date-and-time-literals.html
#include "services/rds/data/sql/datetime.hpp"

#include <fmt/core.h>

#include <array>
#include <cstdlib>

namespace diorama::rds::sql {

namespace {

constexpr std::int64_t microseconds_per_day = 86'400'000'000;
constexpr std::array<std::int64_t, 7> powers = {1, 10, 100, 1000, 10000, 100000, 1000000};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits)
        value = value * 10 + (c - '0');
    return value;
}

std::string_view take_digits(std::string_view& text, std::size_t most) {
    std::size_t count = 0;
    while (count < text.size() && count < most && is_digit(text[count]))
        ++count;
    const auto digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
}

// ".123" after seconds; rounds what is beyond microseconds.
std::optional<int> take_fraction(std::string_view& text) {
    if (text.empty() || text[0] != '.') return 0;
    text.remove_prefix(1);
    auto digits = take_digits(text, 6);
    const int value = number(digits) * static_cast<int>(powers[6 - digits.size()]);
    take_digits(text, text.size());
    return value;
}

int full_year(std::string_view digits) {
    const int year = number(digits);
    if (digits.size() > 2) return year;
    return year < 70 ? 2000 + year : 1900 + year;
}

bool is_possible(const DateTime& moment) {
    if (moment.month > 12 || moment.hour > 23 || moment.minute > 59 || moment.second > 59)
        return false;
    if (moment.month == 0 || moment.day == 0) // zero dates, whole or in parts
        return moment.year == 0 && moment.month == 0 && moment.day == 0;
    return moment.day <= days_in_month(moment.year, moment.month);
}

// 20261122, 261122, 20261122120000, 261122120000
std::optional<DateTime> parse_compact(std::string_view text) {
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits]))
        ++digits;
    DateTime moment;
    if (digits != 6 && digits != 8 && digits != 12 && digits != 14) return std::nullopt;
    moment.year = full_year(take_digits(text, digits == 8 || digits == 14 ? 4 : 2));
    moment.month = number(take_digits(text, 2));
    moment.day = number(take_digits(text, 2));
    if (digits > 8) {
        moment.has_time = true;
        moment.hour = number(take_digits(text, 2));
        moment.minute = number(take_digits(text, 2));
        moment.second = number(take_digits(text, 2));
        moment.microsecond = take_fraction(text).value_or(0);
    }
    if (!text.empty() || !is_possible(moment)) return std::nullopt;
    return moment;
}

} // namespace

int days_in_month(int year, int month) {
    static constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12) return 0;
    const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap ? 1 : 0);
}

std::optional<DateTime> parse_datetime(std::string_view text) {
    text = trimmed(text);
    if (auto compact = parse_compact(text)) return compact;
    DateTime moment;
    const auto year = take_digits(text, 4);
    if (year.empty()) return std::nullopt;
    moment.year = full_year(year);
    const auto part = [&text](int& into) {
        if (text.empty() || is_digit(text[0])) return false;
        text.remove_prefix(1);
        const auto digits = take_digits(text, 2);
        into = number(digits);
        return !digits.empty();
    };
    if (!part(moment.month) || !part(moment.day)) return std::nullopt;
    if (year.size() <= 2 && moment.year == 2000 && moment.month == 0) moment.year = 0;
    if (!text.empty()) {
        if (text[0] != ' ' && text[0] != 'T') return std::nullopt;
        while (text.size() > 1 && text[0] == ' ' && text[1] == ' ')
            text.remove_prefix(1);
        moment.has_time = true;
        if (!part(moment.hour)) return std::nullopt;
        if (!text.empty() && !part(moment.minute)) return std::nullopt;
        if (!text.empty() && text[0] != '.' && text[0] != 'Z' && !part(moment.second))
            return std::nullopt;
        moment.microsecond = take_fraction(text).value_or(0);
        if (!text.empty() && text != "Z") return std::nullopt;
    }
    if (!is_possible(moment)) return std::nullopt;
    return moment;
}

std::string date_text(const DateTime& moment) {
    return fmt::format("{:04}-{:02}-{:02}", moment.year, moment.month, moment.day);
}

std::string datetime_text(const DateTime& moment, unsigned fraction) {
    auto text = fmt::format(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second
    );
    if (fraction > 0)
        text += fmt::format(".{:0{}}", moment.microsecond / powers[6 - fraction], fraction);
    return text;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
    text = trimmed(text);
    const bool is_negative = !text.empty() && text[0] == '-';
    if (is_negative) text.remove_prefix(1);
    if (text.size() > 10 && text[4] == '-') { // the time of a datetime
        const auto moment = parse_datetime(text);
        if (!moment) return std::nullopt;
        return (std::int64_t{moment->hour} * 3600 + moment->minute * 60 + moment->second) *
                   powers[6] +
               moment->microsecond;
    }
    std::int64_t days = 0;
    if (const auto space = text.find(' '); space != std::string_view::npos) {
        auto head = text.substr(0, space);
        days = number(take_digits(head, 2));
        if (!head.empty()) return std::nullopt;
        text = trimmed(text.substr(space));
    }
    std::array<std::int64_t, 3> parts{};
    const auto first = take_digits(text, 7);
    if (first.empty()) return std::nullopt;
    if (!text.empty() && text[0] == ':') {
        parts[0] = number(first);
        for (std::size_t i = 1; i < 3 && !text.empty() && text[0] == ':'; ++i) {
            text.remove_prefix(1);
            parts[i] = number(take_digits(text, 2));
        }
    } else { // hhmmss, mmss, ss; "1 10" is a day and ten hours
        const auto value = number(first);
        if (days > 0)
            parts = {value, 0, 0};
        else
            parts = {value / 10000, value / 100 % 100, value % 100};
    }
    const auto fraction = take_fraction(text).value_or(0);
    if (!text.empty() || parts[1] > 59 || parts[2] > 59) return std::nullopt;
    const auto seconds = (days * 24 + parts[0]) * 3600 + parts[1] * 60 + parts[2];
    const auto microseconds = seconds * powers[6] + fraction;
    return is_negative ? -microseconds : microseconds;
}

std::string time_text(std::int64_t microseconds, unsigned fraction) {
    const auto size = std::abs(microseconds);
    const auto seconds = size / powers[6];
    auto text = fmt::format(
        "{}{:02}:{:02}:{:02}",
        microseconds < 0 ? "-" : "",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    if (fraction > 0)
        text += fmt::format(".{:0{}}", size % powers[6] / powers[6 - fraction], fraction);
    return text;
}

std::int64_t rounded_time(std::int64_t microseconds, unsigned fraction) {
    const auto unit = powers[6 - fraction];
    const auto half = microseconds < 0 ? -unit / 2 : unit / 2;
    return (microseconds + half) / unit * unit;
}

DateTime rounded(const DateTime& moment, unsigned fraction) {
    const auto unit = powers[6 - fraction];
    if (moment.microsecond % unit == 0 || moment.month == 0) {
        auto cut = moment;
        cut.microsecond = static_cast<int>(moment.microsecond / unit * unit);
        return cut;
    }
    const auto total = microseconds_since_epoch(moment) + unit / 2;
    const auto floor = total - ((total % unit) + unit) % unit;
    auto result = from_microseconds(floor);
    result.has_time = moment.has_time;
    return result;
}

std::int64_t days_since_epoch(const DateTime& moment) {
    const auto days = std::chrono::sys_days(
        std::chrono::year(moment.year) / std::chrono::month(static_cast<unsigned>(moment.month)) /
        std::chrono::day(static_cast<unsigned>(moment.day))
    );
    return days.time_since_epoch().count();
}

std::int64_t microseconds_since_epoch(const DateTime& moment) {
    const auto seconds = std::int64_t{moment.hour} * 3600 + moment.minute * 60 + moment.second;
    return days_since_epoch(moment) * microseconds_per_day + seconds * powers[6] +
           moment.microsecond;
}

DateTime from_microseconds(std::int64_t microseconds) {
    auto days = microseconds / microseconds_per_day;
    auto rest = microseconds % microseconds_per_day;
    if (rest < 0) {
        rest += microseconds_per_day;
        --days;
    }
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
    DateTime moment;
    moment.year = static_cast<int>(date.year());
    moment.month = static_cast<int>(static_cast<unsigned>(date.month()));
    moment.day = static_cast<int>(static_cast<unsigned>(date.day()));
    moment.has_time = true;
    moment.microsecond = static_cast<int>(rest % powers[6]);
    const auto seconds = static_cast<int>(rest / powers[6]);
    moment.hour = seconds / 3600;
    moment.minute = seconds / 60 % 60;
    moment.second = seconds % 60;
    return moment;
}

DateTime from_timestamp(Timestamp moment) {
    return from_microseconds(
        std::chrono::duration_cast<std::chrono::microseconds>(moment.time_since_epoch()).count()
    );
}

} // namespace diorama::rds::sql
