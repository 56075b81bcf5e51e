// Any bytes are either a policy document that decides about a request, or a sentence that says why
// they are none; never a crash.
#include "emulator/aws/policy/evaluation.hpp"

#include <cstddef>
#include <cstdint>

using namespace diorama::aws::policy;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    Request request;
    request.principal.account = "123456789012";
    request.principal.arn = "arn:aws:iam::123456789012:root";
    request.action = "s3:GetObject";
    request.resource = "arn:aws:s3:::bucket/key";
    request.context["aws:sourceip"] = {"203.0.113.7"};
    request.context["aws:currenttime"] = {"2026-11-22T12:00:00Z"};
    request.context["s3:prefix"] = {"a", "b"};
    for (const bool needs_principal : {true, false}) {
        const auto parsed = parse_document(text, needs_principal);
        if (!parsed.error) evaluate(parsed.document, request);
    }
    substitute(text, request.context);
    return 0;
}
