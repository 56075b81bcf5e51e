// Offsets, the files of the tz database, and where they are found.
#include "services/rds/data/sql/time_zone.hpp"

#include "services/rds/data/sql/datetime.hpp"
#include "services/rds/data/sql/lexer.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace diorama::rds::sql {

namespace {

constexpr std::int64_t day = 86400;

std::int64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i)
        number = number << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    const auto shift = 64 - 8 * size;
    return static_cast<std::int64_t>(number << shift) >> shift;
}

struct Counts { // the header of a TZif block
    std::size_t ut = 0, standard = 0, leap = 0, times = 0, types = 0, letters = 0;

    std::size_t size(std::size_t width) const {
        return times * (width + 1) + types * 6 + letters + leap * (width + 4) + standard + ut;
    }
};

constexpr std::size_t header_size = 44;

std::optional<Counts> header_of(std::string_view bytes) {
    if (bytes.size() < header_size || bytes.substr(0, 4) != "TZif") return std::nullopt;
    const auto count = [&](std::size_t i) {
        return static_cast<std::size_t>(big_endian(bytes, 20 + 4 * i, 4) & 0xffffff);
    };
    return Counts{count(0), count(1), count(2), count(3), count(4), count(5)};
}

// Reads a text from its start.
struct Reader {
    std::string_view rest;

    bool accept(char c) {
        if (rest.empty() || rest[0] != c) return false;
        rest.remove_prefix(1);
        return true;
    }

    int number() {
        int value = 0;
        while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
            value = std::min(value * 10 + (rest[0] - '0'), 100'000);
            rest.remove_prefix(1);
        }
        return value;
    }

    void name() { // of a zone: "CET" or "<+03>"
        if (accept('<')) {
            while (!rest.empty() && !accept('>'))
                rest.remove_prefix(1);
            return;
        }
        const auto letters = std::find_if(rest.begin(), rest.end(), [](char c) {
            return (c | 0x20) < 'a' || (c | 0x20) > 'z';
        });
        rest.remove_prefix(static_cast<std::size_t>(letters - rest.begin()));
    }

    std::int64_t clock() { // "-2:30:00"
        const bool is_negative = accept('-');
        accept('+');
        std::int64_t seconds = std::int64_t{number()} * 3600;
        if (accept(':')) seconds += std::int64_t{number()} * 60;
        if (accept(':')) seconds += number();
        return is_negative ? -seconds : seconds;
    }

    std::optional<SeasonStart> season() {
        SeasonStart start;
        if (!accept(',') || !accept('M')) return std::nullopt;
        start.month = number();
        accept('.');
        start.week = number();
        accept('.');
        start.weekday = number();
        if (accept('/')) start.second_of_day = clock();
        if (start.month < 1 || start.month > 12) return std::nullopt;
        return start;
    }
};

std::int64_t days_of(int year, int month, int number) {
    DateTime date;
    date.year = year;
    date.month = month;
    date.day = number;
    return days_since_epoch(date);
}

// The local second at which a season starts, by the clock before it.
std::int64_t start_of(const SeasonStart& start, int year) {
    const auto first = days_of(year, start.month, 1);
    const auto weekday = ((first + 4) % 7 + 7) % 7; // 1970 began on a Thursday
    auto number = 1 + (start.weekday - weekday + 7) % 7 + (start.week - 1) * 7;
    while (number > days_in_month(year, start.month))
        number -= 7;
    return (first + number - 1) * day + start.second_of_day;
}

} // namespace

TimeZone TimeZone::fixed(std::int64_t offset) {
    TimeZone zone;
    zone.first_offset_ = offset;
    return zone;
}

// "CET-1CEST,M3.5.0,M10.5.0/3": offsets are west of Greenwich there.
std::optional<TimeZone::Rule> TimeZone::parse_rule(std::string_view text, std::int64_t& standard) {
    Reader reader{text};
    reader.name();
    standard = -reader.clock();
    if (reader.rest.empty()) return std::nullopt;
    Rule rule;
    rule.standard = standard;
    reader.name();
    constexpr std::int64_t hour = 3600;
    const bool names_offset = !reader.rest.empty() && reader.rest[0] != ',';
    rule.summer = names_offset ? -reader.clock() : standard + hour;
    const auto begin = reader.season();
    const auto end = reader.season();
    if (!begin || !end) return std::nullopt;
    rule.begin = *begin;
    rule.end = *end;
    return rule;
}

std::int64_t TimeZone::offset_by(const Rule& rule, std::int64_t utc) {
    const auto year = from_microseconds((utc + rule.standard) * 1'000'000).year;
    const auto begin = start_of(rule.begin, year) - rule.standard;
    const auto end = start_of(rule.end, year) - rule.summer;
    const bool is_summer =
        begin < end ? utc >= begin && utc < end : utc >= begin || utc < end; // the south
    return is_summer ? rule.summer : rule.standard;
}

std::int64_t TimeZone::offset_at(std::int64_t utc) const {
    const auto next = std::upper_bound(
        transitions_.begin(),
        transitions_.end(),
        utc,
        [](std::int64_t moment, const Transition& transition) { return moment < transition.moment; }
    );
    if (next == transitions_.end() && rule_) return offset_by(*rule_, utc);
    if (next == transitions_.end() && last_offset_) return *last_offset_;
    return next == transitions_.begin() ? first_offset_ : std::prev(next)->offset;
}

bool TimeZone::skips(std::int64_t local_second) const {
    const auto early = local_second - offset_at(local_second - day);
    const auto late = local_second - offset_at(local_second + day);
    return local(early) != local_second && local(late) != local_second;
}

