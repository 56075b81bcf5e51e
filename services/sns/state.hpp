// What SNS remembers: topics, subscriptions and the letters of the local mailbox.
#pragma once

#include "emulator/storage/journal.hpp"
#include "emulator/time/time.hpp"

#include <map>
#include <string>
#include <vector>

namespace diorama::sns {

struct Topic {
    std::string account;
    std::string region;
    std::string name;
    std::map<std::string, std::string> attributes; // those that were set
    std::map<std::string, std::string> tags;
    int subscriptions_deleted = 0;

    std::string arn() const;
    // The attribute, or `otherwise` if it was not set.
    std::string attribute(const std::string& attribute_name, std::string otherwise = "") const;

    std::string encode() const;
    static Topic decode(std::string_view bytes);
};

struct Subscription {
    std::string arn;
    std::string topic_arn;
    std::string owner;
    std::string region;
    std::string protocol;
    std::string endpoint;
    std::string token;
    std::string api_address; // "http://localhost:4566", how the subscriber reached the API
    std::map<std::string, std::string> attributes; // FilterPolicy, RawMessageDelivery, …
    bool is_confirmed = false;
    bool needs_authentication_to_unsubscribe = false;
    Timestamp created;

    bool is_raw() const;
    std::string attribute(const std::string& attribute_name, std::string otherwise = "") const;

    std::string encode() const;
    static Subscription decode(std::string_view bytes);
};

// An email as it would have been sent.
struct Letter {
    Timestamp sent;
    std::string to;
    std::string from;
    std::string subject;
    std::string body;
    std::string topic_arn;
    std::string confirm_url; // of a confirmation request
    std::string token;

    std::string encode() const;
    static Letter decode(std::string_view bytes);
};

class State {
public:
    explicit State(Journal& journal);

    Table<Topic> topics;               // by ARN
    Table<Subscription> subscriptions; // by ARN
    Table<Letter> letters;             // by a running number

    // In ARN order.
    std::vector<const Subscription*> subscriptions_of(const std::string& topic_arn) const;
    void receive(Letter letter);

private:
    std::uint64_t last_letter_ = 0;
};

} // namespace diorama::sns
