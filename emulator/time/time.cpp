// See time.hpp. Dates are computed with std::chrono's civil calendar; no locale, no time zone
// database.
#include "emulator/time/time.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace diorama {

namespace {

using std::chrono::floor;

constexpr std::array
    month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array day_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

struct Fields {
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
    unsigned weekday;

    unsigned month() const { return static_cast<unsigned>(date.month()); }

    unsigned day() const { return static_cast<unsigned>(date.day()); }

    int year() const { return static_cast<int>(date.year()); }
};

Fields fields_of(Timestamp when) {
    const auto day = floor<std::chrono::days>(when);
    return {
        std::chrono::year_month_day(day),
        std::chrono::hh_mm_ss(floor<std::chrono::milliseconds>(when - day)),
        std::chrono::weekday(day).c_encoding()
    };
}

// Reads the digits and literals of a date from left to right; once something is wrong it stays
// wrong.
class Reader {
public:
    explicit Reader(std::string_view text)
        : rest_(text) {}

    int digits(std::size_t count) {
        int value = 0;
        if (rest_.size() < count) return fail();
        for (const char c : rest_.substr(0, count)) {
            if (c < '0' || c > '9') return fail();
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }

    bool skip(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void expect(std::string_view wanted) {
        if (rest_.starts_with(wanted)) {
            rest_.remove_prefix(wanted.size());
        } else {
            fail();
        }
    }

    template <std::size_t n>
    unsigned one_of(const std::array<const char*, n>& names) {
        for (unsigned i = 0; i < n; ++i) {
            if (rest_.starts_with(names[i])) {
                rest_.remove_prefix(3);
                return i;
            }
        }
        fail();
        return 0;
    }

    Duration fraction() {
        Duration value{};
        Duration unit = std::chrono::milliseconds(100);
        bool any = false;
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
            value += unit * (rest_.front() - '0');
            unit /= 10;
            rest_.remove_prefix(1);
            any = true;
        }
        if (!any) fail();
        return value;
    }

    int fail() {
        failed_ = true;
        return 0;
    }

    bool failed() const { return failed_; }

    bool at_end() const { return rest_.empty(); }

    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
    bool failed_ = false;
};

std::optional<Timestamp>
make_time(int year, unsigned month, int day, int hour, int minute, int second) {
    const std::chrono::year_month_day date(
        std::chrono::year(year),
        std::chrono::month(month),
        std::chrono::day(static_cast<unsigned>(day))
    );
    // Nanoseconds in 64 bits end in the year 2262.
    if (!date.ok() || year < 1700 || year > 2260) return std::nullopt;
    if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return Timestamp(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
           std::chrono::minutes(minute) + std::chrono::seconds(second);
}

// "Z", "+02:00", "+0200", or nothing (UTC).
std::optional<Duration> read_offset(Reader& reader) {
    if (reader.at_end() || reader.skip('Z') || reader.skip('z')) return Duration{};
    const bool east = reader.skip('+');
    if (!east && !reader.skip('-')) return std::nullopt;
    const int hours = reader.digits(2);
    reader.skip(':');
    const int minutes = reader.digits(2);
    if (reader.failed() || hours > 23 || minutes > 59) return std::nullopt;
    const Duration offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    return east ? offset : -offset;
}

std::optional<Timestamp> parse_epoch(std::string_view text) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (!std::isfinite(seconds) || std::abs(seconds) > 9e9) return std::nullopt;
    return from_unix_seconds(seconds);
}

} // namespace

double unix_seconds(Timestamp when) {
    return std::chrono::duration<double>(when.time_since_epoch()).count();
}

Timestamp from_unix_seconds(double seconds) {
    // Microseconds: a double holds no more of a present-day date.
    return Timestamp(std::chrono::microseconds(std::llround(seconds * 1e6)));
}

std::string iso8601(Timestamp when) {
    const auto f = fields_of(when);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        f.year(),
        f.month(),
        f.day(),
        f.time.hours().count(),
        f.time.minutes().count(),
        f.time.seconds().count()
    );
}

std::string iso8601_ms(Timestamp when) {
    const auto f = fields_of(when);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        f.year(),
        f.month(),
        f.day(),
        f.time.hours().count(),
        f.time.minutes().count(),
        f.time.seconds().count(),
        f.time.subseconds().count()
    );
}

