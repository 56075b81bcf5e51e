// The CloudWatch series that one load balancer node adds to: registered once per published
// snapshot, added to per request. metrics.hpp says what each metric means.
#pragma once

#include "emulator/metrics/metrics.hpp"

#include <array>
#include <string>
#include <string_view>

namespace diorama::elbv2 {

// One metric under each of its dimension sets.
template <std::size_t Sets>
struct SeriesSet {
    std::array<SeriesId, Sets> ids{};

    void add(Metrics& metrics, double value, double count = 1) const {
        metrics.add_to_all(ids, value, count);
    }
};

// LoadBalancer; AvailabilityZone and LoadBalancer.
struct LoadBalancerSeries {
    SeriesSet<2> request_count;
    SeriesSet<2> new_connection_count;
    SeriesSet<2> active_connection_count;
    SeriesSet<2> processed_bytes;
    SeriesSet<2> fixed_response_count;
    SeriesSet<2> redirect_count;
    SeriesSet<2> redirect_url_limit_exceeded_count;
    SeriesSet<2> desync_non_compliant_count;
    SeriesSet<2> non_sticky_request_count;
    SeriesSet<2> elb_3xx;
    SeriesSet<2> elb_4xx;
    SeriesSet<2> elb_5xx;
    SeriesSet<2> elb_500;
    SeriesSet<2> elb_502;
    SeriesSet<2> elb_503;
    SeriesSet<2> elb_504;
    SeriesSet<2> forwarded_invalid_header_count;
    SeriesSet<1> dropped_invalid_header_count; // AvailabilityZone and LoadBalancer only
    SeriesSet<1> rule_evaluations;             // LoadBalancer only
};

// LoadBalancer; with zone; with target group; with both. The request count leaves out the first
// two, which LoadBalancerSeries has.
struct TargetGroupSeries {
    SeriesSet<2> request_count;
    SeriesSet<4> request_count_per_target; // target group; with zone; with load balancer; with both
    SeriesSet<4> target_2xx;
    SeriesSet<4> target_3xx;
    SeriesSet<4> target_4xx;
    SeriesSet<4> target_5xx;
    SeriesSet<4> target_response_time;
    SeriesSet<4> target_connection_error_count;
    SeriesSet<4> target_tls_negotiation_error_count;
};

// Whose series these are.
struct SeriesOwner {
    std::string account;
    std::string region;
    std::string load_balancer; // "app/name/id"
    std::string zone;          // of the node
};

LoadBalancerSeries load_balancer_series(Metrics& metrics, const SeriesOwner& owner);
TargetGroupSeries
target_group_series(Metrics& metrics, const SeriesOwner& owner, std::string_view target_group);

// A request that is being forwarded to a target of that group, which `sharing_targets` share.
void count_forward(
    Metrics& metrics,
    const LoadBalancerSeries& load_balancer,
    const TargetGroupSeries& target_group,
    std::size_t sharing_targets
);
// Adds one to the series of responses that the load balancer made itself.
void count_own_response(Metrics& metrics, const LoadBalancerSeries& series, int status);
// Adds one to the series of responses that came from a target.
void count_target_response(Metrics& metrics, const TargetGroupSeries& series, int status);

} // namespace diorama::elbv2
