// The operations on DB subnet groups.
#pragma once

#include "services/rds/api.hpp"
#include "services/rds/state.hpp"

namespace diorama::rds {

class SubnetGroupControl {
public:
    SubnetGroupControl(State& state, Subnets& subnets);

    api::CreateDBSubnetGroupResult
    create(const aws::Call& call, const api::CreateDBSubnetGroupMessage& input);
    api::DBSubnetGroupMessage
    describe(const aws::Call& call, const api::DescribeDBSubnetGroupsMessage& input) const;
    api::DeleteDBSubnetGroupOutput
    remove(const aws::Call& call, const api::DeleteDBSubnetGroupMessage& input);

    // Throws DBSubnetGroupNotFoundFault; "default" is always there.
    void check(const aws::Call& call, const std::string& name) const;
    api::DBSubnetGroup
    describe(const std::string& account, const std::string& region, const std::string& name) const;
    // The zones that its subnets lie in, in order; empty when nothing is known of them.
    std::vector<std::string>
    zones_of(const std::string& account, const std::string& region, const std::string& name) const;

private:
    std::vector<Subnets::Subnet>
    subnets_of(const std::string& account, const std::string& region, const std::string& name)
        const;
    api::DBSubnetGroup describe(const DBSubnetGroup& group) const;

    State& state_;
    Subnets& subnets_;
};

} // namespace diorama::rds
