// See state.hpp. Records are kept as JSON.
#include "services/autoscaling/state.hpp"

#include "emulator/storage/record.hpp"

#include <algorithm>

namespace diorama::autoscaling {

namespace {

using nlohmann::json;
using storage::from_ticks;
using storage::optional_from;
using storage::optional_json;
using storage::ticks;

json encode_member(const Member& member) {
    return {
        {"id", member.instance_id},
        {"type", member.type},
        {"zone", member.zone},
        {"version", member.template_version},
        {"state", static_cast<int>(member.state)},
        {"unhealthy", member.unhealthy_reason},
        {"protected", member.is_protected},
        {"draining", member.is_draining},
        {"launched", ticks(member.launched)},
        {"in_service", ticks(member.in_service)},
        {"activity", member.activity}
    };
}

Member decode_member(const json& object) {
    Member member;
    object.at("id").get_to(member.instance_id);
    object.at("type").get_to(member.type);
    object.at("zone").get_to(member.zone);
    object.at("version").get_to(member.template_version);
    member.state = static_cast<MemberState>(object.at("state").get<int>());
    object.at("unhealthy").get_to(member.unhealthy_reason);
    object.at("protected").get_to(member.is_protected);
    object.at("draining").get_to(member.is_draining);
    member.launched = from_ticks(object.at("launched"));
    member.in_service = from_ticks(object.at("in_service"));
    object.at("activity").get_to(member.activity);
    return member;
}

} // namespace

State::State(Journal& journal)
    : groups(journal, "autoscaling.groups")
    , policies(journal, "autoscaling.policies")
    , activities(journal, "autoscaling.activities") {}

std::string key_of(const Place& place, const std::string& group_name) {
    return place.account + "/" + place.region + "/" + group_name;
}

std::int32_t Group::active() const {
    return static_cast<std::int32_t>(std::count_if(
        members.begin(),
        members.end(),
        [](const auto& m) { return m.state != MemberState::terminating; }
    ));
}

Member* Group::find_member(const std::string& instance_id) {
    const auto found = std::find_if(members.begin(), members.end(), [&](const auto& m) {
        return m.instance_id == instance_id;
    });
    return found == members.end() ? nullptr : &*found;
}

const Member* Group::find_member(const std::string& instance_id) const {
    return const_cast<Group*>(this)->find_member(instance_id);
}

std::string Group::encode() const {
    json encoded_tags = json::object();
    for (const auto& [key, tag] : tags)
        encoded_tags[key] = {tag.value, tag.propagates};
    json encoded_members = json::array();
    for (const auto& member : members)
        encoded_members.push_back(encode_member(member));
    return json{
        {"name", name},
        {"arn", arn},
        {"account", place.account},
        {"region", place.region},
        {"template", {template_id, template_name, template_version}},
        {"size", {min_size, max_size, desired}},
        {"cooldown", cooldown_s},
        {"warmup", optional_json(default_warmup_s)},
        {"zones", zones},
        {"subnets", subnets},
        {"target_groups", target_groups},
        {"health", health_check_type},
        {"grace", health_check_grace_s},
        {"termination", termination_policies},
        {"protects", protects_new_instances},
        {"tags", encoded_tags},
        {"suspended", suspended},
        {"metrics", metrics},
        {"deleting", is_deleting},
        {"created", ticks(created)},
        {"cooling", optional_json(cooling_s)},
        {"cools_until", ticks(cools_until)},
        {"launch_retry", ticks(launch_retry)},
        {"cause", next_cause},
        {"members", encoded_members}
    }.dump();
}

Group Group::decode(std::string_view bytes) {
    const json object = json::parse(bytes);
    Group group;
    object.at("name").get_to(group.name);
    object.at("arn").get_to(group.arn);
    object.at("account").get_to(group.place.account);
    object.at("region").get_to(group.place.region);
    object.at("template").at(0).get_to(group.template_id);
    object.at("template").at(1).get_to(group.template_name);
    object.at("template").at(2).get_to(group.template_version);
    object.at("size").at(0).get_to(group.min_size);
    object.at("size").at(1).get_to(group.max_size);
    object.at("size").at(2).get_to(group.desired);
    object.at("cooldown").get_to(group.cooldown_s);
    group.default_warmup_s = optional_from<std::int32_t>(object.at("warmup"));
    object.at("zones").get_to(group.zones);
    object.at("subnets").get_to(group.subnets);
    object.at("target_groups").get_to(group.target_groups);
    object.at("health").get_to(group.health_check_type);
    object.at("grace").get_to(group.health_check_grace_s);
    object.at("termination").get_to(group.termination_policies);
    object.at("protects").get_to(group.protects_new_instances);
    for (const auto& [key, tag] : object.at("tags").items())
        group.tags[key] = {tag.at(0), tag.at(1)};
    object.at("suspended").get_to(group.suspended);
    object.at("metrics").get_to(group.metrics);
    object.at("deleting").get_to(group.is_deleting);
    group.created = from_ticks(object.at("created"));
    group.cooling_s = optional_from<std::int32_t>(object.at("cooling"));
    group.cools_until = from_ticks(object.at("cools_until"));
    group.launch_retry = from_ticks(object.at("launch_retry"));
    object.at("cause").get_to(group.next_cause);
    for (const auto& member : object.at("members"))
        group.members.push_back(decode_member(member));
    return group;
}

std::string Policy::encode() const {
    json encoded_steps = json::array();
    for (const auto& step : steps) {
        encoded_steps.push_back(
            {optional_json(step.lower_bound), optional_json(step.upper_bound), step.adjustment}
        );
    }
    return json{
        {"name", name},
        {"arn", arn},
        {"group", group},
        {"type", static_cast<int>(type)},
        {"enabled", is_enabled},
        {"adjustment_type", static_cast<int>(adjustment_type)},
        {"adjustment", adjustment},
        {"magnitude", min_magnitude},
        {"cooldown", optional_json(cooldown_s)},
        {"warmup", optional_json(warmup_s)},
        {"aggregation", aggregation},
        {"steps", encoded_steps},
        {"target", target},
        {"scales_in", scales_in},
        {"predefined", predefined_metric},
        {"label", resource_label},
        {"namespace", metric.metric_namespace},
        {"metric", metric.name},
        {"dimensions", metric.dimensions},
        {"statistic", metric.statistic},
        {"unit", metric.unit},
        {"alarms", alarms}
    }.dump();
}

Policy Policy::decode(std::string_view bytes) {
    const json object = json::parse(bytes);
    Policy policy;
    object.at("name").get_to(policy.name);
    object.at("arn").get_to(policy.arn);
    object.at("group").get_to(policy.group);
    policy.type = static_cast<PolicyType>(object.at("type").get<int>());
    object.at("enabled").get_to(policy.is_enabled);
    policy.adjustment_type = static_cast<AdjustmentType>(object.at("adjustment_type").get<int>());
    object.at("adjustment").get_to(policy.adjustment);
    object.at("magnitude").get_to(policy.min_magnitude);
    policy.cooldown_s = optional_from<std::int32_t>(object.at("cooldown"));
    policy.warmup_s = optional_from<std::int32_t>(object.at("warmup"));
    object.at("aggregation").get_to(policy.aggregation);
    for (const auto& step : object.at("steps")) {
        policy.steps.push_back(
            {optional_from<double>(step.at(0)), optional_from<double>(step.at(1)), step.at(2)}
        );
    }
    object.at("target").get_to(policy.target);
    object.at("scales_in").get_to(policy.scales_in);
    object.at("predefined").get_to(policy.predefined_metric);
    object.at("label").get_to(policy.resource_label);
    object.at("namespace").get_to(policy.metric.metric_namespace);
    object.at("metric").get_to(policy.metric.name);
    object.at("dimensions").get_to(policy.metric.dimensions);
    object.at("statistic").get_to(policy.metric.statistic);
    object.at("unit").get_to(policy.metric.unit);
    object.at("alarms").get_to(policy.alarms);
    return policy;
}

std::string Activity::encode() const {
    return json{
        {"id", id},
        {"group", group},
        {"description", description},
        {"cause", cause},
        {"details", details},
        {"message", message},
        {"status", static_cast<int>(status)},
        {"started", ticks(started)},
        {"ended", ended ? json(ticks(*ended)) : json(nullptr)}
    }.dump();
}

Activity Activity::decode(std::string_view bytes) {
    const json object = json::parse(bytes);
    Activity activity;
    object.at("id").get_to(activity.id);
    object.at("group").get_to(activity.group);
    object.at("description").get_to(activity.description);
    object.at("cause").get_to(activity.cause);
    object.at("details").get_to(activity.details);
    object.at("message").get_to(activity.message);
    activity.status = static_cast<ActivityStatus>(object.at("status").get<int>());
    activity.started = from_ticks(object.at("started"));
    if (!object.at("ended").is_null()) activity.ended = from_ticks(object.at("ended"));
    return activity;
}

} // namespace diorama::autoscaling
