// Shapes and values made at run time from the JSON of a model, for tests that have a model and no
// generated code. The same tables as generated ones, over values that hold anything.
#pragma once

#include "emulator/aws/base64.hpp"
#include "emulator/aws/service.hpp"
#include "emulator/time/time.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace diorama::tests {

using json = nlohmann::json;

// One value of any shape. Protocols see the field that stands for the shape's kind.
struct DynamicValue {
    std::string text;
    std::int32_t integer = 0;
    std::int64_t long_integer = 0;
    double number = 0;
    bool boolean = false;
    int enumerator = 0;
    Timestamp when;
    std::map<const aws::Member*, std::unique_ptr<DynamicValue>> members;
    std::vector<std::unique_ptr<DynamicValue>> elements;
    std::map<std::string, std::unique_ptr<DynamicValue>> entries;

    void* slot(aws::ShapeKind kind) {
        switch (kind) {
        case aws::ShapeKind::string:
        case aws::ShapeKind::blob:
            return &text;
        case aws::ShapeKind::integer:
            return &integer;
        case aws::ShapeKind::long_integer:
            return &long_integer;
        case aws::ShapeKind::number:
            return &number;
        case aws::ShapeKind::boolean:
            return &boolean;
        case aws::ShapeKind::enumeration:
            return &enumerator;
        case aws::ShapeKind::timestamp:
            return &when;
        case aws::ShapeKind::structure:
        case aws::ShapeKind::list:
        case aws::ShapeKind::map:
            break;
        }
        return this;
    }
};

namespace dynamic {

inline DynamicValue& of(void* value) {
    return *static_cast<DynamicValue*>(value);
}

inline DynamicValue& of(const void* value) {
    return *static_cast<DynamicValue*>(const_cast<void*>(value));
}

inline const void* get(const void* structure, const aws::Member& member) {
    const auto found = of(structure).members.find(&member);
    return found == of(structure).members.end() ? nullptr : found->second->slot(member.shape->kind);
}

inline void* set(void* structure, const aws::Member& member) {
    auto& held = of(structure).members[&member];
    held = std::make_unique<DynamicValue>();
    return held->slot(member.shape->kind);
}

inline std::size_t list_size(const void* list) {
    return of(list).elements.size();
}

inline void* list_append(void* list, const aws::Shape& element) {
    // Lists remember what they hold, so that at() can find the slot without the shape.
    of(list).enumerator = static_cast<int>(element.kind);
    of(list).elements.push_back(std::make_unique<DynamicValue>());
    return of(list).elements.back()->slot(element.kind);
}

inline const void* list_at(const void* list, std::size_t index) {
    return of(list).elements[index]->slot(static_cast<aws::ShapeKind>(of(list).enumerator));
}

inline std::size_t map_size(const void* map) {
    return of(map).entries.size();
}

inline void* map_insert(void* map, const aws::Shape& value, std::string key) {
    of(map).enumerator = static_cast<int>(value.kind);
    auto& held = of(map).entries[std::move(key)];
    if (!held) held = std::make_unique<DynamicValue>();
    return held->slot(value.kind);
}

inline void map_each(const void* map, void* context, aws::MapAccess::Visit visit) {
    for (const auto& [key, value] : of(map).entries)
        visit(context, key, value->slot(static_cast<aws::ShapeKind>(of(map).enumerator)));
}

inline constexpr aws::ListAccess list_access{&list_size, &list_at, &list_append};
inline constexpr aws::MapAccess map_access{&map_size, &map_each, &map_insert};

} // namespace dynamic

class DynamicShapes {
public:
    explicit DynamicShapes(const json& shapes)
        : shapes_(shapes) {}

    const aws::Shape& shape(const std::string& name) {
        auto& made = made_[name];
        if (!made) {
            made =
                std::make_unique<aws::Shape>(aws::Shape{.kind = kind_of(name), .name = keep(name)});
            fill(*made, name);
        }
        return *made;
    }

    // The shape as the root of a document, with the traits of the operation's reference to it.
    const aws::Shape& root(const json& reference) {
        roots_.push_back(shape(reference.at("shape")));
        auto& copy = roots_.back();
        copy.location_name = keep(reference.value("locationName", std::string(copy.location_name)));
        if (reference.contains("xmlNamespace"))
            copy.xml_namespace = keep(namespace_of(reference.at("xmlNamespace")).first);
        return copy;
    }

