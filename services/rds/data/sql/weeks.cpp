// See weeks.hpp.
#include "services/rds/data/sql/weeks.hpp"

namespace diorama::rds::sql {

namespace {

constexpr int days_per_week = 7;

DateTime first_of_january(int year) {
    DateTime first;
    first.year = year;
    first.month = first.day = 1;
    return first;
}

// The day of the year, from 0, on which the first week begins; negative if it is in December.
int begin_of_first_week(int year, bool begins_on_monday, bool needs_four_days) {
    const int sunday_based = weekday_of(first_of_january(year));
    // How many days of its week lie before the first of January.
    const int before = begins_on_monday ? (sunday_based + 6) % days_per_week : sunday_based;
    if (before == 0) return 0;
    const bool is_in_it = needs_four_days && before <= 3;
    return is_in_it ? -before : days_per_week - before;
}

} // namespace

int weekday_of(const DateTime& moment) {
    return static_cast<int>(((days_since_epoch(moment) + 4) % 7 + 7) % 7);
}

int day_of_year(const DateTime& moment) {
    const auto first = days_since_epoch(first_of_january(moment.year));
    return static_cast<int>(days_since_epoch(moment) - first) + 1;
}

Week week_of(const DateTime& moment, std::int64_t mode) {
    const bool begins_on_monday = (mode & 1) != 0;
    const bool has_one_year = (mode & 2) != 0;
    const bool needs_four_days = begins_on_monday != ((mode & 4) != 0);
    const int day = day_of_year(moment) - 1;
    int year = moment.year;
    int begin = begin_of_first_week(year, begins_on_monday, needs_four_days);
    if (day < begin) {
        if (!has_one_year) return {year, 0};
        --year;
        const int days_of_it = day_of_year({.year = year, .month = 12, .day = 31});
        begin = begin_of_first_week(year, begins_on_monday, needs_four_days) - days_of_it;
    } else if (has_one_year) {
        const int days_of_it = day_of_year({.year = year, .month = 12, .day = 31});
        const int next =
            days_of_it + begin_of_first_week(year + 1, begins_on_monday, needs_four_days);
        if (day >= next) return {year + 1, 1};
    }
    return {year, (day - begin) / days_per_week + 1};
}

} // namespace diorama::rds::sql
