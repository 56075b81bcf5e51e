// rest-json: paths, headers and JSON documents. See dialects.hpp.
#include "emulator/aws/protocols/dialects.hpp"
#include "emulator/aws/protocols/http_bindings.hpp"
#include "emulator/aws/protocols/json_values.hpp"
#include "emulator/aws/protocols/protocol.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace diorama::aws::rest_json {
namespace {

AWSError not_json() {
    return AWSError("SerializationException", 400, "Could not parse request body into json");
}

std::optional<AWSError> read_payload(
    const Shape& shape,
    std::string_view body,
    void* input,
    std::vector<bool>& seen,
    InputChecks& checks
) {
    const auto& payload = *shape.payload;
    if (body.empty()) return std::nullopt;
    seen[static_cast<std::size_t>(&payload - shape.members.data())] = true;
    const Path root;
    const auto path = root.member(payload.name);
    void* value = payload.set(input, payload);
    if (payload.shape->kind == ShapeKind::structure) {
        const auto document = parse_json(body);
        if (!document) return not_json();
        JSONInput reader(JSONNames::wire, checks);
        reader.read_structure(*payload.shape, *document, value, path);
        if (reader.mismatch()) return AWSError("SerializationException", 400, *reader.mismatch());
    } else if (payload.shape->kind == ShapeKind::blob) {
        *static_cast<std::string*>(value) = body;
    } else {
        read_scalar_text(*payload.shape, body, value, path, checks);
    }
    return std::nullopt;
}

} // namespace

std::optional<AWSError> parse_input(
    const ServiceDescriptor&,
    const Operation& operation,
    const http::RequestHead& request,
    std::string_view body,
    void* input
) {
    const auto& shape = *operation.input;
    InputChecks checks;
    std::vector<bool> seen(shape.members.size());
    read_bindings(operation, request, input, seen, checks);
    if (shape.payload != nullptr) {
        if (auto error = read_payload(shape, body, input, seen, checks)) return error;
    } else {
        const auto document = parse_json(body);
        if (!document) return not_json();
        JSONInput reader(JSONNames::wire, checks);
        reader.read_members(shape, *document, input, seen, Path());
        if (reader.mismatch()) return AWSError("SerializationException", 400, *reader.mismatch());
    }
    check_required(shape, seen, Path(), checks);
    if (checks.passed()) return std::nullopt;
    return validation_exception(checks);
}

http::Response write_output(
    const ServiceDescriptor&,
    const Operation& operation,
    const void* output,
    std::string_view
) {
    http::Response response;
    write_bindings(operation, output, response);
    const auto& shape = *operation.output;
    if (shape.payload == nullptr) {
        bool has_document = false;
        for (const auto& member : shape.members)
            has_document = has_document || member.location == Location::body;
        if (!has_document) return response;
        response.body = json_members(shape, output);
        response.headers.set("Content-Type", "application/json");
        return response;
    }
    const auto& payload = *shape.payload;
    const void* value = payload.get(output, payload);
    if (value == nullptr) return response;
    std::string_view type = "application/json";
    if (payload.shape->kind == ShapeKind::structure) {
        response.body = json_members(*payload.shape, value);
    } else if (payload.shape->kind == ShapeKind::blob) {
        response.body = *static_cast<const std::string*>(value);
        type = "application/octet-stream";
    } else {
        response.body = scalar_text(*payload.shape, value, {});
        type = "text/plain";
    }
    if (!response.headers.contains("Content-Type"))
        response.headers.add("Content-Type", std::string(type));
    return response;
}

http::Response write_error(const ServiceDescriptor&, const AWSError& error, std::string_view) {
    std::string text = "{";
    if (!error.message().empty())
        text += fmt::format("\"message\":{}", json_string(error.message()));
    for (const auto& [name, value] : error.fields())
        text += fmt::format(
            "{}{}:{}",
            text.size() > 1 ? "," : "",
            json_string(name),
            json_string(value)
        );
    text += '}';
    return {
        error.http_status(),
        {{"Content-Type", "application/json"}, {"x-amzn-ErrorType", error.shape()}},
        std::move(text),
        {}
    };
}

} // namespace diorama::aws::rest_json