std::string iso8601_basic(Timestamp when) {
    const auto f = fields_of(when);
    return fmt::format(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        f.year(),
        f.month(),
        f.day(),
        f.time.hours().count(),
        f.time.minutes().count(),
        f.time.seconds().count()
    );
}

// Written by hand: every answer about an object has one, and a format string takes ten times as
// long.
std::string http_date(Timestamp when) {
    const auto f = fields_of(when);
    std::string text = "Thu, 01 Jan 1970 00:00:00 GMT";
    const auto put = [&text](std::size_t place, std::int64_t number, std::size_t digits) {
        for (std::size_t i = digits; i-- > 0; number /= 10)
            text[place + i] = static_cast<char>('0' + number % 10);
    };
    constexpr std::size_t name_size = 3;
    text.replace(0, name_size, day_names[f.weekday]);
    put(5, f.day(), 2);
    text.replace(8, name_size, month_names[f.month() - 1]);
    put(12, f.year(), 4);
    put(17, f.time.hours().count(), 2);
    put(20, f.time.minutes().count(), 2);
    put(23, f.time.seconds().count(), 2);
    return text;
}

std::optional<Timestamp> parse_iso8601(std::string_view text) {
    if (text.find_first_not_of("0123456789.") == std::string_view::npos && text.size() != 8) {
        return parse_epoch(text);
    }
    Reader reader(text);
    const int year = reader.digits(4);
    const bool dashes = reader.skip('-');
    const int month = reader.digits(2);
    if (dashes) reader.expect("-");
    const int day = reader.digits(2);
    if (reader.failed() || month < 1) return std::nullopt;
    if (reader.at_end()) return make_time(year, static_cast<unsigned>(month), day, 0, 0, 0);
    if (!reader.skip('T') && !reader.skip('t') && !reader.skip(' ')) return std::nullopt;
    const int hour = reader.digits(2);
    const bool colons = reader.skip(':');
    const int minute = reader.digits(2);
    int second = 0;
    if (colons
            ? reader.skip(':')
            : (!reader.at_end() && reader.rest().front() >= '0' && reader.rest().front() <= '9')) {
        second = reader.digits(2);
    }
    const Duration fraction = reader.skip('.') ? reader.fraction() : Duration{};
    if (reader.failed()) return std::nullopt;
    const auto offset = read_offset(reader);
    const auto time = make_time(year, static_cast<unsigned>(month), day, hour, minute, second);
    if (!offset || !time || !reader.at_end()) return std::nullopt;
    return *time + fraction - *offset;
}

// RFC 9110 5.6.7: IMF-fixdate, and the obsolete forms of RFC 850 and asctime, which "a recipient
// [...] MUST accept".
std::optional<Timestamp> parse_http_date(std::string_view text) {
    const auto comma = text.find(',');
    const bool is_asctime = comma == std::string_view::npos; // "Sun Nov  6 08:49:37 1994"
    Reader reader(is_asctime ? text : text.substr(comma + 1));
    unsigned month = 0;
    int day = 0;
    int year = 0;
    if (is_asctime) {
        reader.one_of(day_names);
        reader.expect(" ");
        month = reader.one_of(month_names) + 1;
        reader.expect(" ");
        day = reader.skip(' ') ? reader.digits(1) : reader.digits(2);
    } else { // "Sun, 06 Nov 1994", "Sunday, 06-Nov-94"
        reader.expect(" ");
        day = reader.digits(2);
        const bool is_rfc850 = reader.skip('-');
        if (!is_rfc850) reader.expect(" ");
        month = reader.one_of(month_names) + 1;
        reader.expect(is_rfc850 ? "-" : " ");
        year = reader.digits(is_rfc850 ? 2 : 4);
        // RFC 9110 5.6.7: a two-digit year more than 50 years in the future is in the past.
        if (is_rfc850) year += year < 77 ? 2000 : 1900;
    }
    reader.expect(" ");
    const int hour = reader.digits(2);
    reader.expect(":");
    const int minute = reader.digits(2);
    reader.expect(":");
    const int second = reader.digits(2);
    if (is_asctime) {
        reader.expect(" ");
        year = reader.digits(4);
    } else {
        reader.expect(" GMT");
    }
    if (reader.failed() || !reader.at_end()) return std::nullopt;
    return make_time(year, month, day, hour, minute, second);
}

} // namespace diorama
