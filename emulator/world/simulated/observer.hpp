// What is told of the traffic in virtual time: to checkers as it happens, to reports in sums.
#pragma once

#include "emulator/world/simulated/dns.hpp"
#include "services/cloudfront/cloudfront.hpp"
#include "services/elbv2/elbv2.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace diorama {

// What a checker may want to know of the traffic.
class TrafficObserver {
public:
    virtual ~TrafficObserver() = default;
    virtual void served_from_cache(
        const cloudfront::Distribution& distribution,
        const cloudfront::EntryPtr& entry,
        Timestamp now
    ) = 0;
    virtual void
    forwarded(const elbv2::LoadBalancer& load_balancer, const elbv2::Forward& chosen) = 0;
    // By an action that gives several target groups their shares.
    virtual void divided(const elbv2::ForwardAction& action, const elbv2::TargetGroup& chosen) = 0;
    virtual void target_cut(const std::shared_ptr<elbv2::LiveTarget>& target) = 0;
    // A resolver was answered: what it has cached asks nobody.
    virtual void resolved(const std::string& host, const NameAnswer& answer) = 0;
};

// How much went from where to where, for the picture in the report.
struct TrafficCounts {
    std::uint64_t edge_requests = 0;
    std::uint64_t edge_hits = 0;
    std::uint64_t edge_misses = 0;
    std::uint64_t edge_errors = 0;
    double edge_bytes = 0;
    std::uint64_t origin_requests = 0; // edge to S3
    double origin_bytes = 0;
    std::uint64_t direct_object_requests = 0; // clients to S3
    std::uint64_t balancer_requests = 0;
    double balancer_bytes = 0;
    std::uint64_t forwarded_requests = 0;
    std::uint64_t statements = 0;
    std::uint64_t writes = 0;
    std::uint64_t stale_reads = 0;
};

} // namespace diorama
