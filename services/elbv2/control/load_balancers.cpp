// Load balancers: create, describe, delete, subnets, security groups.
#include "services/elbv2/control/control_plane.hpp"
#include "services/elbv2/limits.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace diorama::elbv2 {

namespace {

// https://docs.aws.amazon.com/general/latest/gr/elb.html
std::string canonical_hosted_zone_id(const std::string& region) {
    static const std::map<std::string, std::string> ids = {
        {"ap-northeast-1", "Z14GRHDCWA56QT"},
        {"ap-northeast-2", "ZWKZPGTI48KDX"},
        {"ap-northeast-3", "Z5LXEXXYW11ES"},
        {"ap-south-1", "ZP97RAFLXTNZK"},
        {"ap-southeast-1", "Z1LMS91P8CMLE5"},
        {"ap-southeast-2", "Z1GM3OXH4ZPM65"},
        {"ca-central-1", "ZQSVJUPU6J1EY"},
        {"eu-central-1", "Z215JYRZR1TBD5"},
        {"eu-north-1", "Z23TAZ6LKFMNIO"},
        {"eu-west-1", "Z32O12XQLNTSW2"},
        {"eu-west-2", "ZHURV8PSTC4K8"},
        {"eu-west-3", "Z3Q77PNBQS71R4"},
        {"sa-east-1", "Z2P70J7HTTTPLU"},
        {"us-east-1", "Z35SXDOTRQ7X7K"},
        {"us-east-2", "Z3AADJGX6KTTL2"},
        {"us-west-1", "Z368ELLRRE2KJ0"},
        {"us-west-2", "Z1H1FL5HABSF5"},
    };
    const auto found = ids.find(region);
    // UNKNOWN: the other regions have ids of their own.
    return found == ids.end() ? "Z35SXDOTRQ7X7K" : found->second;
}

void refuse_other_kinds(const api::CreateLoadBalancerInput& input) {
    if (input.type.value_or(api::LoadBalancerTypeEnum::application) !=
        api::LoadBalancerTypeEnum::application)
        not_implemented(fmt::format("A load balancer of type {}", to_string(*input.type)));
    if (input.ip_address_type.value_or(api::IpAddressType::ipv4) != api::IpAddressType::ipv4)
        not_implemented(fmt::format("IpAddressType {}", to_string(*input.ip_address_type)));
    if (input.customer_owned_ipv4_pool) not_implemented("CustomerOwnedIpv4Pool");
    if (input.ipam_pools) not_implemented("IpamPools");
    for (const auto& mapping : input.subnet_mappings)
        if (mapping.allocation_id || mapping.private_i_pv4_address || mapping.i_pv6_address)
            throw api::InvalidConfigurationRequestException(
                "You cannot specify addresses in subnet mappings for load balancers with type "
                "'application'"
            );
}

std::vector<std::string> subnet_ids_of(
    const std::vector<std::string>& subnets,
    const std::vector<api::SubnetMapping>& mappings
) {
    auto ids = subnets;
    for (const auto& mapping : mappings)
        ids.push_back(mapping.subnet_id.value_or(""));
    return ids;
}

std::vector<api::AvailabilityZone> zones_of(const LoadBalancerRecord& record) {
    std::vector<api::AvailabilityZone> zones;
    for (const auto& node : record.nodes) {
        auto& zone = zones.emplace_back();
        zone.zone_name = node.zone;
        zone.subnet_id = node.subnet_id;
    }
    return zones;
}

} // namespace

std::vector<LoadBalancerRecord::Node> ControlPlane::nodes_in(
    const aws::Call& call,
    const std::vector<std::string>& subnet_ids,
    std::string& vpc_id
) const {
    std::vector<LoadBalancerRecord::Node> nodes;
    std::set<std::string> zones;
    for (const auto& id : subnet_ids) {
        const auto subnet = surroundings_.subnets.find({call.account, call.region}, id);
        if (!subnet) throw api::SubnetNotFoundException("The subnet ID '{}' does not exist", id);
        if (!vpc_id.empty() && vpc_id != subnet->vpc_id)
            throw api::InvalidConfigurationRequestException(
                "The subnets must belong to the same VPC"
            );
        vpc_id = subnet->vpc_id;
        if (!zones.insert(subnet->zone).second)
            throw api::InvalidConfigurationRequestException(
                "A load balancer cannot be attached to multiple subnets in the same Availability "
                "Zone"
            );
        nodes.push_back({id, subnet->zone});
    }
    if (nodes.size() < limits::zones_min)
        throw aws::validation_error(
            "At least two subnets in two different Availability Zones must be specified"
        );
    std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) {
        return a.zone < b.zone;
    });
    return nodes;
}

