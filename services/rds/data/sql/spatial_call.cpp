// Arguments of spatial functions, and the errors about them.
#include "services/rds/data/sql/spatial_call.hpp"

#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

#include <limits>

namespace diorama::rds::sql {

SQLError invalid_geometry(std::string_view function) {
    return {3037, "22023", fmt::format("Invalid GIS data provided to function {}.", function)};
}

SQLError
unexpected_geometry(std::string_view expected, GeometryKind found, std::string_view function) {
    return {
        3516,
        "22S01",
        fmt::format(
            "{} value is a geometry of unexpected type {} in {}.",
            expected,
            geometry_word(found),
            function
        )
    };
}

SQLError not_for_geographic(std::string_view function, std::string_view kinds) {
    return {
        3618,
        "22S00",
        fmt::format(
            "{}({}) has not been implemented for geographic spatial reference systems.",
            function,
            kinds
        )
    };
}

std::string geometry_word(GeometryKind kind) {
    return upper_case(geometry_type_name(kind));
}

SpatialValue SpatialCall::geometry(std::size_t i) const {
    auto value = spatial_value(bytes(i));
    if (!value) throw invalid_geometry(name_);
    system(value->srid);
    return std::move(*value);
}

SpatialValue SpatialCall::geometry(std::size_t i, GeometryKind kind) const {
    auto value = geometry(i);
    if (value.geometry.kind != kind)
        throw unexpected_geometry(geometry_word(kind), value.geometry.kind, name_);
    return value;
}

std::uint32_t SpatialCall::srid(std::size_t i) const {
    const auto number = integer(i);
    if (number < 0 || number > std::numeric_limits<std::uint32_t>::max())
        throw SQLError{1690, "22003", fmt::format("SRID value is out of range in '{}'", name_)};
    return static_cast<std::uint32_t>(number);
}

const SpatialSystem& SpatialCall::system(std::uint32_t srid) const {
    const auto* found = find_spatial_system(srid);
    if (found == nullptr) throw unknown_spatial_system(srid);
    return *found;
}

const SpatialSystem&
SpatialCall::common_system(const SpatialValue& a, const SpatialValue& b) const {
    if (a.srid != b.srid)
        throw SQLError{
            3033,
            "HY000",
            fmt::format(
                "Binary geometry function {} given two geometries of different srids: {} and {}, "
                "which should have been identical.",
                name_,
                a.srid,
                b.srid
            )
        };
    return system(a.srid);
}

bool SpatialCall::is_latitude_first(std::size_t i, const SpatialSystem& system) const {
    if (i >= size()) return system.has_latitude_first;
    const auto trimmed = [](std::string_view text) {
        while (text.starts_with(' '))
            text.remove_prefix(1);
        while (text.ends_with(' '))
            text.remove_suffix(1);
        return text;
    };
    const auto options = trimmed(text(i));
    if (options.empty()) return system.has_latitude_first;
    const auto equals = options.find('=');
    if (equals == std::string_view::npos)
        throw SQLError{
            3560,
            "22023",
            fmt::format(
                "The string '{}' is not a valid key = value pair in function {}.",
                options,
                name_
            )
        };
    const auto key = trimmed(options.substr(0, equals));
    const auto value = trimmed(options.substr(equals + 1));
    if (!equals_ignoring_case(key, "axis-order"))
        throw SQLError{
            3558,
            "22023",
            fmt::format("Invalid option key '{}' in function {}.", key, name_)
        };
    if (equals_ignoring_case(value, "srid-defined")) return system.has_latitude_first;
    const bool is_latitude = equals_ignoring_case(value, "lat-long");
    if (!is_latitude && !equals_ignoring_case(value, "long-lat"))
        throw SQLError{
            3559,
            "22023",
            fmt::format("Invalid value '{}' for option '{}' in function '{}'.", value, key, name_)
        };
    return system.is_geographic && is_latitude;
}

void SpatialCall::check_range(const Geometry& geometry, const SpatialSystem& system) const {
    if (!system.is_geographic) return;
    each_position(geometry, [&](const Position& position) {
        // MySQL, which reckons in radians, lets -180 pass.
        if (position.x < -180 || position.x > 180)
            throw SQLError{
                3616,
                "22S02",
                fmt::format(
                    "Longitude {:f} is out of range in function {}. It must be within "
                    "(-180.000000, 180.000000].",
                    position.x,
                    name_
                )
            };
        if (position.y < -90 || position.y > 90)
            throw SQLError{
                3617,
                "22S03",
                fmt::format(
                    "Latitude {:f} is out of range in function {}. It must be within [-90.000000, "
                    "90.000000].",
                    position.y,
                    name_
                )
            };
    });
}

} // namespace diorama::rds::sql
