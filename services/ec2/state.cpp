// See state.hpp. Records are kept as JSON.
#include "services/ec2/state.hpp"

#include "emulator/storage/record.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::ec2 {

namespace {

using nlohmann::json;
using storage::from_ticks;
using storage::get_optional;
using storage::put_optional;
using storage::ticks;

json encode_settings(const LaunchSettings& settings) {
    json object = {
        {"security_groups", settings.security_group_ids},
        {"tags", settings.instance_tags}
    };
    put_optional(object, "image", settings.image_id);
    put_optional(object, "type", settings.instance_type);
    put_optional(object, "key", settings.key_name);
    put_optional(object, "user_data", settings.user_data);
    put_optional(object, "monitoring", settings.detailed_monitoring);
    put_optional(object, "zone", settings.zone);
    return object;
}

LaunchSettings decode_settings(const json& object) {
    LaunchSettings settings;
    settings.security_group_ids = object.at("security_groups").get<std::vector<std::string>>();
    settings.instance_tags = object.at("tags").get<Tags>();
    get_optional(object, "image", settings.image_id);
    get_optional(object, "type", settings.instance_type);
    get_optional(object, "key", settings.key_name);
    get_optional(object, "user_data", settings.user_data);
    get_optional(object, "monitoring", settings.detailed_monitoring);
    get_optional(object, "zone", settings.zone);
    return settings;
}

} // namespace

State::State(Journal& journal)
    : topologies(journal, "ec2.topologies")
    , launch_templates(journal, "ec2.launch_templates")
    , instances(journal, "ec2.instances") {}

const LaunchTemplate* State::find_launch_template(
    const std::string& account,
    const std::string& region,
    const std::string& id_or_name
) const {
    for (const auto& [id, candidate] : launch_templates) {
        if (candidate.account != account || candidate.region != region) continue;
        if (id == id_or_name || candidate.name == id_or_name) return &candidate;
    }
    return nullptr;
}

const Subnet* Topology::find_subnet(const std::string& id) const {
    const auto found =
        std::find_if(subnets.begin(), subnets.end(), [&](const auto& s) { return s.id == id; });
    return found == subnets.end() ? nullptr : &*found;
}

const Subnet* Topology::find_subnet_in(const std::string& zone) const {
    const auto found =
        std::find_if(subnets.begin(), subnets.end(), [&](const auto& s) { return s.zone == zone; });
    return found == subnets.end() ? nullptr : &*found;
}

const LaunchTemplateVersion* LaunchTemplate::find_version(const std::string& version) const {
    std::int64_t number = default_version;
    if (version == "$Latest") {
        number = versions.back().number;
    } else if (!version.empty() && version != "$Default") {
        const auto* end = version.data() + version.size();
        const auto result = std::from_chars(version.data(), end, number);
        if (result.ec != std::errc() || result.ptr != end) return nullptr;
    }
    const auto found = std::find_if(versions.begin(), versions.end(), [&](const auto& v) {
        return v.number == number;
    });
    return found == versions.end() ? nullptr : &*found;
}

std::string Instance::group() const {
    const auto found = tags.find("aws:autoscaling:groupName");
    return found == tags.end() ? std::string() : found->second;
}

std::string_view name_of(InstanceState state) {
    constexpr std::array<std::string_view, 6>
        names{"pending", "running", "shutting-down", "terminated", "stopping", "stopped"};
    return names[static_cast<std::size_t>(state)];
}

int code_of(InstanceState state) {
    constexpr std::array<int, 6> codes{0, 16, 32, 48, 64, 80};
    return codes[static_cast<std::size_t>(state)];
}

std::string Topology::encode() const {
    json encoded_subnets = json::array();
    for (const auto& subnet : subnets) {
        encoded_subnets.push_back({subnet.id, subnet.zone, subnet.zone_id, subnet.cidr});
    }
    return json{
        {"account", account},
        {"region", region},
        {"vpc", vpc_id},
        {"group", security_group_id},
        {"dhcp", dhcp_options_id},
        {"subnets", encoded_subnets}
    }.dump();
}

