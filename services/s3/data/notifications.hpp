// Event notifications: which topics want to hear of an event, and what they are told. Pure.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
#pragma once

#include "services/s3/data/observation.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace diorama::s3 {

struct TopicRule {
    std::string id;
    std::string topic_arn;
    std::vector<std::string> events; // "s3:ObjectCreated:*"
    std::string prefix;
    std::string suffix;
};

// The configuration as it is kept: JSON with the model's names.
std::vector<TopicRule> read_topics(std::string_view json);

bool wants(const TopicRule& rule, const ObjectEvent& event);

// Where an event comes from.
struct EventSource {
    std::string bucket;
    std::string account; // the bucket's owner
    std::string region;
    std::string principal; // who did it; empty: nobody known
    std::string remote_address;
    std::string request_id;
    std::string host_id;
    Timestamp when;
    std::uint64_t sequence = 0; // later events of one key have greater ones
};

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
std::string
event_message(const ObjectEvent& event, const EventSource& source, const std::string& rule_id);

// AWS: Amazon S3 also sends a test message to a destination that is new.
std::string test_message(const EventSource& source);

inline constexpr std::string_view notification_subject = "Amazon S3 Notification";

} // namespace diorama::s3
