// See policy_context.hpp.
#include "services/s3/data/policy_context.hpp"

#include "emulator/aws/arn.hpp"

#include <array>

namespace diorama::s3 {

namespace {

using aws::policy::Context;

void set(Context& context, std::string key, std::string value) {
    if (!value.empty()) context[std::move(key)] = {std::move(value)};
}

void add_caller(Context& context, const Request& request) {
    const auto& caller = request.caller;
    if (!caller.service.empty()) {
        set(context, "aws:sourcearn", caller.source_arn);
        if (const auto arn = aws::ARN::parse(caller.source_arn))
            set(context, "aws:sourceaccount", arn->account);
        set(context, "aws:principalisawsservice", "true");
        set(context, "aws:principalservicename", caller.service);
        set(context, "aws:principaltype", "Service");
        return;
    }
    if (caller.access_key.empty()) {
        set(context, "aws:principaltype", "Anonymous");
        set(context, "aws:userid", "anonymous");
        return;
    }
    set(context, "aws:principalisawsservice", "false");
    set(context, "aws:principalaccount", caller.account);
    set(context, "aws:principalarn", principal_of(request).arn);
    set(context, "aws:principaltype", "Account");
    set(context, "aws:userid", caller.account);
    set(context, "s3:authtype", caller.is_presigned ? "REST-QUERY-STRING" : "REST-HEADER");
    set(context,
        "s3:signatureversion",
        caller.region.empty() ? "AWS" : std::string("AWS4-HMAC-SHA256"));
    if (const auto* date = find_parameter(request.query, "X-Amz-Date")) {
        if (const auto signed_at = parse_iso8601(*date); signed_at && caller.is_presigned) {
            const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(
                request.call.now - *signed_at
            );
            set(context, "s3:signatureage", std::to_string(age.count()));
        }
    }
}

void add_connection(Context& context, const Request& request) {
    const auto now = request.call.now;
    set(context, "aws:currenttime", iso8601(now));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - epoch);
    set(context, "aws:epochtime", std::to_string(seconds.count()));
    if (request.exchange == nullptr) return;
    const auto& peer = request.exchange->peer();
    set(context, "aws:sourceip", peer.client.address.to_string());
    set(context, "aws:securetransport", peer.is_tls ? "true" : "false");
    if (peer.tls_version.starts_with("TLSv"))
        set(context, "s3:tlsversion", peer.tls_version.substr(4));
    set(context, "aws:useragent", request.header("user-agent"));
    set(context, "aws:referer", request.header("referer"));
}

void add_headers(Context& context, const Request& request) {
    if (request.exchange == nullptr) return;
    constexpr std::array headers{
        "x-amz-acl",
        "x-amz-content-sha256",
        "x-amz-copy-source",
        "x-amz-grant-full-control",
        "x-amz-grant-read",
        "x-amz-grant-read-acp",
        "x-amz-grant-write",
        "x-amz-grant-write-acp",
        "x-amz-metadata-directive",
        "x-amz-server-side-encryption",
        "x-amz-server-side-encryption-aws-kms-key-id",
        "x-amz-server-side-encryption-customer-algorithm",
        "x-amz-storage-class",
        "x-amz-website-redirect-location",
        "x-amz-object-ownership",
        "if-match",
        "if-none-match",
    };
    for (const std::string header : headers)
        set(context, "s3:" + header, request.header(header));
    constexpr std::array parameters{"prefix", "delimiter", "max-keys", "versionId"};
    for (const std::string parameter : parameters) {
        // An empty prefix is one too.
        if (const auto* value = find_parameter(request.query, parameter))
            context["s3:" + http::lower_case(parameter)] = {*value};
    }
    const auto tagging = http::parse_query(request.header("x-amz-tagging"));
    for (const auto& [key, value] : tagging) {
        context["s3:requestobjecttag/" + http::lower_case(key)] = {value};
        context["s3:requestobjecttagkeys"].push_back(key);
    }
}

} // namespace

aws::policy::Principal principal_of(const Request& request) {
    const auto& caller = request.caller;
    aws::policy::Principal principal;
    if (!caller.service.empty()) {
        principal.service = caller.service;
        return principal;
    }
    if (caller.access_key.empty()) return principal;
    principal.account = caller.account;
    principal.arn =
        aws::ARN{.service = "iam", .region = "", .account = caller.account, .resource = "root"}
            .to_string();
    principal.canonical_user = canonical_user_id(caller.account);
    return principal;
}

Context context_of(const Request& request, const Bucket& bucket, const Object* object) {
    Context context;
    add_caller(context, request);
    add_connection(context, request);
    add_headers(context, request);
    set(context, "aws:resourceaccount", bucket.account);
    set(context, "s3:resourceaccount", bucket.account);
    set(context, "aws:requestedregion", bucket.region);
    if (object != nullptr) {
        for (const auto& [key, value] : object->headers->tags)
            context["s3:existingobjecttag/" + http::lower_case(key)] = {value};
    }
    return context;
}

} // namespace diorama::s3
