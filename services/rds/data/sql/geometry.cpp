// Spatial values read and written.
#include "services/rds/data/sql/geometry.hpp"

#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/type.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace diorama::rds::sql {

namespace {

constexpr std::array<std::string_view, 8> type_names = {
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geomcollection",
};

constexpr unsigned deepest = 64; // collections inside of each other

// What the parts of a geometry have to be; `any` where they may be what they like.
GeometryKind part_kind(GeometryKind kind) {
    switch (kind) {
    case GeometryKind::polygon:
    case GeometryKind::multi_line_string:
        return GeometryKind::line_string;
    case GeometryKind::multi_point:
        return GeometryKind::point;
    case GeometryKind::multi_polygon:
        return GeometryKind::polygon;
    default:
        return GeometryKind::any;
    }
}

// MySQL: a line has two points or more, a ring four, of which the last is the first. Only a
// collection may be empty.
bool is_well_formed(const Geometry& geometry) {
    constexpr std::size_t fewest_of_ring = 4;
    const auto is_ring = [](const Geometry& line) {
        return line.points.size() >= fewest_of_ring && line.points.front() == line.points.back();
    };
    switch (geometry.kind) {
    case GeometryKind::point:
        return geometry.points.size() == 1;
    case GeometryKind::line_string:
        return geometry.points.size() >= 2;
    case GeometryKind::polygon:
        return !geometry.parts.empty() &&
               std::all_of(geometry.parts.begin(), geometry.parts.end(), is_ring);
    case GeometryKind::collection:
        return true;
    default:
        return !geometry.parts.empty();
    }
}

class WKBReader {
public:
    explicit WKBReader(std::string_view bytes)
        : bytes_(bytes) {}

    std::optional<Geometry> whole() {
        auto geometry = geometry_at(GeometryKind::any, 0);
        return bytes_.empty() ? std::move(geometry) : std::nullopt;
    }

private:
    std::optional<std::uint64_t> number(std::size_t size) {
        if (bytes_.size() < size) return std::nullopt;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const auto place = is_little_ ? size - 1 - i : i;
            value = value << 8 | static_cast<std::uint8_t>(bytes_[place]);
        }
        bytes_.remove_prefix(size);
        return value;
    }

    std::optional<Position> position() {
        const auto x = number(8);
        const auto y = number(8);
        if (!y) return std::nullopt;
        const Position read{std::bit_cast<double>(*x), std::bit_cast<double>(*y)};
        const bool is_finite = std::isfinite(read.x) && std::isfinite(read.y);
        return is_finite ? std::optional(read) : std::nullopt;
    }

    bool points(Geometry& geometry, std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto read = position();
            if (!read) return false;
            geometry.points.push_back(*read);
        }
        return true;
    }

    std::optional<Geometry> geometry_at(GeometryKind wanted, unsigned depth) {
        const auto order = number(1);
        if (!order || *order > 1 || depth > deepest) return std::nullopt;
        is_little_ = *order == 1;
        const auto code = number(4);
        if (!code || *code < 1 || *code > 7) return std::nullopt;
        Geometry geometry;
        geometry.kind = static_cast<GeometryKind>(*code);
        if (wanted != GeometryKind::any && geometry.kind != wanted) return std::nullopt;
        const bool is_read =
            geometry.kind == GeometryKind::point ? points(geometry, 1) : members(geometry, depth);
        return is_read && is_well_formed(geometry) ? std::optional(std::move(geometry))
                                                   : std::nullopt;
    }

    bool members(Geometry& geometry, unsigned depth) {
        const auto count = number(4);
        if (!count) return false;
        if (geometry.kind == GeometryKind::line_string) return points(geometry, *count);
        for (std::uint64_t i = 0; i < *count; ++i) {
            if (geometry.kind == GeometryKind::polygon) { // rings have no head of their own
                const auto length = number(4);
                auto& ring = geometry.parts.emplace_back();
                ring.kind = GeometryKind::line_string;
                if (!length || !points(ring, *length)) return false;
                continue;
            }
            auto part = geometry_at(part_kind(geometry.kind), depth + 1);
            if (!part) return false;
            geometry.parts.push_back(std::move(*part));
        }
        return true;
    }

    std::string_view bytes_;
    bool is_little_ = true;
};

