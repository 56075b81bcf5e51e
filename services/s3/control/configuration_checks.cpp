// See configuration_checks.hpp.
#include "services/s3/control/configuration_checks.hpp"

#include "services/s3/data/authorize.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/managed_key.hpp"
#include "services/s3/limits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace diorama::s3 {

namespace {

using JSON = nlohmann::json;

const std::string& text_of(const JSON& value) {
    return value.get_ref<const std::string&>();
}

JSON list_of(const JSON& object, const char* name) {
    return object.value(name, JSON::array());
}

bool has_wildcards(const std::string& text) {
    return std::count(text.begin(), text.end(), '*') > 1;
}

void check_cors_rule(const JSON& rule) {
    constexpr std::array<std::string_view, 5> methods{"GET", "PUT", "HEAD", "POST", "DELETE"};
    for (const auto& method : list_of(rule, "AllowedMethods")) {
        if (std::find(methods.begin(), methods.end(), text_of(method)) == methods.end())
            throw invalid_request(fmt::format(
                "Found unsupported HTTP method in CORS config. Unsupported method is {}",
                text_of(method)
            ));
    }
    for (const auto& origin : list_of(rule, "AllowedOrigins")) {
        if (has_wildcards(text_of(origin)))
            throw invalid_request(fmt::format(
                "AllowedOrigin \"{}\" can not have more than one wildcard.",
                text_of(origin)
            ));
    }
    for (const auto& header : list_of(rule, "AllowedHeaders")) {
        if (has_wildcards(text_of(header)))
            throw invalid_request(fmt::format(
                "AllowedHeader \"{}\" can not have more than one wildcard.",
                text_of(header)
            ));
    }
    for (const auto& header : list_of(rule, "ExposeHeaders")) {
        if (text_of(header).find('*') != std::string::npos)
            throw invalid_request(fmt::format(
                "ExposeHeader \"{}\" contains wildcard. We currently do not support wildcard for "
                "ExposeHeader.",
                text_of(header)
            ));
    }
}

aws::AWSError invalid_target(std::string sentence, const std::string& target) {
    return aws::AWSError("InvalidTargetBucketForLogging", 400, std::move(sentence))
        .with("TargetBucket", target);
}

void check_no_destination(const JSON& document, const char* kind) {
    if (list_of(document, kind).empty()) return;
    throw aws::AWSError(
        "NotImplemented",
        501,
        fmt::format("Event notifications by {} are not emulated; use a topic.", kind)
    );
}

aws::AWSError unusable_destination(const std::string& arn, const std::string& why) {
    return invalid_argument(
        "Unable to validate the following destination configurations",
        arn,
        why
    );
}

void check_topic(const JSON& topic) {
    const auto arn = topic.value("TopicArn", "");
    if (!arn.starts_with("arn:aws:sns:"))
        throw unusable_destination(arn, "The ARN is not well formed");
    if (list_of(topic, "Events").empty()) throw malformed_xml();
    int prefixes = 0;
    int suffixes = 0;
    const auto rules =
        list_of(topic.value("Filter", JSON::object()).value("Key", JSON::object()), "FilterRules");
    for (const auto& rule : rules)
        ++(rule.value("Name", "") == "prefix" ? prefixes : suffixes);
    if (prefixes > 1 || suffixes > 1)
        throw invalid_argument(
            prefixes > 1 ? "Cannot specify more than one prefix rule in a filter."
                         : "Cannot specify more than one suffix rule in a filter.",
            "FilterRule.Name",
            prefixes > 1 ? "prefix" : "suffix"
        );
}

void check_id(const GivenConfiguration& given) {
    if (given.document.value("Id", "") != given.input.value("Id", ""))
        throw aws::AWSError(
            "IdMismatch",
            400,
            "Document ID does not match the specified configuration ID."
        );
}

} // namespace

void check_cors(const GivenConfiguration& given) {
    const auto rules = list_of(given.document, "CORSRules");
    if (rules.empty() || rules.size() > limits::cors_rules_max) throw malformed_xml();
    for (const auto& rule : rules)
        check_cors_rule(rule);
}

