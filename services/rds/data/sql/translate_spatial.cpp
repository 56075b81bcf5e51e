// Spatial functions: what they take and give, and which of ours runs. Ours are told the name, for
// their errors. https://dev.mysql.com/doc/refman/8.0/en/spatial-function-reference.html
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

enum class Gives : std::uint8_t { geometry, text, bytes, json, integer, real };

struct Rule {
    std::string_view name;
    std::size_t fewest;
    std::size_t most;
    std::string_view takes; // g geometries, t texts, i integers, r reals; the last one holds on
    Gives gives;
    std::string_view function;
};

constexpr std::size_t any = 1000;

// clang-format off
constexpr std::array rules = {
    Rule{"ST_ASTEXT", 1, 2, "gt", Gives::text, "as_text"},
    Rule{"ST_ASWKT", 1, 2, "gt", Gives::text, "as_text"},
    Rule{"ST_ASBINARY", 1, 2, "gt", Gives::bytes, "as_wkb"},
    Rule{"ST_ASWKB", 1, 2, "gt", Gives::bytes, "as_wkb"},
    Rule{"ST_ASGEOJSON", 1, 3, "gi", Gives::json, "as_geojson"},
    Rule{"ST_GEOMFROMGEOJSON", 1, 3, "ti", Gives::geometry, "from_geojson"},
    Rule{"POINT", 2, 2, "r", Gives::geometry, "point"},
    Rule{"LINESTRING", 1, any, "g", Gives::geometry, "made"},
    Rule{"POLYGON", 1, any, "g", Gives::geometry, "made"},
    Rule{"MULTIPOINT", 1, any, "g", Gives::geometry, "made"},
    Rule{"MULTILINESTRING", 1, any, "g", Gives::geometry, "made"},
    Rule{"MULTIPOLYGON", 1, any, "g", Gives::geometry, "made"},
    Rule{"GEOMCOLLECTION", 0, any, "g", Gives::geometry, "made"},
    Rule{"GEOMETRYCOLLECTION", 0, any, "g", Gives::geometry, "made"},
    Rule{"ST_SRID", 1, 2, "gi", Gives::integer, "srid"},
    Rule{"ST_SWAPXY", 1, 1, "g", Gives::geometry, "swapped"},
    Rule{"ST_X", 1, 2, "gr", Gives::real, "coordinate"},
    Rule{"ST_Y", 1, 2, "gr", Gives::real, "coordinate"},
    Rule{"ST_LATITUDE", 1, 2, "gr", Gives::real, "coordinate"},
    Rule{"ST_LONGITUDE", 1, 2, "gr", Gives::real, "coordinate"},
    Rule{"ST_POINTN", 2, 2, "gi", Gives::geometry, "part"},
    Rule{"ST_GEOMETRYN", 2, 2, "gi", Gives::geometry, "part"},
    Rule{"ST_INTERIORRINGN", 2, 2, "gi", Gives::geometry, "part"},
    Rule{"ST_STARTPOINT", 1, 1, "g", Gives::geometry, "end"},
    Rule{"ST_ENDPOINT", 1, 1, "g", Gives::geometry, "end"},
    Rule{"ST_EXTERIORRING", 1, 1, "g", Gives::geometry, "exterior"},
    Rule{"ST_NUMPOINTS", 1, 1, "g", Gives::integer, "count"},
    Rule{"ST_NUMGEOMETRIES", 1, 1, "g", Gives::integer, "count"},
    Rule{"ST_NUMINTERIORRING", 1, 1, "g", Gives::integer, "count"},
    Rule{"ST_NUMINTERIORRINGS", 1, 1, "g", Gives::integer, "count"},
    Rule{"ST_DIMENSION", 1, 1, "g", Gives::integer, "dimension"},
    Rule{"ST_ISEMPTY", 1, 1, "g", Gives::integer, "is_empty"},
    Rule{"ST_ISCLOSED", 1, 1, "g", Gives::integer, "is_closed"},
    Rule{"ST_GEOMETRYTYPE", 1, 1, "g", Gives::text, "type"},
    Rule{"ST_ENVELOPE", 1, 1, "g", Gives::geometry, "envelope"},
    Rule{"ST_CENTROID", 1, 1, "g", Gives::geometry, "centroid"},
    Rule{"ST_LENGTH", 1, 2, "gt", Gives::real, "length"},
    Rule{"ST_AREA", 1, 1, "g", Gives::real, "area"},
    Rule{"ST_DISTANCE", 2, 3, "ggt", Gives::real, "distance"},
    Rule{"ST_DISTANCE_SPHERE", 2, 3, "ggr", Gives::real, "distance_sphere"},
    Rule{"ST_CONTAINS", 2, 2, "g", Gives::integer, "relation"},
    Rule{"ST_CROSSES", 2, 2, "g", Gives::integer, "relation"},
    Rule{"ST_DISJOINT", 2, 2, "g", Gives::integer, "relation"},
    Rule{"ST_EQUALS", 2, 2, "g", Gives::integer, "relation"},
    Rule{"ST_INTERSECTS", 2, 2, "g", Gives::integer, "relation"},
    Rule{"ST_OVERLAPS", 2, 2, "g", Gives::integer, "relation"},
    Rule{"ST_TOUCHES", 2, 2, "g", Gives::integer, "relation"},
    Rule{"ST_WITHIN", 2, 2, "g", Gives::integer, "relation"},
    Rule{"MBRCONTAINS", 2, 2, "g", Gives::integer, "boxes"},
    Rule{"MBRCOVEREDBY", 2, 2, "g", Gives::integer, "boxes"},
    Rule{"MBRCOVERS", 2, 2, "g", Gives::integer, "boxes"},
    Rule{"MBRDISJOINT", 2, 2, "g", Gives::integer, "boxes"},
    Rule{"MBREQUALS", 2, 2, "g", Gives::integer, "boxes"},
    Rule{"MBRINTERSECTS", 2, 2, "g", Gives::integer, "boxes"},
    Rule{"MBROVERLAPS", 2, 2, "g", Gives::integer, "boxes"},
    Rule{"MBRTOUCHES", 2, 2, "g", Gives::integer, "boxes"},
    Rule{"MBRWITHIN", 2, 2, "g", Gives::integer, "boxes"},
};
// clang-format on

