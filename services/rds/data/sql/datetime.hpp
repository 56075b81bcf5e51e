// Dates and times as MySQL reads, keeps and prints them: "2026-11-22", "2026-11-22 12:00:00.5",
// "-838:59:59". Zero dates exist.
#pragma once

#include "emulator/time/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::rds::sql {

struct DateTime {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int microsecond = 0;
    bool has_time = false; // more than a date was given

    auto operator<=>(const DateTime&) const = default;
};

inline constexpr std::array<std::string_view, 12> month_names = {
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December"
};

// Any of MySQL's spellings: with other punctuation, without any, two-digit years, 'T' between.
// Nothing for what is no date ("2026-02-30").
std::optional<DateTime> parse_datetime(std::string_view text);
std::string date_text(const DateTime& moment);
std::string datetime_text(const DateTime& moment, unsigned fraction);

// Microseconds. "11:12", "1 11:12:13", "-838:59:59.5", "101112".
std::optional<std::int64_t> parse_time(std::string_view text);
std::string time_text(std::int64_t microseconds, unsigned fraction);

// Rounded half up to that many digits of the second.
DateTime rounded(const DateTime& moment, unsigned fraction);
std::int64_t rounded_time(std::int64_t microseconds, unsigned fraction);

std::int64_t days_since_epoch(const DateTime& moment);
std::int64_t microseconds_since_epoch(const DateTime& moment);
DateTime from_microseconds(std::int64_t microseconds);
DateTime from_timestamp(Timestamp moment);
int days_in_month(int year, int month);

} // namespace diorama::rds::sql