void check_encryption(const GivenConfiguration& given) {
    auto& rules = given.document["Rules"];
    if (rules.size() != 1) throw malformed_xml();
    auto& rule = rules.front();
    const auto by_default = rule.value("ApplyServerSideEncryptionByDefault", JSON::object());
    const auto algorithm = by_default.value("SSEAlgorithm", "");
    if (algorithm == "aws:kms" || algorithm == "aws:kms:dsse")
        key_arn(by_default.value("KMSMasterKeyID", ""), given.bucket); // throws
    else if (algorithm != "AES256")
        throw malformed_xml();
    else if (by_default.contains("KMSMasterKeyID"))
        throw invalid_argument(
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or "
            "aws:kms:dsse",
            "ApplyServerSideEncryptionByDefault",
            text_of(by_default.at("KMSMasterKeyID"))
        );
    if (!rule.contains("BucketKeyEnabled")) rule["BucketKeyEnabled"] = false;
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
void check_logging(const GivenConfiguration& given) {
    if (!given.document.contains("LoggingEnabled")) return;
    const auto& logging = given.document.at("LoggingEnabled");
    const auto name = text_of(logging.at("TargetBucket"));
    const auto& buckets = given.state.buckets();
    const auto found = buckets.find(name);
    if (found == buckets.end())
        throw invalid_target("The target bucket for logging does not exist", name);
    const auto& target = found->second;
    if (target.account != given.bucket.account)
        throw invalid_target(
            "The owner for the bucket to be logged and the target bucket must be the same.",
            name
        );
    if (target.region != given.bucket.region)
        throw aws::AWSError(
            "CrossLocationLoggingProhibitted",
            403,
            "Cross S3 location logging not allowed. "
        )
            .with("TargetBucketLocation", target.region);
    // AWS: target grants are for buckets with access control lists.
    if (!list_of(logging, "TargetGrants").empty()) {
        if (!target.settings.has_lists())
            throw aws::AWSError(
                "InvalidArgument",
                400,
                "The target bucket for logging does not allow ACLs, so TargetGrants cannot be set."
            );
        given.request.call.ignored("TargetGrants");
    }
}

void check_accelerate(const GivenConfiguration& given) {
    if (given.bucket.name.find('.') != std::string::npos)
        throw invalid_request("S3 Transfer Acceleration is not supported for buckets with periods "
                              "(.) in their names");
    if (!given.document.contains("Status")) throw malformed_xml();
    check_kept(given);
}

void check_request_payment(const GivenConfiguration&) {}

void check_replication(const GivenConfiguration& given) {
    if (!has_versioning(given.bucket))
        throw invalid_request("Versioning must be 'Enabled' on the bucket to apply a replication "
                              "configuration");
    for (const auto& rule : list_of(given.document, "Rules")) {
        auto bucket = rule.at("Destination").value("Bucket", "");
        if (!bucket.starts_with("arn:aws:s3:::"))
            throw invalid_argument("Invalid bucket ARN", "Bucket", bucket);
        bucket.erase(0, std::string_view("arn:aws:s3:::").size());
        const auto found = given.state.buckets().find(bucket);
        if (found == given.state.buckets().end() || !has_versioning(found->second))
            throw invalid_request("Destination bucket must have versioning enabled.");
    }
    check_kept(given);
}

void check_notifications(const GivenConfiguration& given) {
    auto& document = given.document;
    check_no_destination(document, "QueueConfigurations");
    check_no_destination(document, "LambdaFunctionConfigurations");
    if (document.contains("EventBridgeConfiguration"))
        given.request.call.ignored("EventBridgeConfiguration");
    for (auto& topic : document["TopicConfigurations"]) {
        check_topic(topic);
        // AWS: "If you don't provide one, Amazon S3 will assign an ID."
        if (!topic.contains("Id")) topic["Id"] = given.request.call.random.base62(48);
    }
    if (document["TopicConfigurations"].empty()) document.erase("TopicConfigurations");
}

void check_metrics(const GivenConfiguration& given) {
    check_id(given);
    if (given.document.value("Filter", JSON::object()).contains("AccessPointArn"))
        throw aws::AWSError("NotImplemented", 501, "Access points are not emulated.");
}

void check_inventory(const GivenConfiguration& given) {
    check_id(given);
    const auto destination =
        given.document.at("Destination").value("S3BucketDestination", JSON::object());
    if (!destination.value("Bucket", "").starts_with("arn:aws:s3:::"))
        throw aws::AWSError("InvalidS3DestinationBucket", 400, "Invalid bucket ARN.");
    given.request.call.ignored("InventoryConfiguration");
}

void check_kept(const GivenConfiguration& given) {
    if (given.input.contains("Id")) check_id(given);
    for (const auto& [name, value] : given.input.items()) {
        if (name.ends_with("Configuration")) given.request.call.ignored(name);
    }
}

} // namespace diorama::s3
