// See place.hpp. Coordinates are those of the area where the region is.
#include "services/route53/data/place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <vector>

namespace diorama::route53 {

namespace {

struct NamedCoordinates {
    std::string_view name;
    Coordinates at;
};

constexpr NamedCoordinates regions[] = {
    {"us-east-1", {39.0, -77.5}},       {"us-east-2", {40.0, -83.0}},
    {"us-west-1", {37.4, -122.0}},      {"us-west-2", {45.8, -119.7}},
    {"ca-central-1", {45.5, -73.6}},    {"ca-west-1", {51.0, -114.1}},
    {"mx-central-1", {20.6, -100.4}},   {"sa-east-1", {-23.5, -46.6}},
    {"eu-west-1", {53.3, -6.3}},        {"eu-west-2", {51.5, -0.1}},
    {"eu-west-3", {48.9, 2.4}},         {"eu-central-1", {50.1, 8.7}},
    {"eu-central-2", {47.4, 8.5}},      {"eu-north-1", {59.3, 18.1}},
    {"eu-south-1", {45.5, 9.2}},        {"eu-south-2", {41.6, -0.9}},
    {"eusc-de-east-1", {52.4, 13.1}},   {"il-central-1", {32.1, 34.8}},
    {"me-south-1", {26.2, 50.6}},       {"me-central-1", {25.2, 55.3}},
    {"af-south-1", {-33.9, 18.4}},      {"ap-south-1", {19.1, 72.9}},
    {"ap-south-2", {17.4, 78.5}},       {"ap-southeast-1", {1.3, 103.8}},
    {"ap-southeast-2", {-33.9, 151.2}}, {"ap-southeast-3", {-6.2, 106.8}},
    {"ap-southeast-4", {-37.8, 145.0}}, {"ap-southeast-5", {3.1, 101.7}},
    {"ap-southeast-6", {-36.8, 174.8}}, {"ap-southeast-7", {13.8, 100.5}},
    {"ap-east-1", {22.3, 114.2}},       {"ap-east-2", {25.0, 121.6}},
    {"ap-northeast-1", {35.7, 139.7}},  {"ap-northeast-2", {37.6, 127.0}},
    {"ap-northeast-3", {34.7, 135.5}},  {"cn-north-1", {39.9, 116.4}},
    {"cn-northwest-1", {37.5, 105.2}},  {"us-gov-east-1", {40.0, -83.0}},
    {"us-gov-west-1", {45.8, -119.7}},
};

constexpr NamedCoordinates local_zone_groups[] = {
    {"us-east-1-atl-1", {33.7, -84.4}},       {"us-east-1-bos-1", {42.4, -71.1}},
    {"us-east-1-bue-1", {-34.6, -58.4}},      {"us-east-1-chi-1", {41.9, -87.6}},
    {"us-east-1-chi-2", {41.9, -87.6}},       {"us-east-1-dfw-1", {32.8, -96.8}},
    {"us-east-1-dfw-2", {32.8, -96.8}},       {"us-east-1-iah-1", {29.8, -95.4}},
    {"us-east-1-iah-2", {29.8, -95.4}},       {"us-east-1-lim-1", {-12.0, -77.0}},
    {"us-east-1-mci-1", {39.1, -94.6}},       {"us-east-1-mia-1", {25.8, -80.2}},
    {"us-east-1-mia-2", {25.8, -80.2}},       {"us-east-1-msp-1", {45.0, -93.3}},
    {"us-east-1-nyc-1", {40.7, -74.0}},       {"us-east-1-nyc-2", {40.7, -74.0}},
    {"us-east-1-phl-1", {40.0, -75.2}},       {"us-east-1-qro-1", {20.6, -100.4}},
    {"us-east-1-scl-1", {-33.4, -70.7}},      {"us-west-2-den-1", {39.7, -105.0}},
    {"us-west-2-hnl-1", {21.3, -157.9}},      {"us-west-2-las-1", {36.2, -115.1}},
    {"us-west-2-lax-1", {34.1, -118.2}},      {"us-west-2-pdx-1", {45.5, -122.7}},
    {"us-west-2-phx-1", {33.4, -112.1}},      {"us-west-2-phx-2", {33.4, -112.1}},
    {"us-west-2-sea-1", {47.6, -122.3}},      {"af-south-1-los-1", {6.5, 3.4}},
    {"ap-northeast-1-tpe-1", {25.0, 121.6}},  {"ap-south-1-ccu-1", {22.6, 88.4}},
    {"ap-south-1-del-1", {28.6, 77.2}},       {"ap-southeast-1-bkk-1", {13.8, 100.5}},
    {"ap-southeast-1-mnl-1", {14.6, 121.0}},  {"ap-southeast-2-akl-1", {-36.8, 174.8}},
    {"ap-southeast-2-per-1", {-32.0, 115.9}}, {"eu-central-1-ham-1", {53.6, 10.0}},
    {"eu-central-1-waw-1", {52.2, 21.0}},     {"eu-north-1-cph-1", {55.7, 12.6}},
    {"eu-north-1-hel-1", {60.2, 24.9}},       {"me-south-1-mct-1", {23.6, 58.4}},
};

std::optional<Coordinates>
find_by_name(const NamedCoordinates* first, const NamedCoordinates* last, std::string_view name) {
    const auto* found =
        std::find_if(first, last, [&](const auto& one) { return one.name == name; });
    if (found == last) return std::nullopt;
    return found->at;
}

// RFC 2544 keeps 198.18.0.0/15 for benchmarks, RFC 3849 2001:db8::/32 for documentation: a client
// that says it is in one of them (by its Client Subnet) is in that town.
constexpr std::string_view own_table = R"(
198.18.0.0/24   NA US NY  40.7  -74.0  # New York
198.18.1.0/24   NA US IL  41.9  -87.6  # Chicago
198.18.2.0/24   NA US CA  37.8 -122.4  # San Francisco
198.18.3.0/24   NA US TX  29.8  -95.4  # Houston
198.18.4.0/24   NA US WA  47.6 -122.3  # Seattle
198.18.5.0/24   NA US VA  39.0  -77.5  # Ashburn
198.18.10.0/24  NA CA -   43.7  -79.4  # Toronto
198.18.11.0/24  NA MX -   19.4  -99.1  # Mexico City
198.18.20.0/24  SA BR -  -23.5  -46.6  # Sao Paulo
198.18.21.0/24  SA AR -  -34.6  -58.4  # Buenos Aires
198.18.30.0/24  EU GB -   51.5   -0.1  # London
198.18.31.0/24  EU DE -   50.1    8.7  # Frankfurt
198.18.32.0/24  EU FR -   48.9    2.4  # Paris
198.18.33.0/24  EU IT -   45.5    9.2  # Milan
198.18.34.0/24  EU SE -   59.3   18.1  # Stockholm
198.18.35.0/24  EU IE -   53.3   -6.3  # Dublin
198.18.36.0/24  EU UA 30  50.5   30.5  # Kyiv
198.18.40.0/24  AF ZA -  -33.9   18.4  # Cape Town
198.18.41.0/24  AF NG -    6.5    3.4  # Lagos
198.18.50.0/24  AS BH -   26.2   50.6  # Manama
198.18.51.0/24  AS AE -   25.2   55.3  # Dubai
198.18.52.0/24  AS IL -   32.1   34.8  # Tel Aviv
198.18.53.0/24  AS IN -   19.1   72.9  # Mumbai
198.18.54.0/24  AS SG -    1.3  103.8  # Singapore
198.18.55.0/24  AS HK -   22.3  114.2  # Hong Kong
198.18.56.0/24  AS JP -   35.7  139.7  # Tokyo
198.18.57.0/24  AS KR -   37.6  127.0  # Seoul
198.18.60.0/24  OC AU -  -33.9  151.2  # Sydney
198.18.61.0/24  OC NZ -  -36.8  174.8  # Auckland
198.18.70.0/24  AN AQ -  -77.8  166.7  # McMurdo
2001:db8:1::/48 NA US NY  40.7  -74.0  # New York
2001:db8:2::/48 EU DE -   50.1    8.7  # Frankfurt
2001:db8:3::/48 AS JP -   35.7  139.7  # Tokyo
)";

std::vector<std::string_view> fields_of(std::string_view line) {
    line = line.substr(0, line.find('#'));
    std::vector<std::string_view> fields;
    for (std::size_t at = 0;
         (at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos;) {
        const auto end = std::min(line.find_first_of(" \t\r", at), line.size());
        fields.push_back(line.substr(at, end - at));
        at = end;
    }
    return fields;
}

bool parse_degrees(std::string_view text, double most, double& value) {
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stop == end && std::abs(value) <= most;
}

bool is_continent(std::string_view code) {
    constexpr std::string_view codes[] = {"AF", "AN", "AS", "EU", "NA", "OC", "SA"};
    return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

} // namespace

double kilometres_between(const Coordinates& from, const Coordinates& to) {
    constexpr double earth_radius = 6371;
    constexpr double radians = std::numbers::pi / 180;
    const double latitudes = std::sin((to.latitude - from.latitude) * radians / 2);
    const double longitudes = std::sin((to.longitude - from.longitude) * radians / 2);
    const double chord = latitudes * latitudes + std::cos(from.latitude * radians) *
                                                     std::cos(to.latitude * radians) * longitudes *
                                                     longitudes;
    return 2 * earth_radius * std::asin(std::sqrt(std::min(1.0, chord)));
}

std::optional<Coordinates> coordinates_of_region(std::string_view region) {
    return find_by_name(std::begin(regions), std::end(regions), region);
}

std::optional<Coordinates> coordinates_of_local_zone_group(std::string_view group) {
    return find_by_name(std::begin(local_zone_groups), std::end(local_zone_groups), group);
}

std::variant<PlaceTable, std::string> PlaceTable::parse(std::string_view text) {
    PlaceTable table;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto fields = fields_of(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (fields.empty()) continue;
        const auto wrong = [&](std::string_view what) {
            return fmt::format("line {}: {}", number, what);
        };
        if (fields.size() != 6) {
            return wrong("a place is: block continent country subdivision latitude longitude");
        }
        const auto block = CidrBlock::parse(fields[0]);
        if (!block) return wrong(fmt::format("{} is not a block of addresses", fields[0]));
        if (!is_continent(fields[1])) {
            return wrong(fmt::format("{} is none of AF, AN, AS, EU, NA, OC, SA", fields[1]));
        }
        Place place{std::string(fields[1]), std::string(fields[2]), std::string(fields[3]), {}};
        if (place.subdivision == "-") place.subdivision.clear();
        if (place.country.size() != 2) return wrong("a country has a code of two letters");
        if (!parse_degrees(fields[4], 90, place.at.latitude) ||
            !parse_degrees(fields[5], 180, place.at.longitude)) {
            return wrong("latitude and longitude are degrees");
        }
        table.places_.put(*block, std::move(place));
    }
    return table;
}

const PlaceTable& PlaceTable::own() {
    static const auto table = [] {
        auto parsed = parse(own_table);
        return std::move(std::get<PlaceTable>(parsed)); // a test holds that it parses
    }();
    return table;
}

} // namespace diorama::route53
