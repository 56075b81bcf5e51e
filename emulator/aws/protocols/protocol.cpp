// See protocol.hpp.
#include "emulator/aws/protocols/protocol.hpp"

#include "emulator/assert.hpp"
#include "emulator/aws/base64.hpp"
#include "emulator/aws/protocols/dialects.hpp"
#include "emulator/aws/protocols/input.hpp"

#include <fmt/format.h>

namespace diorama::aws {

namespace {

struct Dialect {
    ParseInput* parse_input;
    WriteOutput* write_output;
    WriteError* write_error;
};

Dialect dialect(Protocol protocol) {
    switch (protocol) {
    case Protocol::query:
        return {query::parse_input, query::write_output, query::write_error};
    case Protocol::ec2:
        return {ec2::parse_input, ec2::write_output, ec2::write_error};
    case Protocol::rest_xml:
        return {rest_xml::parse_input, rest_xml::write_output, rest_xml::write_error};
    case Protocol::json:
        return {json::parse_input, json::write_output, json::write_error};
    case Protocol::rest_json:
        return {rest_json::parse_input, rest_json::write_output, rest_json::write_error};
    case Protocol::rpc_v2_cbor:
        return {rpc_v2_cbor::parse_input, rpc_v2_cbor::write_output, rpc_v2_cbor::write_error};
    }
    UNREACHABLE();
}

} // namespace

std::optional<AWSError> parse_input(
    Protocol protocol,
    const ServiceDescriptor& service,
    const Operation& operation,
    const http::RequestHead& request,
    std::string_view body,
    void* input
) {
    return dialect(protocol).parse_input(service, operation, request, body, input);
}

http::Response write_output(
    Protocol protocol,
    const ServiceDescriptor& service,
    const Operation& operation,
    const void* output,
    std::string_view request_id
) {
    return dialect(protocol).write_output(service, operation, output, request_id);
}

http::Response write_error(
    Protocol protocol,
    const ServiceDescriptor& service,
    const AWSError& error,
    std::string_view request_id
) {
    return dialect(protocol).write_error(service, error, request_id);
}

AWSError validation_exception(const InputChecks& checks) {
    for (const auto& violation : checks.violations())
        if (violation.kind == Violation::Kind::unparseable)
            return AWSError(
                "SerializationException",
                400,
                fmt::format(
                    "'{}' at '{}' cannot be converted to {}",
                    violation.value,
                    violation.path,
                    violation.constraint
                )
            );
    AWSError error("ValidationError", 400, checks.sentence());
    error.set_shape("ValidationException");
    return error;
}

std::string qualified_error_shape(const ServiceDescriptor& service, const AWSError& error) {
    const auto& shape = error.shape();
    if (shape == "ValidationException") return "com.amazon.coral.validate#ValidationException";
    if (shape == "SerializationException" || shape == "UnknownOperationException")
        return "com.amazon.coral.service#" + shape;
    return fmt::format("com.amazonaws.{}#{}", service.name, shape);
}

std::string query_error_header(const AWSError& error) {
    return fmt::format(
        "{};{}",
        error.code(),
        error.fault() == Fault::sender ? "Sender" : "Receiver"
    );
}

std::string s3_host_id(std::string_view request_id) {
    // 56 characters in AWS; here they follow from the request's first identifier.
    std::string seed;
    while (seed.size() < 42)
        seed += request_id.empty() ? std::string_view("0") : request_id;
    return base64_encode(seed.substr(0, 42));
}

} // namespace diorama::aws
