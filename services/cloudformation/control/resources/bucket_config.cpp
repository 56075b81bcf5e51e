// The configurations of AWS::S3::Bucket as its API wants them: the same settings under other names.
// See types.hpp.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-s3-bucket.html
#include "services/cloudformation/control/resources/types.hpp"

namespace diorama::cloudformation {
namespace {

struct Renamed {
    const char* from;
    const char* to;
};

// The members of `given` under their other names; those that are not there stay away.
Json renamed(const Json& given, std::initializer_list<Renamed> names) {
    Json result = Json::object();
    for (const auto& [from, to] : names)
        if (given.contains(from)) result[to] = given.at(from);
    return result;
}

Json list_of(const Json& given, const char* name) {
    return given.value(name, Json::array());
}

// A filter of several conditions is one of their conjunction.
Json lifecycle_filter(const Json& rule) {
    auto filter = renamed(
        rule,
        {{"Prefix", "Prefix"},
         {"ObjectSizeGreaterThan", "ObjectSizeGreaterThan"},
         {"ObjectSizeLessThan", "ObjectSizeLessThan"}}
    );
    const auto tags = list_of(rule, "TagFilters");
    if (filter.empty() && tags.size() == 1) return {{"Tag", tags.front()}};
    if (!tags.empty()) filter["Tags"] = tags;
    if (filter.size() + (tags.size() > 1 ? 1 : 0) < 2) return filter;
    return {{"And", filter}};
}

Json lifecycle_rule(const Json& rule) {
    auto result = renamed(
        rule,
        {{"Id", "ID"},
         {"Status", "Status"},
         {"AbortIncompleteMultipartUpload", "AbortIncompleteMultipartUpload"},
         {"NoncurrentVersionExpiration", "NoncurrentVersionExpiration"}}
    );
    result["Filter"] = lifecycle_filter(rule);
    const auto expiration = renamed(
        rule,
        {{"ExpirationInDays", "Days"},
         {"ExpirationDate", "Date"},
         {"ExpiredObjectDeleteMarker", "ExpiredObjectDeleteMarker"}}
    );
    if (!expiration.empty()) result["Expiration"] = expiration;
    if (rule.contains("NoncurrentVersionExpirationInDays"))
        result["NoncurrentVersionExpiration"] = {
            {"NoncurrentDays", rule.at("NoncurrentVersionExpirationInDays")}
        };
    auto transitions = list_of(rule, "Transitions");
    if (rule.contains("Transition")) transitions.push_back(rule.at("Transition"));
    for (const auto& transition : transitions)
        result["Transitions"].push_back(renamed(
            transition,
            {{"StorageClass", "StorageClass"},
             {"TransitionInDays", "Days"},
             {"TransitionDate", "Date"}}
        ));
    for (const auto& transition : list_of(rule, "NoncurrentVersionTransitions"))
        result["NoncurrentVersionTransitions"].push_back(renamed(
            transition,
            {{"StorageClass", "StorageClass"},
             {"TransitionInDays", "NoncurrentDays"},
             {"NewerNoncurrentVersions", "NewerNoncurrentVersions"}}
        ));
    return result;
}

// One destination of notifications: a template names one event where the API takes several.
Json destination(const Json& given, const char* from, const char* to) {
    Json result{{to, given.value(from, "")}, {"Events", Json::array({given.value("Event", "")})}};
    if (given.contains("Filter"))
        result["Filter"] = {
            {"Key",
             {{"FilterRules",
               given.at("Filter").value("S3Key", Json::object()).value("Rules", Json::array())}}}
        };
    return result;
}

} // namespace

Json bucket_website(const Json& from_template) {
    Json website = Json::object();
    for (const auto& [name, value] : from_template.items()) {
        if (name == "IndexDocument") {
            website["IndexDocument"] = {{"Suffix", value}};
        } else if (name == "ErrorDocument") {
            website["ErrorDocument"] = {{"Key", value}};
        } else if (name == "RoutingRules") {
            website["RoutingRules"] = Json::array();
            for (const auto& rule : value) {
                Json converted{{"Redirect", rule.value("RedirectRule", Json::object())}};
                if (rule.contains("RoutingRuleCondition"))
                    converted["Condition"] = rule.at("RoutingRuleCondition");
                website["RoutingRules"].push_back(converted);
            }
        } else {
            website[name] = value;
        }
    }
    return website;
}

Json bucket_cors(const Json& from_template) {
    Json rules = Json::array();
    for (const auto& rule : list_of(from_template, "CorsRules"))
        rules.push_back(renamed(
            rule,
            {{"AllowedHeaders", "AllowedHeaders"},
             {"AllowedMethods", "AllowedMethods"},
             {"AllowedOrigins", "AllowedOrigins"},
             {"ExposedHeaders", "ExposeHeaders"},
             {"Id", "ID"},
             {"MaxAge", "MaxAgeSeconds"}}
        ));
    return {{"CORSRules", rules}};
}

Json bucket_lifecycle(const Json& from_template) {
    Json rules = Json::array();
    for (const auto& rule : list_of(from_template, "Rules"))
        rules.push_back(lifecycle_rule(rule));
    return {{"Rules", rules}};
}

Json bucket_logging(const Json& from_template, const std::string& bucket) {
    // AWS: without a destination the bucket gets its own logs.
    Json enabled{
        {"TargetBucket", from_template.value("DestinationBucketName", bucket)},
        {"TargetPrefix", from_template.value("LogFilePrefix", "")}
    };
    if (from_template.contains("TargetObjectKeyFormat"))
        enabled["TargetObjectKeyFormat"] = from_template.at("TargetObjectKeyFormat");
    return {{"LoggingEnabled", enabled}};
}

Json bucket_notifications(const Json& from_template) {
    Json result = Json::object();
    for (const auto& topic : list_of(from_template, "TopicConfigurations"))
        result["TopicConfigurations"].push_back(destination(topic, "Topic", "TopicArn"));
    for (const auto& queue : list_of(from_template, "QueueConfigurations"))
        result["QueueConfigurations"].push_back(destination(queue, "Queue", "QueueArn"));
    for (const auto& function : list_of(from_template, "LambdaConfigurations"))
        result["LambdaFunctionConfigurations"].push_back(
            destination(function, "Function", "LambdaFunctionArn")
        );
    if (from_template.contains("EventBridgeConfiguration"))
        result["EventBridgeConfiguration"] = Json::object();
    return result;
}

} // namespace diorama::cloudformation