std::int64_t TimeZone::utc(std::int64_t local_second) const {
    // A clock changes once a day at most: the offsets of the days around are all there are.
    const auto before = offset_at(local_second - day);
    const auto after = offset_at(local_second + day);
    const auto early = local_second - before;
    if (local(early) == local_second) return early;
    const auto late = local_second - after;
    if (local(late) == local_second) return late;
    // Skipped: the moment of the change, which lies between the two.
    auto low = std::min(early, late);
    auto high = std::max(early, late);
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (offset_at(middle) == after)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

std::optional<TimeZone> TimeZone::parse(std::string_view bytes) {
    const auto first = header_of(bytes);
    if (!first) return std::nullopt;
    // The second block has 64-bit moments; files without one are of the last century.
    const auto second = header_size + first->size(4);
    if (bytes.size() < second + header_size) return std::nullopt;
    bytes.remove_prefix(second);
    const auto counts = header_of(bytes);
    if (!counts || bytes.size() < header_size + counts->size(8) || counts->types == 0)
        return std::nullopt;
    const auto moments = header_size;
    const auto kinds = moments + counts->times * 8;
    const auto types = kinds + counts->times;
    const auto offset_of = [&](std::size_t type) {
        return type < counts->types ? big_endian(bytes, types + type * 6, 4) : 0;
    };
    TimeZone zone;
    zone.first_offset_ = offset_of(0);
    for (std::size_t i = 0; i < counts->times; ++i)
        zone.transitions_.push_back(
            {big_endian(bytes, moments + i * 8, 8),
             offset_of(static_cast<std::uint8_t>(bytes[kinds + i]))}
        );
    auto footer = bytes.substr(header_size + counts->size(8));
    if (footer.size() > 2 && footer[0] == '\n') {
        footer = footer.substr(1, footer.find('\n', 1) - 1);
        std::int64_t standard = 0;
        zone.rule_ = parse_rule(footer, standard);
        if (!zone.rule_) zone.last_offset_ = standard;
    }
    return zone;
}

std::optional<std::int64_t> parse_offset(std::string_view text) {
    if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    Reader reader{text.substr(1)};
    const auto hours = reader.number();
    if (!reader.accept(':') || reader.rest.size() != 2) return std::nullopt;
    const auto minutes = reader.number();
    const auto seconds = std::int64_t{hours} * 3600 + std::int64_t{minutes} * 60;
    constexpr std::int64_t least = -(13 * 3600 + 59 * 60);
    constexpr std::int64_t most = 14 * 3600;
    const auto offset = text[0] == '-' ? -seconds : seconds;
    if (!reader.rest.empty() || minutes > 59 || offset < least || offset > most)
        return std::nullopt;
    return offset;
}

namespace {

// Names are found whatever their case, as in MySQL.
std::optional<std::filesystem::path> file_of(std::string_view name) {
    const std::filesystem::path root = "/usr/share/zoneinfo";
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '_' || c == '-' || c == '+';
    };
    if (name.empty() || name[0] == '/' || !std::all_of(name.begin(), name.end(), is_allowed))
        return std::nullopt;
    std::error_code failed;
    if (std::filesystem::is_regular_file(root / name, failed)) return root / name;
    auto files = std::filesystem::recursive_directory_iterator(root, failed);
    if (failed) return std::nullopt;
    for (const auto& file : files) {
        const auto relative = file.path().lexically_relative(root).string();
        if (equals_ignoring_case(relative, name) && file.is_regular_file(failed))
            return file.path();
    }
    return std::nullopt;
}

} // namespace

DateTime in_zone(const TimeZone& zone, Timestamp moment) {
    using namespace std::chrono;
    const auto microsecond = duration_cast<microseconds>(moment.time_since_epoch()).count();
    const auto whole = floor<seconds>(microseconds(microsecond)).count();
    return from_microseconds((zone.local(whole) - whole) * 1'000'000 + microsecond);
}

namespace {

template <class Shift>
std::string shifted(std::string_view text, unsigned fraction, Shift shift) {
    const auto moment = parse_datetime(text);
    if (!moment || moment->month == 0) return std::string(text);
    const auto whole = (microseconds_since_epoch(*moment) - moment->microsecond) / 1'000'000;
    return datetime_text(
        from_microseconds(shift(whole) * 1'000'000 + moment->microsecond),
        fraction
    );
}

} // namespace

std::string local_text(const TimeZone& zone, std::string_view utc, unsigned fraction) {
    return shifted(utc, fraction, [&](std::int64_t second) { return zone.local(second); });
}

std::string utc_text(const TimeZone& zone, std::string_view local, unsigned fraction) {
    return shifted(local, fraction, [&](std::int64_t second) { return zone.utc(second); });
}

TimeZonePtr TimeZones::find(std::string_view name) {
    if (const auto found = known_.find(name); found != known_.end()) return found->second;
    std::optional<TimeZone> zone;
    if (equals_ignoring_case(name, "SYSTEM") || equals_ignoring_case(name, "UTC"))
        zone = TimeZone::fixed(0);
    else if (const auto offset = parse_offset(name))
        zone = TimeZone::fixed(*offset);
    else if (const auto path = file_of(name)) {
        std::ifstream file(*path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        zone = TimeZone::parse(bytes);
    }
    auto found = zone ? std::make_shared<const TimeZone>(std::move(*zone)) : nullptr;
    constexpr std::size_t most = 1000;
    if (known_.size() < most) known_.emplace(name, found);
    return found;
}

} // namespace diorama::rds::sql
