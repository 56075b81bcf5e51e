// What the control plane remembers of load balancers, listeners, rules and target groups, and the
// questions it asks of that. Keys are ARNs, which hold account and region; an ARN begins with that
// of the resource it belongs to, so that "the listeners of" is a range of keys. No I/O, no clock.
#pragma once

#include "emulator/storage/journal.hpp"
#include "emulator/time/time.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::elbv2 {

using Tags = std::map<std::string, std::string>;
using Attributes = std::map<std::string, std::string>;

struct LoadBalancerRecord {
    struct Node {
        std::string subnet_id;
        std::string zone;
    };

    std::string arn;
    std::string name;
    std::string aws_dns_name;   // "web-1234567890.us-east-1.elb.amazonaws.com"
    std::string local_dns_name; // "web.elb.localhost"
    std::string scheme = "internet-facing";
    std::string ip_address_type = "ipv4";
    std::string vpc_id;
    std::vector<Node> nodes;
    std::vector<std::string> security_groups;
    Timestamp created_time{};
    bool is_active = false;
    Attributes attributes; // those that differ from the defaults
    Tags tags;

    std::string encode() const;
    static LoadBalancerRecord decode(std::string_view bytes);
};

struct ActionRecord {
    struct Share {
        std::string target_group_arn;
        int weight = 1;
    };

    struct Redirect {
        std::string protocol = "#{protocol}";
        std::string host = "#{host}";
        std::string port = "#{port}";
        std::string path = "/#{path}";
        std::string query = "#{query}";
        int status = 302;
    };

    struct FixedResponse {
        int status = 200;
        std::string content_type;
        std::string body;
    };

    // One of the three.
    std::vector<Share> forward;
    std::optional<Redirect> redirect;
    std::optional<FixedResponse> fixed_response;
    std::optional<int> order;
};

struct ConditionRecord {
    std::string field; // "host-header"
    std::string header_name;
    std::vector<std::string> values;
    std::vector<std::pair<std::optional<std::string>, std::string>> query_values;
};

struct RuleRecord {
    std::string arn;
    int priority = 0; // 0: the default rule
    std::vector<ConditionRecord> conditions;
    ActionRecord action;
    Tags tags;

    bool is_default() const { return priority == 0; }

    std::string encode() const;
    static RuleRecord decode(std::string_view bytes);
};

struct ListenerRecord {
    std::string arn;
    std::string protocol = "HTTP"; // or HTTPS
    int port = 80;
    std::string ssl_policy;
    std::vector<std::string> certificate_arns;
    Tags tags;

    std::string encode() const;
    static ListenerRecord decode(std::string_view bytes);
};

struct HealthCheckRecord {
    bool enabled = true;
    std::string protocol = "HTTP";
    std::string port = "traffic-port";
    std::string path = "/";
    int interval_seconds = 30;
    int timeout_seconds = 5;
    int healthy_threshold = 5;
    int unhealthy_threshold = 2;
    std::string matcher = "200";
};

struct TargetRecord {
    std::string id;
    int port = 80;
    std::string zone;                        // as given; empty for instances
    std::optional<Timestamp> draining_until; // being deregistered
};

struct TargetGroupRecord {
    std::string arn;
    std::string name;
    std::string protocol = "HTTP";
    int port = 80;
    std::string vpc_id;
    std::string target_type = "instance"; // or ip
    HealthCheckRecord health_check;
    Attributes attributes; // those that differ from the defaults
    Tags tags;
    std::vector<TargetRecord> targets;

    TargetRecord* find_target(std::string_view id, int port);

    std::string encode() const;
    static TargetGroupRecord decode(std::string_view bytes);
};

class State {
public:
    explicit State(Journal& journal);

    Table<LoadBalancerRecord> load_balancers;
    Table<ListenerRecord> listeners;
    Table<RuleRecord> rules;
    Table<TargetGroupRecord> target_groups;

    const LoadBalancerRecord*
    find_load_balancer_named(const std::string& account_prefix, std::string_view name) const;
    const TargetGroupRecord*
    find_target_group_named(const std::string& account_prefix, std::string_view name) const;

    // In order of their ports.
    std::vector<const ListenerRecord*> listeners_of(const std::string& load_balancer_arn) const;
    // In order of priority, the default rule last.
    std::vector<const RuleRecord*> rules_of(const std::string& listener_arn) const;
    const RuleRecord& default_rule_of(const std::string& listener_arn) const;
    // The load balancers with an action that forwards to it.
    std::vector<std::string> load_balancers_using(const std::string& target_group_arn) const;
    // The target groups that its actions forward to.
    std::vector<std::string> target_groups_used_by(const std::string& load_balancer_arn) const;
};

// "arn:aws:elasticloadbalancing:us-east-1:000000000000:"
std::string account_prefix(const std::string& account, const std::string& region);
// Of a listener or rule ARN.
std::string load_balancer_arn_of(const std::string& arn);
std::string listener_arn_of(const std::string& rule_arn);
// "app/name/id" and "targetgroup/name/id", the dimensions of metrics.
std::string label_of(const std::string& arn);
std::string account_of(const std::string& arn);
std::string region_of(const std::string& arn);

// The value of an attribute: as set, else the default; empty for a name that does not exist.
std::string load_balancer_attribute(const LoadBalancerRecord& record, std::string_view key);
std::string target_group_attribute(const TargetGroupRecord& record, std::string_view key);
// All attributes with their defaults, in the order of the keys.
const Attributes& load_balancer_attribute_defaults();
const Attributes& target_group_attribute_defaults();

} // namespace diorama::elbv2