constexpr std::array<std::string_view, 15> readable = { // ST_…FromText, ST_…FromWKB
    "GEOM",
    "GEOMETRY",
    "POINT",
    "LINE",
    "LINESTRING",
    "POLY",
    "POLYGON",
    "MPOINT",
    "MULTIPOINT",
    "MLINE",
    "MULTILINESTRING",
    "MPOLY",
    "MULTIPOLYGON",
    "GEOMCOLL",
    "GEOMETRYCOLLECTION"
};

std::optional<Rule> find_rule(std::string_view name) {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) {
        return rule.name == name;
    });
    if (found != rules.end()) return *found;
    if (!name.starts_with("ST_")) return std::nullopt;
    if (name == "ST_GEOMCOLLFROMTXT") return Rule{name, 1, 3, "tit", Gives::geometry, "from_text"};
    const auto what = name.substr(3);
    for (const auto kind : readable) {
        if (!what.starts_with(kind)) continue;
        const auto rest = what.substr(kind.size());
        if (rest == "FROMTEXT") return Rule{name, 1, 3, "tit", Gives::geometry, "from_text"};
        if (rest == "FROMWKB") return Rule{name, 1, 3, "git", Gives::geometry, "from_wkb"};
    }
    return std::nullopt;
}

Type type_given(Gives gives) {
    Type type;
    switch (gives) {
    case Gives::geometry:
        return geometry_type(GeometryKind::any);
    case Gives::text:
        type.kind = TypeKind::text;
        type.length = 0xffffffff;
        return type;
    case Gives::bytes:
        type.kind = TypeKind::blob;
        type.length = 0xffffffff;
        type.collation = Collation::binary;
        return type;
    case Gives::json:
        type.kind = TypeKind::json;
        return type;
    case Gives::integer:
        return integer_type(21);
    case Gives::real:
        return double_type();
    }
    return type;
}

} // namespace

Typed Translator::spatial_function(const Expr& expr, bool& is_known) {
    const auto rule = find_rule(expr.text);
    is_known = rule.has_value();
    if (!rule) return {};
    const auto count = expr.args.size();
    if (count < rule->fewest || count > rule->most) throw wrong_parameter_count(expr.text);
    auto sql = fmt::format("my_spatial_{}('{}'", rule->function, lower_case(expr.text));
    for (std::size_t i = 0; i < count; ++i) {
        const auto value = expression(*expr.args[i]);
        const char takes = rule->takes[std::min(i, rule->takes.size() - 1)];
        auto argument = takes == 'i'   ? as_integer(value)
                        : takes == 'r' ? as_real(value)
                        : takes == 't' ? as_text(value)
                                       : value.sql;
        // MySQL: ST_GeomFromWKB() of a geometry is that geometry.
        if (rule->function == "from_wkb" && value.type.kind == TypeKind::geometry)
            argument = fmt::format("my_spatial_as_wkb('st_aswkb',{})", argument);
        sql += "," + argument;
    }
    auto gives = rule->gives;
    const bool sets = count == 2 && (rule->function == "srid" || rule->function == "coordinate");
    if (sets) gives = Gives::geometry;
    auto type = type_given(gives);
    if (rule->function == "point" || rule->function == "made")
        type.shape = *find_geometry_kind(expr.text);
    return {.sql = sql + ")", .type = std::move(type), .is_nullable = true};
}

} // namespace diorama::rds::sql
