// smithy-rpc-v2-cbor: the operation in the path, CBOR bodies. See dialects.hpp.
#include "emulator/aws/protocols/cbor.hpp"
#include "emulator/aws/protocols/dialects.hpp"
#include "emulator/aws/protocols/json_values.hpp"
#include "emulator/aws/protocols/protocol.hpp"

#include <nlohmann/json.hpp>

namespace diorama::aws::rpc_v2_cbor {
namespace {

http::Response answer(int status, std::string body) {
    return {
        status,
        {{"Content-Type", "application/cbor"}, {"smithy-protocol", "rpc-v2-cbor"}},
        std::move(body),
        {}
    };
}

} // namespace

std::optional<AWSError> parse_input(
    const ServiceDescriptor&,
    const Operation& operation,
    const http::RequestHead&,
    std::string_view body,
    void* input
) {
    const auto document = body.empty() ? nlohmann::json::object() : parse_cbor(body);
    return read_document(JSONNames::model, *operation.input, document, input);
}

http::Response write_output(
    const ServiceDescriptor&,
    const Operation& operation,
    const void* output,
    std::string_view
) {
    std::string body;
    cbor_structure(body, *operation.output, output);
    return answer(200, std::move(body));
}

http::Response
write_error(const ServiceDescriptor& service, const AWSError& error, std::string_view) {
    std::string body;
    const bool has_message = !error.message().empty();
    cbor_map_head(body, 1 + (has_message ? 1 : 0) + error.fields().size());
    cbor_text(body, "__type");
    cbor_text(body, qualified_error_shape(service, error));
    if (has_message) {
        cbor_text(body, "message");
        cbor_text(body, error.message());
    }
    for (const auto& [name, value] : error.fields()) {
        cbor_text(body, name);
        cbor_text(body, value);
    }
    auto response = answer(error.http_status(), std::move(body));
    if (service.query_compatible)
        response.headers.set("x-amzn-query-error", query_error_header(error));
    return response;
}

} // namespace diorama::aws::rpc_v2_cbor
