// Spatial values made of texts, WKB and each other, and written as those.
// https://dev.mysql.com/doc/refman/8.0/en/gis-wkt-functions.html and
// gis-format-conversion-functions
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/spatial_call.hpp"

#include <fmt/core.h>

#include <array>

namespace diorama::rds::sql {

namespace {

// ST_MLineFromText and ST_MultiLineStringFromText make MULTILINESTRINGs.
GeometryKind kind_made(std::string_view function) {
    struct Prefix {
        std::string_view word;
        GeometryKind kind;
    };

    static constexpr std::array prefixes = {
        Prefix{"st_pointfrom", GeometryKind::point},
        Prefix{"st_linefrom", GeometryKind::line_string},
        Prefix{"st_linestringfrom", GeometryKind::line_string},
        Prefix{"st_polyfrom", GeometryKind::polygon},
        Prefix{"st_polygonfrom", GeometryKind::polygon},
        Prefix{"st_mpointfrom", GeometryKind::multi_point},
        Prefix{"st_multipointfrom", GeometryKind::multi_point},
        Prefix{"st_mlinefrom", GeometryKind::multi_line_string},
        Prefix{"st_multilinestringfrom", GeometryKind::multi_line_string},
        Prefix{"st_mpolyfrom", GeometryKind::multi_polygon},
        Prefix{"st_multipolygonfrom", GeometryKind::multi_polygon},
        Prefix{"st_geomcollfrom", GeometryKind::collection},
        Prefix{"st_geometrycollectionfrom", GeometryKind::collection},
    };
    for (const auto& [word, kind] : prefixes)
        if (function.starts_with(word)) return kind;
    return GeometryKind::any;
}

void finish(const SpatialCall& call, std::optional<Geometry> geometry, std::string_view format) {
    const auto srid = call.size() > 1 ? call.srid(1) : 0;
    const auto& system = call.system(srid);
    const bool is_latitude_first = call.is_latitude_first(2, system);
    if (!geometry) throw invalid_geometry(call.name());
    const auto wanted = kind_made(call.name());
    if (wanted != GeometryKind::any && geometry->kind != wanted)
        throw unexpected_geometry(format, geometry->kind, call.name());
    if (is_latitude_first) swap_axes(*geometry);
    call.check_range(*geometry, system);
    call.result(SpatialValue{srid, std::move(*geometry)});
}

void from_text(const SpatialCall& call) {
    finish(call, geometry_of_wkt(call.text(0)), "WKT");
}

void from_wkb(const SpatialCall& call) {
    finish(call, geometry_of_wkb(call.bytes(0)), "WKB");
}

// In the order of axes that its system or the options want.
Geometry written(const SpatialCall& call) {
    auto value = call.geometry(0);
    if (call.is_latitude_first(1, call.system(value.srid))) swap_axes(value.geometry);
    return std::move(value.geometry);
}

void as_text(const SpatialCall& call) {
    call.result(wkt_of(written(call)));
}

void as_wkb(const SpatialCall& call) {
    call.result_bytes(wkb_of(written(call)));
}

void point(const SpatialCall& call) {
    call.result(SpatialValue{0, Geometry{GeometryKind::point, {{call.real(0), call.real(1)}}, {}}});
}

// LINESTRING(point, …), MULTIPOLYGON(polygon, …), GEOMETRYCOLLECTION(…).
void made_of_parts(const SpatialCall& call) {
    SpatialValue made;
    const auto kind = find_geometry_kind(call.name()).value_or(GeometryKind::collection);
    made.geometry.kind = kind;
    for (std::size_t i = 0; i < call.size(); ++i) {
        auto part = spatial_value(call.bytes(i));
        if (!part) throw invalid_geometry(call.name());
        if (i == 0) made.srid = part->srid;
        call.common_system(made, *part);
        if (kind == GeometryKind::line_string && part->geometry.kind != GeometryKind::point)
            throw invalid_geometry(call.name());
        if (kind == GeometryKind::line_string)
            made.geometry.points.insert(
                made.geometry.points.end(),
                part->geometry.points.begin(),
                part->geometry.points.end()
            );
        else
            made.geometry.parts.push_back(std::move(part->geometry));
    }
    // What is read back is checked: points for a line, rings for a polygon.
    const auto bytes = spatial_bytes(made);
    if (!spatial_value(bytes)) throw invalid_geometry(call.name());
    call.result_bytes(bytes);
}

// ST_SRID(g) and ST_SRID(g, srid)
void srid(const SpatialCall& call) {
    auto value = call.geometry(0);
    if (call.size() == 1) return call.result(std::int64_t{value.srid});
    value.srid = call.srid(1);
    call.check_range(value.geometry, call.system(value.srid));
    call.result(value);
}

void swapped(const SpatialCall& call) {
    auto value = call.geometry(0);
    swap_axes(value.geometry);
    call.result(value);
}

// ST_X, ST_Y: of the first and the second axis as the system has them. ST_Longitude, ST_Latitude.
void coordinate(const SpatialCall& call) {
    auto value = call.geometry(0, GeometryKind::point);
    const auto& system = call.system(value.srid);
    const bool is_by_name = call.name() == "st_latitude" || call.name() == "st_longitude";
    if (is_by_name && !system.is_geographic)
        throw SQLError{
            3726,
            "22S00",
            fmt::format(
                "Function {} is only defined for geographic spatial reference systems, but one of "
                "its arguments is in SRID {}, which is not geographic.",
                call.name(),
                value.srid
            )
        };
    const bool is_second = call.name() == "st_y";
    const bool is_y =
        is_by_name ? call.name() == "st_latitude" : is_second != system.has_latitude_first;
    auto& position = value.geometry.points[0];
    auto& chosen = is_y ? position.y : position.x;
    if (call.size() == 1) return call.result(chosen);
    chosen = call.real(1);
    call.check_range(value.geometry, system);
    call.result(value);
}

constexpr std::array functions = {
    Function{"my_spatial_from_text", run_spatial<from_text>},
    Function{"my_spatial_from_wkb", run_spatial<from_wkb>},
    Function{"my_spatial_as_text", run_spatial<as_text>},
    Function{"my_spatial_as_wkb", run_spatial<as_wkb>},
    Function{"my_spatial_point", run_spatial<point>},
    Function{"my_spatial_made", run_spatial<made_of_parts>},
    Function{"my_spatial_srid", run_spatial<srid>},
    Function{"my_spatial_swapped", run_spatial<swapped>},
    Function{"my_spatial_coordinate", run_spatial<coordinate>},
};

} // namespace

std::span<const Function> spatial_functions() {
    return functions;
}

} // namespace diorama::rds::sql
