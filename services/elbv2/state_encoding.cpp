// How the records of state.hpp are written into the journal: JSON, one object per record.
#include "services/elbv2/state.hpp"

#include <nlohmann/json.hpp>

namespace diorama::elbv2 {

using nlohmann::json;

namespace {

json encoded(Timestamp when) {
    return when.time_since_epoch().count();
}

Timestamp decoded_time(const json& value) {
    return Timestamp(Duration(value.get<std::int64_t>()));
}

json encoded(const ActionRecord& action) {
    json value = json::object();
    for (const auto& share : action.forward)
        value["forward"].push_back({{"arn", share.target_group_arn}, {"weight", share.weight}});
    if (const auto& redirect = action.redirect)
        value["redirect"] = {
            {"protocol", redirect->protocol},
            {"host", redirect->host},
            {"port", redirect->port},
            {"path", redirect->path},
            {"query", redirect->query},
            {"status", redirect->status},
        };
    if (const auto& fixed = action.fixed_response)
        value["fixed_response"] =
            {{"status", fixed->status}, {"type", fixed->content_type}, {"body", fixed->body}};
    if (action.order) value["order"] = *action.order;
    return value;
}

ActionRecord decoded_action(const json& value) {
    ActionRecord action;
    for (const auto& share : value.value("forward", json::array()))
        action.forward.push_back({share.at("arn"), share.at("weight")});
    if (value.contains("redirect")) {
        const auto& redirect = value["redirect"];
        action.redirect = ActionRecord::Redirect{
            redirect.at("protocol"),
            redirect.at("host"),
            redirect.at("port"),
            redirect.at("path"),
            redirect.at("query"),
            redirect.at("status"),
        };
    }
    if (value.contains("fixed_response")) {
        const auto& fixed = value["fixed_response"];
        action.fixed_response =
            ActionRecord::FixedResponse{fixed.at("status"), fixed.at("type"), fixed.at("body")};
    }
    if (value.contains("order")) action.order = value["order"].get<int>();
    return action;
}

json encoded(const ConditionRecord& condition) {
    json value = {
        {"field", condition.field},
        {"header", condition.header_name},
        {"values", condition.values}
    };
    for (const auto& [key, text] : condition.query_values)
        value["query"].push_back({{"key", key ? json(*key) : json()}, {"value", text}});
    return value;
}

ConditionRecord decoded_condition(const json& value) {
    ConditionRecord condition{value.at("field"), value.at("header"), value.at("values"), {}};
    for (const auto& pair : value.value("query", json::array())) {
        std::optional<std::string> key;
        if (!pair.at("key").is_null()) key = pair["key"].get<std::string>();
        condition.query_values.emplace_back(std::move(key), pair.at("value"));
    }
    return condition;
}

json encoded(const HealthCheckRecord& check) {
    return {
        {"enabled", check.enabled},
        {"protocol", check.protocol},
        {"port", check.port},
        {"path", check.path},
        {"interval", check.interval_seconds},
        {"timeout", check.timeout_seconds},
        {"healthy", check.healthy_threshold},
        {"unhealthy", check.unhealthy_threshold},
        {"matcher", check.matcher},
    };
}

HealthCheckRecord decoded_health_check(const json& value) {
    return {
        value.at("enabled"),
        value.at("protocol"),
        value.at("port"),
        value.at("path"),
        value.at("interval"),
        value.at("timeout"),
        value.at("healthy"),
        value.at("unhealthy"),
        value.at("matcher"),
    };
}

} // namespace

std::string LoadBalancerRecord::encode() const {
    json zones = json::array();
    for (const auto& node : nodes)
        zones.push_back({{"subnet", node.subnet_id}, {"zone", node.zone}});
    return json{
        {"arn", arn},
        {"name", name},
        {"aws_dns_name", aws_dns_name},
        {"local_dns_name", local_dns_name},
        {"scheme", scheme},
        {"ip_address_type", ip_address_type},
        {"vpc_id", vpc_id},
        {"nodes", zones},
        {"security_groups", security_groups},
        {"created", encoded(created_time)},
        {"active", is_active},
        {"attributes", attributes},
        {"tags", tags},
    }
        .dump();
}

LoadBalancerRecord LoadBalancerRecord::decode(std::string_view bytes) {
    const auto value = json::parse(bytes);
    LoadBalancerRecord record;
    record.arn = value.at("arn");
    record.name = value.at("name");
    record.aws_dns_name = value.at("aws_dns_name");
    record.local_dns_name = value.at("local_dns_name");
    record.scheme = value.at("scheme");
    record.ip_address_type = value.at("ip_address_type");
    record.vpc_id = value.at("vpc_id");
    for (const auto& node : value.at("nodes"))
        record.nodes.push_back({node.at("subnet"), node.at("zone")});
    record.security_groups = value.at("security_groups");
    record.created_time = decoded_time(value.at("created"));
    record.is_active = value.at("active");
    record.attributes = value.at("attributes").get<Attributes>();
    record.tags = value.at("tags").get<Tags>();
    return record;
}

std::string RuleRecord::encode() const {
    json all = json::array();
    for (const auto& condition : conditions)
        all.push_back(encoded(condition));
    return json{
        {"arn", arn},
        {"priority", priority},
        {"conditions", all},
        {"action", encoded(action)},
        {"tags", tags},
    }
        .dump();
}

RuleRecord RuleRecord::decode(std::string_view bytes) {
    const auto value = json::parse(bytes);
    RuleRecord record;
    record.arn = value.at("arn");
    record.priority = value.at("priority");
    for (const auto& condition : value.at("conditions"))
        record.conditions.push_back(decoded_condition(condition));
    record.action = decoded_action(value.at("action"));
    record.tags = value.at("tags").get<Tags>();
    return record;
}

std::string ListenerRecord::encode() const {
    return json{
        {"arn", arn},
        {"protocol", protocol},
        {"port", port},
        {"ssl_policy", ssl_policy},
        {"certificates", certificate_arns},
        {"tags", tags},
    }
        .dump();
}

ListenerRecord ListenerRecord::decode(std::string_view bytes) {
    const auto value = json::parse(bytes);
    return {
        value.at("arn"),
        value.at("protocol"),
        value.at("port"),
        value.at("ssl_policy"),
        value.at("certificates"),
        value.at("tags").get<Tags>(),
    };
}

std::string TargetGroupRecord::encode() const {
    json all = json::array();
    for (const auto& target : targets)
        all.push_back({
            {"id", target.id},
            {"port", target.port},
            {"zone", target.zone},
            {"draining_until",
             target.draining_until ? encoded(*target.draining_until) : json(nullptr)},
        });
    return json{
        {"arn", arn},
        {"name", name},
        {"protocol", protocol},
        {"port", port},
        {"vpc_id", vpc_id},
        {"target_type", target_type},
        {"health_check", encoded(health_check)},
        {"attributes", attributes},
        {"tags", tags},
        {"targets", all},
    }
        .dump();
}

TargetGroupRecord TargetGroupRecord::decode(std::string_view bytes) {
    const auto value = json::parse(bytes);
    TargetGroupRecord record;
    record.arn = value.at("arn");
    record.name = value.at("name");
    record.protocol = value.at("protocol");
    record.port = value.at("port");
    record.vpc_id = value.at("vpc_id");
    record.target_type = value.at("target_type");
    record.health_check = decoded_health_check(value.at("health_check"));
    record.attributes = value.at("attributes").get<Attributes>();
    record.tags = value.at("tags").get<Tags>();
    for (const auto& target : value.at("targets")) {
        TargetRecord one{target.at("id"), target.at("port"), target.at("zone"), std::nullopt};
        if (!target.at("draining_until").is_null())
            one.draining_until = decoded_time(target["draining_until"]);
        record.targets.push_back(std::move(one));
    }
    return record;
}

} // namespace diorama::elbv2
