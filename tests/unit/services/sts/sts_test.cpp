#include "emulator/aws/protocols/protocol.hpp"
#include "services/sts/sts.hpp"

#include <doctest/doctest.h>

using namespace diorama;

TEST_CASE("get caller identity: the caller is the root user of the account of its key") {
    Random random(1);
    sts::STS service;
    const aws::Call call{.account = "123456789012", .random = random};
    const auto identity = service.get_caller_identity(call, {});
    CHECK(identity.arn == "arn:aws:iam::123456789012:root");
    CHECK(identity.account == "123456789012");
    CHECK(identity.user_id == "123456789012");

    const auto& descriptor = sts::api::descriptor();
    const auto response = aws::write_output(
        aws::Protocol::query,
        descriptor,
        *descriptor.find_operation("GetCallerIdentity"),
        &identity,
        "id-1"
    );
    CHECK(
        response.body ==
        R"(<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">)"
        R"(<GetCallerIdentityResult><UserId>123456789012</UserId><Account>123456789012</Account>)"
        R"(<Arn>arn:aws:iam::123456789012:root</Arn></GetCallerIdentityResult>)"
        R"(<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>)"
        R"(</GetCallerIdentityResponse>)"
    );
}
