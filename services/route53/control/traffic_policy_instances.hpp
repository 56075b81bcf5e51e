// The operations on traffic policy instances: a policy's record sets, made under one name of a
// hosted zone.
#pragma once

#include "services/route53/control/control.hpp"

#include <functional>

namespace diorama::route53 {

class TrafficPolicyInstances {
public:
    explicit TrafficPolicyInstances(const ControlPlane& control)
        : control_(control) {}

    api::CreateTrafficPolicyInstanceResponse
    create(const aws::Call& call, const api::CreateTrafficPolicyInstanceRequest& input);
    api::GetTrafficPolicyInstanceResponse
    get(const aws::Call& call, const api::GetTrafficPolicyInstanceRequest& input);
    api::GetTrafficPolicyInstanceCountResponse count(const aws::Call& call);
    api::UpdateTrafficPolicyInstanceResponse
    update(const aws::Call& call, const api::UpdateTrafficPolicyInstanceRequest& input);
    api::DeleteTrafficPolicyInstanceResponse
    remove(const aws::Call& call, const api::DeleteTrafficPolicyInstanceRequest& input);
    api::ListTrafficPolicyInstancesResponse
    list(const aws::Call& call, const api::ListTrafficPolicyInstancesRequest& input);
    api::ListTrafficPolicyInstancesByHostedZoneResponse list_by_zone(
        const aws::Call& call,
        const api::ListTrafficPolicyInstancesByHostedZoneRequest& input
    );
    api::ListTrafficPolicyInstancesByPolicyResponse list_by_policy(
        const aws::Call& call,
        const api::ListTrafficPolicyInstancesByPolicyRequest& input
    );

private:
    using Filter = std::function<bool(const TrafficPolicyInstance& instance)>;

    struct Page {
        std::vector<api::TrafficPolicyInstance> instances;
        const TrafficPolicyInstance* next = nullptr; // of a further page
    };

    const TrafficPolicyInstance& instance_of(const aws::Call& call, const std::string& id) const;
    api::TrafficPolicyInstance describe_instance(const TrafficPolicyInstance& stored) const;
    void write(
        const aws::Call& call,
        TrafficPolicyInstance& instance,
        const std::vector<StoredRecordSet>& sets
    );
    std::set<DNSName> erase_sets(const TrafficPolicyInstance& instance);
    std::vector<StoredRecordSet>
    compiled(const TrafficPolicyInstance& instance, const TrafficPolicy& policy) const;
    Page
    page(const aws::Call& call, const std::string& from, std::int64_t size, const Filter& filter)
        const;

    ControlPlane control_;
};

} // namespace diorama::route53
