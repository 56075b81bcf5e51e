// Spatial values: what they are made of, and their three forms: MySQL's own (the SRID, then WKB),
// WKB and WKT. https://dev.mysql.com/doc/refman/8.0/en/gis-data-formats.html
#pragma once

#include "services/rds/data/sql/geometry_kind.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

struct Position {
    double x = 0; // the longitude where the reference system is geographic
    double y = 0;

    bool operator==(const Position&) const = default;
};

struct Geometry {
    GeometryKind kind = GeometryKind::collection;
    std::vector<Position> points; // of a point and a line
    std::vector<Geometry> parts;  // a polygon's rings are lines, the outer one first

    bool is_empty() const; // a collection of nothing
};

struct SpatialValue {
    std::uint32_t srid = 0;
    Geometry geometry;
};

// Calls it with every position, in order.
template <class Shape, class Each>
void each_position(Shape& geometry, const Each& each) {
    for (auto& position : geometry.points)
        each(position);
    for (auto& part : geometry.parts)
        each_position(part, each);
}

void swap_axes(Geometry& geometry);

// Nothing for what is no such value, or no geometry: lines of one point, rings that are not closed.
std::optional<SpatialValue> spatial_value(std::string_view bytes);
std::string spatial_bytes(const SpatialValue& value);

std::optional<Geometry> geometry_of_wkb(std::string_view bytes);
std::string wkb_of(const Geometry& geometry);

std::optional<Geometry> geometry_of_wkt(std::string_view text);
std::string wkt_of(const Geometry& geometry);

} // namespace diorama::rds::sql
