// Time zones as MySQL names them: "+05:30", "SYSTEM", and the names of the machine's tz database,
// which RDS has loaded into its tables.
// https://dev.mysql.com/doc/refman/8.0/en/time-zone-support.html
#pragma once

#include "services/rds/data/sql/datetime.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

// When summer time begins or ends by a rule: "M3.2.0/2".
struct SeasonStart {
    int month = 1;
    int week = 1; // 5: the last one
    int weekday = 0;
    std::int64_t second_of_day = 7200;
};

class TimeZone {
public:
    // All seconds are counted from 1970, by the clock of the place for local ones.
    std::int64_t local(std::int64_t utc) const { return utc + offset_at(utc); }

    // Of a local time that comes twice the earlier one; one that is skipped is the end of the gap.
    std::int64_t utc(std::int64_t local) const;
    // Whether clocks at the place never showed it.
    bool skips(std::int64_t local) const;

    bool is_utc() const { return transitions_.empty() && !rule_ && first_offset_ == 0; }

    static TimeZone fixed(std::int64_t offset);
    // The bytes of a file of the tz database. RFC 8536: the TZif format.
    static std::optional<TimeZone> parse(std::string_view bytes);

private:
    struct Transition {
        std::int64_t moment = 0; // UTC
        std::int64_t offset = 0; // from then on
    };

    struct Rule { // after the last transition
        std::int64_t standard = 0;
        std::int64_t summer = 0;
        SeasonStart begin;
        SeasonStart end;
    };

    std::int64_t offset_at(std::int64_t utc) const;
    static std::optional<Rule> parse_rule(std::string_view text, std::int64_t& standard);
    static std::int64_t offset_by(const Rule& rule, std::int64_t utc);

    std::int64_t first_offset_ = 0;
    std::vector<Transition> transitions_;
    std::optional<Rule> rule_;
    std::optional<std::int64_t> last_offset_; // after the last transition, without summer time
};

using TimeZonePtr = std::shared_ptr<const TimeZone>;

// Zones by name; a session keeps those it has used.
class TimeZones {
public:
    // Nothing: there is no such zone. SYSTEM is UTC, as on RDS.
    TimeZonePtr find(std::string_view name);

private:
    std::map<std::string, TimeZonePtr, std::less<>> known_;
};

DateTime in_zone(const TimeZone& zone, Timestamp moment);
// A TIMESTAMP as it is kept and as the clock of the zone shows it. Zero dates stay as they are.
std::string local_text(const TimeZone& zone, std::string_view utc, unsigned fraction);
std::string utc_text(const TimeZone& zone, std::string_view local, unsigned fraction);

// "+05:30" in seconds. MySQL: from -13:59 to +14:00.
std::optional<std::int64_t> parse_offset(std::string_view text);

} // namespace diorama::rds::sql
