// Cross-origin resource sharing: which rule of a bucket allows a browser's request, and the headers
// that tell the browser so. Pure.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
#pragma once

#include "emulator/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::s3 {

struct CORSRule {
    std::vector<std::string> allowed_origins;
    std::vector<std::string> allowed_methods;
    std::vector<std::string> allowed_headers;
    std::vector<std::string> exposed_headers;
    std::optional<int> max_age;
};

// The configuration as it is kept: JSON with the model's names.
std::vector<CORSRule> read_cors(std::string_view json);

// What a browser asks for, before it sends a request or with it.
struct CrossOriginRequest {
    std::string origin;
    std::string method;
    std::vector<std::string> headers; // of a preflight: those it is going to send
};

// AWS: Amazon S3 evaluates the CORS configuration and uses the first CORSRule rule that
// matches. nullptr: none does.
const CORSRule* find_rule(const std::vector<CORSRule>& rules, const CrossOriginRequest& request);

// Headers of the answer; `is_preflight`: also which headers the request may have.
http::Headers
cors_headers(const CORSRule& rule, const CrossOriginRequest& request, bool is_preflight);

// "a, b,c" in lower case.
std::vector<std::string> header_names(std::string_view list);

} // namespace diorama::s3
