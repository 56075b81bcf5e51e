// See input.hpp.
#include "emulator/aws/protocols/input.hpp"

#include "emulator/aws/base64.hpp"
#include "emulator/aws/protocols/pattern.hpp"
#include "emulator/time/time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace diorama::aws {
namespace {

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (const char byte : text)
        count += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
    return count;
}

template <class Number>
bool read_number(std::string_view text, void* value) {
    if (text.starts_with('+')) text.remove_prefix(1);
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return false;
    *static_cast<Number*>(value) = number;
    return true;
}

bool read_double(std::string_view text, void* value) {
    auto& number = *static_cast<double*>(value);
    if (text == "NaN") return number = std::nan(""), true;
    if (text == "Infinity") return number = HUGE_VAL, true;
    if (text == "-Infinity") return number = -HUGE_VAL, true;
    return read_number<double>(text, value) && std::isfinite(number);
}

bool read_boolean(std::string_view text, void* value) {
    auto& boolean = *static_cast<bool*>(value);
    if (text == "true" || text == "True" || text == "TRUE" || text == "1")
        return boolean = true, true;
    if (text == "false" || text == "False" || text == "FALSE" || text == "0")
        return boolean = false, true;
    return false;
}

bool read_timestamp(std::string_view text, void* value) {
    auto when = parse_iso8601(text);
    if (!when) when = parse_http_date(text);
    if (when) *static_cast<Timestamp*>(value) = *when;
    return when.has_value();
}

bool read_text(const Shape& shape, std::string_view text, void* value) {
    switch (shape.kind) {
    case ShapeKind::string:
        *static_cast<std::string*>(value) = text;
        return true;
    case ShapeKind::integer:
        return read_number<std::int32_t>(text, value);
    case ShapeKind::long_integer:
        return read_number<std::int64_t>(text, value);
    case ShapeKind::number:
        return read_double(text, value);
    case ShapeKind::boolean:
        return read_boolean(text, value);
    case ShapeKind::timestamp:
        return read_timestamp(text, value);
    case ShapeKind::blob: {
        auto bytes = base64_decode(text);
        if (bytes) *static_cast<std::string*>(value) = std::move(*bytes);
        return bytes.has_value();
    }
    case ShapeKind::enumeration:
        return read_enum(shape, text, value);
    case ShapeKind::structure:
    case ShapeKind::list:
    case ShapeKind::map:
        break;
    }
    return false;
}

// '[a, b]' as Java prints a list of strings.
std::string list_text(const Shape& shape, const void* value) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.list->size(value); ++i) {
        const auto& element = *shape.element().shape;
        if (element.kind == ShapeKind::structure || element.list || element.map) return "[...]";
        if (i > 0) text += ", ";
        text += scalar_text(element, shape.list->at(value, i), TimestampFormat::iso8601);
    }
    return text + "]";
}

} // namespace

std::string_view type_name(ShapeKind kind) {
    switch (kind) {
    case ShapeKind::integer:
        return "Integer";
    case ShapeKind::long_integer:
        return "Long";
    case ShapeKind::number:
        return "Double";
    case ShapeKind::boolean:
        return "Boolean";
    case ShapeKind::timestamp:
        return "Timestamp";
    case ShapeKind::blob:
        return "Blob";
    case ShapeKind::list:
        return "List";
    case ShapeKind::map:
        return "Map";
    case ShapeKind::structure:
        return "Structure";
    case ShapeKind::string:
    case ShapeKind::enumeration:
        break;
    }
    return "String";
}

std::string Path::to_string() const {
    std::string text = outer != nullptr ? outer->to_string() : std::string();
    if (step == Step::root) return text;
    if (!text.empty()) text += '.';
    switch (step) {
    case Step::member: {
        const auto start = text.size();
        text += name;
        if (text.size() > start && text[start] >= 'A' && text[start] <= 'Z')
            text[start] = static_cast<char>(text[start] - 'A' + 'a');
        break;
    }
    case Step::element:
        text += fmt::format("{}.member", index);
        break;
    case Step::entry:
        text += fmt::format("{}.member", name);
        break;
    case Step::root:
        break;
    }
    return text;
}

void InputChecks::missing(const Path& path, std::string parameter) {
    violations_.push_back(
        {Violation::Kind::missing,
         path.to_string(),
         std::move(parameter),
         "null",
         "Member must not be null"}
    );
}

void InputChecks::unparseable(const Path& path, std::string_view text, const Shape& shape) {
    violations_.push_back(
        {Violation::Kind::unparseable,
         path.to_string(),
         std::string(path.name),
         std::string(text.substr(0, 256)),
         std::string(type_name(shape.kind))}
    );
}

void InputChecks::add(
    const Shape& shape,
    const Path& path,
    std::string value,
    std::string constraint
) {
    violations_.push_back(
        {Violation::Kind::constraint,
         path.to_string(),
         std::string(path.name),
         shape.is_sensitive ? std::string() : fmt::format("'{}'", value),
         std::move(constraint)}
    );
}

void InputChecks::unknown_enum_value(const Shape& shape, std::string_view text, const Path& path) {
    add(shape,
        path,
        std::string(text),
        fmt::format("Member must satisfy enum value set: [{}]", fmt::join(shape.values, ", ")));
}

