// See signature_check.hpp.
#include "emulator/aws/signature_check.hpp"

namespace diorama::aws {

namespace {

// What was presigned ages in emulated time, from the moment it was signed at by its client's clock.
// DIFFERS: version 2 does not say when that was; its expiry is a moment of the client's clock.
std::optional<AWSError>
check_expiry(const sigv4::Authorization& authorization, const Clock& clock) {
    const auto signed_at = parse_iso8601(authorization.timestamp);
    const bool is_dated = authorization.scheme == sigv4::Scheme::v4_query && signed_at;
    return sigv4::check_expiry(
        authorization,
        is_dated ? *signed_at + clock.since_client(*signed_at) : clock.client_now()
    );
}

// AWS: links in SNS's messages confirm and end subscriptions; who follows them signs nothing.
bool is_link_of_sns(const http::RequestHead& request) {
    if (request.method != "GET") return false;
    for (const auto& [name, value] : http::parse_query(request.query())) {
        if (name == "Action") return value == "ConfirmSubscription" || value == "Unsubscribe";
    }
    return false;
}

} // namespace

std::optional<AWSError> check_signature(
    const SignedCall& call,
    const Clock& clock,
    const std::function<std::optional<std::string>(std::string_view access_key)>& secrets
) {
    if (auto expired = check_expiry(call.authorization, clock)) return expired;
    if (!secrets) return std::nullopt;
    if (call.authorization.scheme == sigv4::Scheme::unsigned_request) {
        if (is_link_of_sns(call.request)) return std::nullopt;
        return AWSError(
            "MissingAuthenticationToken",
            403,
            "Request is missing Authentication Token"
        );
    }
    const auto secret = secrets(call.authorization.scope.access_key);
    if (!secret)
        return AWSError(
            "InvalidClientTokenId",
            403,
            "The security token included in the request is invalid."
        );
    return sigv4::verify(call.request, call.authorization, call.body, *secret);
}

} // namespace diorama::aws
