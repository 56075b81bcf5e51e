// The wire protocols behind three functions. Each protocol stands in its own pair of files and is
// written once, against the descriptors of shape.hpp and service.hpp.
#pragma once

#include "emulator/aws/error.hpp"
#include "emulator/aws/service.hpp"
#include "emulator/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace diorama::aws {

class InputChecks;

// Fills `input`, a value of operation.input, from a request. Nothing when all is well, else the
// error that AWS answers, in the words of protocol and service. Never throws.
std::optional<AWSError> parse_input(
    Protocol protocol,
    const ServiceDescriptor& service,
    const Operation& operation,
    const http::RequestHead& request,
    std::string_view body,
    void* input
);

// `output` is a value of operation.output.
http::Response write_output(
    Protocol protocol,
    const ServiceDescriptor& service,
    const Operation& operation,
    const void* output,
    std::string_view request_id
);

http::Response write_error(
    Protocol protocol,
    const ServiceDescriptor& service,
    const AWSError& error,
    std::string_view request_id
);

// What json and rpc-v2-cbor make of an input that breaks its constraints.
AWSError validation_exception(const InputChecks& checks);
// "com.amazonaws.cloudwatch#ResourceNotFound"
std::string qualified_error_shape(const ServiceDescriptor& service, const AWSError& error);
// awsQueryCompatible: "InvalidParameterValue;Sender"
std::string query_error_header(const AWSError& error);

// S3's second identifier of a request (x-amz-id-2, HostId): the same one for the same request.
std::string s3_host_id(std::string_view request_id);

} // namespace diorama::aws
