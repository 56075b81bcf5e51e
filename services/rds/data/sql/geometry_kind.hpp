// The spatial types, by the codes that WKB has for them.
// OGC 06-103r4 8.2: "Well-known Binary Representation for Geometry".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace diorama::rds::sql {

enum class GeometryKind : std::uint8_t {
    any, // GEOMETRY, only of columns
    point,
    line_string,
    polygon,
    multi_point,
    multi_line_string,
    multi_polygon,
    collection,
};

// "point", "geomcollection", as MySQL 8 names the types of columns.
std::string_view geometry_type_name(GeometryKind kind);
// Of "POINT", "GEOMETRYCOLLECTION", in either case.
std::optional<GeometryKind> find_geometry_kind(std::string_view word);

} // namespace diorama::rds::sql
