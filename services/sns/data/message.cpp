// See message.hpp. Layout and keys of the documents are those that AWS sends.
#include "services/sns/data/message.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <vector>

namespace diorama::sns {

namespace {

using Json = nlohmann::json;

std::string quoted(const std::string& text) {
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string base64(const std::string& bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()),
        static_cast<int>(bytes.size())
    );
    text.resize(static_cast<std::size_t>(length));
    return text;
}

using Fields = std::vector<std::pair<std::string, std::string>>; // value already JSON

std::string lines(const Fields& fields) {
    std::string text;
    for (const auto& [name, value] : fields) {
        if (!text.empty()) text += ",\n";
        text += fmt::format("  \"{}\" : {}", name, value);
    }
    return text;
}

std::string attributes_document(const std::map<std::string, MessageAttribute>& attributes) {
    std::string text;
    for (const auto& [name, attribute] : attributes) {
        const bool is_binary = attribute.type.starts_with("Binary");
        text += fmt::format(
            "{}\n    {} : {{\"Type\":{},\"Value\":{}}}",
            text.empty() ? "" : ",",
            quoted(name),
            quoted(attribute.type),
            quoted(is_binary ? base64(attribute.value) : attribute.value)
        );
    }
    return "{" + text + "\n  }";
}

std::string certificate_url(const Subscription& subscription) {
    return subscription.api_address + std::string(SNS::certificate_path);
}

http::Headers
headers_of(std::string_view type, const std::string& message_id, const Subscription& subscription) {
    http::Headers headers{
        {"x-amz-sns-message-type", std::string(type)},
        {"x-amz-sns-message-id", message_id},
        {"x-amz-sns-topic-arn", subscription.topic_arn},
    };
    if (type == "Notification") headers.add("x-amz-sns-subscription-arn", subscription.arn);
    if (type == "Notification" && subscription.is_raw())
        headers.add("x-amz-sns-rawdelivery", "true");
    headers.add("Content-Type", "text/plain; charset=UTF-8");
    headers.add("User-Agent", "Amazon Simple Notification Service Agent");
    return headers;
}

std::string confirmation_text(const Subscription& subscription) {
    return fmt::format(
        "You have chosen to subscribe to the topic {}.\nTo confirm the subscription, visit the "
        "SubscribeURL included in this message.",
        subscription.topic_arn
    );
}

std::string whole(const EndpointRequest& request) {
    // DIFFERS: the copy in the mailbox is not signed.
    return request.body + request.body_after_signature;
}

} // namespace

const std::string& Message::text_for(const std::string& protocol) const {
    const auto found = text_by_protocol.find(protocol);
    return found == text_by_protocol.end() ? text : found->second;
}

std::string confirm_url(const Subscription& subscription) {
    return fmt::format(
        "{}/?Action=ConfirmSubscription&TopicArn={}&Token={}",
        subscription.api_address,
        http::percent_encode(subscription.topic_arn),
        subscription.token
    );
}

std::string unsubscribe_url(const Subscription& subscription) {
    return fmt::format(
        "{}/?Action=Unsubscribe&SubscriptionArn={}",
        subscription.api_address,
        http::percent_encode(subscription.arn)
    );
}

// AWS: Developer Guide, "HTTP/HTTPS notification JSON format" and "Verifying the signatures of
// Amazon SNS messages".
EndpointRequest compose_notification(const Message& message, const Subscription& subscription) {
    EndpointRequest request;
    request.url = subscription.endpoint;
    request.headers = headers_of("Notification", message.id, subscription);
    const auto& text = message.text_for(subscription.protocol);
    if (subscription.is_raw()) {
        request.body = text;
        return request;
    }
    const auto timestamp = iso8601_ms(message.timestamp);
    request.signature_version = message.signature_version;
    request.text_to_sign = fmt::format("Message\n{}\nMessageId\n{}\n", text, message.id);
    if (message.subject) request.text_to_sign += fmt::format("Subject\n{}\n", *message.subject);
    request.text_to_sign += fmt::format(
        "Timestamp\n{}\nTopicArn\n{}\nType\nNotification\n",
        timestamp,
        message.topic_arn
    );
    Fields before{
        {"Type", quoted("Notification")},
        {"MessageId", quoted(message.id)},
        {"TopicArn", quoted(message.topic_arn)},
    };
    if (message.subject) before.emplace_back("Subject", quoted(*message.subject));
    before.emplace_back("Message", quoted(text));
    before.emplace_back("Timestamp", quoted(timestamp));
    before.emplace_back("SignatureVersion", fmt::format("\"{}\"", message.signature_version));
    Fields after{
        {"SigningCertURL", quoted(certificate_url(subscription))},
        {"UnsubscribeURL", quoted(unsubscribe_url(subscription))},
    };
    if (!message.attributes.empty())
        after.emplace_back("MessageAttributes", attributes_document(message.attributes));
    request.body = "{\n" + lines(before) + ",\n  \"Signature\" : \"";
    request.body_after_signature = "\",\n" + lines(after) + "\n}";
    return request;
}

