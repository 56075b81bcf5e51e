// AWS::SNS::Topic, Subscription and TopicPolicy. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

namespace diorama::cloudformation {
namespace {

constexpr const char* topic_attributes[] = {
    "DisplayName",
    "KmsMasterKeyId",
    "FifoTopic",
    "ContentBasedDeduplication",
    "SignatureVersion",
    "TracingConfig",
    "ArchivePolicy",
    "DeliveryPolicy"
};

// Attributes of topics and subscriptions are text, documents included.
std::string attribute_text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

class Topic final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::SNS::Topic"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"TopicName", Update::replacement},
            {"DisplayName"},
            {"Subscription"},
            {"KmsMasterKeyId"},
            {"FifoTopic", Update::replacement},
            {"ContentBasedDeduplication"},
            {"SignatureVersion"},
            {"TracingConfig"},
            {"ArchivePolicy"},
            {"DeliveryPolicy"},
            {"DataProtectionPolicy"},
            {"Tags"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"TopicArn", "TopicName"};
        return known;
    }

    std::string_view name_property() const override { return "TopicName"; }

    std::string create(Work& work) const override {
        const auto topic = work.name_or_generated("TopicName", 256);
        check_absent(work, topic);
        Json input{{"Name", topic}};
        for (const auto* attribute : topic_attributes)
            if (work.has(attribute))
                input["Attributes"][attribute] = attribute_text(work.properties.at(attribute));
        if (work.has("DataProtectionPolicy"))
            input["DataProtectionPolicy"] =
                attribute_text(work.properties.at("DataProtectionPolicy"));
        if (const auto tags = work.tags(); !tags.empty()) input["Tags"] = tags;
        work.physical_id = work.call("sns", "CreateTopic", input).at("TopicArn");
        subscribe(work, Json::array());
        return work.physical_id;
    }

    Json read(Work& work) const override {
        return {
            {"TopicArn", work.physical_id},
            {"TopicName", work.physical_id.substr(work.physical_id.rfind(':') + 1)}
        };
    }

    void update(Work& work) const override {
        for (const auto* attribute : topic_attributes)
            if (work.changes(attribute))
                work.call(
                    "sns",
                    "SetTopicAttributes",
                    {{"TopicArn", work.physical_id},
                     {"AttributeName", attribute},
                     {"AttributeValue", attribute_text(work.properties.value(attribute, Json("")))}}
                );
        subscribe(work, work.previous.value("Subscription", Json::array()));
    }

    void remove(Work& work) const override {
        remove_by(work, "sns", "DeleteTopic", {{"TopicArn", work.physical_id}});
    }

private:
    // CreateTopic gives a topic that is there already; a stack must not adopt it.
    static void check_absent(const Work& work, const std::string& topic) {
        const auto arn =
            "arn:aws:sns:" + work.place.region + ":" + work.place.account + ":" + topic;
        try {
            work.call("sns", "GetTopicAttributes", {{"TopicArn", arn}});
        } catch (const aws::AWSError& error) {
            if (says_missing(error)) return;
            throw;
        }
        throw aws::AWSError("AlreadyExists", 400, topic + " already exists");
    }

    // AWS: "The Amazon SNS subscriptions (endpoints) for this topic."
    static void subscribe(const Work& work, const Json& before) {
        for (const auto& wanted : work.properties.value("Subscription", Json::array())) {
            if (std::find(before.begin(), before.end(), wanted) != before.end()) continue;
            auto input = wanted;
            input["TopicArn"] = work.physical_id;
            work.call("sns", "Subscribe", input);
        }
    }
};

class Subscription final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::SNS::Subscription"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"TopicArn", Update::replacement, true},
            {"Protocol", Update::replacement, true},
            {"Endpoint", Update::replacement},
            {"DeliveryPolicy"},
            {"FilterPolicy"},
            {"FilterPolicyScope"},
            {"RawMessageDelivery"},
            {"RedrivePolicy"},
            {"Region", Update::ignored},
            {"SubscriptionRoleArn"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"Arn"};
        return known;
    }

    std::string create(Work& work) const override {
        auto input = work.given({"TopicArn", "Protocol", "Endpoint"});
        input["ReturnSubscriptionArn"] = true;
        for (const auto* attribute : own_attributes)
            if (work.has(attribute))
                input["Attributes"][attribute] = attribute_text(work.properties.at(attribute));
        return work.call("sns", "Subscribe", input).at("SubscriptionArn");
    }

    Json read(Work& work) const override { return {{"Arn", work.physical_id}}; }

    void update(Work& work) const override {
        for (const auto* attribute : own_attributes)
            if (work.changes(attribute))
                work.call(
                    "sns",
                    "SetSubscriptionAttributes",
                    {{"SubscriptionArn", work.physical_id},
                     {"AttributeName", attribute},
                     {"AttributeValue", attribute_text(work.properties.value(attribute, Json("")))}}
                );
    }

    // AWS: a subscription that nobody confirmed cannot be deleted; it goes with its topic, or after
    // some days.
    void remove(Work& work) const override {
        try {
            work.call("sns", "Unsubscribe", {{"SubscriptionArn", work.physical_id}});
        } catch (const aws::AWSError& error) {
            if (!says_missing(error) && error.code() != "InvalidParameter") throw;
        }
    }

private:
    static constexpr const char* own_attributes[] = {
        "DeliveryPolicy",
        "FilterPolicyScope",
        "FilterPolicy",
        "RawMessageDelivery",
        "RedrivePolicy",
        "SubscriptionRoleArn"
    };
};

class TopicPolicy final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::SNS::TopicPolicy"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"PolicyDocument", Update::in_place, true},
            {"Topics", Update::in_place, true}
        };
        return known;
    }

    std::string create(Work& work) const override {
        put(work);
        return work.generated_name();
    }

    void update(Work& work) const override { put(work); }

    // UNKNOWN: what AWS puts in its place; here the topic goes back to its default policy.
    void remove(Work& work) const override {
        for (const auto& topic : work.properties.at("Topics"))
            remove_by(
                work,
                "sns",
                "SetTopicAttributes",
                {{"TopicArn", topic}, {"AttributeName", "Policy"}, {"AttributeValue", "{}"}}
            );
    }

private:
    static void put(const Work& work) {
        for (const auto& topic : work.properties.at("Topics"))
            work.call(
                "sns",
                "SetTopicAttributes",
                {{"TopicArn", topic},
                 {"AttributeName", "Policy"},
                 {"AttributeValue", attribute_text(work.properties.at("PolicyDocument"))}}
            );
    }
};

} // namespace

const ResourceType& topic_type() {
    static const Topic type;
    return type;
}

const ResourceType& subscription_type() {
    static const Subscription type;
    return type;
}

const ResourceType& topic_policy_type() {
    static const TopicPolicy type;
    return type;
}

} // namespace diorama::cloudformation