    const aws::Shape& empty_structure() {
        auto& made = made_[""];
        if (!made) {
            made = std::make_unique<aws::Shape>(
                aws::Shape{.kind = aws::ShapeKind::structure, .name = "Empty"}
            );
            made->make = [](const aws::Shape&) -> void* { return new DynamicValue(); };
            made->destroy = [](void* value) { delete static_cast<DynamicValue*>(value); };
        }
        return *made;
    }

    std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

private:
    using Namespace = std::pair<std::string, std::string>;

    static Namespace namespace_of(const json& trait) {
        if (trait.is_string()) return {trait.get<std::string>(), ""};
        return {trait.value("uri", ""), trait.value("prefix", "")};
    }

    aws::ShapeKind kind_of(const std::string& name) const {
        using enum aws::ShapeKind;
        static const std::map<std::string, aws::ShapeKind> kinds{
            {"structure", structure},
            {"list", list},
            {"map", map},
            {"string", string},
            {"blob", blob},
            {"integer", integer},
            {"long", long_integer},
            {"float", number},
            {"double", number},
            {"boolean", boolean},
            {"timestamp", timestamp}
        };
        const auto& traits = shapes_.at(name);
        return traits.contains("enum") ? enumeration : kinds.at(traits.at("type"));
    }

    aws::Member member(const std::string& name, const json& reference) {
        json traits = shapes_.at(reference.at("shape").get<std::string>());
        for (const auto* own : {"locationName", "location", "required"})
            traits.erase(own);
        // A namespace of the shape itself is that of documents whose root it is.
        if (traits.contains("xmlNamespace") &&
            namespace_of(traits.at("xmlNamespace")).second.empty())
            traits.erase("xmlNamespace");
        traits.update(reference);
        static const std::map<std::string, aws::Location> locations{
            {"header", aws::Location::header},
            {"headers", aws::Location::headers},
            {"uri", aws::Location::uri},
            {"querystring", aws::Location::querystring},
            {"statusCode", aws::Location::status_code}
        };
        static const std::map<std::string, aws::TimestampFormat> formats{
            {"iso8601", aws::TimestampFormat::iso8601},
            {"rfc822", aws::TimestampFormat::rfc822},
            {"unixTimestamp", aws::TimestampFormat::unix_timestamp}
        };
        aws::Member made{.name = keep(name)};
        made.location_name = keep(traits.value("locationName", ""));
        made.query_name = keep(traits.value("queryName", ""));
        made.shape = &shape(reference.at("shape"));
        if (traits.contains("location")) made.location = locations.at(traits.at("location"));
        if (traits.contains("timestampFormat"))
            made.timestamp_format = formats.at(traits.at("timestampFormat"));
        made.flattened = traits.value("flattened", false);
        made.xml_attribute = traits.value("xmlAttribute", false);
        made.json_value = traits.value("jsonvalue", false);
        if (traits.contains("xmlNamespace")) {
            const auto [uri, prefix] = namespace_of(traits.at("xmlNamespace"));
            made.xml_namespace = keep(uri);
            made.xml_namespace_prefix = keep(prefix);
        }
        made.get = &dynamic::get;
        made.set = &dynamic::set;
        return made;
    }

    void fill(aws::Shape& made, const std::string& name) {
        const auto& traits = shapes_.at(name);
        auto& members = members_.emplace_back();
        if (traits.contains("members"))
            for (const auto& [key, reference] : traits.at("members").items())
                members.push_back(member(key, reference));
        for (const auto* part : {"member", "key", "value"})
            if (traits.contains(part)) members.push_back(member(part, traits.at(part)));
        if (traits.contains("required"))
            for (auto& one : members)
                for (const auto& required : traits.at("required"))
                    if (required.get<std::string>() == one.name) one.required = true;
        made.members = members;
        if (traits.contains("payload"))
            for (const auto& one : members)
                if (one.name == traits.at("payload").get<std::string>()) made.payload = &one;
        if (traits.contains("enum")) {
            auto& values = values_.emplace_back();
            for (const auto& value : traits.at("enum"))
                values.push_back(keep(value));
            made.values = values;
        }
        made.location_name = keep(traits.value("locationName", ""));
        made.pattern = keep(traits.value("pattern", ""));
        made.has_minimum = traits.contains("min");
        made.has_maximum = traits.contains("max");
        made.minimum = traits.value("min", 0.0);
        made.maximum = traits.value("max", 0.0);
        made.is_sensitive = traits.value("sensitive", false);
        if (traits.contains("xmlNamespace"))
            made.xml_namespace = keep(namespace_of(traits.at("xmlNamespace")).first);
        if (made.kind == aws::ShapeKind::list) made.list = &dynamic::list_access;
        if (made.kind == aws::ShapeKind::map) made.map = &dynamic::map_access;
        made.make = [](const aws::Shape&) -> void* { return new DynamicValue(); };
        made.destroy = [](void* value) { delete static_cast<DynamicValue*>(value); };
    }

