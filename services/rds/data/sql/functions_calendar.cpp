// Moments from their parts and from texts: MAKEDATE, STR_TO_DATE, PERIOD_ADD and their kin.
// https://dev.mysql.com/doc/refman/8.0/en/date-and-time-functions.html
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86400 * second;
constexpr std::int64_t days_before_epoch = 719528; // TO_DAYS('1970-01-01')

void from_days(const Call& call) {
    const auto days = call.integer(0) - days_before_epoch;
    if (call.integer(0) < 366 || call.integer(0) > 3652424)
        return call.result(std::string_view("0000-00-00"));
    call.result(date_text(from_microseconds(days * day)));
}

void to_seconds(const Call& call) {
    const auto moment = parse_datetime(call.text(0));
    if (!moment || moment->month == 0) return call.null();
    call.result(microseconds_since_epoch(*moment) / second + days_before_epoch * 86400);
}

void make_date(const Call& call) {
    auto year = call.integer(0);
    if (year >= 0 && year < 100) year += year < 70 ? 2000 : 1900;
    if (year < 0 || year > 9999 || call.integer(1) < 1 || call.integer(1) > 3'000'000)
        return call.null();
    DateTime first;
    first.year = static_cast<int>(year);
    first.month = first.day = 1;
    const auto moment = from_microseconds((days_since_epoch(first) + call.integer(1) - 1) * day);
    moment.year > 9999 ? call.null() : call.result(date_text(moment));
}

void make_time(const Call& call) {
    if (call.integer(1) < 0 || call.integer(1) > 59 || call.integer(2) < 0 || call.integer(2) > 59)
        return call.null();
    const auto hours = std::clamp<std::int64_t>(call.integer(0), -838, 838);
    const auto rest = (call.integer(1) * 60 + call.integer(2)) * second;
    call.result(hours * 3600 * second + (hours < 0 ? -rest : rest));
}

// Months of a period: 202611, or 2611.
std::int64_t months_of(std::int64_t period) {
    auto year = period / 100;
    if (year < 100) year += year < 70 ? 2000 : 1900;
    return year * 12 + period % 100 - 1;
}

void period_add(const Call& call) {
    const auto months = months_of(call.integer(0)) + call.integer(1);
    call.result(months / 12 * 100 + months % 12 + 1);
}

void period_difference(const Call& call) {
    call.result(months_of(call.integer(0)) - months_of(call.integer(1)));
}

// my_time_difference(a, b): both times or both moments, as texts.
void time_difference(const Call& call) {
    const auto a = call.text(0);
    const auto b = call.text(1);
    const bool has_dates = a.find('-', 1) != std::string_view::npos;
    if (has_dates != (b.find('-', 1) != std::string_view::npos)) return call.null();
    if (!has_dates) {
        const auto x = parse_time(a);
        const auto y = parse_time(b);
        return x && y ? call.result(*x - *y) : call.null();
    }
    const auto x = parse_datetime(a);
    const auto y = parse_datetime(b);
    x&& y ? call.result(microseconds_since_epoch(*x) - microseconds_since_epoch(*y)) : call.null();
}

// my_add_time(moment or time as text, time, sign): shaped as its first argument.
void add_time(const Call& call) {
    const auto text = call.text(0);
    const auto shift = parse_time(call.text(1));
    if (!shift) return call.null();
    const auto amount = *shift * call.integer(2);
    const auto digits = [](std::int64_t microseconds) {
        return microseconds % second != 0 ? 6U : 0U;
    };
    if (text.find('-', 1) == std::string_view::npos) {
        const auto time = parse_time(text);
        if (!time) return call.null();
        constexpr std::int64_t most = ((838 * 60 + 59) * 60 + 59) * second;
        const auto sum = std::clamp(*time + amount, -most, most);
        return call.result(time_text(sum, digits(sum)));
    }
    const auto moment = parse_datetime(text);
    if (!moment) return call.null();
    const auto sum = microseconds_since_epoch(*moment) + amount;
    call.result(datetime_text(from_microseconds(sum), digits(sum)));
}

// Reads a text as DATE_FORMAT's letters describe it.
class FormatReader {
public:
    FormatReader(std::string_view text, std::string_view format)
        : text_(text)
        , format_(format) {}

    std::optional<DateTime> read() {
        while (!format_.empty()) {
            const char c = format_[0];
            format_.remove_prefix(1);
            if (c == '%' && !format_.empty()) {
                const char letter = format_[0];
                format_.remove_prefix(1);
                if (!part(letter)) return std::nullopt;
            } else if (c == ' ') {
                skip_spaces();
            } else {
                if (text_.empty() || text_[0] != c) return std::nullopt;
                text_.remove_prefix(1);
            }
        }
        if (is_afternoon_ && moment_.hour < 12) moment_.hour += 12;
        if (is_morning_ && moment_.hour == 12) moment_.hour = 0;
        const bool is_valid =
            moment_.hour < 24 && moment_.minute < 60 && moment_.second < 60 &&
            moment_.month <= 12 &&
            (moment_.month == 0 || moment_.day <= days_in_month(moment_.year, moment_.month));
        return is_valid ? std::optional(moment_) : std::nullopt;
    }

private:
    void skip_spaces() {
        while (!text_.empty() && text_[0] == ' ')
            text_.remove_prefix(1);
    }

