// What SNS measures, in namespace AWS/SNS, per topic (dimension TopicName).
#pragma once

#include "emulator/metrics/metrics.hpp"

#include <string>

namespace diorama::sns {

struct MetricDescription {
    const char* name;
    const char* unit;
};

// Accepted Publish and PublishBatch messages.
inline constexpr MetricDescription messages_published{"NumberOfMessagesPublished", "Count"};
// The size of each.
inline constexpr MetricDescription publish_size{"PublishSize", "Bytes"};
// Messages that reached a subscription's endpoint.
inline constexpr MetricDescription notifications_delivered{
    "NumberOfNotificationsDelivered",
    "Count"
};
// Messages given up after the last retry, or at once after a permanent failure.
inline constexpr MetricDescription notifications_failed{"NumberOfNotificationsFailed", "Count"};
// Messages that a filter policy kept from a subscription.
inline constexpr MetricDescription notifications_filtered_out{
    "NumberOfNotificationsFilteredOut",
    "Count"
};

inline MetricId metric_of(
    const std::string& account,
    const std::string& region,
    const std::string& topic_name,
    const MetricDescription& metric
) {
    return {account, region, "AWS/SNS", metric.name, {{"TopicName", topic_name}}, metric.unit};
}

} // namespace diorama::sns
