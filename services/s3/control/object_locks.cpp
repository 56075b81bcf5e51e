// Object Lock of buckets, retention and legal holds of versions. See operations.hpp; what a lock
// forbids is decided in data/object_lock.cpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/object_lock.hpp"
#include "services/s3/data/versions.hpp"
#include "services/s3/limits.hpp"

namespace diorama::s3 {

namespace {

RetentionMode mode_of(api::ObjectLockRetentionMode mode) {
    return mode == api::ObjectLockRetentionMode::COMPLIANCE ? RetentionMode::compliance
                                                            : RetentionMode::governance;
}

api::ObjectLockRetentionMode shape_of_mode(RetentionMode mode) {
    return mode == RetentionMode::compliance ? api::ObjectLockRetentionMode::COMPLIANCE
                                             : api::ObjectLockRetentionMode::GOVERNANCE;
}

int checked_period(std::int32_t period, std::string_view name, int most) {
    if (period < 1)
        throw aws::AWSError(
            "InvalidArgument",
            400,
            "Default retention period must be a positive integer value."
        )
            .with("ArgumentName", std::string(name))
            .with("ArgumentValue", std::to_string(period));
    // AWS: "The maximum retention period is 100 years", 36,500 days.
    if (period > most)
        throw invalid_argument("Default retention period too large", name, std::to_string(period));
    return period;
}

DefaultRetention retention_of(const api::ObjectLockRule& rule) {
    // AWS: Either Days or Years can be specified, but not both.
    if (!rule.default_retention || !rule.default_retention->mode) throw malformed_xml();
    const auto& wanted = *rule.default_retention;
    if (wanted.days.has_value() == wanted.years.has_value()) throw malformed_xml();
    DefaultRetention retention;
    retention.mode = mode_of(*wanted.mode);
    if (wanted.days)
        retention.days = checked_period(*wanted.days, "days", limits::retention_days_max);
    if (wanted.years)
        retention.years = checked_period(*wanted.years, "years", limits::retention_years_max);
    return retention;
}

std::optional<std::string> version_of(const std::optional<std::string>& text) {
    return text ? std::optional(read_version_id(*text)) : std::nullopt;
}

aws::AWSError no_object_lock() {
    return aws::AWSError(
        "NoSuchObjectLockConfiguration",
        404,
        "The specified object does not have a ObjectLock configuration"
    );
}

// The version whose lock a request reads or changes.
template <class Input>
ObjectRef locked_version(const Request& request, const Bucket& bucket, const Input& input) {
    require_object_lock(bucket);
    return readable_version(request, bucket, input.key, version_of(input.version_id));
}

} // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html
api::PutObjectLockConfigurationOutput put_object_lock_configuration(
    Store& store,
    const Request&,
    const api::PutObjectLockConfigurationRequest& input
) {
    const auto& wanted = input.object_lock_configuration;
    if (!wanted || !wanted->object_lock_enabled) throw malformed_xml();
    BucketLock lock;
    if (wanted->rule) lock.default_retention = retention_of(*wanted->rule);
    const std::lock_guard guard(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    if (bucket.versioning != Versioning::enabled)
        throw aws::AWSError(
            "InvalidBucketState",
            409,
            "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"
        );
    bucket.object_lock = lock;
    store.state->bucket_changed(bucket);
    return {};
}

api::GetObjectLockConfigurationOutput get_object_lock_configuration(
    Store& store,
    const Request&,
    const api::GetObjectLockConfigurationRequest& input
) {
    const std::lock_guard guard(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    if (!bucket.object_lock)
        throw aws::AWSError(
            "ObjectLockConfigurationNotFoundError",
            404,
            "Object Lock configuration does not exist for this bucket"
        )
            .with("BucketName", bucket.name);
    api::GetObjectLockConfigurationOutput output;
    auto& configuration = output.object_lock_configuration.emplace();
    configuration.object_lock_enabled = api::ObjectLockEnabled::Enabled;
    if (const auto& retention = bucket.object_lock->default_retention) {
        auto& shape = configuration.rule.emplace().default_retention.emplace();
        shape.mode = shape_of_mode(retention->mode);
        if (retention->days != 0) shape.days = retention->days;
        if (retention->years != 0) shape.years = retention->years;
    }
    return output;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
api::PutObjectRetentionOutput put_object_retention(
    Store& store,
    const Request& request,
    const api::PutObjectRetentionRequest& input
) {
    if (!input.retention) throw malformed_xml();
    std::optional<Retention> wanted; // an empty document takes it away
    if (input.retention->mode || input.retention->retain_until_date) {
        if (!input.retention->mode || !input.retention->retain_until_date) throw malformed_xml();
        check_future(*input.retention->retain_until_date, request.call.now, "RetainUntilDate");
        wanted = Retention{mode_of(*input.retention->mode), *input.retention->retain_until_date};
    }
    const std::lock_guard guard(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    const auto version = locked_version(request, bucket, input);
    const bool bypasses = input.bypass_governance_retention.value_or(false);
    check_retention_change(*version, wanted, bypasses, request.call.now);
    auto changed = std::make_shared<Object>(*version);
    changed->lock.retention = wanted;
    store.state->change_version(bucket, std::move(changed));
    return {};
}

api::GetObjectRetentionOutput get_object_retention(
    Store& store,
    const Request& request,
    const api::GetObjectRetentionRequest& input
) {
    const std::lock_guard guard(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    const auto version = locked_version(request, bucket, input);
    if (!version->lock.retention) throw no_object_lock();
    api::GetObjectRetentionOutput output;
    auto& retention = output.retention.emplace();
    retention.mode = shape_of_mode(version->lock.retention->mode);
    retention.retain_until_date = version->lock.retention->until;
    return output;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html
api::PutObjectLegalHoldOutput put_object_legal_hold(
    Store& store,
    const Request& request,
    const api::PutObjectLegalHoldRequest& input
) {
    if (!input.legal_hold || !input.legal_hold->status) throw malformed_xml();
    const std::lock_guard guard(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    const auto version = locked_version(request, bucket, input);
    auto changed = std::make_shared<Object>(*version);
    changed->lock.legal_hold = *input.legal_hold->status == api::ObjectLockLegalHoldStatus::ON;
    store.state->change_version(bucket, std::move(changed));
    return {};
}

api::GetObjectLegalHoldOutput get_object_legal_hold(
    Store& store,
    const Request& request,
    const api::GetObjectLegalHoldRequest& input
) {
    const std::lock_guard guard(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    const auto version = locked_version(request, bucket, input);
    if (!version->lock.legal_hold) throw no_object_lock();
    api::GetObjectLegalHoldOutput output;
    output.legal_hold.emplace().status = *version->lock.legal_hold
                                             ? api::ObjectLockLegalHoldStatus::ON
                                             : api::ObjectLockLegalHoldStatus::OFF;
    return output;
}

} // namespace diorama::s3
