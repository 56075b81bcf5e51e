// AWS's defaults of a DistributionConfig (distribution_config.hpp), as GetDistribution shows them.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html
#include "services/cloudfront/control/distribution_config.hpp"
#include "services/cloudfront/limits.hpp"

namespace diorama::cloudfront {

namespace {

template <class Value>
void set_default(std::optional<Value>& member, Value value) {
    if (!member) member = std::move(value);
}

template <class Value>
Value& filled(std::optional<Value>& member) {
    if (!member) member.emplace();
    return *member;
}

std::int64_t in_seconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

void fill_forwarded_values(api::ForwardedValues& values) {
    filled(values.headers);
    filled(values.query_string_cache_keys);
}

void fill_methods(api::AllowedMethods& methods) {
    const std::vector<api::Method> standard{api::Method::HEAD, api::Method::GET};
    if (methods.items.empty()) {
        methods.items = standard;
        methods.quantity = 2;
    }
    if (!methods.cached_methods) methods.cached_methods = api::CachedMethods{2, standard};
}

// Of CacheBehavior and DefaultCacheBehavior, which have the same members.
template <class CacheBehavior>
void fill_behavior(CacheBehavior& behavior) {
    filled(behavior.trusted_signers);
    filled(behavior.trusted_key_groups);
    fill_methods(filled(behavior.allowed_methods));
    set_default(behavior.smooth_streaming, false);
    set_default(behavior.compress, false);
    filled(behavior.lambda_function_associations);
    filled(behavior.function_associations);
    filled(behavior.field_level_encryption_id);
    filled(behavior.grpc_config);
    if (!behavior.forwarded_values) return;
    fill_forwarded_values(*behavior.forwarded_values);
    const auto min_ttl = behavior.min_ttl.value_or(0);
    behavior.min_ttl = min_ttl;
    set_default(behavior.default_ttl, std::max(min_ttl, in_seconds(limits::default_ttl)));
    set_default(behavior.max_ttl, std::max(*behavior.default_ttl, in_seconds(limits::max_ttl)));
}

void fill_custom_origin(api::CustomOriginConfig& origin) {
    using api::SslProtocol;
    if (!origin.origin_ssl_protocols)
        origin.origin_ssl_protocols = api::OriginSslProtocols{
            3,
            {SslProtocol::TLSv1, SslProtocol::TLSv1_1, SslProtocol::TLSv1_2}
        };
    set_default(origin.origin_read_timeout, limits::origin_read_timeout);
    set_default(origin.origin_keepalive_timeout, limits::origin_keepalive_timeout);
}

void fill_origin(api::Origin& origin) {
    filled(origin.origin_path);
    filled(origin.custom_headers);
    set_default(origin.connection_attempts, limits::connection_attempts);
    set_default(origin.connection_timeout, limits::connection_timeout);
    filled(origin.origin_shield);
    filled(origin.origin_access_control_id);
    if (origin.custom_origin_config) fill_custom_origin(*origin.custom_origin_config);
}

void fill_certificate(api::ViewerCertificate& certificate) {
    const bool is_own = certificate.acm_certificate_arn || certificate.iam_certificate_id;
    set_default(certificate.cloud_front_default_certificate, !is_own);
    if (is_own) {
        set_default(
            certificate.minimum_protocol_version,
            api::MinimumProtocolVersion::TLSv1_2_2021
        );
        return;
    }
    set_default(certificate.ssl_support_method, api::SSLSupportMethod::vip);
    set_default(certificate.minimum_protocol_version, api::MinimumProtocolVersion::TLSv1);
    set_default(certificate.certificate_source, api::CertificateSource::cloudfront);
}

void fill_logging(api::LoggingConfig& logging) {
    set_default(logging.enabled, false);
    set_default(logging.include_cookies, false);
    filled(logging.bucket);
    filled(logging.prefix);
}

} // namespace

void fill_defaults(api::DistributionConfig& config) {
    filled(config.aliases);
    filled(config.default_root_object);
    for (auto& origin : config.origins.items)
        fill_origin(origin);
    filled(config.origin_groups);
    fill_behavior(config.default_cache_behavior);
    for (auto& behavior : filled(config.cache_behaviors).items)
        fill_behavior(behavior);
    for (auto& error : filled(config.custom_error_responses).items) {
        filled(error.response_page_path);
        filled(error.response_code);
        set_default(error.error_caching_min_ttl, in_seconds(limits::error_caching_min_ttl));
    }
    fill_logging(filled(config.logging));
    set_default(config.price_class, api::PriceClass::PriceClass_All);
    fill_certificate(filled(config.viewer_certificate));
    if (!config.restrictions)
        config.restrictions = api::Restrictions{{api::GeoRestrictionType::none, 0, {}}};
    filled(config.web_acl_id);
    set_default(config.http_version, api::HttpVersion::http2);
    set_default(config.is_ipv6_enabled, true);
    filled(config.continuous_deployment_policy_id);
    set_default(config.staging, false);
}

} // namespace diorama::cloudfront
