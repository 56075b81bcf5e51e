// See traffic_series.hpp.
#include "services/elbv2/data/traffic_series.hpp"

#include "services/elbv2/metrics.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace diorama::elbv2 {

namespace {

class Registrar {
public:
    Registrar(Metrics& target, const SeriesOwner& owner, std::string_view target_group)
        : metrics_(target)
        , owner_(owner)
        , zone_{"AvailabilityZone", owner.zone}
        , load_balancer_{"LoadBalancer", owner.load_balancer}
        , target_group_{"TargetGroup", std::string(target_group)} {}

    SeriesId one(const metrics::Metric& metric, std::vector<Dimension> dimensions) {
        return metrics_.series({
            owner_.account,
            owner_.region,
            std::string(metrics::metric_namespace),
            std::string(metric.name),
            std::move(dimensions),
            std::string(metric.unit),
        });
    }

    SeriesSet<2> of_load_balancer(const metrics::Metric& metric) {
        return {{one(metric, {load_balancer_}), of_zone(metric)}};
    }

    SeriesId of_zone(const metrics::Metric& metric) { return one(metric, {zone_, load_balancer_}); }

    SeriesId of_load_balancer_only(const metrics::Metric& metric) {
        return one(metric, {load_balancer_});
    }

    SeriesSet<2> of_target_group(const metrics::Metric& metric) {
        return {
            {one(metric, {load_balancer_, target_group_}),
             one(metric, {zone_, load_balancer_, target_group_})}
        };
    }

    SeriesSet<4> of_traffic(const metrics::Metric& metric) {
        const auto outer = of_load_balancer(metric);
        const auto inner = of_target_group(metric);
        return {{outer.ids[0], outer.ids[1], inner.ids[0], inner.ids[1]}};
    }

    SeriesSet<4> of_each_target(const metrics::Metric& metric) {
        const auto inner = of_target_group(metric);
        return {
            {one(metric, {target_group_}),
             one(metric, {zone_, target_group_}),
             inner.ids[0],
             inner.ids[1]}
        };
    }

private:
    Metrics& metrics_;
    const SeriesOwner& owner_;
    Dimension zone_;
    Dimension load_balancer_;
    Dimension target_group_;
};

} // namespace

LoadBalancerSeries load_balancer_series(Metrics& metrics, const SeriesOwner& owner) {
    Registrar registrar(metrics, owner, "");
    LoadBalancerSeries series;
    series.request_count = registrar.of_load_balancer(metrics::request_count);
    series.new_connection_count = registrar.of_load_balancer(metrics::new_connection_count);
    series.active_connection_count = registrar.of_load_balancer(metrics::active_connection_count);
    series.processed_bytes = registrar.of_load_balancer(metrics::processed_bytes);
    series.fixed_response_count = registrar.of_load_balancer(metrics::fixed_response_count);
    series.redirect_count = registrar.of_load_balancer(metrics::redirect_count);
    series.redirect_url_limit_exceeded_count =
        registrar.of_load_balancer(metrics::redirect_url_limit_exceeded_count);
    series.desync_non_compliant_count =
        registrar.of_load_balancer(metrics::desync_non_compliant_count);
    series.non_sticky_request_count = registrar.of_load_balancer(metrics::non_sticky_request_count);
    series.elb_3xx = registrar.of_load_balancer(metrics::elb_3xx);
    series.elb_4xx = registrar.of_load_balancer(metrics::elb_4xx);
    series.elb_5xx = registrar.of_load_balancer(metrics::elb_5xx);
    series.elb_500 = registrar.of_load_balancer(metrics::elb_500);
    series.elb_502 = registrar.of_load_balancer(metrics::elb_502);
    series.elb_503 = registrar.of_load_balancer(metrics::elb_503);
    series.elb_504 = registrar.of_load_balancer(metrics::elb_504);
    series.forwarded_invalid_header_count =
        registrar.of_load_balancer(metrics::forwarded_invalid_header_count);
    series.dropped_invalid_header_count.ids = {
        registrar.of_zone(metrics::dropped_invalid_header_count)
    };
    series.rule_evaluations.ids = {registrar.of_load_balancer_only(metrics::rule_evaluations)};
    return series;
}

TargetGroupSeries
target_group_series(Metrics& metrics, const SeriesOwner& owner, std::string_view target_group) {
    Registrar registrar(metrics, owner, target_group);
    TargetGroupSeries series;
    series.request_count = registrar.of_target_group(metrics::request_count);
    series.request_count_per_target = registrar.of_each_target(metrics::request_count_per_target);
    series.target_2xx = registrar.of_traffic(metrics::target_2xx);
    series.target_3xx = registrar.of_traffic(metrics::target_3xx);
    series.target_4xx = registrar.of_traffic(metrics::target_4xx);
    series.target_5xx = registrar.of_traffic(metrics::target_5xx);
    series.target_response_time = registrar.of_traffic(metrics::target_response_time);
    series.target_connection_error_count =
        registrar.of_traffic(metrics::target_connection_error_count);
    series.target_tls_negotiation_error_count =
        registrar.of_traffic(metrics::target_tls_negotiation_error_count);
    return series;
}

void count_forward(
    Metrics& metrics,
    const LoadBalancerSeries& load_balancer,
    const TargetGroupSeries& target_group,
    std::size_t sharing_targets
) {
    load_balancer.request_count.add(metrics, 1);
    target_group.request_count.add(metrics, 1);
    const auto sharing = static_cast<double>(std::max<std::size_t>(sharing_targets, 1));
    target_group.request_count_per_target.add(metrics, 1 / sharing);
}

void count_own_response(Metrics& metrics, const LoadBalancerSeries& series, int status) {
    if (status / 100 == 3) series.elb_3xx.add(metrics, 1);
    if (status / 100 == 4) series.elb_4xx.add(metrics, 1);
    if (status / 100 == 5) series.elb_5xx.add(metrics, 1);
    if (status == 500) series.elb_500.add(metrics, 1);
    if (status == 502) series.elb_502.add(metrics, 1);
    if (status == 503) series.elb_503.add(metrics, 1);
    if (status == 504) series.elb_504.add(metrics, 1);
}

void count_target_response(Metrics& metrics, const TargetGroupSeries& series, int status) {
    if (status / 100 == 2) series.target_2xx.add(metrics, 1);
    if (status / 100 == 3) series.target_3xx.add(metrics, 1);
    if (status / 100 == 4) series.target_4xx.add(metrics, 1);
    if (status / 100 == 5) series.target_5xx.add(metrics, 1);
}

} // namespace diorama::elbv2
