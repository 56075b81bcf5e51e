// What the protocols know of a shape of an API: its kind, its members, their names on the wire and
// the rules for their values, and how to reach them in memory. Tables of these are generated from
// services/<svc>/api.json; protocols walk them with untyped pointers, so that nothing here is a
// template.
//
// In memory a value of a shape is, by its kind:
//   structure     the generated struct        list  std::vector<T>      map  std::map<std::string,
//   T> string, blob  std::string                 enumeration  an enum of int, index into `values`
//   integer       std::int32_t                long_integer std::int64_t
//   number        double                      boolean      bool         timestamp    Timestamp
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace diorama::aws {

enum class ShapeKind : std::uint8_t {
    structure,
    list,
    map,
    string,
    enumeration,
    blob,
    integer,
    long_integer,
    number,
    boolean,
    timestamp,
};

// Where in an HTTP message a member travels (rest-xml and rest-json; all others use the body).
enum class Location : std::uint8_t {
    body,
    header,
    headers, // a map: every header that begins with the location name
    uri,
    querystring,
    status_code,
};

enum class TimestampFormat : std::uint8_t { of_protocol, iso8601, rfc822, unix_timestamp };

struct Shape;

// A member of a structure, the element of a list, the key or value of a map.
struct Member {
    std::string_view name;               // as in the model: "HostedZoneId"
    std::string_view location_name = {}; // on the wire, where it differs
    std::string_view query_name = {};    // ec2 input, where it differs
    const Shape* shape = nullptr;
    Location location = Location::body;
    TimestampFormat timestamp_format = TimestampFormat::of_protocol;
    bool required = false;
    bool flattened = false;     // lists and maps: without an element around the entries
    bool xml_attribute = false; // an attribute of the structure's element
    bool streaming = false;
    bool json_value = false; // JSON inside a string
    std::string_view xml_namespace = {};
    std::string_view xml_namespace_prefix = {};

    // Structure members only. `get` gives the value, nullptr when it is absent; `set` makes the
    // member present and gives the value to fill.
    std::size_t offset = 0;
    const void* (*get)(const void* structure, const Member& member) = nullptr;
    void* (*set)(void* structure, const Member& member) = nullptr;

    std::string_view wire_name() const { return location_name.empty() ? name : location_name; }
};

struct ListAccess {
    std::size_t (*size)(const void* list);
    const void* (*at)(const void* list, std::size_t index);
    void* (*append)(void* list, const Shape& shape);
};

struct MapAccess {
    using Visit = void (*)(void* context, const std::string& key, const void* value);
    std::size_t (*size)(const void* map);
    void (*each)(const void* map, void* context, Visit visit); // in key order
    void* (*insert)(void* map, const Shape& shape, std::string key);
};

struct Shape {
    ShapeKind kind;
    std::string_view name;
    std::span<const Member> members = {}; // a list has one, its element; a map two: key and value
    std::string_view location_name = {};  // the root element where it is not the shape's name
    std::string_view xml_namespace = {};
    const Member* payload = nullptr;               // the member that is the whole body
    std::span<const std::string_view> values = {}; // of an enumeration
    std::string_view pattern = {};                 // the whole string must match
    bool has_minimum = false;                      // of length, size or value
    bool has_maximum = false;
    bool is_union = false;
    bool is_sensitive = false; // never logged
    double minimum = 0;
    double maximum = 0;
    const ListAccess* list = nullptr;
    const MapAccess* map = nullptr;
    // Structures: a value with every member absent, and its end.
    void* (*make)(const Shape& shape) = nullptr;
    void (*destroy)(void* value) = nullptr;

    const Member& element() const { return members[0]; }

    const Member& key() const { return members[0]; }

    const Member& value() const { return members[1]; }

    std::string_view wire_name() const { return location_name.empty() ? name : location_name; }
};

} // namespace diorama::aws
