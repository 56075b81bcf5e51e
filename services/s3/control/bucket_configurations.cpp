// The configurations of a bucket that are kept as documents: put, given back, removed and listed,
// all in one way. What each of them does stands with its feature (data/cors.cpp,
// data/lifecycle.cpp, …); what AWS refuses in them in configuration_checks.cpp.
#include "emulator/aws/protocols/model_json.hpp"
#include "services/s3/api.hpp"
#include "services/s3/control/configuration_checks.hpp"
#include "services/s3/control/document_operation.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace diorama::s3 {

namespace {

using JSON = nlohmann::json;

struct Configuration {
    std::string_view name; // of the document
    std::string_view put;
    std::string_view get;
    std::string_view remove;
    std::string_view list; // of those with an Id
    // The member of the put's input that is the configuration, and of the get's output that holds
    // it; empty: the output is it.
    const char* member;
    const char* output_member;
    // AWS's answer when it was never set: an error, or this document.
    std::string_view missing_code;
    std::string_view missing_message;
    std::string_view otherwise;
    CheckConfiguration check;

    bool has_id() const { return !list.empty(); }
};

constexpr std::string_view not_set = "The specified configuration does not exist.";

constexpr Configuration cors{
    "cors",
    "PutBucketCors",
    "GetBucketCors",
    "DeleteBucketCors",
    {},
    "CORSConfiguration",
    "",
    "NoSuchCORSConfiguration",
    "The CORS configuration does not exist",
    {},
    &check_cors
};
constexpr Configuration lifecycle{
    "lifecycle",
    "PutBucketLifecycleConfiguration",
    "GetBucketLifecycleConfiguration",
    "DeleteBucketLifecycle",
    {},
    "LifecycleConfiguration",
    "",
    "NoSuchLifecycleConfiguration",
    "The lifecycle configuration does not exist",
    {},
    &check_lifecycle
};
// AWS: "Amazon S3 […] applies server-side encryption with Amazon S3 managed keys (SSE-S3) as the
// base level of encryption for every bucket".
constexpr Configuration encryption{
    "encryption",
    "PutBucketEncryption",
    "GetBucketEncryption",
    "DeleteBucketEncryption",
    {},
    "ServerSideEncryptionConfiguration",
    "ServerSideEncryptionConfiguration",
    {},
    {},
    R"({"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": false}]})",
    &check_encryption
};
constexpr Configuration logging{
    "logging",
    "PutBucketLogging",
    "GetBucketLogging",
    {},
    {},
    "BucketLoggingStatus",
    "",
    {},
    {},
    "{}",
    &check_logging
};
constexpr Configuration notification{
    "notification",
    "PutBucketNotificationConfiguration",
    "GetBucketNotificationConfiguration",
    {},
    {},
    "NotificationConfiguration",
    "",
    {},
    {},
    "{}",
    &check_notifications
};
constexpr Configuration accelerate{
    "accelerate",
    "PutBucketAccelerateConfiguration",
    "GetBucketAccelerateConfiguration",
    {},
    {},
    "AccelerateConfiguration",
    "",
    {},
    {},
    "{}",
    &check_accelerate
};
constexpr Configuration request_payment{
    "requestPayment",
    "PutBucketRequestPayment",
    "GetBucketRequestPayment",
    {},
    {},
    "RequestPaymentConfiguration",
    "",
    {},
    {},
    R"({"Payer": "BucketOwner"})",
    &check_request_payment
};
constexpr Configuration replication{
    "replication",
    "PutBucketReplication",
    "GetBucketReplication",
    "DeleteBucketReplication",
    {},
    "ReplicationConfiguration",
    "ReplicationConfiguration",
    "ReplicationConfigurationNotFoundError",
    "The replication configuration was not found",
    {},
    &check_replication
};
constexpr Configuration metrics{
    "metrics",
    "PutBucketMetricsConfiguration",
    "GetBucketMetricsConfiguration",
    "DeleteBucketMetricsConfiguration",
    "ListBucketMetricsConfigurations",
    "MetricsConfiguration",
    "MetricsConfiguration",
    "NoSuchConfiguration",
    not_set,
    {},
    &check_metrics
};
constexpr Configuration inventory{
    "inventory",
    "PutBucketInventoryConfiguration",
    "GetBucketInventoryConfiguration",
    "DeleteBucketInventoryConfiguration",
    "ListBucketInventoryConfigurations",
    "InventoryConfiguration",
    "InventoryConfiguration",
    "NoSuchConfiguration",
    not_set,
    {},
    &check_inventory
};
constexpr Configuration analytics{
    "analytics",
    "PutBucketAnalyticsConfiguration",
    "GetBucketAnalyticsConfiguration",
    "DeleteBucketAnalyticsConfiguration",
    "ListBucketAnalyticsConfigurations",
    "AnalyticsConfiguration",
    "AnalyticsConfiguration",
    "NoSuchConfiguration",
    not_set,
    {},
    &check_kept
};
constexpr Configuration intelligent_tiering{
    "intelligent-tiering",
    "PutBucketIntelligentTieringConfiguration",
    "GetBucketIntelligentTieringConfiguration",
    "DeleteBucketIntelligentTieringConfiguration",
    "ListBucketIntelligentTieringConfigurations",
    "IntelligentTieringConfiguration",
    "IntelligentTieringConfiguration",
    "NoSuchConfiguration",
    not_set,
    {},
    &check_kept
};

const aws::Operation& description_of(std::string_view operation) {
    return *api::descriptor().find_operation(operation);
}

JSON input_of(std::string_view operation, const void* input) {
    return aws::to_model_json(*description_of(operation).input, input);
}

void write_output(std::string_view operation, const JSON& given, void* output) {
    aws::read_model_json(*description_of(operation).output, given, output);
}

std::string name_in(const Configuration& configuration, const JSON& input) {
    std::string name(configuration.name);
    if (configuration.has_id()) name += "/" + input.value("Id", "");
    return name;
}

template <const Configuration& configuration>
void put(Store& store, const Request& request, const void* untyped, void* output) {
    const auto input = input_of(configuration.put, untyped);
    auto document = input.value(configuration.member, JSON::object());
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.at("Bucket").get<std::string>());
    configuration.check({*store.state, request, bucket, input, document});
    bucket.settings.documents[name_in(configuration, input)] = document.dump();
    store.state->bucket_changed(bucket);
    constexpr auto smallest = "TransitionDefaultMinimumObjectSize";
    if (document.contains(smallest))
        write_output(configuration.put, {{smallest, document.at(smallest)}}, output);
}

