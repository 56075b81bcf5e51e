// Geometries as GeoJSON. https://dev.mysql.com/doc/refman/8.0/en/spatial-geojson-functions.html
// RFC 7946 and the document before it, which had "crs".
#include "services/rds/data/sql/spatial_call.hpp"
#include "services/rds/data/sql/type.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace diorama::rds::sql {

namespace {

constexpr std::array<std::string_view, 8> kind_names = {
    "Geometry",
    "Point",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
};

constexpr unsigned deepest = 64;

class GeoJSONWriter {
public:
    GeoJSONWriter(std::int64_t digits, bool has_boxes)
        : digits_(digits)
        , has_boxes_(has_boxes) {}

    // MySQL prints the shorter keys first.
    std::string document(const Geometry& geometry, std::string_view system) const {
        std::string text = "{" + std::string(system);
        if (has_boxes_ && !geometry.is_empty()) text += box(geometry);
        text +=
            fmt::format("\"type\": \"{}\", ", kind_names[static_cast<std::size_t>(geometry.kind)]);
        if (geometry.kind != GeometryKind::collection)
            return text + "\"coordinates\": " + coordinates(geometry) + "}";
        text += "\"geometries\": [";
        for (const auto& part : geometry.parts)
            text += (&part == geometry.parts.data() ? "" : ", ") + document(part, "");
        return text + "]}";
    }

private:
    std::string number(double value) const {
        constexpr std::int64_t most = 17; // no double has more
        if (digits_ < most) {
            const auto factor = std::pow(10.0, static_cast<double>(digits_));
            const auto rounded = std::round(value * factor) / factor;
            if (std::isfinite(rounded)) value = rounded;
        }
        auto text = double_text(value);
        if (text.find_first_of(".e") == std::string::npos) text += ".0";
        return text;
    }

    std::string position(const Position& at) const {
        return "[" + number(at.x) + ", " + number(at.y) + "]";
    }

    std::string coordinates(const Geometry& geometry) const {
        if (geometry.kind == GeometryKind::point) return position(geometry.points[0]);
        std::string text = "[";
        for (const auto& point : geometry.points)
            text += (&point == geometry.points.data() ? "" : ", ") + position(point);
        for (const auto& part : geometry.parts)
            text += (&part == geometry.parts.data() ? "" : ", ") + coordinates(part);
        return text + "]";
    }

    std::string box(const Geometry& geometry) const {
        constexpr auto limit = std::numeric_limits<double>::infinity();
        Position low{limit, limit};
        Position high{-limit, -limit};
        each_position(geometry, [&](const Position& at) {
            low = {std::min(low.x, at.x), std::min(low.y, at.y)};
            high = {std::max(high.x, at.x), std::max(high.y, at.y)};
        });
        return fmt::format(
            "\"bbox\": [{}, {}, {}, {}], ",
            number(low.x),
            number(low.y),
            number(high.x),
            number(high.y)
        );
    }

    std::int64_t digits_;
    bool has_boxes_;
};

// ST_AsGeoJSON(g [, digits [, options]]): bits of the options are boxes, short and long "crs".
void as_geojson(const SpatialCall& call) {
    const auto value = call.geometry(0);
    const auto digits = call.size() > 1 ? call.integer(1) : std::numeric_limits<int>::max();
    const auto options = call.size() > 2 ? call.integer(2) : 0;
    const auto incorrect = [&](std::string_view what, std::int64_t number) {
        return SQLError{
            1411,
            "HY000",
            fmt::format("Incorrect {} value: '{}' for function {}", what, number, call.name())
        };
    };
    if (digits < 0 || digits > std::numeric_limits<int>::max())
        throw incorrect("max decimal digits", digits);
    constexpr std::int64_t all_options = 7;
    if (options < 0 || options > all_options) throw incorrect("options", options);
    std::string system;
    if ((options & 6) != 0 && value.srid != 0)
        system = fmt::format(
            "\"crs\": {{\"type\": \"name\", \"properties\": {{\"name\": \"{}{}\"}}}}, ",
            (options & 4) != 0 ? "urn:ogc:def:crs:EPSG::" : "EPSG:",
            value.srid
        );
    call.result(GeoJSONWriter(digits, (options & 1) != 0).document(value.geometry, system));
}

class GeoJSONReader {
public:
    GeoJSONReader(const SpatialCall& call, std::int64_t options)
        : call_(call)
        , options_(options) {}

