// See subnet_groups.hpp.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html
#include "services/rds/control/subnet_groups.hpp"

#include "services/rds/control/pages.hpp"

#include <set>

namespace diorama::rds {

SubnetGroupControl::SubnetGroupControl(State& state, Subnets& subnets)
    : state_(state)
    , subnets_(subnets) {}

api::CreateDBSubnetGroupResult
SubnetGroupControl::create(const aws::Call& call, const api::CreateDBSubnetGroupMessage& input) {
    DBSubnetGroup group;
    group.account = call.account;
    group.region = call.region;
    group.name = lower_case(input.db_subnet_group_name);
    group.description = input.db_subnet_group_description;
    group.tags = tags_of(input.tags);
    // AWS: "Must not be default."
    if (group.name.empty() || group.name == "default")
        throw invalid_value("The parameter DBSubnetGroupName must not be default.");
    if (state_.subnet_groups.contains(group.key()))
        throw api::DBSubnetGroupAlreadyExistsFault(
            "The DB subnet group '{}' already exists.",
            group.name
        );
    std::set<std::string> zones;
    std::set<std::string> vpcs;
    for (const auto& id : input.subnet_ids) {
        const auto subnet = subnets_.find(call.account, call.region, id);
        if (!subnet) {
            throw api::InvalidSubnet("Some input subnets in :[{}] are invalid.", id);
        }
        zones.insert(subnet->zone);
        vpcs.insert(subnet->vpc_id);
        group.subnets.push_back(id);
    }
    if (vpcs.size() > 1)
        throw api::InvalidSubnet("The subnets of a DB subnet group must be in one VPC.");
    // AWS: "DB subnet groups must contain at least one subnet in at least two AZs".
    if (zones.size() < 2) {
        throw api::DBSubnetGroupDoesNotCoverEnoughAZs(
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current "
            "AZ coverage: {}. Add subnets to cover at least 2 AZs.",
            zones.empty() ? std::string() : *zones.begin()
        );
    }
    const auto& stored = state_.subnet_groups.put(group.key(), group);
    return {.db_subnet_group = describe(stored)};
}

api::DBSubnetGroupMessage SubnetGroupControl::describe(
    const aws::Call& call,
    const api::DescribeDBSubnetGroupsMessage& input
) const {
    api::DBSubnetGroupMessage result;
    Page page(input.max_records, input.marker);
    if (input.db_subnet_group_name) {
        const auto name = lower_case(*input.db_subnet_group_name);
        check(call, name);
        result.db_subnet_groups.push_back(describe(call.account, call.region, name));
        return result;
    }
    const auto prefix = key_of(call.account, call.region, "");
    for (auto at = state_.subnet_groups.lower_bound(prefix);
         at != state_.subnet_groups.end() && at->first.starts_with(prefix);
         ++at) {
        if (page.takes(at->first)) result.db_subnet_groups.push_back(describe(at->second));
    }
    result.marker = page.marker();
    return result;
}

api::DeleteDBSubnetGroupOutput
SubnetGroupControl::remove(const aws::Call& call, const api::DeleteDBSubnetGroupMessage& input) {
    const auto name = lower_case(input.db_subnet_group_name);
    if (name == "default")
        throw api::InvalidDBSubnetGroupStateFault("The DB subnet group 'default' can't be deleted."
        );
    check(call, name);
    for (const auto& [key, instance] : state_.instances) {
        if (instance.account == call.account && instance.region == call.region &&
            instance.subnet_group == name) {
            throw api::InvalidDBSubnetGroupStateFault(
                "Cannot delete the subnet group '{}' because at least one database instance: {} is "
                "still using it.",
                name,
                instance.identifier
            );
        }
    }
    state_.subnet_groups.erase(key_of(call.account, call.region, name));
    return {};
}

void SubnetGroupControl::check(const aws::Call& call, const std::string& name) const {
    if (name == "default") return;
    if (!state_.subnet_groups.contains(key_of(call.account, call.region, name)))
        throw api::DBSubnetGroupNotFoundFault("DB subnet group '{}' does not exist.", name);
}

std::vector<Subnets::Subnet> SubnetGroupControl::subnets_of(
    const std::string& account,
    const std::string& region,
    const std::string& name
) const {
    const auto* group = state_.subnet_groups.find(key_of(account, region, name));
    if (group == nullptr) return subnets_.default_subnets(account, region);
    std::vector<Subnets::Subnet> result;
    for (const auto& id : group->subnets)
        if (auto subnet = subnets_.find(account, region, id)) result.push_back(*std::move(subnet));
    return result;
}

std::vector<std::string> SubnetGroupControl::zones_of(
    const std::string& account,
    const std::string& region,
    const std::string& name
) const {
    std::set<std::string> zones;
    for (const auto& subnet : subnets_of(account, region, name))
        zones.insert(subnet.zone);
    return {zones.begin(), zones.end()};
}

api::DBSubnetGroup SubnetGroupControl::describe(const DBSubnetGroup& group) const {
    return describe(group.account, group.region, group.name);
}

api::DBSubnetGroup SubnetGroupControl::describe(
    const std::string& account,
    const std::string& region,
    const std::string& name
) const {
    DBSubnetGroup fallback{account, region, "default", "default", {}, {}};
    const auto* found = state_.subnet_groups.find(key_of(account, region, name));
    const auto& group = found == nullptr ? fallback : *found;
    api::DBSubnetGroup result;
    result.db_subnet_group_name = group.name;
    result.db_subnet_group_description = group.description;
    result.subnet_group_status = "Complete";
    result.db_subnet_group_arn = group.arn();
    result.supported_network_types = {"IPV4"};
    for (const auto& subnet : subnets_of(account, region, name)) {
        result.vpc_id = subnet.vpc_id;
        api::Subnet described;
        described.subnet_identifier = subnet.id;
        described.subnet_availability_zone = api::AvailabilityZone{subnet.zone};
        described.subnet_outpost = api::Outpost{};
        described.subnet_status = "Active";
        result.subnets.push_back(std::move(described));
    }
    return result;
}

} // namespace diorama::rds