    json shapes_;
    std::map<std::string, std::unique_ptr<aws::Shape>> made_;
    std::deque<aws::Shape> roots_;
    std::deque<std::vector<aws::Member>> members_;
    std::deque<std::vector<std::string_view>> values_;
    std::deque<std::string> texts_;
};

// What the parameters of a case say, as a value, and back. Blobs are plain text there, timestamps
// seconds.
inline void fill_from(const aws::Shape& shape, const json& given, void* value) {
    switch (shape.kind) {
    case aws::ShapeKind::structure:
        for (const auto& member : shape.members)
            if (given.contains(member.name) && !given.at(std::string(member.name)).is_null())
                fill_from(
                    *member.shape,
                    given.at(std::string(member.name)),
                    member.set(value, member)
                );
        return;
    case aws::ShapeKind::list:
        for (const auto& element : given)
            if (!element.is_null())
                fill_from(
                    *shape.element().shape,
                    element,
                    shape.list->append(value, *shape.element().shape)
                );
        return;
    case aws::ShapeKind::map:
        for (const auto& [key, held] : given.items())
            if (!held.is_null())
                fill_from(
                    *shape.value().shape,
                    held,
                    shape.map->insert(value, *shape.value().shape, key)
                );
        return;
    case aws::ShapeKind::string:
    case aws::ShapeKind::blob:
        *static_cast<std::string*>(value) = given.get<std::string>();
        return;
    case aws::ShapeKind::integer:
        *static_cast<std::int32_t*>(value) = given.get<int>();
        return;
    case aws::ShapeKind::long_integer:
        *static_cast<std::int64_t*>(value) = given.get<std::int64_t>();
        return;
    case aws::ShapeKind::number:
        *static_cast<double*>(value) = !given.is_string() ? given.get<double>()
                                       : given == "NaN"
                                           ? std::nan("")
                                           : (given == "Infinity" ? HUGE_VAL : -HUGE_VAL);
        return;
    case aws::ShapeKind::boolean:
        *static_cast<bool*>(value) = given.get<bool>();
        return;
    case aws::ShapeKind::timestamp:
        *static_cast<Timestamp*>(value) = from_unix_seconds(given.get<double>());
        return;
    case aws::ShapeKind::enumeration:
        for (std::size_t i = 0; i < shape.values.size(); ++i)
            if (shape.values[i] == given.get<std::string>())
                *static_cast<int*>(value) = static_cast<int>(i);
        return;
    }
}

inline json to_json(const aws::Shape& shape, const void* value) {
    switch (shape.kind) {
    case aws::ShapeKind::structure: {
        json object = json::object();
        for (const auto& member : shape.members)
            if (const void* held = member.get(value, member))
                object[std::string(member.name)] = to_json(*member.shape, held);
        return object;
    }
    case aws::ShapeKind::list: {
        json array = json::array();
        for (std::size_t i = 0; i < shape.list->size(value); ++i)
            array.push_back(to_json(*shape.element().shape, shape.list->at(value, i)));
        return array;
    }
    case aws::ShapeKind::map: {
        json object = json::object();
        for (const auto& [key, held] : dynamic::of(value).entries)
            object[key] = to_json(*shape.value().shape, held->slot(shape.value().shape->kind));
        return object;
    }
    case aws::ShapeKind::string:
    case aws::ShapeKind::blob:
        return *static_cast<const std::string*>(value);
    case aws::ShapeKind::integer:
        return *static_cast<const std::int32_t*>(value);
    case aws::ShapeKind::long_integer:
        return *static_cast<const std::int64_t*>(value);
    case aws::ShapeKind::number: {
        const auto number = *static_cast<const double*>(value);
        if (std::isnan(number)) return "NaN";
        if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
        return number;
    }
    case aws::ShapeKind::boolean:
        return *static_cast<const bool*>(value);
    case aws::ShapeKind::timestamp:
        return unix_seconds(*static_cast<const Timestamp*>(value));
    case aws::ShapeKind::enumeration:
        return std::string(shape.values[static_cast<std::size_t>(*static_cast<const int*>(value))]);
    }
    return nullptr;
}

} // namespace diorama::tests
