// See sts.hpp.
#include "services/sts/sts.hpp"

#include "emulator/aws/arn.hpp"

namespace diorama::sts {

// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
// AWS: "No permissions are required to perform this operation." Every caller is the root user of
// the account that its access key names.
api::GetCallerIdentityResponse
STS::get_caller_identity(const aws::Call& call, const api::GetCallerIdentityRequest&) {
    const aws::ARN
        root{.service = "iam", .region = "", .account = call.account, .resource = "root"};
    // AWS: for the root user the UserId is the account.
    return {.user_id = call.account, .account = call.account, .arn = root.to_string()};
}

} // namespace diorama::sts