// AWS: Developer Guide, "HTTP/HTTPS subscription confirmation JSON format".
EndpointRequest compose_confirmation(
    const std::string& message_id,
    Timestamp timestamp,
    const Subscription& subscription
) {
    EndpointRequest request;
    request.url = subscription.endpoint;
    request.headers = headers_of("SubscriptionConfirmation", message_id, subscription);
    const auto text = confirmation_text(subscription);
    const auto url = confirm_url(subscription);
    const auto when = iso8601_ms(timestamp);
    request.text_to_sign = fmt::format(
        "Message\n{}\nMessageId\n{}\nSubscribeURL\n{}\nTimestamp\n{}\nToken\n{}\nTopicArn\n{}\n"
        "Type\nSubscriptionConfirmation\n",
        text,
        message_id,
        url,
        when,
        subscription.token,
        subscription.topic_arn
    );
    request.body = "{\n" +
                   lines(
                       {{"Type", quoted("SubscriptionConfirmation")},
                        {"MessageId", quoted(message_id)},
                        {"Token", quoted(subscription.token)},
                        {"TopicArn", quoted(subscription.topic_arn)},
                        {"Message", quoted(text)},
                        {"SubscribeURL", quoted(url)},
                        {"Timestamp", quoted(when)},
                        {"SignatureVersion", "\"1\""}}
                   ) +
                   ",\n  \"Signature\" : \"";
    request.body_after_signature =
        "\",\n" + lines({{"SigningCertURL", quoted(certificate_url(subscription))}}) + "\n}";
    return request;
}

Letter compose_letter(const Message& message, const Subscription& subscription) {
    Letter letter;
    letter.sent = message.timestamp;
    letter.to = subscription.endpoint;
    letter.from = message.topic_name + " <no-reply@sns.amazonaws.com>";
    letter.subject = message.subject.value_or("AWS Notification Message");
    letter.topic_arn = message.topic_arn;
    if (subscription.protocol == "email-json") {
        letter.body = whole(compose_notification(message, subscription));
        return letter;
    }
    letter.body = fmt::format(
        "{}\n\n--\nIf you wish to stop receiving notifications from this topic, please click or "
        "visit the link below to unsubscribe:\n{}\n",
        message.text_for(subscription.protocol),
        unsubscribe_url(subscription)
    );
    return letter;
}

Letter compose_confirmation_letter(
    const std::string& message_id,
    Timestamp timestamp,
    const Subscription& subscription
) {
    Letter letter;
    letter.sent = timestamp;
    letter.to = subscription.endpoint;
    letter.from = "AWS Notifications <no-reply@sns.amazonaws.com>";
    letter.subject = "AWS Notification - Subscription Confirmation";
    letter.topic_arn = subscription.topic_arn;
    letter.confirm_url = confirm_url(subscription);
    letter.token = subscription.token;
    if (subscription.protocol == "email-json") {
        letter.body = whole(compose_confirmation(message_id, timestamp, subscription));
        return letter;
    }
    letter.body = fmt::format(
        "You have chosen to subscribe to the topic:\n{}\n\nTo confirm this subscription, click or "
        "visit the link below (If this was in error no action is necessary):\n{}\n",
        subscription.topic_arn,
        letter.confirm_url
    );
    return letter;
}

} // namespace diorama::sns
