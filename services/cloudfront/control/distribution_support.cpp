// What of a DistributionConfig the emulator does not do (distribution_config.hpp). Whatever
// protects content, or answers viewers differently, is refused; what only tunes or records is
// reported.
#include "emulator/aws/error.hpp"
#include "services/cloudfront/control/distribution_config.hpp"

namespace diorama::cloudfront {

namespace {

void refuse_if(bool is_used, std::string_view feature) {
    if (!is_used) return;
    throw aws::AWSError(
        "NotImplemented",
        501,
        fmt::format("CloudFront's {} is not emulated.", feature),
        aws::Fault::receiver
    );
}

bool is_set(const std::optional<std::string>& text) {
    return text && !text->empty();
}

bool is_true(const std::optional<bool>& value) {
    return value.value_or(false);
}

template <class Quantified>
bool has_items(const std::optional<Quantified>& list) {
    return list && !list->items.empty();
}

template <class CacheBehavior>
void refuse_in_behavior(const CacheBehavior& behavior) {
    const auto& signers = behavior.trusted_signers;
    const auto& key_groups = behavior.trusted_key_groups;
    refuse_if(signers && (signers->enabled || has_items(signers)), "TrustedSigners");
    refuse_if(key_groups && (key_groups->enabled || has_items(key_groups)), "TrustedKeyGroups");
    refuse_if(has_items(behavior.lambda_function_associations), "LambdaFunctionAssociations");
    refuse_if(has_items(behavior.function_associations), "FunctionAssociations");
    refuse_if(is_set(behavior.field_level_encryption_id), "FieldLevelEncryptionId");
    refuse_if(is_set(behavior.response_headers_policy_id), "ResponseHeadersPolicyId");
    refuse_if(behavior.grpc_config && behavior.grpc_config->enabled, "GrpcConfig");
}

template <class CacheBehavior>
void report_in_behavior(const aws::Call& call, const CacheBehavior& behavior) {
    // DIFFERS: objects are never compressed at the edge; what the origin compressed is cached so.
    if (is_true(behavior.compress)) call.ignored("Compress");
    if (is_true(behavior.smooth_streaming)) call.ignored("SmoothStreaming");
    if (is_set(behavior.realtime_log_config_arn)) call.ignored("RealtimeLogConfigArn");
}

void refuse_in_origin(const api::Origin& origin) {
    refuse_if(origin.vpc_origin_config.has_value(), "VpcOriginConfig");
    const auto& custom = origin.custom_origin_config;
    refuse_if(custom && custom->origin_mtls_config, "OriginMtlsConfig");
}

} // namespace

void refuse_unsupported(const api::DistributionConfig& config) {
    refuse_in_behavior(config.default_cache_behavior);
    if (config.cache_behaviors)
        for (const auto& behavior : config.cache_behaviors->items)
            refuse_in_behavior(behavior);
    for (const auto& origin : config.origins.items)
        refuse_in_origin(origin);
    const auto& restrictions = config.restrictions;
    refuse_if(
        restrictions &&
            restrictions->geo_restriction.restriction_type != api::GeoRestrictionType::none,
        "GeoRestriction"
    );
    refuse_if(is_set(config.web_acl_id), "WebACLId");
    refuse_if(has_items(config.origin_groups), "OriginGroups");
    refuse_if(config.viewer_mtls_config.has_value(), "ViewerMtlsConfig");
    refuse_if(config.connection_function_association.has_value(), "ConnectionFunctionAssociation");
    refuse_if(is_set(config.continuous_deployment_policy_id), "ContinuousDeploymentPolicyId");
    refuse_if(is_true(config.staging), "Staging");
    refuse_if(config.tenant_config.has_value(), "TenantConfig");
    refuse_if(
        config.connection_mode == api::ConnectionMode::tenant_only,
        "ConnectionMode tenant-only"
    );
    refuse_if(is_set(config.anycast_ip_list_id), "AnycastIpListId");
    refuse_if(config.cache_tag_config.has_value(), "CacheTagConfig");
}

void report_ignored(const aws::Call& call, const api::DistributionConfig& config) {
    report_in_behavior(call, config.default_cache_behavior);
    for (const auto& behavior : config.cache_behaviors->items)
        report_in_behavior(call, behavior);
    for (const auto& origin : config.origins.items) {
        if (origin.origin_shield && origin.origin_shield->enabled) call.ignored("OriginShield");
        if (origin.response_completion_timeout) call.ignored("ResponseCompletionTimeout");
    }
    if (is_true(config.logging->enabled)) call.ignored("Logging");
    if (config.price_class != api::PriceClass::PriceClass_All) call.ignored("PriceClass");
    const auto version = config.http_version.value_or(api::HttpVersion::http2);
    if (version == api::HttpVersion::http3 || version == api::HttpVersion::http2and3)
        call.ignored("HttpVersion");
    const auto& certificate = *config.viewer_certificate;
    if (certificate.acm_certificate_arn || certificate.iam_certificate_id)
        call.ignored("ViewerCertificate");
}

} // namespace diorama::cloudfront
