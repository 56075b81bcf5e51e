#include "services/cloudformation/control/resources/types.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudformation;

TEST_CASE("buckets: lifecycle rules of a template get a filter and their actions' own elements") {
    const auto config = bucket_lifecycle(Json::parse(R"({"Rules": [
        {"Id": "one", "Status": "Enabled", "Prefix": "logs/", "ExpirationInDays": 30,
         "TagFilters": [{"Key": "k", "Value": "v"}],
         "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 10}]},
        {"Status": "Enabled", "NoncurrentVersionExpirationInDays": 7,
         "TagFilters": [{"Key": "k", "Value": "v"}]},
        {"Status": "Enabled", "ExpirationInDays": 1}]})"));
    CHECK(config == Json::parse(R"({"Rules": [
        {"ID": "one", "Status": "Enabled",
         "Filter": {"And": {"Prefix": "logs/", "Tags": [{"Key": "k", "Value": "v"}]}},
         "Expiration": {"Days": 30}, "Transitions": [{"StorageClass": "GLACIER", "Days": 10}]},
        {"Status": "Enabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}},
         "NoncurrentVersionExpiration": {"NoncurrentDays": 7}},
        {"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}]})"));
}

TEST_CASE("buckets: cross-origin rules, logging and notifications under the names of the API") {
    CHECK(
        bucket_cors(Json::parse(R"({"CorsRules": [{"AllowedMethods": ["GET"],
            "AllowedOrigins": ["*"], "ExposedHeaders": ["ETag"], "Id": "i", "MaxAge": 3}]})")) ==
        Json::parse(R"({"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"],
            "ExposeHeaders": ["ETag"], "ID": "i", "MaxAgeSeconds": 3}]})")
    );
    CHECK(
        bucket_logging(Json::parse(R"({"LogFilePrefix": "p/"})"), "own") ==
        Json::parse(R"({"LoggingEnabled": {"TargetBucket": "own", "TargetPrefix": "p/"}})")
    );
    CHECK(
        bucket_notifications(Json::parse(R"({"TopicConfigurations": [{"Event": "s3:ObjectCreated:*",
            "Topic": "arn", "Filter": {"S3Key": {"Rules": [{"Name": "suffix", "Value": ".x"}]}}}]})"
        )) == Json::parse(R"({"TopicConfigurations": [{"TopicArn": "arn",
            "Events": ["s3:ObjectCreated:*"],
            "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".x"}]}}}]})")
    );
}
