// Website configurations of buckets. What they do is decided in data/website.cpp. See
// operations.hpp.
#include "services/s3/control/operations.hpp"
#include "services/s3/data/conditional_write.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/limits.hpp"

#include <charconv>

namespace diorama::s3 {

namespace {

void check_redirect_code(const std::string& code) {
    int status = 0;
    const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), status);
    if (error != std::errc() || end != code.data() + code.size() || status < 301 || status > 399)
        throw invalid_request(fmt::format(
            "The provided HTTP redirect code ({}) is not valid. Valid codes are 3XX except "
            "300.",
            code
        ));
}

RoutingRule rule_of(const api::RoutingRule& input) {
    RoutingRule rule;
    if (input.condition) {
        rule.key_prefix_equals = input.condition->key_prefix_equals.value_or("");
        rule.http_error_code_equals = input.condition->http_error_code_returned_equals.value_or("");
        if (rule.key_prefix_equals.empty() && rule.http_error_code_equals.empty())
            throw invalid_request("Condition cannot be empty. To redirect all requests without a "
                                  "condition, the condition element shouldn't be present.");
    }
    const auto& redirect = input.redirect;
    if (redirect.replace_key_with && redirect.replace_key_prefix_with)
        throw invalid_request("You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
    rule.host_name = redirect.host_name.value_or("");
    if (redirect.protocol) rule.protocol = to_string(*redirect.protocol);
    rule.http_redirect_code = redirect.http_redirect_code.value_or("");
    if (!rule.http_redirect_code.empty()) check_redirect_code(rule.http_redirect_code);
    rule.replace_key_with = redirect.replace_key_with;
    rule.replace_key_prefix_with = redirect.replace_key_prefix_with;
    return rule;
}

// Throws aws::AWSError where AWS refuses a configuration.
WebsiteConfiguration website_of(const api::WebsiteConfiguration& input) {
    WebsiteConfiguration website;
    if (input.redirect_all_requests_to) {
        if (!input.routing_rules.empty() || input.index_document || input.error_document)
            throw invalid_argument(
                "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
                "RedirectAllRequestsTo",
                "not null"
            );
        website.redirect_all = RedirectAll{input.redirect_all_requests_to->host_name, {}};
        if (input.redirect_all_requests_to->protocol)
            website.redirect_all->protocol = to_string(*input.redirect_all_requests_to->protocol);
        return website;
    }
    if (!input.index_document)
        throw invalid_argument(
            "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
            "IndexDocument",
            "null"
        );
    website.index_document = input.index_document->suffix;
    // AWS: "The suffix must not be empty and must not include a slash character."
    if (website.index_document.empty() || website.index_document.find('/') != std::string::npos)
        throw invalid_argument(
            "The IndexDocument Suffix is not well formed",
            "IndexDocument",
            website.index_document
        );
    if (input.error_document) website.error_document = input.error_document->key;
    if (input.routing_rules.size() > limits::routing_rules_max)
        throw invalid_request(fmt::format(
            "{} routing rules provided, the number of routing rules in a website "
            "configuration is limited to 50.",
            input.routing_rules.size()
        ));
    for (const auto& rule : input.routing_rules)
        website.routing_rules.push_back(rule_of(rule));
    return website;
}

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<api::Protocol> protocol_of(const std::string& text) {
    return text.empty() ? std::nullopt : api::parse_protocol(text);
}

api::RoutingRule shape_of_rule(const RoutingRule& rule) {
    api::RoutingRule shape;
    if (!rule.key_prefix_equals.empty() || !rule.http_error_code_equals.empty()) {
        shape.condition.emplace();
        shape.condition->key_prefix_equals = unless_empty(rule.key_prefix_equals);
        shape.condition->http_error_code_returned_equals =
            unless_empty(rule.http_error_code_equals);
    }
    shape.redirect.host_name = unless_empty(rule.host_name);
    shape.redirect.protocol = protocol_of(rule.protocol);
    shape.redirect.http_redirect_code = unless_empty(rule.http_redirect_code);
    shape.redirect.replace_key_with = rule.replace_key_with;
    shape.redirect.replace_key_prefix_with = rule.replace_key_prefix_with;
    return shape;
}

} // namespace

api::PutBucketWebsiteOutput
put_bucket_website(Store& store, const Request&, const api::PutBucketWebsiteRequest& input) {
    auto website = website_of(input.website_configuration);
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    bucket.website = std::move(website);
    store.state->bucket_changed(bucket);
    return {};
}

api::GetBucketWebsiteOutput
get_bucket_website(Store& store, const Request&, const api::GetBucketWebsiteRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    const auto& bucket = bucket_of(*store.state, input.bucket);
    if (!bucket.website)
        throw aws::AWSError(
            "NoSuchWebsiteConfiguration",
            404,
            "The specified bucket does not have a website configuration"
        )
            .with("BucketName", bucket.name);
    const auto& website = *bucket.website;
    api::GetBucketWebsiteOutput output;
    if (website.redirect_all) {
        output.redirect_all_requests_to.emplace();
        output.redirect_all_requests_to->host_name = website.redirect_all->host_name;
        output.redirect_all_requests_to->protocol = protocol_of(website.redirect_all->protocol);
    }
    if (!website.index_document.empty())
        output.index_document = api::IndexDocument{website.index_document};
    if (!website.error_document.empty())
        output.error_document = api::ErrorDocument{website.error_document};
    for (const auto& rule : website.routing_rules)
        output.routing_rules.push_back(shape_of_rule(rule));
    return output;
}

api::DeleteBucketWebsiteOutput
delete_bucket_website(Store& store, const Request&, const api::DeleteBucketWebsiteRequest& input) {
    const std::lock_guard lock(store.state->mutex);
    auto& bucket = bucket_of(*store.state, input.bucket);
    bucket.website.reset();
    store.state->bucket_changed(bucket);
    return {};
}

} // namespace diorama::s3
