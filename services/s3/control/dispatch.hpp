// From a request to an operation of control/ and back: reads the body, checks what it announces,
// parses it into the operation's shape, invokes it, waits until the change is durable and writes
// the answer.
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace diorama::s3 {

// False: no operation of that name is here. Throws aws::AWSError.
bool serve_document_operation(Store& store, const RequestRef& request, std::string_view operation);

// The same without HTTP: input and output as JSON with the model's names. The request says who
// asks and when; it has no exchange. Throws aws::AWSError.
nlohmann::json call_document_operation(
    Store& store,
    const Request& request,
    std::string_view operation,
    const nlohmann::json& input
);

} // namespace diorama::s3
