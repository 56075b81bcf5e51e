// See model_json.hpp.
#include "emulator/aws/protocols/model_json.hpp"

#include "emulator/aws/base64.hpp"
#include "emulator/aws/error.hpp"
#include "emulator/aws/protocols/json_values.hpp"
#include "emulator/aws/protocols/protocol.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace diorama::aws {
namespace {

using nlohmann::json;

AWSError unknown_parameter(const std::string& name) {
    return AWSError(
               "UnknownParameter",
               400,
               fmt::format("Unknown parameter in input: \"{}\"", name)
    )
        .with("Parameter", name);
}

bool is_text(const Shape& shape) {
    return shape.kind == ShapeKind::string || shape.kind == ShapeKind::enumeration;
}

bool is_numeric(const Shape& shape) {
    return shape.kind == ShapeKind::integer || shape.kind == ShapeKind::long_integer ||
           shape.kind == ShapeKind::number;
}

// The scalar as the shape wants it; as it is when it cannot be read so (the checks then say why).
json conform_scalar(const Shape& shape, const json& given) {
    if (is_text(shape) && given.is_boolean()) return given.get<bool>() ? "true" : "false";
    if (is_text(shape) && given.is_number_float()) return number_text(given.get<double>());
    if (is_text(shape) && given.is_number()) return given.dump();
    if (!given.is_string()) return given;
    const auto& text = given.get_ref<const std::string&>();
    if (shape.kind == ShapeKind::boolean) {
        if (text == "true" || text == "True") return true;
        if (text == "false" || text == "False") return false;
    }
    if (is_numeric(shape)) {
        auto number = json::parse(text, nullptr, false);
        if (number.is_number()) return number;
    }
    return given;
}

// `given` with scalars as the shapes want them; throws for members that the shape does not have.
json conform(const Shape& shape, const json& given, int depth = 0) {
    if (depth > deepest_input) return nullptr;
    if (shape.kind == ShapeKind::structure && given.is_object()) {
        json object = json::object();
        for (const auto& [name, held] : given.items()) {
            const Member* known = nullptr;
            for (const auto& member : shape.members)
                if (member.name == name) known = &member;
            if (known == nullptr) throw unknown_parameter(name);
            if (!held.is_null()) object[name] = conform(*known->shape, held, depth + 1);
        }
        return object;
    }
    if (shape.kind == ShapeKind::list && given.is_array()) {
        json array = json::array();
        for (const auto& element : given)
            array.push_back(conform(*shape.element().shape, element, depth + 1));
        return array;
    }
    if (shape.kind == ShapeKind::map && given.is_object()) {
        json object = json::object();
        for (const auto& [name, held] : given.items())
            object[name] = conform(*shape.value().shape, held, depth + 1);
        return object;
    }
    return conform_scalar(shape, given);
}

json structure_json(const Shape& shape, const void* value) {
    json object = json::object();
    for (const auto& member : shape.members) {
        const void* held = member.get(value, member);
        if (held != nullptr) object[std::string(member.name)] = to_model_json(*member.shape, held);
    }
    return object;
}

json map_json(const Shape& shape, const void* value) {
    struct Context {
        const Shape& of;
        json object = json::object();
    } context{*shape.value().shape};

    shape.map->each(value, &context, [](void* untyped, const std::string& key, const void* held) {
        auto& [of, object] = *static_cast<Context*>(untyped);
        object[key] = to_model_json(of, held);
    });
    return context.object;
}

} // namespace

void read_model_json(const Shape& shape, const json& input, void* value) {
    InputChecks checks;
    JSONInput reader(JSONNames::model, checks);
    const Path root;
    reader.read_structure(shape, conform(shape, input), value, root);
    if (reader.mismatch()) throw AWSError("SerializationException", 400, *reader.mismatch());
    if (!checks.passed()) throw validation_exception(checks);
}

json to_model_json(const Shape& shape, const void* value) {
    switch (shape.kind) {
    case ShapeKind::structure:
        return structure_json(shape, value);
    case ShapeKind::list: {
        json array = json::array();
        for (std::size_t i = 0; i < shape.list->size(value); ++i)
            array.push_back(to_model_json(*shape.element().shape, shape.list->at(value, i)));
        return array;
    }
    case ShapeKind::map:
        return map_json(shape, value);
    case ShapeKind::integer:
        return *static_cast<const std::int32_t*>(value);
    case ShapeKind::long_integer:
        return *static_cast<const std::int64_t*>(value);
    case ShapeKind::boolean:
        return *static_cast<const bool*>(value);
    case ShapeKind::number: {
        const auto number = *static_cast<const double*>(value);
        if (!std::isfinite(number)) return number_text(number);
        return number;
    }
    case ShapeKind::timestamp:
        return timestamp_text(value, TimestampFormat::iso8601);
    case ShapeKind::string:
    case ShapeKind::enumeration:
    case ShapeKind::blob:
        break;
    }
    return scalar_text(shape, value, {});
}

} // namespace diorama::aws