void put_number(std::string& out, std::uint64_t number, unsigned size) {
    for (unsigned i = 0; i < size; ++i)
        out.push_back(static_cast<char>(number >> (8 * i) & 0xff));
}

void put_points(std::string& out, const Geometry& geometry) {
    for (const auto& position : geometry.points) {
        put_number(out, std::bit_cast<std::uint64_t>(position.x), 8);
        put_number(out, std::bit_cast<std::uint64_t>(position.y), 8);
    }
}

void put_wkb(std::string& out, const Geometry& geometry) {
    out.push_back(1); // little endian
    put_number(out, static_cast<std::uint64_t>(geometry.kind), 4);
    if (geometry.kind == GeometryKind::point) return put_points(out, geometry);
    const bool is_line = geometry.kind == GeometryKind::line_string;
    put_number(out, is_line ? geometry.points.size() : geometry.parts.size(), 4);
    put_points(out, geometry);
    for (const auto& part : geometry.parts) {
        if (geometry.kind != GeometryKind::polygon) {
            put_wkb(out, part);
            continue;
        }
        put_number(out, part.points.size(), 4);
        put_points(out, part);
    }
}

class WKTReader {
public:
    explicit WKTReader(std::string_view text)
        : text_(text) {}

    std::optional<Geometry> whole() {
        auto geometry = geometry_at(0);
        skip_spaces();
        return text_.empty() ? std::move(geometry) : std::nullopt;
    }

private:
    void skip_spaces() {
        while (!text_.empty() && std::string_view(" \t\r\n").find(text_[0]) != text_.npos)
            text_.remove_prefix(1);
    }

    bool accept(char c) {
        skip_spaces();
        if (text_.empty() || text_[0] != c) return false;
        text_.remove_prefix(1);
        return true;
    }

    bool at(char c) {
        skip_spaces();
        return !text_.empty() && text_[0] == c;
    }

    std::string_view word() {
        skip_spaces();
        const auto is_letter = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        };
        std::size_t size = 0;
        while (size < text_.size() && is_letter(text_[size]))
            ++size;
        const auto found = text_.substr(0, size);
        text_.remove_prefix(size);
        return found;
    }

    std::optional<double> number() {
        skip_spaces();
        if (!text_.empty() && text_[0] == '+') text_.remove_prefix(1);
        double value = 0;
        const auto end = text_.data() + text_.size();
        const auto read = std::from_chars(text_.data(), end, value);
        if (read.ec != std::errc{} || !std::isfinite(value)) return std::nullopt;
        text_.remove_prefix(static_cast<std::size_t>(read.ptr - text_.data()));
        return value;
    }

    bool point(Geometry& geometry) {
        const auto x = number();
        const auto y = x ? number() : std::nullopt;
        if (!y) return false;
        geometry.points.push_back({*x, *y});
        return true;
    }

    // What stands between the parentheses of that kind, and the parentheses.
    bool body(Geometry& geometry, unsigned depth) {
        if (!accept('(')) return false;
        const bool is_list = geometry.kind != GeometryKind::point;
        if (geometry.kind == GeometryKind::collection && accept(')')) return true;
        do {
            if (!member(geometry, depth)) return false;
        } while (is_list && accept(','));
        return accept(')') && is_well_formed(geometry);
    }

    bool member(Geometry& geometry, unsigned depth) {
        const bool has_points =
            geometry.kind == GeometryKind::point || geometry.kind == GeometryKind::line_string;
        if (has_points) return point(geometry);
        if (geometry.kind == GeometryKind::collection) {
            auto part = geometry_at(depth + 1);
            if (part) geometry.parts.push_back(std::move(*part));
            return part.has_value();
        }
        auto& part = geometry.parts.emplace_back();
        part.kind = part_kind(geometry.kind);
        // MULTIPOINT(1 1, 2 2) and MULTIPOINT((1 1), (2 2))
        if (part.kind == GeometryKind::point && !at('(')) return point(part);
        return body(part, depth);
    }

    std::optional<Geometry> geometry_at(unsigned depth) {
        const auto kind = find_geometry_kind(word());
        if (!kind || *kind == GeometryKind::any || depth > deepest) return std::nullopt;
        Geometry geometry;
        geometry.kind = *kind;
        if (*kind == GeometryKind::collection && !at('('))
            return equals_ignoring_case(word(), "EMPTY") ? std::optional(geometry) : std::nullopt;
        return body(geometry, depth) ? std::optional(std::move(geometry)) : std::nullopt;
    }

    std::string_view text_;
};