Topology Topology::decode(std::string_view bytes) {
    const json object = json::parse(bytes);
    Topology topology;
    object.at("account").get_to(topology.account);
    object.at("region").get_to(topology.region);
    object.at("vpc").get_to(topology.vpc_id);
    object.at("group").get_to(topology.security_group_id);
    object.at("dhcp").get_to(topology.dhcp_options_id);
    for (const auto& subnet : object.at("subnets")) {
        topology.subnets.push_back({subnet.at(0), subnet.at(1), subnet.at(2), subnet.at(3)});
    }
    return topology;
}

std::string LaunchTemplate::encode() const {
    json encoded_versions = json::array();
    for (const auto& version : versions) {
        encoded_versions.push_back(
            {{"number", version.number},
             {"description", version.description},
             {"created", ticks(version.created)},
             {"settings", encode_settings(version.settings)}}
        );
    }
    return json{
        {"id", id},
        {"name", name},
        {"account", account},
        {"region", region},
        {"created", ticks(created)},
        {"default", default_version},
        {"versions", encoded_versions},
        {"tags", tags}
    }.dump();
}

LaunchTemplate LaunchTemplate::decode(std::string_view bytes) {
    const json object = json::parse(bytes);
    LaunchTemplate result;
    object.at("id").get_to(result.id);
    object.at("name").get_to(result.name);
    object.at("account").get_to(result.account);
    object.at("region").get_to(result.region);
    result.created = from_ticks(object.at("created"));
    object.at("default").get_to(result.default_version);
    object.at("tags").get_to(result.tags);
    for (const auto& version : object.at("versions")) {
        result.versions.push_back(
            {version.at("number"),
             version.at("description"),
             from_ticks(version.at("created")),
             decode_settings(version.at("settings"))}
        );
    }
    return result;
}

std::string Instance::encode() const {
    return json{
        {"id", id},
        {"reservation", reservation_id},
        {"account", account},
        {"region", region},
        {"image", image_id},
        {"type", type},
        {"vpc", vpc_id},
        {"subnet", subnet_id},
        {"zone", zone},
        {"ip", private_ip},
        {"key", key_name},
        {"token", client_token},
        {"group", security_group_id},
        {"user_data", user_data},
        {"template", launch_template_id},
        {"template_version", launch_template_version},
        {"index", launch_index},
        {"monitoring", detailed_monitoring},
        {"state", static_cast<int>(state)},
        {"launched", ticks(launched)},
        {"changed", ticks(changed)},
        {"reason", transition_reason},
        {"tags", tags}
    }.dump();
}

Instance Instance::decode(std::string_view bytes) {
    const json object = json::parse(bytes);
    Instance result;
    object.at("id").get_to(result.id);
    object.at("reservation").get_to(result.reservation_id);
    object.at("account").get_to(result.account);
    object.at("region").get_to(result.region);
    object.at("image").get_to(result.image_id);
    object.at("type").get_to(result.type);
    object.at("vpc").get_to(result.vpc_id);
    object.at("subnet").get_to(result.subnet_id);
    object.at("zone").get_to(result.zone);
    object.at("ip").get_to(result.private_ip);
    object.at("key").get_to(result.key_name);
    object.at("token").get_to(result.client_token);
    object.at("group").get_to(result.security_group_id);
    object.at("user_data").get_to(result.user_data);
    object.at("template").get_to(result.launch_template_id);
    object.at("template_version").get_to(result.launch_template_version);
    object.at("index").get_to(result.launch_index);
    object.at("monitoring").get_to(result.detailed_monitoring);
    result.state = static_cast<InstanceState>(object.at("state").get<int>());
    result.launched = from_ticks(object.at("launched"));
    result.changed = from_ticks(object.at("changed"));
    object.at("reason").get_to(result.transition_reason);
    object.at("tags").get_to(result.tags);
    return result;
}

} // namespace diorama::ec2
