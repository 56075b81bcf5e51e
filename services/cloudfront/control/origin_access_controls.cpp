// See origin_access_controls.hpp.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html
#include "services/cloudfront/control/origin_access_controls.hpp"

#include "services/cloudfront/control/document.hpp"
#include "services/cloudfront/control/page.hpp"

#include <algorithm>

namespace diorama::cloudfront {

namespace {

api::OriginAccessControl describe(const OriginAccessControlRecord& record) {
    return {record.id, decode_origin_access_control_config(record.config)};
}

} // namespace

const OriginAccessControlRecord&
OriginAccessControls::get(const aws::Call& call, const std::string& id) const {
    const auto* record = state_.origin_access_controls.find(key_of(call.account, id));
    if (record == nullptr)
        throw api::NoSuchOriginAccessControl("The origin access control does not exist.");
    return *record;
}

void OriginAccessControls::check(
    const aws::Call& call,
    const api::OriginAccessControlConfig& config,
    const std::string& own_id
) const {
    if (config.name.empty() || config.name.size() > 64)
        throw api::InvalidArgument("The parameter Name is not valid.");
    for_each_with_prefix(state_.origin_access_controls, call.account + "/", [&](const auto& other) {
        if (other.name == config.name && other.id != own_id)
            throw api::OriginAccessControlAlreadyExists(
                "An origin access control with the specified parameters already exists."
            );
    });
    // S3 recognises CloudFront by the distribution's ARN; other origins would have to check a
    // signature.
    if (config.origin_access_control_origin_type != api::OriginAccessControlOriginTypes::s3)
        throw aws::AWSError(
            "NotImplemented",
            501,
            "Origin access controls for origins other than S3 are not emulated.",
            aws::Fault::receiver
        );
    if (config.signing_behavior == api::OriginAccessControlSigningBehaviors::no_override)
        call.ignored("SigningBehavior");
}

api::CreateOriginAccessControlResult OriginAccessControls::create_origin_access_control(
    const aws::Call& call,
    const api::CreateOriginAccessControlRequest& input
) {
    auto config = input.origin_access_control_config;
    check(call, config, {});
    if (!config.description) config.description.emplace();
    OriginAccessControlRecord
        record{new_id(call.random), new_id(call.random), config.name, encode(config)};
    const auto key = key_of(call.account, record.id);
    const auto& stored = state_.origin_access_controls.put(key, std::move(record));
    return {describe(stored), location_of("origin-access-control/" + stored.id), stored.e_tag};
}

api::GetOriginAccessControlResult OriginAccessControls::get_origin_access_control(
    const aws::Call& call,
    const api::GetOriginAccessControlRequest& input
) {
    const auto& record = get(call, input.id);
    return {describe(record), record.e_tag};
}

api::GetOriginAccessControlConfigResult OriginAccessControls::get_origin_access_control_config(
    const aws::Call& call,
    const api::GetOriginAccessControlConfigRequest& input
) {
    const auto& record = get(call, input.id);
    return {describe(record).origin_access_control_config, record.e_tag};
}

api::ListOriginAccessControlsResult OriginAccessControls::list_origin_access_controls(
    const aws::Call& call,
    const api::ListOriginAccessControlsRequest& input
) {
    std::vector<const OriginAccessControlRecord*> all;
    for_each_with_prefix(
        state_.origin_access_controls,
        call.account + "/",
        [&](const auto& record) { all.push_back(&record); }
    );
    const auto id_of = [](const auto* record) { return record->id; };
    const auto page = page_of(std::move(all), input.marker, input.max_items, id_of);
    api::OriginAccessControlList list;
    list.marker = input.marker.value_or("");
    list.max_items = page.max_items;
    list.next_marker = page.next_marker;
    list.is_truncated = page.next_marker.has_value();
    for (const auto* record : page.items) {
        const auto config = decode_origin_access_control_config(record->config);
        list.items.push_back({
            record->id,
            config.description.value_or(""),
            config.name,
            config.signing_protocol,
            config.signing_behavior,
            config.origin_access_control_origin_type,
        });
    }
    list.quantity = static_cast<std::int32_t>(list.items.size());
    return {std::move(list)};
}

// DIFFERS: distributions that use it take the change with their next deployment.
api::UpdateOriginAccessControlResult OriginAccessControls::update_origin_access_control(
    const aws::Call& call,
    const api::UpdateOriginAccessControlRequest& input
) {
    check_if_match(input.if_match, get(call, input.id).e_tag);
    auto config = input.origin_access_control_config;
    check(call, config, input.id);
    if (!config.description) config.description.emplace();
    auto& record = *state_.origin_access_controls.edit(key_of(call.account, input.id));
    record.name = config.name;
    record.config = encode(config);
    record.e_tag = new_id(call.random);
    return {describe(record), record.e_tag};
}

api::DeleteOriginAccessControlOutput OriginAccessControls::delete_origin_access_control(
    const aws::Call& call,
    const api::DeleteOriginAccessControlRequest& input
) {
    check_if_match(input.if_match, get(call, input.id).e_tag);
    for_each_with_prefix(state_.distributions, call.account + "/", [&](const auto& distribution) {
        const auto& used = distribution.origin_access_control_ids;
        if (std::find(used.begin(), used.end(), input.id) != used.end())
            throw api::OriginAccessControlInUse(
                "Cannot delete the origin access control because it's in use by one or more "
                "distributions."
            );
    });
    state_.origin_access_controls.erase(key_of(call.account, input.id));
    return {};
}

} // namespace diorama::cloudfront
