// See json_values.hpp.
#include "emulator/aws/protocols/json_values.hpp"

#include "emulator/aws/base64.hpp"
#include "emulator/aws/protocols/protocol.hpp"
#include "emulator/time/time.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

namespace diorama::aws {
namespace {

using nlohmann::json;

std::string_view token_of(const json& value) {
    switch (value.type()) {
    case json::value_t::string:
        return "STRING_VALUE";
    case json::value_t::boolean:
        return value.get<bool>() ? "TRUE_VALUE" : "FALSE_VALUE";
    case json::value_t::number_float:
        return "DECIMAL_VALUE";
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
        return "NUMBER_VALUE";
    case json::value_t::array:
        return "START_ARRAY";
    case json::value_t::object:
        return "START_OBJECT";
    case json::value_t::null:
        return "NULL_VALUE";
    case json::value_t::binary:
        return "BINARY_VALUE";
    case json::value_t::discarded:
        break;
    }
    return "UNKNOWN_VALUE";
}

std::string_view target_of(ShapeKind kind) {
    return kind == ShapeKind::blob ? "ByteBuffer" : type_name(kind);
}

// An integral value, also when it is written with a fraction of zero ("60.0").
std::optional<std::int64_t> integral(const json& value) {
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return std::nullopt;
        return static_cast<std::int64_t>(number);
    }
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (value.is_number_float()) {
        const auto number = value.get<double>();
        if (std::abs(number) < 9e15 && std::trunc(number) == number)
            return static_cast<std::int64_t>(number);
    }
    return std::nullopt;
}

} // namespace

std::optional<json> parse_json(std::string_view text) {
    if (text.empty()) return json::object();
    auto value = json::parse(text, nullptr, false);
    if (value.is_discarded()) return std::nullopt;
    return value;
}

void JSONInput::mismatched(const Shape& shape, const json& value) {
    if (mismatch_) return;
    if (value.is_structured())
        mismatch_ = value.is_object() ? "Start of structure or map found where not expected."
                                      : "Start of list found where not expected";
    else
        mismatch_ =
            fmt::format("{} cannot be converted to {}", token_of(value), target_of(shape.kind));
}

void JSONInput::read_members(
    const Shape& shape,
    const json& object,
    void* value,
    std::vector<bool>& seen,
    const Path& path
) {
    if (!object.is_object()) return mismatched(shape, object);
    for (std::size_t i = 0; i < shape.members.size(); ++i) {
        const auto& member = shape.members[i];
        if (member.location != Location::body && names_ == JSONNames::wire) continue;
        const auto name = names_ == JSONNames::model ? member.name : member.wire_name();
        const auto found = object.find(name);
        if (found == object.end() || found->is_null()) continue;
        seen[i] = true;
        read(*member.shape, *found, member.set(value, member), path.member(member.name));
    }
}

void JSONInput::read_structure(
    const Shape& shape,
    const json& object,
    void* value,
    const Path& path
) {
    std::vector<bool> seen(shape.members.size());
    read_members(shape, object, value, seen, path);
    check_required(shape, seen, path, checks_);
}

void JSONInput::read(const Shape& shape, const json& value, void* target, const Path& path) {
    if (path.depth > deepest_input) {
        checks_.unparseable(path, "...", shape);
    } else if (shape.kind == ShapeKind::structure) {
        read_structure(shape, value, target, path);
    } else if (shape.list) {
        read_list(shape, value, target, path);
    } else if (shape.map) {
        read_map(shape, value, target, path);
    } else {
        read_scalar(shape, value, target, path);
    }
}

void JSONInput::read_list(const Shape& shape, const json& value, void* target, const Path& path) {
    if (!value.is_array()) return mismatched(shape, value);
    const auto& element = *shape.element().shape;
    std::size_t position = 0;
    for (const auto& item : value) {
        ++position;
        if (item.is_null()) continue; // a null element is as good as absent
        read(element, item, shape.list->append(target, element), path.element(position));
    }
    checks_.check(shape, target, path);
}

void JSONInput::read_map(const Shape& shape, const json& value, void* target, const Path& path) {
    if (!value.is_object()) return mismatched(shape, value);
    const auto& inner = *shape.value().shape;
    for (const auto& [key, held] : value.items()) {
        if (held.is_null()) continue;
        read(inner, held, shape.map->insert(target, inner, key), path.entry(key));
    }
    checks_.check(shape, target, path);
}

bool JSONInput::read_number(const Shape& shape, const json& value, void* target) {
    if (shape.kind == ShapeKind::number) {
        if (!value.is_number()) return false;
        *static_cast<double*>(target) = value.get<double>();
        return true;
    }
    const auto number = integral(value);
    if (!number) return false;
    if (shape.kind == ShapeKind::long_integer) {
        *static_cast<std::int64_t*>(target) = *number;
        return true;
    }
    if (*number < std::numeric_limits<std::int32_t>::min() ||
        *number > std::numeric_limits<std::int32_t>::max())
        return false;
    *static_cast<std::int32_t*>(target) = static_cast<std::int32_t>(*number);
    return true;
}

bool JSONInput::read_bytes(const json& value, void* target) {
    auto& bytes = *static_cast<std::string*>(target);
    if (value.is_binary()) {
        const auto& binary = value.get_binary();
        bytes.assign(binary.begin(), binary.end());
        return true;
    }
    if (!value.is_string()) return false;
    auto decoded = base64_decode(value.get_ref<const std::string&>());
    if (decoded) bytes = std::move(*decoded);
    return decoded.has_value();
}