void put_wkt_body(std::string& out, const Geometry& geometry);

void put_wkt(std::string& out, const Geometry& geometry) {
    const bool is_collection = geometry.kind == GeometryKind::collection;
    out += is_collection ? "GEOMETRYCOLLECTION" : upper_case(geometry_type_name(geometry.kind));
    if (is_collection && geometry.parts.empty())
        out += " EMPTY";
    else
        put_wkt_body(out, geometry);
}

void put_wkt_body(std::string& out, const Geometry& geometry) {
    out += '(';
    for (const auto& position : geometry.points) {
        if (&position != geometry.points.data()) out += ',';
        out += double_text(position.x) + ' ' + double_text(position.y);
    }
    for (const auto& part : geometry.parts) {
        if (&part != geometry.parts.data()) out += ',';
        if (geometry.kind == GeometryKind::collection)
            put_wkt(out, part);
        else
            put_wkt_body(out, part);
    }
    out += ')';
}

} // namespace

std::string_view geometry_type_name(GeometryKind kind) {
    return type_names[static_cast<std::size_t>(kind)];
}

std::optional<GeometryKind> find_geometry_kind(std::string_view word) {
    if (equals_ignoring_case(word, "GEOMETRYCOLLECTION")) return GeometryKind::collection;
    for (std::size_t i = 0; i < type_names.size(); ++i)
        if (equals_ignoring_case(word, type_names[i])) return static_cast<GeometryKind>(i);
    return std::nullopt;
}

bool Geometry::is_empty() const {
    return kind == GeometryKind::collection &&
           std::all_of(parts.begin(), parts.end(), [](const auto& part) {
               return part.is_empty();
           });
}

void swap_axes(Geometry& geometry) {
    each_position(geometry, [](Position& position) { std::swap(position.x, position.y); });
}

std::optional<Geometry> geometry_of_wkb(std::string_view bytes) {
    return WKBReader(bytes).whole();
}

std::string wkb_of(const Geometry& geometry) {
    std::string bytes;
    put_wkb(bytes, geometry);
    return bytes;
}

std::optional<SpatialValue> spatial_value(std::string_view bytes) {
    constexpr std::size_t srid_size = 4;
    if (bytes.size() <= srid_size) return std::nullopt;
    SpatialValue value;
    for (std::size_t i = srid_size; i-- > 0;)
        value.srid = value.srid << 8 | static_cast<std::uint8_t>(bytes[i]);
    auto geometry = geometry_of_wkb(bytes.substr(srid_size));
    if (!geometry) return std::nullopt;
    value.geometry = std::move(*geometry);
    return value;
}

std::string spatial_bytes(const SpatialValue& value) {
    std::string bytes;
    put_number(bytes, value.srid, 4);
    put_wkb(bytes, value.geometry);
    return bytes;
}

std::optional<Geometry> geometry_of_wkt(std::string_view text) {
    return WKTReader(text).whole();
}

std::string wkt_of(const Geometry& geometry) {
    std::string text;
    put_wkt(text, geometry);
    return text;
}

} // namespace diorama::rds::sql
