// See distributions.hpp. The rules for configurations are in distribution_config.cpp.
#include "services/cloudfront/control/distributions.hpp"

#include "emulator/aws/arn.hpp"
#include "services/cloudfront/control/distribution_config.hpp"
#include "services/cloudfront/control/document.hpp"
#include "services/cloudfront/control/page.hpp"

namespace diorama::cloudfront {

namespace {

void check_tags(const std::vector<api::Tag>& tags) {
    for (const auto& tag : tags) {
        const bool is_reserved = http::lower_case(tag.key).starts_with("aws:");
        if (tag.key.empty() || tag.key.size() > 128 || is_reserved ||
            tag.value.value_or("").size() > 256)
            throw api::InvalidTagging("The tagging specified is not valid.");
    }
    if (tags.size() > 50) throw api::InvalidTagging("The tagging specified is not valid.");
}

} // namespace

const DistributionRecord& Distributions::get(const aws::Call& call, const std::string& id) const {
    const auto* record = state_.distributions.find(key_of(call.account, id));
    if (record == nullptr)
        throw api::NoSuchDistribution("The specified distribution does not exist.");
    return *record;
}

// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
const DistributionRecord& Distributions::create(
    const aws::Call& call,
    api::DistributionConfig config,
    const std::vector<api::Tag>& tags
) {
    refuse_unsupported(config);
    check_quantities(config);
    fill_defaults(config);
    check(config, state_, call.account, {});
    check_tags(tags);
    // AWS: "If CallerReference is a value that you already sent in a previous request to create a
    // distribution, CloudFront returns a DistributionAlreadyExists error."
    for_each_with_prefix(state_.distributions, call.account + "/", [&](const auto& other) {
        if (other.caller_reference == config.caller_reference)
            throw api::DistributionAlreadyExists(
                "The caller reference that you are using to create a distribution is associated "
                "with another distribution. Already exists: {}",
                other.id
            );
    });
    report_ignored(call, config);

    DistributionRecord record;
    record.account = call.account;
    record.id = new_id(call.random);
    record.e_tag = new_id(call.random);
    record.last_modified = call.now;
    describe_in(record, config);
    for (const auto& tag : tags)
        record.tags[tag.key] = tag.value.value_or("");
    const auto key = key_of(call.account, record.id);
    auto& stored = state_.distributions.put(key, std::move(record));
    deployment_.begin(stored);
    return stored;
}

api::CreateDistributionResult Distributions::create_distribution(
    const aws::Call& call,
    const api::CreateDistributionRequest& input
) {
    const auto& record = create(call, input.distribution_config, {});
    return {describe(record), location_of("distribution/" + record.id), record.e_tag};
}

api::CreateDistributionWithTagsResult Distributions::create_distribution_with_tags(
    const aws::Call& call,
    const api::CreateDistributionWithTagsRequest& input
) {
    const auto& tagged = input.distribution_config_with_tags;
    const auto& record = create(call, tagged.distribution_config, tagged.tags.items);
    return {describe(record), location_of("distribution/" + record.id), record.e_tag};
}

api::GetDistributionResult
Distributions::get_distribution(const aws::Call& call, const api::GetDistributionRequest& input) {
    const auto& record = get(call, input.id);
    return {describe(record), record.e_tag};
}

api::GetDistributionConfigResult Distributions::get_distribution_config(
    const aws::Call& call,
    const api::GetDistributionConfigRequest& input
) {
    const auto& record = get(call, input.id);
    return {decode_distribution_config(record.config), record.e_tag};
}

// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html
api::UpdateDistributionResult Distributions::update_distribution(
    const aws::Call& call,
    const api::UpdateDistributionRequest& input
) {
    const auto& old = get(call, input.id);
    check_if_match(input.if_match, old.e_tag);
    auto config = input.distribution_config;
    refuse_unsupported(config);
    check_quantities(config);
    fill_defaults(config);
    check(config, state_, call.account, input.id);
    if (config.caller_reference != old.caller_reference)
        throw api::IllegalUpdate("The update contains modifications that are not allowed.");
    report_ignored(call, config);

    auto& record = *state_.distributions.edit(key_of(call.account, input.id));
    describe_in(record, config);
    record.e_tag = new_id(call.random);
    record.last_modified = call.now;
    deployment_.begin(record);
    return {describe(record), record.e_tag};
}

// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteDistribution.html
api::DeleteDistributionOutput Distributions::delete_distribution(
    const aws::Call& call,
    const api::DeleteDistributionRequest& input
) {
    const auto record = get(call, input.id);
    check_if_match(input.if_match, record.e_tag);
    // AWS: the distribution must be disabled, and that change deployed.
    if (record.is_enabled || !record.is_deployed)
        throw api::DistributionNotDisabled(
            "The distribution you are trying to delete has not been disabled."
        );
    deployment_.withdraw(record);
    const auto key = key_of(call.account, record.id);
    state_.distributions.erase(key);
    std::vector<std::string> invalidations;
    for_each_with_prefix(state_.invalidations, key + "/", [&](const InvalidationRecord& batch) {
        invalidations.push_back(key + "/" + batch.id);
    });
    for (const auto& invalidation : invalidations)
        state_.invalidations.erase(invalidation);
    return {};
}

api::ListDistributionsResult Distributions::list_distributions(
    const aws::Call& call,
    const api::ListDistributionsRequest& input
) {
    std::vector<const DistributionRecord*> all;
    for_each_with_prefix(state_.distributions, call.account + "/", [&](const auto& record) {
        all.push_back(&record);
    });
    const auto id_of = [](const auto* record) { return record->id; };
    const auto page = page_of(std::move(all), input.marker, input.max_items, id_of);
    api::DistributionList list;
    list.marker = input.marker.value_or("");
    list.max_items = page.max_items;
    list.next_marker = page.next_marker;
    list.is_truncated = page.next_marker.has_value();
    for (const auto* record : page.items)
        list.items.push_back(summarize(*record));
    list.quantity = static_cast<std::int32_t>(list.items.size());
    return {std::move(list)};
}

DistributionRecord& Distributions::get_tagged(const aws::Call& call, const std::string& arn) {
    constexpr std::string_view kind = "distribution/";
    const auto parsed = aws::ARN::parse(arn);
    if (!parsed || parsed->service != "cloudfront")
        throw api::InvalidArgument("{} is not a valid ARN", arn);
    DistributionRecord* record = nullptr;
    if (parsed->account == call.account && parsed->resource.starts_with(kind))
        record =
            state_.distributions.edit(key_of(call.account, parsed->resource.substr(kind.size())));
    if (record == nullptr) throw api::NoSuchResource("A resource that was specified is not valid.");
    return *record;
}

api::TagResourceOutput
Distributions::tag_resource(const aws::Call& call, const api::TagResourceRequest& input) {
    check_tags(input.tags.items);
    auto& record = get_tagged(call, input.resource);
    for (const auto& tag : input.tags.items)
        record.tags[tag.key] = tag.value.value_or("");
    return {};
}

api::UntagResourceOutput
Distributions::untag_resource(const aws::Call& call, const api::UntagResourceRequest& input) {
    auto& record = get_tagged(call, input.resource);
    for (const auto& key : input.tag_keys.items)
        record.tags.erase(key);
    return {};
}

api::ListTagsForResourceResult Distributions::list_tags_for_resource(
    const aws::Call& call,
    const api::ListTagsForResourceRequest& input
) {
    api::ListTagsForResourceResult result;
    for (const auto& [key, value] : get_tagged(call, input.resource).tags)
        result.tags.items.push_back({key, value});
    return result;
}

api::Distribution Distributions::describe(const DistributionRecord& record) const {
    api::Distribution distribution;
    distribution.id = record.id;
    distribution.arn = record.arn();
    distribution.status = record.is_deployed ? "Deployed" : "InProgress";
    distribution.last_modified_time = record.last_modified;
    distribution.domain_name = deployment_.domain_name(record);
    distribution.active_trusted_signers.emplace();
    distribution.active_trusted_key_groups.emplace();
    distribution.distribution_config = decode_distribution_config(record.config);
    for (const auto& alias : distribution.distribution_config.aliases->items)
        distribution.alias_icp_recordals.push_back({alias, api::ICPRecordalStatus::APPROVED});
    const auto prefix = key_of(record.account, record.id) + "/";
    for_each_with_prefix(state_.invalidations, prefix, [&](const InvalidationRecord& batch) {
        if (!batch.is_completed) ++distribution.in_progress_invalidation_batches;
    });
    return distribution;
}

api::DistributionSummary Distributions::summarize(const DistributionRecord& record) const {
    auto whole = describe(record);
    auto& config = whole.distribution_config;
    api::DistributionSummary summary;
    summary.id = whole.id;
    summary.arn = whole.arn;
    summary.e_tag = record.e_tag;
    summary.status = whole.status;
    summary.last_modified_time = whole.last_modified_time;
    summary.domain_name = whole.domain_name;
    summary.aliases = std::move(*config.aliases);
    summary.origins = std::move(config.origins);
    summary.origin_groups = std::move(config.origin_groups);
    summary.default_cache_behavior = std::move(config.default_cache_behavior);
    summary.cache_behaviors = std::move(*config.cache_behaviors);
    summary.custom_error_responses = std::move(*config.custom_error_responses);
    summary.comment = std::move(config.comment);
    summary.price_class = *config.price_class;
    summary.enabled = config.enabled;
    summary.viewer_certificate = std::move(*config.viewer_certificate);
    summary.restrictions = std::move(*config.restrictions);
    summary.web_acl_id = std::move(*config.web_acl_id);
    summary.http_version = *config.http_version;
    summary.is_ipv6_enabled = *config.is_ipv6_enabled;
    summary.alias_icp_recordals = std::move(whole.alias_icp_recordals);
    return summary;
}

} // namespace diorama::cloudfront