void JSONInput::read_scalar(const Shape& shape, const json& value, void* target, const Path& path) {
    bool is_read = false;
    switch (shape.kind) {
    case ShapeKind::string:
        if ((is_read = value.is_string()))
            *static_cast<std::string*>(target) = value.get_ref<const std::string&>();
        break;
    case ShapeKind::enumeration:
        if (!value.is_string()) break;
        if (!read_enum(shape, value.get_ref<const std::string&>(), target))
            checks_.unknown_enum_value(shape, value.get_ref<const std::string&>(), path);
        return;
    case ShapeKind::boolean:
        if ((is_read = value.is_boolean())) *static_cast<bool*>(target) = value.get<bool>();
        break;
    case ShapeKind::blob:
        is_read = read_bytes(value, target);
        break;
    case ShapeKind::timestamp:
        if ((is_read = value.is_number() && std::abs(value.get<double>()) < 9e9))
            *static_cast<Timestamp*>(target) = from_unix_seconds(value.get<double>());
        else if (value.is_string())
            return read_scalar_text(
                shape,
                value.get_ref<const std::string&>(),
                target,
                path,
                checks_
            );
        break;
    default:
        if (value.is_string() && shape.kind == ShapeKind::number) { // "NaN", "Infinity"
            const auto& text = value.get_ref<const std::string&>();
            if (text == "NaN" || text.ends_with("Infinity"))
                return read_scalar_text(shape, text, target, path, checks_);
        }
        is_read = read_number(shape, value, target);
    }
    if (is_read)
        checks_.check(shape, target, path);
    else
        mismatched(shape, value);
}

std::string json_string(std::string_view text) {
    std::string quoted = "\"";
    for (const char character : text) {
        switch (character) {
        case '"':
            quoted += "\\\"";
            break;
        case '\\':
            quoted += "\\\\";
            break;
        case '\n':
            quoted += "\\n";
            break;
        case '\r':
            quoted += "\\r";
            break;
        case '\t':
            quoted += "\\t";
            break;
        default:
            if (static_cast<unsigned char>(character) < 0x20)
                quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(character));
            else
                quoted += character;
        }
    }
    return quoted + '"';
}

namespace {

void write(std::string& text, const Member& member, const Shape& shape, const void* value);

void write_object(std::string& text, const Shape& structure, const void* value) {
    text += '{';
    bool is_first = true;
    for (const auto& member : structure.members) {
        if (member.location != Location::body) continue;
        const void* held = member.get(value, member);
        if (held == nullptr) continue;
        if (!is_first) text += ',';
        is_first = false;
        text += json_string(member.wire_name());
        text += ':';
        write(text, member, *member.shape, held);
    }
    text += '}';
}

void write_map(std::string& text, const Shape& map, const void* value) {
    struct Context {
        std::string& text;
        const Shape& map;
        bool is_first = true;
    } context{text, map};

    text += '{';
    map.map->each(value, &context, [](void* untyped, const std::string& key, const void* held) {
        auto& [out, shape, is_first] = *static_cast<Context*>(untyped);
        if (!is_first) out += ',';
        is_first = false;
        out += json_string(key);
        out += ':';
        write(out, shape.value(), *shape.value().shape, held);
    });
    text += '}';
}

void write(std::string& text, const Member& member, const Shape& shape, const void* value) {
    switch (shape.kind) {
    case ShapeKind::structure:
        write_object(text, shape, value);
        return;
    case ShapeKind::map:
        write_map(text, shape, value);
        return;
    case ShapeKind::list:
        text += '[';
        for (std::size_t i = 0; i < shape.list->size(value); ++i) {
            if (i > 0) text += ',';
            write(text, shape.element(), *shape.element().shape, shape.list->at(value, i));
        }
        text += ']';
        return;
    case ShapeKind::timestamp: {
        const auto format = member.timestamp_format == TimestampFormat::of_protocol
                                ? TimestampFormat::unix_timestamp
                                : member.timestamp_format;
        const auto when = timestamp_text(value, format);
        text += format == TimestampFormat::unix_timestamp ? when : json_string(when);
        return;
    }
    case ShapeKind::number: {
        const auto number = *static_cast<const double*>(value);
        text += std::isfinite(number) ? number_text(number) : json_string(number_text(number));
        return;
    }
    case ShapeKind::integer:
    case ShapeKind::long_integer:
    case ShapeKind::boolean:
        text += scalar_text(shape, value, {});
        return;
    case ShapeKind::string:
    case ShapeKind::enumeration:
    case ShapeKind::blob:
        text += json_string(scalar_text(shape, value, {}));
        return;
    }
}

} // namespace

std::optional<AWSError> read_document(
    JSONNames names,
    const Shape& shape,
    const std::optional<json>& document,
    void* input
) {
    if (!document) return AWSError("SerializationException", 400, "");
    InputChecks checks;
    JSONInput reader(names, checks);
    reader.read_structure(shape, *document, input, Path());
    if (reader.mismatch()) return AWSError("SerializationException", 400, *reader.mismatch());
    if (checks.passed()) return std::nullopt;
    return validation_exception(checks);
}

std::string json_members(const Shape& structure, const void* value) {
    std::string text;
    write_object(text, structure, value);
    return text;
}

} // namespace diorama::aws
