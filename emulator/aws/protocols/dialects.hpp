// The six wire protocols, each written once in the source file of its name. protocol.hpp is the
// front of all of them; nothing else calls these.
#pragma once

#include "emulator/aws/error.hpp"
#include "emulator/aws/service.hpp"
#include "emulator/http/message.hpp"

#include <optional>
#include <string_view>

namespace diorama::aws {

// The three things a protocol can do: the functions of protocol.hpp without their first parameter.
using ParseInput = std::optional<AWSError>(
    const ServiceDescriptor& service,
    const Operation& operation,
    const http::RequestHead& request,
    std::string_view body,
    void* input
);
using WriteOutput = http::Response(
    const ServiceDescriptor& service,
    const Operation& operation,
    const void* output,
    std::string_view request_id
);
using WriteError = http::Response(
    const ServiceDescriptor& service,
    const AWSError& error,
    std::string_view request_id
);

// Forms in, XML documents out: SNS, STS, RDS, Auto Scaling, CloudFormation, …
namespace query {
ParseInput parse_input;
WriteOutput write_output;
WriteError write_error;
} // namespace query

// The query dialect of EC2: other names for lists, other documents.
namespace ec2 {
ParseInput parse_input;
WriteOutput write_output;
WriteError write_error;
} // namespace ec2

// rest-xml (Route 53, CloudFront, S3): paths, headers and XML documents.
namespace rest_xml {
ParseInput parse_input;
WriteOutput write_output;
WriteError write_error;
} // namespace rest_xml

// JSON 1.0 and 1.1: X-Amz-Target and JSON bodies.
namespace json {
ParseInput parse_input;
WriteOutput write_output;
WriteError write_error;
} // namespace json

// rest-json: paths, headers and JSON documents.
namespace rest_json {
ParseInput parse_input;
WriteOutput write_output;
WriteError write_error;
} // namespace rest_json

// smithy-rpc-v2-cbor: the operation in the path, CBOR bodies.
namespace rpc_v2_cbor {
ParseInput parse_input;
WriteOutput write_output;
WriteError write_error;
} // namespace rpc_v2_cbor

} // namespace diorama::aws
