// See topics.hpp.
#include "services/sns/control/topics.hpp"

#include "services/sns/background/deliveries.hpp"
#include "services/sns/control/arns.hpp"
#include "services/sns/limits.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace diorama::sns {

namespace {

using Invalid = api::InvalidParameterException;
using Attributes = std::map<std::string, std::string>;

void check_name(const std::string& name) {
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    };
    if (name.ends_with(".fifo")) throw not_emulated("A FIFO topic");
    if (name.empty() || name.size() > limits::topic_name_characters ||
        !std::all_of(name.begin(), name.end(), is_allowed))
        throw Invalid("Invalid parameter: Topic Name");
}

// What has no effect is stored and reported; what would change the meaning of messages is refused.
void check_attribute(
    const aws::Call& call,
    const std::string& name,
    const std::string& value,
    const std::string& place
) {
    static const std::set<std::string> without_effect{
        "Policy",
        "KmsMasterKeyId",
        "TracingConfig",
        "DataProtectionPolicy",
        "HTTPSuccessFeedbackRoleArn",
        "HTTPSuccessFeedbackSampleRate",
        "HTTPFailureFeedbackRoleArn",
        "SQSSuccessFeedbackRoleArn",
        "SQSSuccessFeedbackSampleRate",
        "SQSFailureFeedbackRoleArn",
        "LambdaSuccessFeedbackRoleArn",
        "LambdaSuccessFeedbackSampleRate",
        "LambdaFailureFeedbackRoleArn",
        "FirehoseSuccessFeedbackRoleArn",
        "FirehoseSuccessFeedbackSampleRate",
        "FirehoseFailureFeedbackRoleArn",
        "ApplicationSuccessFeedbackRoleArn",
        "ApplicationSuccessFeedbackSampleRate",
        "ApplicationFailureFeedbackRoleArn"
    };
    if (name == "DisplayName") return;
    if (name == "SignatureVersion") {
        if (value != "1" && value != "2")
            throw Invalid("Invalid parameter: {}SignatureVersion", place);
        return;
    }
    if (name == "DeliveryPolicy") {
        if (!value.empty() && !parse_delivery_policy(value))
            throw Invalid("Invalid parameter: {}DeliveryPolicy: invalid delivery policy", place);
        return;
    }
    if (name == "FifoTopic" && value == "false") return;
    if (name == "FifoTopic" || name == "ContentBasedDeduplication" ||
        name == "FifoThroughputScope" || name == "ArchivePolicy")
        throw not_emulated("The topic attribute " + name);
    if (!without_effect.contains(name)) {
        if (place.empty()) throw Invalid("Invalid parameter: AttributeName");
        throw Invalid("Invalid parameter: Attributes Reason: Unknown attribute {}", name);
    }
    if (name == "Policy" && !nlohmann::json::accept(value))
        throw Invalid("Invalid parameter: {}Policy: failed to parse JSON", place);
    if (!value.empty()) call.ignored(name);
}

std::string default_policy(const Topic& topic) {
    using Json = nlohmann::ordered_json;
    return Json{
        {"Version", "2008-10-17"},
        {"Id", "__default_policy_ID"},
        {"Statement",
         Json::array({Json{
             {"Sid", "__default_statement_ID"},
             {"Effect", "Allow"},
             {"Principal", {{"AWS", "*"}}},
             {"Action",
              {"SNS:GetTopicAttributes",
               "SNS:SetTopicAttributes",
               "SNS:AddPermission",
               "SNS:RemovePermission",
               "SNS:DeleteTopic",
               "SNS:Subscribe",
               "SNS:ListSubscriptionsByTopic",
               "SNS:Publish"}},
             {"Resource", topic.arn()},
             {"Condition", {{"StringEquals", {{"AWS:SourceOwner", topic.account}}}}},
         }})},
    }
        .dump();
}

} // namespace

// https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
// AWS: "This action is idempotent, so if the requester already owns a topic with the specified
// name, that topic's ARN is returned without creating a new topic."
api::CreateTopicResponse
Topics::create_topic(const aws::Call& call, const api::CreateTopicInput& input) {
    check_name(input.name);
    Topic topic{
        .account = call.account,
        .region = call.region,
        .name = input.name,
        .attributes = input.attributes,
        .tags = {},
    };
    for (const auto& tag : input.tags)
        topic.tags[tag.key] = tag.value;
    const auto arn = topic.arn();
    if (const auto* known = state_.topics.find(arn)) {
        for (const auto& [name, value] : topic.attributes) {
            if (known->attribute(name) != value)
                throw Invalid(
                    "Invalid parameter: Attributes Reason: Topic already exists with different "
                    "attributes"
                );
        }
        if (!topic.tags.empty() && topic.tags != known->tags)
            throw Invalid("Invalid parameter: Tags Reason: Topic already exists with different tags"
            );
        return {arn};
    }
    for (const auto& [name, value] : topic.attributes)
        check_attribute(call, name, value, "Attributes Reason: ");
    if (input.data_protection_policy) call.ignored("DataProtectionPolicy");
    if (topic.tags.size() > limits::tags_per_topic)
        throw api::TagLimitExceededException(
            "Could not complete request: tag quota of per resource exceeded"
        );
    state_.topics.put(arn, std::move(topic));
    return {arn};
}

