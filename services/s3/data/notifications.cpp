// See notifications.hpp.
#include "services/s3/data/notifications.hpp"

#include "emulator/http/message.hpp"
#include "services/s3/data/access_control_list.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace diorama::s3 {

namespace {

using JSON = nlohmann::ordered_json;

// AWS: keys are URL encoded in events, with '+' for a blank.
std::string event_key(const std::string& key) {
    auto encoded = http::percent_encode(key, true);
    for (auto at = encoded.find("%20"); at != std::string::npos; at = encoded.find("%20", at))
        encoded.replace(at, 3, "+");
    return encoded;
}

// AWS's principal ids are names of accounts that say nothing.
std::string principal_id(const std::string& account) {
    auto id = canonical_user_id(account).substr(0, 14);
    std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    return "A" + id;
}

} // namespace

std::vector<TopicRule> read_topics(std::string_view json) {
    std::vector<TopicRule> rules;
    const auto document = nlohmann::json::parse(json);
    for (const auto& given : document.value("TopicConfigurations", nlohmann::json::array())) {
        auto& rule = rules.emplace_back();
        rule.id = given.value("Id", "");
        rule.topic_arn = given.value("TopicArn", "");
        rule.events = given.value("Events", std::vector<std::string>());
        const auto filter = given.value("Filter", nlohmann::json::object())
                                .value("Key", nlohmann::json::object())
                                .value("FilterRules", nlohmann::json::array());
        for (const auto& part : filter)
            (part.value("Name", "") == "prefix" ? rule.prefix : rule.suffix) =
                part.value("Value", "");
    }
    return rules;
}

bool wants(const TopicRule& rule, const ObjectEvent& event) {
    if (!event.key.starts_with(rule.prefix) || !event.key.ends_with(rule.suffix)) return false;
    return std::any_of(rule.events.begin(), rule.events.end(), [&](std::string_view wanted) {
        wanted.remove_prefix(std::min<std::size_t>(3, wanted.size())); // "s3:"
        if (wanted.ends_with('*'))
            return event.name.starts_with(wanted.substr(0, wanted.size() - 1));
        return wanted == event.name;
    });
}

std::string
event_message(const ObjectEvent& event, const EventSource& source, const std::string& rule_id) {
    JSON object{{"key", event_key(event.key)}};
    // AWS: what was removed has neither size nor entity tag.
    if (!event.e_tag.empty()) {
        object["size"] = event.size;
        object["eTag"] = event.e_tag;
    }
    if (!event.version_id.empty()) object["versionId"] = event.version_id;
    object["sequencer"] = fmt::format("{:018X}", source.sequence);
    const JSON record{
        {"eventVersion", "2.1"},
        {"eventSource", "aws:s3"},
        {"awsRegion", source.region},
        {"eventTime", iso8601_ms(source.when)},
        {"eventName", event.name},
        {"userIdentity",
         {{"principalId",
           source.principal.empty() ? "AWS:anonymous" : "AWS:" + principal_id(source.principal)}}},
        {"requestParameters", {{"sourceIPAddress", source.remote_address}}},
        {"responseElements",
         {{"x-amz-request-id", source.request_id}, {"x-amz-id-2", source.host_id}}},
        {"s3",
         {{"s3SchemaVersion", "1.0"},
          {"configurationId", rule_id},
          {"bucket",
           {{"name", source.bucket},
            {"ownerIdentity", {{"principalId", principal_id(source.account)}}},
            {"arn", "arn:aws:s3:::" + source.bucket}}},
          {"object", std::move(object)}}},
    };
    return JSON{{"Records", JSON::array({record})}}.dump();
}

std::string test_message(const EventSource& source) {
    return JSON{
        {"Service", "Amazon S3"},
        {"Event", "s3:TestEvent"},
        {"Time", iso8601_ms(source.when)},
        {"Bucket", source.bucket},
        {"RequestId", source.request_id},
        {"HostId", source.host_id},
    }
        .dump();
}

} // namespace diorama::s3
