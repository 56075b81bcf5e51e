// Every number of SNS, with its source.
#pragma once

#include "emulator/time/time.hpp"

#include <cstddef>

namespace diorama::sns::limits {

using namespace std::chrono_literals;

// AWS: API reference, Publish and PublishBatch.
inline constexpr std::size_t message_bytes = 262'144;
inline constexpr std::size_t subject_characters = 100;
inline constexpr std::size_t batch_entries = 10;
inline constexpr std::size_t batch_id_characters = 80;
inline constexpr std::size_t attribute_name_bytes = 256;

// AWS: API reference, CreateTopic, ListTopics, ListSubscriptions, TagResource.
inline constexpr std::size_t topic_name_characters = 256;
inline constexpr std::size_t entries_per_page = 100;
inline constexpr std::size_t tags_per_topic = 50;

// AWS: API reference, Subscribe: "confirmation tokens are valid for two days".
inline constexpr Duration token_life = 48h;
inline constexpr Duration looks_for_expired_tokens = 1h;

// AWS: Developer Guide, "Creating a delivery policy" (defaults) and "HTTP/HTTPS endpoints".
inline constexpr int retries = 3;
inline constexpr Duration retry_delay = 20s;
inline constexpr int most_retries = 100;
inline constexpr Duration longest_retry_delay = 3600s;
inline constexpr Duration endpoint_timeout = 15s;

// AWS: Developer Guide, "Filter policy constraints".
inline constexpr std::size_t filter_policy_keys = 5;
inline constexpr std::size_t filter_policy_combinations = 150;

// Ours: how many letters the local mailbox keeps.
inline constexpr std::size_t letters = 1000;

} // namespace diorama::sns::limits
