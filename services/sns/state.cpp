// See state.hpp. Records are kept as JSON.
#include "services/sns/state.hpp"

#include "emulator/storage/record.hpp"
#include "services/sns/limits.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::sns {

namespace {

using Json = nlohmann::json;
using storage::from_ticks;
using storage::ticks;
using Strings = std::map<std::string, std::string>;

// Text of clients need not be UTF-8; what is not becomes U+FFFD.
std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string find_or(const Strings& strings, const std::string& key, std::string otherwise) {
    const auto found = strings.find(key);
    return found == strings.end() ? std::move(otherwise) : found->second;
}

} // namespace

std::string Topic::arn() const {
    return fmt::format("arn:aws:sns:{}:{}:{}", region, account, name);
}

std::string Topic::attribute(const std::string& attribute_name, std::string otherwise) const {
    return find_or(attributes, attribute_name, std::move(otherwise));
}

std::string Topic::encode() const {
    return dump(
        {{"account", account},
         {"region", region},
         {"name", name},
         {"attributes", attributes},
         {"tags", tags},
         {"subscriptions_deleted", subscriptions_deleted}}
    );
}

Topic Topic::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    return {
        .account = json.at("account"),
        .region = json.at("region"),
        .name = json.at("name"),
        .attributes = json.at("attributes").get<Strings>(),
        .tags = json.at("tags").get<Strings>(),
        .subscriptions_deleted = json.at("subscriptions_deleted"),
    };
}

bool Subscription::is_raw() const {
    return attribute("RawMessageDelivery") == "true";
}

std::string
Subscription::attribute(const std::string& attribute_name, std::string otherwise) const {
    return find_or(attributes, attribute_name, std::move(otherwise));
}

std::string Subscription::encode() const {
    return dump(
        {{"arn", arn},
         {"topic_arn", topic_arn},
         {"owner", owner},
         {"region", region},
         {"protocol", protocol},
         {"endpoint", endpoint},
         {"token", token},
         {"api_address", api_address},
         {"attributes", attributes},
         {"is_confirmed", is_confirmed},
         {"needs_authentication", needs_authentication_to_unsubscribe},
         {"created", ticks(created)}}
    );
}

Subscription Subscription::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    return {
        .arn = json.at("arn"),
        .topic_arn = json.at("topic_arn"),
        .owner = json.at("owner"),
        .region = json.at("region"),
        .protocol = json.at("protocol"),
        .endpoint = json.at("endpoint"),
        .token = json.at("token"),
        .api_address = json.at("api_address"),
        .attributes = json.at("attributes").get<Strings>(),
        .is_confirmed = json.at("is_confirmed"),
        .needs_authentication_to_unsubscribe = json.at("needs_authentication"),
        .created = from_ticks(json.at("created")),
    };
}

std::string Letter::encode() const {
    return dump(
        {{"sent", ticks(sent)},
         {"to", to},
         {"from", from},
         {"subject", subject},
         {"body", body},
         {"topic_arn", topic_arn},
         {"confirm_url", confirm_url},
         {"token", token}}
    );
}

Letter Letter::decode(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    return {
        .sent = from_ticks(json.at("sent")),
        .to = json.at("to"),
        .from = json.at("from"),
        .subject = json.at("subject"),
        .body = json.at("body"),
        .topic_arn = json.at("topic_arn"),
        .confirm_url = json.at("confirm_url"),
        .token = json.at("token"),
    };
}

State::State(Journal& journal)
    : topics(journal, "sns.topics")
    , subscriptions(journal, "sns.subscriptions")
    , letters(journal, "sns.letters") {
    for (const auto& [key, letter] : letters)
        last_letter_ = std::max<std::uint64_t>(last_letter_, std::stoull(key));
}

std::vector<const Subscription*> State::subscriptions_of(const std::string& topic_arn) const {
    const auto prefix = topic_arn + ":";
    std::vector<const Subscription*> found;
    for (auto entry = subscriptions.lower_bound(prefix);
         entry != subscriptions.end() && entry->first.starts_with(prefix);
         ++entry)
        found.push_back(&entry->second);
    return found;
}

void State::receive(Letter letter) {
    letters.put(fmt::format("{:020}", ++last_letter_), std::move(letter));
    while (letters.size() > limits::letters)
        letters.erase(std::string(letters.begin()->first));
}

} // namespace diorama::sns