template <const Configuration& configuration>
void get(Store& store, const Request&, const void* untyped, void* output) {
    const auto input = input_of(configuration.get, untyped);
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.at("Bucket").get<std::string>());
    const auto* kept = bucket.settings.document(name_in(configuration, input));
    if (kept == nullptr && !configuration.missing_code.empty())
        throw aws::AWSError(
            std::string(configuration.missing_code),
            404,
            std::string(configuration.missing_message)
        )
            .with("BucketName", bucket.name);
    auto document = JSON::parse(kept == nullptr ? configuration.otherwise : *kept);
    if (*configuration.output_member != '\0')
        document = JSON{{configuration.output_member, document}};
    write_output(configuration.get, document, output);
}

template <const Configuration& configuration>
void remove(Store& store, const Request&, const void* untyped, void*) {
    const auto input = input_of(configuration.remove, untyped);
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.at("Bucket").get<std::string>());
    const auto removed = bucket.settings.documents.erase(name_in(configuration, input));
    if (removed == 0 && configuration.has_id())
        throw aws::AWSError(
            std::string(configuration.missing_code),
            404,
            std::string(configuration.missing_message)
        );
    store.state->bucket_changed(bucket);
}

// DIFFERS: all in one page; AWS makes pages of 100.
template <const Configuration& configuration>
void list(Store& store, const Request&, const void* untyped, void* output) {
    const auto input = input_of(configuration.list, untyped);
    const auto prefix = std::string(configuration.name) + "/";
    JSON found = JSON::array();
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.at("Bucket").get<std::string>());
    for (const auto& [name, document] : bucket.settings.documents) {
        if (name.starts_with(prefix)) found.push_back(JSON::parse(document));
    }
    JSON page{{"IsTruncated", false}};
    if (!found.empty()) page[std::string(configuration.member) + "List"] = std::move(found);
    write_output(configuration.list, page, output);
}

template <const Configuration& c>
constexpr DocumentOperation putting() {
    return {c.put, &put<c>};
}

template <const Configuration& c>
constexpr DocumentOperation getting(std::string_view root = {}) {
    return {c.get, &get<c>, root};
}

template <const Configuration& c>
constexpr DocumentOperation removing() {
    return {c.remove, &remove<c>};
}

template <const Configuration& c>
constexpr DocumentOperation listing(std::string_view root) {
    return {c.list, &list<c>, root};
}

} // namespace

std::span<const DocumentOperation> configuration_operations() {
    static constexpr std::array operations{
        putting<cors>(),
        getting<cors>("CORSConfiguration"),
        removing<cors>(),
        putting<lifecycle>(),
        getting<lifecycle>("LifecycleConfiguration"),
        removing<lifecycle>(),
        putting<encryption>(),
        getting<encryption>(),
        removing<encryption>(),
        putting<logging>(),
        getting<logging>("BucketLoggingStatus"),
        putting<notification>(),
        getting<notification>("NotificationConfiguration"),
        putting<accelerate>(),
        getting<accelerate>("AccelerateConfiguration"),
        putting<request_payment>(),
        getting<request_payment>("RequestPaymentConfiguration"),
        putting<replication>(),
        getting<replication>(),
        removing<replication>(),
        putting<metrics>(),
        getting<metrics>(),
        removing<metrics>(),
        listing<metrics>("ListMetricsConfigurationsResult"),
        putting<inventory>(),
        getting<inventory>(),
        removing<inventory>(),
        listing<inventory>("ListInventoryConfigurationsResult"),
        putting<analytics>(),
        getting<analytics>(),
        removing<analytics>(),
        listing<analytics>("ListBucketAnalyticsConfigurationResult"),
        putting<intelligent_tiering>(),
        getting<intelligent_tiering>(),
        removing<intelligent_tiering>(),
        listing<intelligent_tiering>("ListBucketIntelligentTieringConfigurationsOutput"),
    };
    return operations;
}

} // namespace diorama::s3
