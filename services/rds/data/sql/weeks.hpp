// Weeks of the year in MySQL's eight modes.
// https://dev.mysql.com/doc/refman/8.0/en/date-and-time-functions.html#function_week
#pragma once

#include "services/rds/data/sql/datetime.hpp"

#include <cstdint>

namespace diorama::rds::sql {

// 0 is Sunday.
int weekday_of(const DateTime& moment);
// 1 is the first of January.
int day_of_year(const DateTime& moment);

struct Week {
    int year = 0;   // to which the week belongs
    int number = 0; // 0 to 53
};

// The mode's bits: 1, weeks begin on Monday; 2, a week belongs to one year only (1 to 53, never 0);
// 4, the other rule for the first week. The rules are: the first week with more than three days in
// the year (odd modes below 4, even ones from 4 on), or the first that begins in it.
Week week_of(const DateTime& moment, std::int64_t mode);

} // namespace diorama::rds::sql