void InputChecks::check_pattern(const Shape& shape, const std::string& text, const Path& path) {
    if (!shape.pattern.empty() && !matches_pattern(shape.pattern, text))
        add(shape,
            path,
            text,
            fmt::format("Member must satisfy regular expression pattern: {}", shape.pattern));
}

void InputChecks::check(const Shape& shape, const void* value, const Path& path) {
    std::string_view measure = "length";
    double size = 0;
    switch (shape.kind) {
    case ShapeKind::string:
        size = static_cast<double>(characters(*static_cast<const std::string*>(value)));
        break;
    case ShapeKind::blob:
        size = static_cast<double>(static_cast<const std::string*>(value)->size());
        break;
    case ShapeKind::list:
        size = static_cast<double>(shape.list->size(value));
        break;
    case ShapeKind::map:
        size = static_cast<double>(shape.map->size(value));
        break;
    case ShapeKind::integer:
        size = *static_cast<const std::int32_t*>(value);
        break;
    case ShapeKind::long_integer:
        size = static_cast<double>(*static_cast<const std::int64_t*>(value));
        break;
    case ShapeKind::number:
        size = *static_cast<const double*>(value);
        break;
    default:
        return;
    }
    const bool is_number = shape.kind == ShapeKind::integer ||
                           shape.kind == ShapeKind::long_integer || shape.kind == ShapeKind::number;
    if (is_number) measure = "value";
    const auto shown = [&] {
        if (shape.list) return list_text(shape, value);
        return shape.map ? std::string("{...}")
                         : scalar_text(shape, value, TimestampFormat::iso8601);
    };
    if (shape.has_minimum && size < shape.minimum)
        add(shape,
            path,
            shown(),
            fmt::format("Member must have {} greater than or equal to {}", measure, shape.minimum));
    if (shape.has_maximum && size > shape.maximum)
        add(shape,
            path,
            shown(),
            fmt::format("Member must have {} less than or equal to {}", measure, shape.maximum));
    if (shape.kind == ShapeKind::string)
        check_pattern(shape, *static_cast<const std::string*>(value), path);
}

std::string InputChecks::sentence() const {
    std::string text = fmt::format(
        "{} validation error{} detected: ",
        violations_.size(),
        violations_.size() == 1 ? "" : "s"
    );
    for (std::size_t i = 0; i < violations_.size(); ++i) {
        const auto& violation = violations_[i];
        if (i > 0) text += "; ";
        text += violation.value.empty() ? "Value" : fmt::format("Value {}", violation.value);
        text += fmt::format(
            " at '{}' failed to satisfy constraint: {}",
            violation.path,
            violation.constraint
        );
    }
    return text;
}

bool read_enum(const Shape& shape, std::string_view text, void* value) {
    for (std::size_t i = 0; i < shape.values.size(); ++i) {
        if (shape.values[i] == text) {
            *static_cast<int*>(value) = static_cast<int>(i);
            return true;
        }
    }
    return false;
}

void read_scalar_text(
    const Shape& shape,
    std::string_view text,
    void* value,
    const Path& path,
    InputChecks& checks
) {
    if (read_text(shape, text, value))
        checks.check(shape, value, path);
    else if (shape.kind == ShapeKind::enumeration)
        checks.unknown_enum_value(shape, text, path);
    else
        checks.unparseable(path, text, shape);
}

void check_required(
    const Shape& structure,
    const std::vector<bool>& seen,
    const Path& path,
    InputChecks& checks
) {
    for (std::size_t i = 0; i < structure.members.size(); ++i) {
        const auto& member = structure.members[i];
        if (member.required && !seen[i])
            checks.missing(path.member(member.name), std::string(member.name));
    }
}

std::string number_text(double number) {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
    return fmt::format("{}", number);
}

std::string timestamp_text(const void* value, TimestampFormat format) {
    const auto when = *static_cast<const Timestamp*>(value);
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
    const bool is_whole = milliseconds % 1000 == 0;
    switch (format) {
    case TimestampFormat::rfc822:
        return http_date(when);
    case TimestampFormat::unix_timestamp:
        return is_whole ? fmt::format("{}", milliseconds / 1000)
                        : fmt::format("{}", static_cast<double>(milliseconds) / 1000);
    case TimestampFormat::iso8601:
    case TimestampFormat::of_protocol:
        break;
    }
    return is_whole ? iso8601(when) : iso8601_ms(when);
}

std::string scalar_text(const Shape& shape, const void* value, TimestampFormat format) {
    switch (shape.kind) {
    case ShapeKind::string:
        return *static_cast<const std::string*>(value);
    case ShapeKind::enumeration:
        return std::string(shape.values[static_cast<std::size_t>(*static_cast<const int*>(value))]);
    case ShapeKind::blob:
        return base64_encode(*static_cast<const std::string*>(value));
    case ShapeKind::integer:
        return fmt::format("{}", *static_cast<const std::int32_t*>(value));
    case ShapeKind::long_integer:
        return fmt::format("{}", *static_cast<const std::int64_t*>(value));
    case ShapeKind::number:
        return number_text(*static_cast<const double*>(value));
    case ShapeKind::boolean:
        return *static_cast<const bool*>(value) ? "true" : "false";
    case ShapeKind::timestamp:
        return timestamp_text(value, format);
    case ShapeKind::structure:
    case ShapeKind::list:
    case ShapeKind::map:
        break;
    }
    return {};
}

} // namespace diorama::aws