    // Nothing: the document says null.
    std::optional<Geometry> read(const nlohmann::json& document, unsigned depth = 0) {
        if (!document.is_object() || depth > deepest) throw invalid();
        const auto& type = member(document, "type");
        if (!type.is_string()) throw wrong_type("type", "string");
        const auto name = type.get<std::string>();
        if (name == "Feature") {
            const auto& geometry = member(document, "geometry");
            member(document, "properties");
            return geometry.is_null() ? std::nullopt : read(geometry, depth + 1);
        }
        Geometry geometry;
        if (name == "FeatureCollection" || name == "GeometryCollection") {
            const auto* key = name == "FeatureCollection" ? "features" : "geometries";
            const auto& parts = member(document, key);
            if (!parts.is_array()) throw wrong_type(key, "array");
            for (const auto& part : parts)
                if (auto read_part = read(part, depth + 1))
                    geometry.parts.push_back(std::move(*read_part));
            return geometry;
        }
        const auto found = std::find(kind_names.begin() + 1, kind_names.end(), name);
        if (found == kind_names.end()) throw invalid();
        geometry.kind = static_cast<GeometryKind>(found - kind_names.begin());
        const auto& coordinates = member(document, "coordinates");
        if (!coordinates.is_array()) throw wrong_type("coordinates", "array");
        read_coordinates(coordinates, geometry);
        return geometry;
    }

private:
    SQLError invalid() const {
        return {
            3074,
            "22023",
            fmt::format("Invalid GeoJSON data provided to function {}", call_.name())
        };
    }

    SQLError wrong_type(std::string_view key, std::string_view type) const {
        return {
            3073,
            "22023",
            fmt::format(
                "Invalid GeoJSON data provided to function {}: Member '{}' must be of type '{}'",
                call_.name(),
                key,
                type
            )
        };
    }

    const nlohmann::json& member(const nlohmann::json& document, const char* key) const {
        const auto found = document.find(key);
        if (found == document.end())
            throw SQLError{
                3072,
                "22023",
                fmt::format(
                    "Invalid GeoJSON data provided to function {}: Missing required member '{}'",
                    call_.name(),
                    key
                )
            };
        return *found;
    }

    // MySQL: a third coordinate is an error (1), or left out (2, 3 and 4).
    Position position(const nlohmann::json& at) const {
        const bool is_pair = at.is_array() && at.size() >= 2 &&
                             std::all_of(at.begin(), at.end(), [](const nlohmann::json& number) {
                                 return number.is_number();
                             });
        if (!is_pair) throw invalid();
        if (at.size() > 2 && options_ == 1)
            throw SQLError{
                3075,
                "22023",
                fmt::format(
                    "Unsupported number of coordinate dimensions in function {}: Found {}, "
                    "expected 2",
                    call_.name(),
                    at.size()
                )
            };
        return {at[0].get<double>(), at[1].get<double>()};
    }

    void read_coordinates(const nlohmann::json& list, Geometry& geometry) const {
        if (geometry.kind == GeometryKind::point) {
            geometry.points.push_back(position(list));
            return;
        }
        if (!list.is_array()) throw invalid();
        for (const auto& item : list) {
            if (geometry.kind == GeometryKind::line_string) {
                geometry.points.push_back(position(item));
                continue;
            }
            auto& part = geometry.parts.emplace_back();
            part.kind = geometry.kind == GeometryKind::multi_point     ? GeometryKind::point
                        : geometry.kind == GeometryKind::multi_polygon ? GeometryKind::polygon
                                                                       : GeometryKind::line_string;
            read_coordinates(item, part);
        }
    }

    const SpatialCall& call_;
    std::int64_t options_;
};

// The SRID that "crs" names, as EPSG:4326 or as a URN.
std::optional<std::uint32_t> named_srid(const nlohmann::json& document) {
    const auto path = nlohmann::json::json_pointer("/crs/properties/name");
    if (!document.is_object() || !document.contains(path) || !document.at(path).is_string())
        return std::nullopt;
    const auto name = document.at(path).get<std::string>();
    if (name == "urn:ogc:def:crs:OGC:1.3:CRS84") return 4326;
    const auto colon = name.rfind(':');
    const bool is_known = colon != std::string::npos && name.find("EPSG") != std::string::npos;
    return is_known
               ? std::optional(
                     static_cast<std::uint32_t>(std::strtoul(name.c_str() + colon + 1, nullptr, 10))
                 )
               : std::nullopt;
}

// ST_GeomFromGeoJSON(document [, options [, srid]])
void from_geojson(const SpatialCall& call) {
    const auto document = nlohmann::json::parse(call.text(0), nullptr, false);
    if (document.is_discarded())
        throw SQLError{
            3141,
            "22032",
            fmt::format(
                "Invalid JSON text in argument 1 to function {}: \"Invalid value.\" at position 0.",
                call.name()
            )
        };
    const auto options = call.size() > 1 ? call.integer(1) : 1;
    if (options < 1 || options > 4)
        throw SQLError{
            1411,
            "HY000",
            fmt::format("Incorrect options value: '{}' for function {}", options, call.name())
        };
    constexpr std::uint32_t usual = 4326;
    const auto srid = call.size() > 2 ? call.srid(2) : named_srid(document).value_or(usual);
    const auto& system = call.system(srid);
    auto geometry = GeoJSONReader(call, options).read(document);
    if (!geometry) return call.null();
    const SpatialValue value{srid, std::move(*geometry)};
    if (!geometry_of_wkb(wkb_of(value.geometry))) throw invalid_geometry(call.name());
    call.check_range(value.geometry, system);
    call.result(value);
}

constexpr std::array functions = {
    Function{"my_spatial_as_geojson", run_spatial<as_geojson>},
    Function{"my_spatial_from_geojson", run_spatial<from_geojson>},
};

} // namespace

std::span<const Function> geojson_functions() {
    return functions;
}

} // namespace diorama::rds::sql
