// JSON 1.0 and 1.1: X-Amz-Target and JSON bodies. See dialects.hpp.
#include "emulator/aws/protocols/dialects.hpp"
#include "emulator/aws/protocols/json_values.hpp"
#include "emulator/aws/protocols/protocol.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace diorama::aws::json {

std::optional<AWSError> parse_input(
    const ServiceDescriptor&,
    const Operation& operation,
    const http::RequestHead&,
    std::string_view body,
    void* input
) {
    return read_document(JSONNames::wire, *operation.input, parse_json(body), input);
}

http::Response write_output(
    const ServiceDescriptor& service,
    const Operation& operation,
    const void* output,
    std::string_view
) {
    auto text = json_members(*operation.output, output);
    // AWS: an operation without output answers with an empty body or "{}"; clients take both.
    return {
        200,
        {{"Content-Type", fmt::format("application/x-amz-json-{}", service.json_version)}},
        std::move(text),
        {}
    };
}

http::Response
write_error(const ServiceDescriptor& service, const AWSError& error, std::string_view) {
    std::string text =
        fmt::format("{{\"__type\":{}", json_string(qualified_error_shape(service, error)));
    if (!error.message().empty())
        text += fmt::format(",\"message\":{}", json_string(error.message()));
    for (const auto& [name, value] : error.fields())
        text += fmt::format(",{}:{}", json_string(name), json_string(value));
    text += '}';
    http::Response response{
        error.http_status(),
        {{"Content-Type", fmt::format("application/x-amz-json-{}", service.json_version)}},
        std::move(text),
        {}
    };
    if (service.query_compatible)
        response.headers.set("x-amzn-query-error", query_error_header(error));
    return response;
}

} // namespace diorama::aws::json
