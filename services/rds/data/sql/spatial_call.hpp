// What the spatial functions have in common: their name comes first, for errors, and their
// arguments are geometries in known reference systems.
// https://dev.mysql.com/doc/refman/8.0/en/spatial-function-reference.html
#pragma once

#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/geometry.hpp"
#include "services/rds/data/sql/spatial_systems.hpp"

#include <exception>
#include <string>
#include <string_view>

namespace diorama::rds::sql {

SQLError invalid_geometry(std::string_view function);
SQLError
unexpected_geometry(std::string_view expected, GeometryKind found, std::string_view function);
SQLError not_for_geographic(std::string_view function, std::string_view kinds);
// "POINT", "GEOMCOLLECTION", as errors and ST_GeometryType() have it.
std::string geometry_word(GeometryKind kind);

// One call; what goes wrong is thrown, and told by run_spatial().
class SpatialCall {
public:
    explicit SpatialCall(const Call& call)
        : call_(call)
        , name_(call.text(0)) {}

    const std::string& name() const { return name_; }

    // Without the name.
    std::size_t size() const { return call_.size() - 1; }

    std::string_view text(std::size_t i) const { return call_.text(i + 1); }

    std::int64_t integer(std::size_t i) const { return call_.integer(i + 1); }

    double real(std::size_t i) const { return call_.real(i + 1); }

    std::string_view bytes(std::size_t i) const { return call_.value(i + 1).bytes; }

    SpatialValue geometry(std::size_t i) const;
    // Throws 3516 for one of another kind.
    SpatialValue geometry(std::size_t i, GeometryKind kind) const;
    std::uint32_t srid(std::size_t i) const;
    const SpatialSystem& system(std::uint32_t srid) const;
    // The system of both; they are in the same one, or 3033.
    const SpatialSystem& common_system(const SpatialValue& a, const SpatialValue& b) const;
    // What "axis-order=lat-long" says, in a system like that: whether the latitude comes first.
    bool is_latitude_first(std::size_t i, const SpatialSystem& system) const;
    // Throws 3616 or 3617.
    void check_range(const Geometry& geometry, const SpatialSystem& system) const;

    void null() const { call_.null(); }

    void result(std::int64_t number) const { call_.result(number); }

    void result(double number) const { call_.result(number); }

    void result(std::string_view text) const { call_.result(text); }

    void result_bytes(std::string_view bytes) const { call_.result_blob(bytes); }

    void result(const SpatialValue& value) const { call_.result_blob(spatial_bytes(value)); }

private:
    const Call& call_;
    std::string name_;
};

template <void (*function)(const SpatialCall&)>
void run_spatial(const Call& call) {
    try {
        function(SpatialCall(call));
    } catch (const SQLError& error) {
        call.fail(error);
    } catch (const std::exception&) { // Boost.Geometry's, about shapes that cross themselves
        call.fail(invalid_geometry(call.text(0)));
    }
}

} // namespace diorama::rds::sql