// The ARN and both DNS names of a new load balancer.
void ControlPlane::set_names(LoadBalancerRecord& record, const aws::Call& call) const {
    const auto digits = call.random.text(10, "0123456789");
    record.arn = account_prefix(call.account, call.region) + "loadbalancer/app/" + record.name +
                 "/" + call.random.hex(16);
    record.aws_dns_name = fmt::format(
        "{}{}-{}.{}.elb.amazonaws.com",
        record.scheme == "internal" ? "internal-" : "",
        http::lower_case(record.name),
        digits,
        call.region
    );
    const auto local = http::lower_case(record.name);
    const bool is_taken = std::any_of(
        state_.load_balancers.begin(),
        state_.load_balancers.end(),
        [&](const auto& entry) { return entry.second.local_dns_name == local + ".elb.localhost"; }
    );
    record.local_dns_name = (is_taken ? local + "-" + digits : local) + ".elb.localhost";
}

// AWS: without security groups the load balancer gets the default one of the VPC.
std::vector<std::string> ControlPlane::security_groups_for(
    const aws::Call& call,
    const std::vector<std::string>& given,
    const std::string& vpc_id
) const {
    const Place place{call.account, call.region};
    for (const auto& id : given)
        if (!surroundings_.subnets.has_security_group(place, id))
            throw api::InvalidSecurityGroupException("Security group '{}' does not exist", id);
    if (!given.empty()) {
        call.ignored("SecurityGroups");
        return given;
    }
    const auto id = surroundings_.subnets.default_security_group(place, vpc_id);
    return id.empty() ? std::vector<std::string>{} : std::vector<std::string>{id};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
api::CreateLoadBalancerOutput ControlPlane::create_load_balancer(
    const aws::Call& call,
    const api::CreateLoadBalancerInput& input
) {
    refuse_other_kinds(input);
    check_name(input.name, "Load balancer");
    if (input.name.starts_with("internal-"))
        throw aws::validation_error(
            "Load balancer name '{}' cannot begin with 'internal-'",
            input.name
        );
    const auto prefix = account_prefix(call.account, call.region);

    LoadBalancerRecord record;
    record.name = input.name;
    record.scheme = to_string(input.scheme.value_or(api::LoadBalancerSchemeEnum::internet_facing));
    record.nodes =
        nodes_in(call, subnet_ids_of(input.subnets, input.subnet_mappings), record.vpc_id);
    record.tags = checked_tags(input.tags);
    record.created_time = call.now;
    record.security_groups = security_groups_for(call, input.security_groups, record.vpc_id);

    if (const auto* existing = state_.find_load_balancer_named(prefix, input.name)) {
        const auto subnet_of = [](const LoadBalancerRecord::Node& node) { return node.subnet_id; };
        const bool same =
            existing->scheme == record.scheme &&
            existing->security_groups == record.security_groups &&
            std::ranges::equal(existing->nodes, record.nodes, {}, subnet_of, subnet_of);
        if (!same)
            throw api::DuplicateLoadBalancerNameException(
                "A load balancer with the same name '{}' exists, but with different settings",
                input.name
            );
        return {{describe(*existing)}};
    }
    const auto count = std::count_if(
        state_.load_balancers.begin(),
        state_.load_balancers.end(),
        [&](const auto& entry) { return entry.first.starts_with(prefix); }
    );
    if (static_cast<std::size_t>(count) >= limits::load_balancers_per_region)
        throw api::TooManyLoadBalancersException(
            "The maximum number of load balancers has been reached"
        );

    set_names(record, call);
    const auto arn = record.arn;
    api::CreateLoadBalancerOutput output{{describe(state_.load_balancers.put(arn, record))}};
    publication_.load_balancer_changed(arn);
    auto& timer = provisioning_[arn] = Timer(surroundings_.environment.scheduler);
    timer.start_after(limits::provisioning_time, [this, arn] {
        if (auto* created = state_.load_balancers.edit(arn)) created->is_active = true;
        surroundings_.environment.journal.commit();
        provisioning_.erase(std::string(arn)); // and with it this function
    });
    return output;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html
api::DescribeLoadBalancersOutput ControlPlane::describe_load_balancers(
    const aws::Call& call,
    const api::DescribeLoadBalancersInput& input
) {
    if (!input.names.empty() && !input.load_balancer_arns.empty())
        throw aws::validation_error(
            "Load balancer names and load balancer ARNs cannot be specified at the same time"
        );
    const auto prefix = account_prefix(call.account, call.region);
    std::vector<api::LoadBalancer> all;
    for (const auto& arn : input.load_balancer_arns)
        all.push_back(describe(load_balancer(call, arn)));
    for (const auto& name : input.names) {
        const auto* record = state_.find_load_balancer_named(prefix, name);
        if (record == nullptr)
            throw api::LoadBalancerNotFoundException(
                "Load balancers '[{}]' not found",
                fmt::join(input.names, ", ")
            );
        all.push_back(describe(*record));
    }
    if (input.names.empty() && input.load_balancer_arns.empty())
        for (const auto& [arn, record] : state_.load_balancers)
            if (arn.starts_with(prefix)) all.push_back(describe(record));
    api::DescribeLoadBalancersOutput output;
    output.load_balancers =
        page_of(std::move(all), input.marker, input.page_size, output.next_marker);
    return output;
}

api::LoadBalancer ControlPlane::describe(const LoadBalancerRecord& record) const {
    api::LoadBalancer described;
    described.load_balancer_arn = record.arn;
    described.dns_name = publication_.dns_name_of(record);
    described.canonical_hosted_zone_id = canonical_hosted_zone_id(region_of(record.arn));
    described.created_time = record.created_time;
    described.load_balancer_name = record.name;
    described.scheme = api::parse_load_balancer_scheme_enum(record.scheme);
    described.vpc_id = record.vpc_id;
    described.state.emplace().code = record.is_active ? api::LoadBalancerStateEnum::active
                                                      : api::LoadBalancerStateEnum::provisioning;
    described.type = api::LoadBalancerTypeEnum::application;
    described.availability_zones = zones_of(record);
    described.security_groups = record.security_groups;
    described.ip_address_type = api::parse_ip_address_type(record.ip_address_type);
    return described;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
// AWS: "If you delete a load balancer that does not exist, the call succeeds."
api::DeleteLoadBalancerOutput ControlPlane::delete_load_balancer(
    const aws::Call& call,
    const api::DeleteLoadBalancerInput& input
) {
    const auto arn = input.load_balancer_arn;
    const auto* record = state_.load_balancers.find(arn);
    if (record == nullptr || !arn.starts_with(account_prefix(call.account, call.region))) return {};
    if (load_balancer_attribute(*record, "deletion_protection.enabled") == "true")
        throw api::OperationNotPermittedException(
            "Load balancer '{}' cannot be deleted because deletion protection is enabled",
            arn
        );
    const auto target_groups = state_.target_groups_used_by(arn);
    std::vector<std::string> rules;
    std::vector<std::string> listeners;
    for (const auto* one : state_.listeners_of(arn)) {
        listeners.push_back(one->arn);
        for (const auto* rule : state_.rules_of(one->arn))
            rules.push_back(rule->arn);
    }
    for (const auto& rule_arn : rules)
        state_.rules.erase(rule_arn);
    for (const auto& listener_arn : listeners)
        state_.listeners.erase(listener_arn);
    state_.load_balancers.erase(arn);
    publication_.load_balancer_deleted(arn);
    rules_changed(arn, target_groups);
    return {};
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html
api::SetSubnetsOutput
ControlPlane::set_subnets(const aws::Call& call, const api::SetSubnetsInput& input) {
    auto vpc_id = load_balancer(call, input.load_balancer_arn).vpc_id;
    if (input.ip_address_type.value_or(api::IpAddressType::ipv4) != api::IpAddressType::ipv4)
        not_implemented(fmt::format("IpAddressType {}", to_string(*input.ip_address_type)));
    auto nodes = nodes_in(call, subnet_ids_of(input.subnets, input.subnet_mappings), vpc_id);
    auto* record = state_.load_balancers.edit(input.load_balancer_arn);
    record->nodes = std::move(nodes);
    publication_.load_balancer_changed(record->arn);
    api::SetSubnetsOutput output;
    output.availability_zones = zones_of(*record);
    output.ip_address_type = api::IpAddressType::ipv4;
    return output;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSecurityGroups.html
api::SetSecurityGroupsOutput
ControlPlane::set_security_groups(const aws::Call& call, const api::SetSecurityGroupsInput& input) {
    const auto& record = load_balancer(call, input.load_balancer_arn);
    auto groups = security_groups_for(call, input.security_groups, record.vpc_id);
    state_.load_balancers.edit(record.arn)->security_groups = std::move(groups);
    api::SetSecurityGroupsOutput output;
    output.security_group_ids = input.security_groups;
    return output;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeCapacityReservation.html
// Nothing can be reserved (ModifyCapacityReservation is not emulated), and that is what this says.
api::DescribeCapacityReservationOutput ControlPlane::describe_capacity_reservation(
    const aws::Call& call,
    const api::DescribeCapacityReservationInput& input
) {
    load_balancer(call, input.load_balancer_arn);
    return {};
}

} // namespace diorama::elbv2