    bool number(std::size_t most, int& target) {
        std::size_t digits = 0;
        int value = 0;
        while (digits < most && digits < text_.size() && text_[digits] >= '0' &&
               text_[digits] <= '9')
            value = value * 10 + (text_[digits++] - '0');
        text_.remove_prefix(digits);
        if (digits > 0) target = value;
        last_digits_ = digits;
        return digits > 0;
    }

    bool month_name(bool is_short) {
        for (std::size_t i = 0; i < month_names.size(); ++i) {
            const auto name = is_short ? month_names[i].substr(0, 3) : month_names[i];
            if (!equals_ignoring_case(text_.substr(0, name.size()), name)) continue;
            text_.remove_prefix(name.size());
            moment_.month = static_cast<int>(i) + 1;
            return true;
        }
        return false;
    }

    bool word() { // the name of a weekday says nothing new
        const auto before = text_.size();
        while (!text_.empty() && ((text_[0] | 0x20) >= 'a' && (text_[0] | 0x20) <= 'z'))
            text_.remove_prefix(1);
        return text_.size() < before;
    }

    bool half_of_day() {
        is_morning_ = equals_ignoring_case(text_.substr(0, 2), "AM");
        is_afternoon_ = equals_ignoring_case(text_.substr(0, 2), "PM");
        if (is_morning_ || is_afternoon_) text_.remove_prefix(2);
        return is_morning_ || is_afternoon_;
    }

    bool fraction() {
        if (!number(6, moment_.microsecond)) return false;
        for (auto i = last_digits_; i < 6; ++i)
            moment_.microsecond *= 10;
        return true;
    }

    bool clock() {
        const auto colon = [this] {
            if (!text_.starts_with(':')) return false;
            text_.remove_prefix(1);
            return true;
        };
        return number(2, moment_.hour) && colon() && number(2, moment_.minute) && colon() &&
               number(2, moment_.second);
    }

    bool part(char letter) {
        if (letter != '%') skip_spaces();
        moment_.has_time = moment_.has_time ||
                           std::string_view("HhIiklSsfpTr").find(letter) != std::string_view::npos;
        switch (letter) {
        case 'Y':
            return number(4, moment_.year);
        case 'y':
            if (!number(2, moment_.year)) return false;
            moment_.year += moment_.year < 70 ? 2000 : 1900;
            return true;
        case 'm':
        case 'c':
            return number(2, moment_.month);
        case 'd':
        case 'e':
            return number(2, moment_.day);
        case 'D':
            return number(2, moment_.day) && word();
        case 'H':
        case 'k':
        case 'h':
        case 'I':
        case 'l':
            return number(2, moment_.hour);
        case 'i':
            return number(2, moment_.minute);
        case 'S':
        case 's':
            return number(2, moment_.second);
        case 'f':
            return fraction();
        case 'p':
            return half_of_day();
        case 'T':
            return clock();
        case 'r':
            if (!clock()) return false;
            skip_spaces();
            return half_of_day();
        case 'b':
        case 'M':
            return month_name(letter == 'b');
        case 'a':
        case 'W':
            return word();
        case '%':
            if (!text_.starts_with('%')) return false;
            text_.remove_prefix(1);
            return true;
        default:
            return false;
        }
    }

    std::string_view text_;
    std::string_view format_;
    DateTime moment_;
    std::size_t last_digits_ = 0;
    bool is_morning_ = false;
    bool is_afternoon_ = false;
};

// MySQL: "If the NO_ZERO_DATE SQL mode is enabled, zero dates are disallowed" by STR_TO_DATE.
bool may_be(const DateTime& moment, const Context& context) {
    if (moment.month != 0 && moment.day != 0) return true;
    const auto mode = context.variables.find("sql_mode");
    if (mode == context.variables.end()) return true;
    const bool is_all_zero = moment.year == 0 && moment.month == 0 && moment.day == 0;
    const std::string_view forbids = is_all_zero ? "NO_ZERO_DATE" : "NO_ZERO_IN_DATE";
    return mode->second.find(forbids) == std::string::npos;
}

// my_str_to_date(text, format, kind): kind is "date", "time" or the digits of a datetime.
void text_to_date(const Call& call) {
    auto moment = FormatReader(call.text(0), call.text(1)).read();
    const auto kind = call.text(2);
    if (moment && kind != "time" && !may_be(*moment, call.context)) moment.reset();
    if (!moment) {
        call.context.warn(
            {1411,
             "HY000",
             fmt::format("Incorrect datetime value: '{}' for function str_to_date", call.text(0))}
        );
        return call.null();
    }
    if (kind == "date") return call.result(date_text(*moment));
    if (kind != "time") return call.result(datetime_text(*moment, kind == "6" ? 6 : 0));
    call.result(
        ((std::int64_t{moment->hour} * 60 + moment->minute) * 60 + moment->second) * second +
        moment->microsecond
    );
}

constexpr std::array functions = {
    Function{"my_from_days", from_days},
    Function{"my_to_seconds", to_seconds},
    Function{"my_make_date", make_date},
    Function{"my_make_time", make_time},
    Function{"my_period_add", period_add},
    Function{"my_period_difference", period_difference},
    Function{"my_time_difference", time_difference},
    Function{"my_add_time", add_time},
    Function{"my_str_to_date", text_to_date},
};

} // namespace

std::span<const Function> calendar_functions() {
    return functions;
}

} // namespace diorama::rds::sql
