// Whether the gateway lets a call through: not expired, and with --verify-signatures signed with
// the secret of its access key.
#pragma once

#include "emulator/aws/sigv4.hpp"
#include "emulator/time/clock.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::aws {

struct SignedCall {
    const http::RequestHead& request;
    const std::string& body;
    const sigv4::Authorization& authorization;
};

// Nothing when the call may go on. Without `secrets` only expiry is judged.
std::optional<AWSError> check_signature(
    const SignedCall& call,
    const Clock& clock,
    const std::function<std::optional<std::string>(std::string_view access_key)>& secrets
);

} // namespace diorama::aws
