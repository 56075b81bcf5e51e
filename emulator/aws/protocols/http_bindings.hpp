// The members of rest-xml and rest-json shapes that travel outside the body: in the path, the query
// string, the headers and the status.
#pragma once

#include "emulator/aws/protocols/input.hpp"
#include "emulator/aws/service.hpp"
#include "emulator/http/message.hpp"

#include <string_view>
#include <vector>

namespace diorama::aws {

// The operation that a method, path and query string mean, also one that is not emulated (without
// an input); nullptr when none does. The most specific one where several match.
const Operation*
find_rest_operation(const ServiceDescriptor& service, const http::RequestHead& request);

// Fills what is bound outside the body; marks it in `seen` (one flag for each member of the input).
void read_bindings(
    const Operation& operation,
    const http::RequestHead& request,
    void* input,
    std::vector<bool>& seen,
    InputChecks& checks
);

// The status and the headers of a response.
void write_bindings(const Operation& operation, const void* output, http::Response& response);

} // namespace diorama::aws
