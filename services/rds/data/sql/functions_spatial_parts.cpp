// What spatial values are made of, how many there are of it, and their boxes.
// https://dev.mysql.com/doc/refman/8.0/en/gis-property-functions.html
#include "services/rds/data/sql/spatial_call.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace diorama::rds::sql {

namespace {

// ST_PointN, ST_GeometryN, ST_InteriorRingN count from 1; beyond there is nothing.
void numbered_part(const SpatialCall& call) {
    const auto& name = call.name();
    const bool is_point = name == "st_pointn";
    const bool is_ring = name == "st_interiorringn";
    auto value = is_point  ? call.geometry(0, GeometryKind::line_string)
                 : is_ring ? call.geometry(0, GeometryKind::polygon)
                           : call.geometry(0);
    auto& geometry = value.geometry;
    const auto number = call.integer(1) + (is_ring ? 1 : 0);
    const bool is_single = !is_point && !is_ring && geometry.kind < GeometryKind::multi_point;
    if (is_single && number == 1) return call.result(value);
    const auto count = is_point ? geometry.points.size() : is_single ? 1 : geometry.parts.size();
    const bool is_there = number >= (is_ring ? 2 : 1) && number <= static_cast<std::int64_t>(count);
    if (!is_there) return call.null();
    const auto place = static_cast<std::size_t>(number - 1);
    auto part = is_point ? Geometry{GeometryKind::point, {geometry.points[place]}, {}}
                         : std::move(geometry.parts[place]);
    call.result(SpatialValue{value.srid, std::move(part)});
}

void end_point(const SpatialCall& call) {
    const auto value = call.geometry(0, GeometryKind::line_string);
    const auto& points = value.geometry.points;
    const auto& position = call.name() == "st_startpoint" ? points.front() : points.back();
    call.result(SpatialValue{value.srid, Geometry{GeometryKind::point, {position}, {}}});
}

void exterior_ring(const SpatialCall& call) {
    auto value = call.geometry(0, GeometryKind::polygon);
    call.result(SpatialValue{value.srid, std::move(value.geometry.parts.front())});
}

std::int64_t dimension(const Geometry& geometry) {
    switch (geometry.kind) {
    case GeometryKind::point:
    case GeometryKind::multi_point:
        return 0;
    case GeometryKind::line_string:
    case GeometryKind::multi_line_string:
        return 1;
    case GeometryKind::polygon:
    case GeometryKind::multi_polygon:
        return 2;
    default:
        break;
    }
    std::int64_t highest = 0;
    for (const auto& part : geometry.parts)
        highest = std::max(highest, dimension(part));
    return highest;
}

// ST_NumPoints, ST_NumInteriorRings, ST_NumGeometries
void count(const SpatialCall& call) {
    const auto& name = call.name();
    const auto size = [](const auto& list) { return static_cast<std::int64_t>(list.size()); };
    if (name == "st_numpoints")
        return call.result(size(call.geometry(0, GeometryKind::line_string).geometry.points));
    if (name != "st_numgeometries")
        return call.result(size(call.geometry(0, GeometryKind::polygon).geometry.parts) - 1);
    const auto value = call.geometry(0);
    const bool is_single = value.geometry.kind < GeometryKind::multi_point;
    call.result(is_single ? std::int64_t{1} : size(value.geometry.parts));
}

void dimension_of(const SpatialCall& call) {
    const auto value = call.geometry(0);
    if (value.geometry.is_empty()) return call.null();
    call.result(dimension(value.geometry));
}

void is_empty(const SpatialCall& call) {
    call.result(std::int64_t{call.geometry(0).geometry.is_empty()});
}

void is_closed(const SpatialCall& call) {
    const auto value = call.geometry(0);
    const auto& geometry = value.geometry;
    const auto closed = [](const Geometry& line) {
        return line.points.front() == line.points.back();
    };
    if (geometry.kind == GeometryKind::line_string)
        return call.result(std::int64_t{closed(geometry)});
    if (geometry.kind != GeometryKind::multi_line_string) return call.null();
    call.result(std::int64_t{std::all_of(geometry.parts.begin(), geometry.parts.end(), closed)});
}

void type(const SpatialCall& call) {
    call.result(geometry_word(call.geometry(0).geometry.kind));
}

struct Box {
    Position low{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    Position high{
        -std::numeric_limits<double>::infinity(),
        -std::numeric_limits<double>::infinity()
    };

    explicit Box(const Geometry& geometry) {
        each_position(geometry, [this](const Position& at) {
            low = {std::min(low.x, at.x), std::min(low.y, at.y)};
            high = {std::max(high.x, at.x), std::max(high.y, at.y)};
        });
    }

    // How many dimensions it has.
    int dimension() const { return (low.x < high.x ? 1 : 0) + (low.y < high.y ? 1 : 0); }

    bool covers(const Box& other) const {
        return low.x <= other.low.x && low.y <= other.low.y && high.x >= other.high.x &&
               high.y >= other.high.y;
    }

    bool meets(const Box& other) const {
        return low.x <= other.high.x && other.low.x <= high.x && low.y <= other.high.y &&
               other.low.y <= high.y;
    }

    bool equals(const Box& other) const { return low == other.low && high == other.high; }

    Box common(const Box& other) const {
        Box both = *this;
        both.low = {std::max(low.x, other.low.x), std::max(low.y, other.low.y)};
        both.high = {std::min(high.x, other.high.x), std::min(high.y, other.high.y)};
        return both;
    }

    // Whether they have a point in common that is on the edge of neither. The inside of a box that
    // is flat is the line or the point that it is.
    bool meets_inside(const Box& other) const {
        const auto along = [](double low, double high, double other_low, double other_high) {
            const auto from = std::max(low, other_low);
            const auto to = std::min(high, other_high);
            if (from < to) return true;
            const auto is_inside = [from](double start, double end) {
                return start == end ? start == from : start < from && from < end;
            };
            return from == to && is_inside(low, high) && is_inside(other_low, other_high);
        };
        return along(low.x, high.x, other.low.x, other.high.x) &&
               along(low.y, high.y, other.low.y, other.high.y);
    }
};

void envelope(const SpatialCall& call) {
    const auto value = call.geometry(0);
    if (call.system(value.srid).is_geographic)
        throw not_for_geographic(call.name(), geometry_word(value.geometry.kind));
    if (value.geometry.is_empty()) return call.result(value);
    const Box box(value.geometry);
    const auto [low, high] = std::pair(box.low, box.high);
    SpatialValue made{value.srid, {}};
    if (box.dimension() == 0) {
        made.geometry = {GeometryKind::point, {low}, {}};
    } else if (box.dimension() == 1) {
        made.geometry = {GeometryKind::line_string, {low, high}, {}};
    } else {
        Geometry ring{GeometryKind::line_string, {}, {}};
        ring.points = {low, {high.x, low.y}, high, {low.x, high.y}, low};
        made.geometry = {GeometryKind::polygon, {}, {std::move(ring)}};
    }
    call.result(made);
}

// MBRContains and its kin. Boxes have the relations that geometries of their form have.
void box_relation(const SpatialCall& call) {
    const auto first = call.geometry(0);
    const auto second = call.geometry(1);
    call.common_system(first, second);
    if (first.geometry.is_empty() || second.geometry.is_empty()) return call.null();
    const Box a(first.geometry);
    const Box b(second.geometry);
    const auto& name = call.name();
    const auto contains = [](const Box& outer, const Box& inner) {
        return outer.covers(inner) && outer.meets_inside(inner);
    };
    bool holds = false;
    if (name == "mbrcontains")
        holds = contains(a, b);
    else if (name == "mbrwithin")
        holds = contains(b, a);
    else if (name == "mbrcovers")
        holds = a.covers(b);
    else if (name == "mbrcoveredby")
        holds = b.covers(a);
    else if (name == "mbrequals")
        holds = a.equals(b);
    else if (name == "mbrintersects")
        holds = a.meets(b);
    else if (name == "mbrdisjoint")
        holds = !a.meets(b);
    else if (name == "mbrtouches")
        holds = a.meets(b) && !a.meets_inside(b);
    else // mbroverlaps
        holds = a.dimension() == b.dimension() && a.meets_inside(b) &&
                a.common(b).dimension() == a.dimension() && !a.covers(b) && !b.covers(a);
    call.result(std::int64_t{holds});
}

constexpr std::array functions = {
    Function{"my_spatial_part", run_spatial<numbered_part>},
    Function{"my_spatial_end", run_spatial<end_point>},
    Function{"my_spatial_exterior", run_spatial<exterior_ring>},
    Function{"my_spatial_count", run_spatial<count>},
    Function{"my_spatial_dimension", run_spatial<dimension_of>},
    Function{"my_spatial_is_empty", run_spatial<is_empty>},
    Function{"my_spatial_is_closed", run_spatial<is_closed>},
    Function{"my_spatial_type", run_spatial<type>},
    Function{"my_spatial_envelope", run_spatial<envelope>},
    Function{"my_spatial_boxes", run_spatial<box_relation>},
};

} // namespace

std::span<const Function> spatial_part_functions() {
    return functions;
}

} // namespace diorama::rds::sql
