// See publishing.hpp.
#include "services/sns/control/publishing.hpp"

#include "services/sns/control/arns.hpp"
#include "services/sns/limits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace diorama::sns {

namespace {

using Invalid = api::InvalidParameterException;
using Attributes = std::map<std::string, api::MessageAttributeValue>;

aws::AWSError invalid_value(std::string message) {
    return aws::AWSError("ParameterValueInvalid", 400, std::move(message));
}

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void check_attribute_name(const std::string& name) {
    if (name.size() >= limits::attribute_name_bytes)
        throw invalid_value("Length of message attribute name must be less than 256 bytes.");
    if (name.starts_with('.'))
        throw invalid_value("Invalid message attribute name starting with character '.' was found."
        );
    if (name.ends_with('.'))
        throw invalid_value("Invalid message attribute name ending with character '.' was found.");
    if (name.find("..") != std::string::npos)
        throw invalid_value("Message attribute name can not have successive '.' character.");
    for (const char c : name) {
        if (is_alphanumeric(c) || c == '-' || c == '_' || c == '.') continue;
        throw invalid_value(fmt::format(
            "Invalid non-alphanumeric character '#x{:X}' was found in the message attribute "
            "name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
            static_cast<unsigned char>(c)
        ));
    }
}

std::map<std::string, MessageAttribute> check_attributes(const Attributes& given) {
    std::map<std::string, MessageAttribute> attributes;
    for (const auto& [name, value] : given) {
        check_attribute_name(name);
        const auto& type = value.data_type;
        const auto family = type.substr(0, type.find('.'));
        if (family != "String" && family != "Number" && family != "Binary")
            throw invalid_value(fmt::format(
                "The message attribute '{}' has an invalid message attribute type, the set of "
                "supported type prefixes is Binary, Number, and String.",
                name
            ));
        const bool is_binary = family == "Binary";
        const auto& used = is_binary ? value.binary_value : value.string_value;
        const auto& other = is_binary ? value.string_value : value.binary_value;
        if (!used && other)
            throw invalid_value(fmt::format(
                "The message attribute '{}' with type '{}' must use field '{}'.",
                name,
                type,
                is_binary ? "Binary" : "String"
            ));
        if (!used || used->empty())
            throw invalid_value(fmt::format(
                "The message attribute '{}' must contain non-empty message attribute value for "
                "message attribute type '{}'.",
                name,
                type
            ));
        attributes[name] = {type, *used};
    }
    return attributes;
}

// AWS: "must be ASCII text that begins with a letter, number, or punctuation mark; must not include
// line breaks or control characters; and must be less than 100 characters long."
void check_subject(const std::optional<std::string>& subject) {
    if (!subject) return;
    const bool has_control = std::any_of(subject->begin(), subject->end(), [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
    });
    if (subject->empty() || subject->size() > limits::subject_characters || has_control ||
        subject->front() == ' ')
        throw Invalid("Invalid parameter: Subject");
}

// MessageStructure "json": an object of texts by protocol, with a default.
void read_structure(Message& message, const std::string& structure) {
    if (structure != "json") throw Invalid("Invalid parameter: MessageStructure");
    const auto json = nlohmann::json::parse(message.text, nullptr, false);
    if (!json.is_object())
        throw Invalid("Invalid parameter: Message Structure - JSON message body failed to parse");
    const auto chosen = json.find("default");
    if (chosen == json.end() || !chosen->is_string())
        throw Invalid("Invalid parameter: Message Structure - No default entry in JSON message body"
        );
    for (const auto& [protocol, text] : json.items()) {
        if (text.is_string()) message.text_by_protocol[protocol] = text.get<std::string>();
    }
    message.text = chosen->get<std::string>();
}

// `Input` is a PublishInput or an entry of a batch.
template <class Input>
Message check_message(const aws::Call& call, const Topic& topic, const Input& input) {
    Message message;
    message.text = input.message;
    if (message.text.empty()) throw Invalid("Invalid parameter: Empty message");
    if (message.text.size() > limits::message_bytes)
        throw Invalid("Invalid parameter: Message too long");
    check_subject(input.subject);
    message.attributes = check_attributes(input.message_attributes);
    if (input.message_deduplication_id)
        throw Invalid("Invalid parameter: MessageDeduplicationId Reason: The request includes "
                      "MessageDeduplicationId parameter that is not valid for this topic type");
    if (input.message_group_id) call.ignored("MessageGroupId");
    if (input.message_structure) read_structure(message, *input.message_structure);
    message.id = call.random.uuid();
    message.topic_arn = topic.arn();
    message.topic_name = topic.attribute("DisplayName", topic.name);
    message.subject = input.subject;
    message.timestamp = call.now;
    message.signature_version = topic.attribute("SignatureVersion") == "2" ? 2 : 1;
    return message;
}

template <class Input>
std::size_t size_of(const Input& input) {
    auto size = input.message.size();
    for (const auto& [name, value] : input.message_attributes)
        size += name.size() + value.data_type.size() + value.string_value.value_or("").size() +
                value.binary_value.value_or("").size();
    return size;
}

void check_batch(const api::PublishBatchInput& input) {
    const auto& entries = input.publish_batch_request_entries;
    if (entries.empty())
        throw api::EmptyBatchRequestException("The batch request doesn't contain any entries.");
    if (entries.size() > limits::batch_entries)
        throw api::TooManyEntriesInBatchRequestException(
            "The batch request contains more entries than permissible."
        );
    std::set<std::string> ids;
    std::size_t size = 0;
    for (const auto& entry : entries) {
        if (entry.id.size() > limits::batch_id_characters)
            throw api::InvalidBatchEntryIdException(
                "The Id of a batch entry in the batch request is too long: {}",
                entry.id
            );
        const bool is_clean = std::all_of(entry.id.begin(), entry.id.end(), [](char c) {
            return is_alphanumeric(c) || c == '-' || c == '_';
        });
        if (!is_clean)
            throw api::InvalidBatchEntryIdException(
                "The Id of a batch entry in the batch request contains an impermissible character: "
                "{}",
                entry.id
            );
        if (!ids.insert(entry.id).second)
            throw api::BatchEntryIdsNotDistinctException(
                "Two or more batch entries in the request have the same Id."
            );
        size += size_of(entry);
    }
    if (size > limits::message_bytes)
        throw api::BatchRequestTooLongException(
            "The length of all the messages put together is more than the limit."
        );
}

} // namespace

// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
api::PublishResponse Publishing::publish(const aws::Call& call, const api::PublishInput& input) {
    if (input.phone_number) throw not_emulated("Publishing to a phone number");
    const auto& arn = input.topic_arn ? input.topic_arn : input.target_arn;
    if (!arn || (input.topic_arn && input.target_arn))
        throw Invalid("Invalid parameter: TopicArn or TargetArn Reason: exactly one is required");
    if (arn->find(":endpoint/") != std::string::npos)
        throw not_emulated("Publishing to a platform endpoint");
    const auto& topic = topic_of(state_, *arn);
    const auto message = check_message(call, topic, input);
    deliveries_.count(topic, messages_published);
    deliveries_.count(topic, publish_size, static_cast<double>(size_of(input)));
    deliveries_.publish(topic, message);
    return {message.id, {}};
}

// https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
api::PublishBatchResponse
Publishing::publish_batch(const aws::Call& call, const api::PublishBatchInput& input) {
    const auto& topic = topic_of(state_, input.topic_arn);
    check_batch(input);
    api::PublishBatchResponse response;
    for (const auto& entry : input.publish_batch_request_entries) {
        try {
            const auto message = check_message(call, topic, entry);
            deliveries_.count(topic, messages_published);
            deliveries_.count(topic, publish_size, static_cast<double>(size_of(entry)));
            deliveries_.publish(topic, message);
            response.successful.push_back({entry.id, message.id, {}});
        } catch (const aws::AWSError& error) {
            response.failed.push_back({entry.id, error.code(), error.message(), true});
        }
    }
    return response;
}

} // namespace diorama::sns
