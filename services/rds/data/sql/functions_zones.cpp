// The moment and the time zone of the session: NOW and its kin, TIMESTAMP, CONVERT_TZ.
// https://dev.mysql.com/doc/refman/8.0/en/date-and-time-functions.html
#include "services/rds/data/sql/datetime.hpp"
#include "services/rds/data/sql/functions.hpp"

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

constexpr std::int64_t second = 1'000'000; // in microseconds

template <bool is_utc>
DateTime moment_of(const Call& call) {
    return is_utc ? from_timestamp(call.context.now)
                  : in_zone(call.context.zone(), call.context.now);
}

template <bool is_utc>
void now(const Call& call) {
    const auto digits = static_cast<unsigned>(call.integer(0));
    call.result(datetime_text(moment_of<is_utc>(call), digits));
}

template <bool is_utc>
void today(const Call& call) {
    call.result(date_text(moment_of<is_utc>(call)));
}

template <bool is_utc>
void time_now(const Call& call) {
    const auto digits = static_cast<unsigned>(call.integer(0));
    call.result(*parse_time(datetime_text(moment_of<is_utc>(call), digits)));
}

// my_local(timestamp, digits) and my_utc(datetime, digits).
void local(const Call& call) {
    const auto& zone = call.context.zone();
    if (zone.is_utc()) return call.result(call.text(0));
    call.result(local_text(zone, call.text(0), static_cast<unsigned>(call.integer(1))));
}

void utc(const Call& call) {
    const auto& zone = call.context.zone();
    if (zone.is_utc()) return call.result(call.text(0));
    call.result(utc_text(zone, call.text(0), static_cast<unsigned>(call.integer(1))));
}

// (moment of the session's clock, digits of fractions of seconds): scaled by them.
void unix_timestamp(const Call& call) {
    const auto moment = parse_datetime(call.text(0));
    if (!moment) return call.null();
    if (moment->month == 0) return call.result(std::int64_t{0});
    // MySQL: "If you pass an out-of-range date to UNIX_TIMESTAMP(), it returns 0."
    const auto local = microseconds_since_epoch(*moment);
    const auto seconds = call.context.zone().utc(local / second);
    if (seconds < 0) return call.result(std::int64_t{0});
    auto unit = second; // microseconds in one of the last digit
    auto scaled = seconds;
    for (auto digits = call.integer(1); digits > 0; --digits) {
        unit /= 10;
        scaled *= 10;
    }
    call.result(scaled + local % second / unit);
}

void unix_timestamp_now(const Call& call) {
    using std::chrono::seconds;
    call.result(std::chrono::duration_cast<seconds>(call.context.now.time_since_epoch()).count());
}

// (microseconds since 1970, digits of fractions of seconds)
void from_unix_time(const Call& call) {
    constexpr std::int64_t greatest = 32'536'771'199; // 3001-01-18 23:59:59 UTC
    const auto seconds = call.integer(0) / second;
    if (call.integer(0) < 0 || seconds > greatest) return call.null();
    const auto local = call.context.zone().local(seconds) * second + call.integer(0) % second;
    const auto digits = static_cast<unsigned>(call.integer(1));
    call.result(datetime_text(rounded(from_microseconds(local), digits), digits));
}

// (moment, from, to). MySQL: NULL for a zone that is not known.
void convert_time_zone(const Call& call) {
    const auto moment = parse_datetime(call.text(0));
    const auto zone_of = [&](std::size_t argument) {
        return call.context.zones.find(call.text(argument));
    };
    const auto from = zone_of(1);
    const auto to = zone_of(2);
    if (!moment || moment->month == 0 || moment->day == 0 || !from || !to) return call.null();
    const auto whole = microseconds_since_epoch(*moment) / second;
    const auto utc_second = from->utc(whole);
    // MySQL: what no TIMESTAMP could hold stays as it is.
    const bool is_kept = utc_second < 0 || utc_second > INT32_MAX;
    const auto result = is_kept ? whole : to->local(utc_second);
    const auto digits = moment->microsecond != 0 ? 6U : 0U;
    call.result(datetime_text(from_microseconds(result * second + moment->microsecond), digits));
}

constexpr auto nulls = Function::Nulls::give_null;
constexpr auto passed = Function::Nulls::are_passed;
constexpr auto once = Function::Changes::never; // within a statement

constexpr std::array functions = {
    Function{"my_now", now<false>, passed, once},
    Function{"my_today", today<false>, passed, once},
    Function{"my_time_now", time_now<false>, passed, once},
    Function{"my_utc_now", now<true>, passed, once},
    Function{"my_utc_today", today<true>, passed, once},
    Function{"my_utc_time_now", time_now<true>, passed, once},
    Function{"my_local", local, nulls, once},
    Function{"my_utc", utc, nulls, once},
    Function{"my_unix_timestamp", unix_timestamp, nulls, once},
    Function{"my_unix_timestamp_now", unix_timestamp_now, passed, once},
    Function{"my_from_unix_time", from_unix_time, nulls, once},
    Function{"my_convert_tz", convert_time_zone, nulls, once},
};

} // namespace

std::span<const Function> zone_functions() {
    return functions;
}

} // namespace diorama::rds::sql
