// The desync guardian's judgement of a request: how far it strays from RFC 9112 and how dangerous
// that is when two HTTP parsers read it one behind the other. Tiers and reasons are those of AWS's
// load balancers (the access log's classification and classification_reason).
#pragma once

#include "emulator/http/message.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::http {

enum class DesyncTier { compliant, acceptable, ambiguous, severe };

enum class DesyncReason {
    compliant,
    // acceptable
    non_compliant_header,
    non_compliant_version,
    get_head_zero_content_length,
    space_in_uri,
    // ambiguous
    suspicious_header,
    both_te_cl_present,
    undefined_transfer_encoding_semantics,
    undefined_content_length_semantics,
    empty_header,
    duplicate_content_length,
    ambiguous_uri,
    // severe
    bad_header,
    bad_transfer_encoding,
    bad_content_length,
    bad_uri,
    multiple_transfer_encoding_chunked,
    multiple_content_length,
    bad_method,
    bad_version,
};

struct Classification {
    DesyncTier tier = DesyncTier::compliant;
    DesyncReason reason = DesyncReason::compliant;
};

enum class DesyncMitigation { monitor, defensive, strictest };

// "Compliant", "BothTeClPresent", … as the access log spells them.
std::string_view name_of(DesyncTier tier);
std::string_view name_of(DesyncReason reason);

// A request line and header lines as they came, before any interpretation.
struct RawHead {
    std::string_view method;
    std::string_view target;
    std::string_view version; // "HTTP/1.1"
    std::vector<std::pair<std::string_view, std::string_view>>
        headers; // value without surrounding blanks
};

Classification classify(const RawHead& head);

} // namespace diorama::http
