// Distances, lengths, areas, and how geometries lie to each other, by Boost.Geometry, which MySQL
// uses too. Geometries become points, lines and areas, each as many as there are.
// https://dev.mysql.com/doc/refman/8.0/en/spatial-relation-functions-object-shapes.html
#include "services/rds/data/sql/spatial_call.hpp"

#include <boost/geometry.hpp>
#include <boost/geometry/geometries/geometries.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <fmt/core.h>

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace diorama::rds::sql {

namespace {

namespace bg = boost::geometry;

using Flat = bg::model::d2::point_xy<double>;
using Round = bg::model::point<double, 2, bg::cs::geographic<bg::degree>>;

template <class Point>
struct Shapes { // of one geometry; of a collection several are filled
    using Line = bg::model::linestring<Point>;
    using Area = bg::model::polygon<Point>;
    bg::model::multi_point<Point> points;
    bg::model::multi_linestring<Line> lines;
    bg::model::multi_polygon<Area> areas;
};

template <class Point>
void append(const std::vector<Position>& positions, auto& target) {
    for (const auto& position : positions)
        target.push_back(Point(position.x, position.y));
}

template <class Point>
void add(const Geometry& geometry, Shapes<Point>& shapes) {
    if (geometry.kind == GeometryKind::point) {
        append<Point>(geometry.points, shapes.points);
    } else if (geometry.kind == GeometryKind::line_string) {
        append<Point>(geometry.points, shapes.lines.emplace_back());
    } else if (geometry.kind == GeometryKind::polygon) {
        auto& area = shapes.areas.emplace_back();
        append<Point>(geometry.parts.front().points, area.outer());
        for (std::size_t i = 1; i < geometry.parts.size(); ++i)
            append<Point>(geometry.parts[i].points, area.inners().emplace_back());
        bg::correct(area); // whichever way round its rings were given
    } else {
        for (const auto& part : geometry.parts)
            add(part, shapes);
    }
}

template <class Point>
Shapes<Point> shapes_of(const Geometry& geometry) {
    Shapes<Point> shapes;
    add(geometry, shapes);
    return shapes;
}

// Calls it with each of points, lines and areas that is there.
template <class Point, class Each>
void each_shape(const Shapes<Point>& shapes, const Each& each) {
    if (!shapes.points.empty()) each(shapes.points);
    if (!shapes.lines.empty()) each(shapes.lines);
    if (!shapes.areas.empty()) each(shapes.areas);
}

std::string kinds_of(const SpatialValue& a, const SpatialValue& b) {
    return geometry_word(a.geometry.kind) + ", " + geometry_word(b.geometry.kind);
}

bg::srs::spheroid<double> spheroid_of(const SpatialSystem& system) {
    return {system.semi_major, system.semi_minor()};
}

using OnSpheroid = bg::strategy::distance::andoyer<bg::srs::spheroid<double>>;

bool has_only_points(const Geometry& geometry) {
    return geometry.kind == GeometryKind::point || geometry.kind == GeometryKind::multi_point;
}

template <class Distance>
double between_points(const Geometry& a, const Geometry& b, const Distance& distance) {
    double shortest = std::numeric_limits<double>::infinity();
    each_position(a, [&](const Position& from) {
        each_position(b, [&](const Position& to) {
            shortest = std::min(shortest, distance(from, to));
        });
    });
    return shortest;
}

Round in_degrees(const Position& at) {
    return Round(at.x, at.y);
}

// A unit of length: only the metre is known, and only where the system has one.
double unit_factor(const SpatialCall& call, std::size_t i, const SpatialSystem& system) {
    if (i >= call.size()) return 1;

    struct Unit {
        std::string_view name;
        double metres;
    };

    static constexpr std::array units = {
        Unit{"metre", 1},
        Unit{"kilometre", 1000},
        Unit{"foot", 0.3048},
        Unit{"US survey foot", 0.30480060960121924},
        Unit{"nautical mile", 1852},
        Unit{"statute mile", 1609.344},
    };
    if (system.srid == 0)
        throw SQLError{
            3882,
            "SU001",
            fmt::format(
                "The geometry passed to function {} is in SRID 0, which doesn't specify a length "
                "unit. Can't convert to '{}'.",
                call.name(),
                call.text(i)
            )
        };
    for (const auto& [name, metres] : units)
        if (name == call.text(i)) return 1 / metres;
    throw SQLError{
        3902,
        "SU001",
        fmt::format("There's no unit of length named '{}'.", call.text(i))
    };
}

// ST_Distance(a, b [, unit])
void distance(const SpatialCall& call) {
    const auto a = call.geometry(0);
    const auto b = call.geometry(1);
    const auto& system = call.common_system(a, b);
    if (a.geometry.is_empty() || b.geometry.is_empty()) return call.null();
    const auto factor = unit_factor(call, 2, system);
    if (system.is_geographic) {
        if (!has_only_points(a.geometry) || !has_only_points(b.geometry))
            throw not_for_geographic(call.name(), kinds_of(a, b));
        const OnSpheroid strategy(spheroid_of(system));
        const auto metres =
            between_points(a.geometry, b.geometry, [&](const auto& from, const auto& to) {
                return bg::distance(in_degrees(from), in_degrees(to), strategy);
            });
        return call.result(metres * factor);
    }
    double shortest = std::numeric_limits<double>::infinity();
    each_shape(shapes_of<Flat>(a.geometry), [&](const auto& from) {
        each_shape(shapes_of<Flat>(b.geometry), [&](const auto& to) {
            shortest = std::min(shortest, static_cast<double>(bg::distance(from, to)));
        });
    });
    call.result(shortest * factor);
}

// ST_Distance_Sphere(a, b [, radius])
void distance_on_sphere(const SpatialCall& call) {
    const auto a = call.geometry(0);
    const auto b = call.geometry(1);
    const auto& system = call.common_system(a, b);
    if (!has_only_points(a.geometry) || !has_only_points(b.geometry)) {
        if (system.is_geographic) throw not_for_geographic(call.name(), kinds_of(a, b));
        throw SQLError{
            3704,
            "22S00",
            fmt::format(
                "{}({}) has not been implemented for Cartesian spatial reference systems.",
                call.name(),
                kinds_of(a, b)
            )
        };
    }
    if (!system.is_geographic && system.srid != 0)
        throw SQLError{
            3705,
            "22S00",
            fmt::format(
                "{}({}) has not been implemented for projected spatial reference systems.",
                call.name(),
                kinds_of(a, b)
            )
        };
    for (const auto* value : {&a, &b})
        each_position(value->geometry, [&](const Position& at) {
            const bool is_longitude = at.x <= -180 || at.x > 180;
            if (!is_longitude && at.y >= -90 && at.y <= 90) return;
            throw SQLError{
                static_cast<std::uint16_t>(is_longitude ? 3731 : 3732),
                is_longitude ? "22S02" : "22S03",
                fmt::format(
                    "A parameter of function {} contains a geometry with {} {:f}, which is out of "
                    "range. It must be within {}.",
                    call.name(),
                    is_longitude ? "longitude" : "latitude",
                    is_longitude ? at.x : at.y,
                    is_longitude ? "(-180.000000, 180.000000]" : "[-90.000000, 90.000000]"
                )
            };
        });
    // MySQL: "the default radius is 6,370,986 meters", in a geographic system its mean radius.
    constexpr double usual_radius = 6370986;
    const auto radius = call.size() > 2        ? call.real(2)
                        : system.is_geographic ? (2 * system.semi_major + system.semi_minor()) / 3
                                               : usual_radius;
    if (!(radius > 0))
        throw SQLError{
            3706,
            "22003",
            fmt::format(
                "Invalid radius provided to function {}: Radius must be greater than zero.",
                call.name()
            )
        };
    const bg::strategy::distance::haversine<double> strategy(radius);
    using OnSphere = bg::model::point<double, 2, bg::cs::spherical_equatorial<bg::degree>>;
    call.result(between_points(a.geometry, b.geometry, [&](const auto& from, const auto& to) {
        return static_cast<double>(
            bg::distance(OnSphere(from.x, from.y), OnSphere(to.x, to.y), strategy)
        );
    }));
}

// ST_Length(line [, unit]); of other kinds it is NULL.
void length(const SpatialCall& call) {
    const auto value = call.geometry(0);
    const auto& geometry = value.geometry;
    if (geometry.kind != GeometryKind::line_string &&
        geometry.kind != GeometryKind::multi_line_string)
        return call.null();
    const auto& system = call.system(value.srid);
    const auto factor = unit_factor(call, 1, system);
    if (!system.is_geographic)
        return call.result(
            static_cast<double>(bg::length(shapes_of<Flat>(geometry).lines)) * factor
        );
    const OnSpheroid strategy(spheroid_of(system));
    call.result(
        static_cast<double>(bg::length(shapes_of<Round>(geometry).lines, strategy)) * factor
    );
}

void area(const SpatialCall& call) {
    const auto value = call.geometry(0);
    const auto& geometry = value.geometry;
    if (geometry.kind != GeometryKind::polygon && geometry.kind != GeometryKind::multi_polygon)
        throw unexpected_geometry("POLYGON/MULTIPOLYGON", geometry.kind, call.name());
    const auto& system = call.system(value.srid);
    if (!system.is_geographic) return call.result(bg::area(shapes_of<Flat>(geometry).areas));
    const bg::strategy::area::geographic<bg::strategy::andoyer, 4> strategy(spheroid_of(system));
    call.result(std::fabs(bg::area(shapes_of<Round>(geometry).areas, strategy)));
}

void centroid(const SpatialCall& call) {
    const auto value = call.geometry(0);
    if (call.system(value.srid).is_geographic)
        throw not_for_geographic(call.name(), geometry_word(value.geometry.kind));
    if (value.geometry.is_empty()) return call.null();
    const auto shapes = shapes_of<Flat>(value.geometry);
    // Of a collection only what has most dimensions counts.
    const auto middle = !shapes.areas.empty()   ? bg::return_centroid<Flat>(shapes.areas)
                        : !shapes.lines.empty() ? bg::return_centroid<Flat>(shapes.lines)
                                                : bg::return_centroid<Flat>(shapes.points);
    call.result(
        SpatialValue{value.srid, Geometry{GeometryKind::point, {{middle.x(), middle.y()}}, {}}}
    );
}

// OGC 06-103r4 6.1.15: the dimensions of what interiors, boundaries and exteriors have in common.
class Matrix {
public:
    explicit Matrix(std::string cells)
        : cells_(std::move(cells)) {}

    bool meets() const { return has(0) || has(1) || has(3) || has(4); }

    bool meets_inside() const { return has(0); }

    bool is_within() const { return has(0) && !has(2) && !has(5); }

    bool contains() const { return has(0) && !has(6) && !has(7); }

    char inside() const { return cells_[0]; }

    // Whether each has something outside of the other.
    bool first_sticks_out() const { return has(2); }

    bool second_sticks_out() const { return has(6); }

private:
    bool has(std::size_t cell) const { return cells_[cell] != 'F'; }

    std::string cells_;
};

int dimension_of(GeometryKind kind) {
    switch (kind) {
    case GeometryKind::point:
    case GeometryKind::multi_point:
        return 0;
    case GeometryKind::line_string:
    case GeometryKind::multi_line_string:
        return 1;
    default:
        return 2;
    }
}

bool relation_holds(std::string_view name, const Matrix& matrix, int first, int second) {
    if (name == "st_intersects") return matrix.meets();
    if (name == "st_disjoint") return !matrix.meets();
    if (name == "st_within") return matrix.is_within();
    if (name == "st_contains") return matrix.contains();
    if (name == "st_equals") return first == second && matrix.is_within() && matrix.contains();
    if (name == "st_touches") return matrix.meets() && !matrix.meets_inside();
    if (name == "st_crosses") {
        if (first == 1 && second == 1) return matrix.inside() == '0';
        return matrix.meets_inside() && matrix.first_sticks_out();
    }
    // st_overlaps
    const bool is_of_same = first == 1 ? matrix.inside() == '1' : matrix.meets_inside();
    return is_of_same && matrix.first_sticks_out() && matrix.second_sticks_out();
}

template <class Point>
Matrix matrix_of(const Geometry& first, const Geometry& second) {
    std::string cells;
    each_shape(shapes_of<Point>(first), [&](const auto& a) {
        each_shape(shapes_of<Point>(second), [&](const auto& b) {
            cells = bg::relation(a, b).str();
        });
    });
    return Matrix(std::move(cells));
}

void relation(const SpatialCall& call) {
    const auto a = call.geometry(0);
    const auto b = call.geometry(1);
    const auto& system = call.common_system(a, b);
    if (a.geometry.is_empty() || b.geometry.is_empty()) return call.null();
    const auto& name = call.name();
    const bool has_collection =
        a.geometry.kind == GeometryKind::collection || b.geometry.kind == GeometryKind::collection;
    if (has_collection) throw not_supported(name + " of a GEOMETRYCOLLECTION");
    const auto first = dimension_of(a.geometry.kind);
    const auto second = dimension_of(b.geometry.kind);
    // MySQL: a point is crossed by nothing, and nothing crosses an area; what overlaps is alike.
    if (name == "st_crosses" && (first == 2 || second == 0)) return call.null();
    if (name == "st_touches" && first == 0 && second == 0) return call.null();
    if (name == "st_overlaps" && first != second) return call.null();
    const auto matrix = system.is_geographic ? matrix_of<Round>(a.geometry, b.geometry)
                                             : matrix_of<Flat>(a.geometry, b.geometry);
    call.result(std::int64_t{relation_holds(name, matrix, first, second)});
}

constexpr std::array functions = {
    Function{"my_spatial_distance", run_spatial<distance>},
    Function{"my_spatial_distance_sphere", run_spatial<distance_on_sphere>},
    Function{"my_spatial_length", run_spatial<length>},
    Function{"my_spatial_area", run_spatial<area>},
    Function{"my_spatial_centroid", run_spatial<centroid>},
    Function{"my_spatial_relation", run_spatial<relation>},
};

} // namespace

std::span<const Function> spatial_relation_functions() {
    return functions;
}

} // namespace diorama::rds::sql
