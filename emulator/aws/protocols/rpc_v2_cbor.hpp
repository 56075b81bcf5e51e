// smithy-rpc-v2-cbor: the operation in the path, CBOR bodies. See protocol.hpp.
#pragma once

#include "emulator/aws/protocols/protocol.hpp"

namespace diorama::aws::rpc_v2_cbor {

std::optional<AWSError> parse_input(
    const ServiceDescriptor& service,
    const Operation& operation,
    const http::RequestHead& request,
    std::string_view body,
    void* input
);

http::Response write_output(
    const ServiceDescriptor& service,
    const Operation& operation,
    const void* output,
    std::string_view request_id
);

http::Response
write_error(const ServiceDescriptor& service, const AWSError& error, std::string_view request_id);

} // namespace diorama::aws::rpc_v2_cbor
