// Who sends a request, and for which region: from the Authorization header or the query string of a
// presigned URL, in both versions of AWS's signatures. Secrets are not known here, so signatures
// are not computed; that they are complete, well formed and not expired is checked.
#pragma once

#include "emulator/http/message.hpp"
#include "emulator/time/clock.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::s3 {

using Query = std::vector<std::pair<std::string, std::string>>;

struct Caller {
    std::string account = "000000000000";
    std::string region;     // empty when the signature does not say
    std::string access_key; // empty: unsigned
    bool is_presigned = false;
    // A service of AWS that asks for itself ("cloudfront.amazonaws.com"), and on whose behalf.
    std::string service{};
    std::string source_arn{};
};

// What was presigned ages in emulated time, from the moment it was signed at by its client's clock;
// version 2 only says when it ends, by that clock. Throws aws::AWSError.
Caller identify_caller(const http::Headers& headers, const Query& query, const Clock& clock);

// A key id of twelve digits is the account itself.
Caller caller_with_key(std::string_view access_key);

// The value of a parameter; nullptr when it is absent.
const std::string* find_parameter(const Query& query, std::string_view name);

} // namespace diorama::s3
