// Messages and the documents in which they travel: what is posted to an endpoint, what stands in an
// email, what is signed. Pure.
#pragma once

#include "emulator/time/time.hpp"
#include "services/sns/sns.hpp"
#include "services/sns/state.hpp"

#include <map>
#include <optional>
#include <string>

namespace diorama::sns {

struct MessageAttribute {
    std::string type;  // "String", "String.Array", "Number", "Binary", or with a custom suffix
    std::string value; // of a binary: the bytes
};

struct Message {
    std::string id;
    std::string topic_arn;
    std::string topic_name; // its DisplayName if it has one
    std::optional<std::string> subject;
    std::string text;
    // With MessageStructure "json": the text for each protocol.
    std::map<std::string, std::string> text_by_protocol;
    std::map<std::string, MessageAttribute> attributes;
    Timestamp timestamp;
    int signature_version = 1;

    const std::string& text_for(const std::string& protocol) const;
};

// "http://localhost:4566/?Action=ConfirmSubscription&TopicArn=…&Token=…"
std::string confirm_url(const Subscription& subscription);
std::string unsubscribe_url(const Subscription& subscription);

EndpointRequest compose_notification(const Message& message, const Subscription& subscription);
EndpointRequest compose_confirmation(
    const std::string& message_id,
    Timestamp timestamp,
    const Subscription& subscription
);

// The letters for protocols email and email-json.
Letter compose_letter(const Message& message, const Subscription& subscription);
Letter compose_confirmation_letter(
    const std::string& message_id,
    Timestamp timestamp,
    const Subscription& subscription
);

} // namespace diorama::sns
