// Where on earth clients and regions are. AWS knows it from databases and measurements of its own;
// here it is a small table of blocks of addresses, which a user may replace by a file, and the
// coordinates of the regions. Pure.
#pragma once

#include "services/route53/data/cidr.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace diorama::route53 {

struct Coordinates {
    double latitude = 0;
    double longitude = 0;
};

// Of the distance along the surface.
double kilometres_between(const Coordinates& from, const Coordinates& to);

struct Place {
    std::string continent;   // as Route 53 codes it: AF, AN, AS, EU, NA, OC, SA
    std::string country;     // ISO 3166-1 alpha-2
    std::string subdivision; // of the United States and Ukraine: "CA", "05"
    Coordinates at;
};

// Nothing for a region that is not known.
std::optional<Coordinates> coordinates_of_region(std::string_view region);
// Of "us-east-1-bue-1"; nothing for a group that is not known.
std::optional<Coordinates> coordinates_of_local_zone_group(std::string_view group);

class PlaceTable {
public:
    // A block and its place to the line, "#" begins a comment:
    //   198.51.100.0/24 NA US CA 37.4 -122.1      ("-" for no subdivision)
    // Or a sentence that says what is wrong with which line.
    static std::variant<PlaceTable, std::string> parse(std::string_view text);

    // The project's own: blocks that no one else uses (RFC 2544, RFC 3849), a town each.
    static const PlaceTable& own();

    // Nothing when nobody knows where that is.
    const Place* find(const CidrBlock& where) const { return places_.find(where); }

private:
    CidrMap<Place> places_;
};

} // namespace diorama::route53