// https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html
// AWS: "Deletes a topic and all its subscriptions … deleting a topic that does not exist does not
// result in an error."
api::DeleteTopicOutput Topics::delete_topic(const api::DeleteTopicInput& input) {
    check_arn("TopicArn", input.topic_arn);
    std::vector<std::string> arns;
    for (const auto* subscription : state_.subscriptions_of(input.topic_arn))
        arns.push_back(subscription->arn);
    for (const auto& arn : arns)
        state_.subscriptions.erase(arn);
    state_.topics.erase(input.topic_arn);
    return {};
}

// https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html
api::ListTopicsResponse
Topics::list_topics(const aws::Call& call, const api::ListTopicsInput& input) const {
    const auto prefix = fmt::format("arn:aws:sns:{}:{}:", call.region, call.account);
    const auto skip = given_before(input.next_token);
    std::size_t found = 0;
    api::ListTopicsResponse response;
    for (auto entry = state_.topics.lower_bound(prefix);
         entry != state_.topics.end() && entry->first.starts_with(prefix);
         ++entry) {
        if (found++ < skip) continue;
        if (response.topics.size() == limits::entries_per_page) {
            response.next_token = page_token(skip + limits::entries_per_page);
            break;
        }
        response.topics.push_back({entry->first});
    }
    return response;
}

// https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
api::GetTopicAttributesResponse
Topics::get_topic_attributes(const api::GetTopicAttributesInput& input) const {
    const auto& topic = topic_of(state_, input.topic_arn);
    int confirmed = 0;
    int pending = 0;
    for (const auto* subscription : state_.subscriptions_of(input.topic_arn))
        ++(subscription->is_confirmed ? confirmed : pending);
    api::GetTopicAttributesResponse response;
    auto& attributes = response.attributes;
    attributes = topic.attributes;
    attributes["TopicArn"] = topic.arn();
    attributes["Owner"] = topic.account;
    attributes["DisplayName"] = topic.attribute("DisplayName");
    attributes["Policy"] = topic.attribute("Policy", default_policy(topic));
    attributes["EffectiveDeliveryPolicy"] =
        effective_topic_delivery_policy(retry_policy_of(topic, nullptr));
    attributes["SubscriptionsConfirmed"] = std::to_string(confirmed);
    attributes["SubscriptionsPending"] = std::to_string(pending);
    attributes["SubscriptionsDeleted"] = std::to_string(topic.subscriptions_deleted);
    std::erase_if(attributes, [](const auto& attribute) {
        return attribute.first == "DeliveryPolicy" && attribute.second.empty();
    });
    return response;
}

// https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
api::SetTopicAttributesOutput
Topics::set_topic_attributes(const aws::Call& call, const api::SetTopicAttributesInput& input) {
    topic_of(state_, input.topic_arn);
    const auto value = input.attribute_value.value_or("");
    check_attribute(call, input.attribute_name, value, "");
    state_.topics.edit(input.topic_arn)->attributes[input.attribute_name] = value;
    return {};
}

const Topic& Topics::tagged(const std::string& arn) const {
    check_arn("ResourceArn", arn);
    const auto* topic = state_.topics.find(arn);
    if (topic == nullptr) throw api::ResourceNotFoundException("Resource does not exist");
    return *topic;
}

// https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html
api::TagResourceResponse Topics::tag_resource(const api::TagResourceRequest& input) {
    auto tags = tagged(input.resource_arn).tags;
    std::set<std::string> keys;
    for (const auto& tag : input.tags) {
        if (!keys.insert(tag.key).second)
            throw Invalid("Invalid parameter: Duplicated keys are not allowed.");
        tags[tag.key] = tag.value;
    }
    if (tags.size() > limits::tags_per_topic)
        throw api::TagLimitExceededException(
            "Could not complete request: tag quota of per resource exceeded"
        );
    state_.topics.edit(input.resource_arn)->tags = std::move(tags);
    return {};
}

api::UntagResourceResponse Topics::untag_resource(const api::UntagResourceRequest& input) {
    tagged(input.resource_arn);
    for (const auto& key : input.tag_keys)
        state_.topics.edit(input.resource_arn)->tags.erase(key);
    return {};
}

api::ListTagsForResourceResponse
Topics::list_tags_for_resource(const api::ListTagsForResourceRequest& input) const {
    api::ListTagsForResourceResponse response;
    for (const auto& [key, value] : tagged(input.resource_arn).tags)
        response.tags.push_back({key, value});
    return response;
}

} // namespace diorama::sns
