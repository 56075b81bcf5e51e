// What can be wrong on the way of a request in virtual time: zones cut off from each other, lost
// packets, slow origins, certificates that a client does not trust. See
// world/simulated/traffic.hpp.
#include "emulator/world/simulated/traffic.hpp"

#include <algorithm>
#include <cmath>

namespace diorama {

namespace {

// AWS: "ACM certificates are valid for 13 months (395 days)", and are renewed in time. Here they
// are always a month old: clocks that are further off than what is before or after do not trust
// them. https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
constexpr Duration certificate_age = std::chrono::days(30);
constexpr Duration certificate_validity = std::chrono::days(395);
// Between a load balancer and a target.
constexpr Duration one_way = std::chrono::microseconds(300);

} // namespace

void SimulatedTraffic::set_zone_severed(const std::string& zone, bool is_severed) {
    if (is_severed)
        severed_zones_.insert(zone);
    else
        severed_zones_.erase(zone);
}

void SimulatedTraffic::set_zone_loss(const std::string& zone, double share) {
    if (share > 0)
        lossy_zones_[zone] = share;
    else
        lossy_zones_.erase(zone);
}

// Once per request: what is sent again arrives.
bool SimulatedTraffic::loses_packet(const std::string& zone, Call& call) {
    if (lossy_zones_.empty() || call.is_sent_again) return false;
    const auto lossy = lossy_zones_.find(zone);
    if (lossy == lossy_zones_.end() || random_.real() >= lossy->second) return false;
    call.is_sent_again = true;
    return true;
}

// AWS 502: "The target closed the connection with a TCP RST or a TCP FIN while the load balancer
// had an outstanding request to the target. Check whether the keep-alive duration of the target is
// shorter than the idle timeout value of the load balancer." A request and the end of the
// connection pass each other if the one is sent while the other is on its way.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
bool SimulatedTraffic::closes_connection(SimulatedInstance& host) {
    const auto keep_alive = surroundings_.app.keep_alive;
    auto& idle = host.idle_connections;
    if (idle.empty()) return false; // a new one is made
    const auto idle_for = now() - idle.back();
    idle.pop_back();
    if (idle_for < keep_alive - one_way) return false;
    // The others have been idle for longer.
    idle.clear();
    return idle_for < keep_alive + one_way;
}

void SimulatedTraffic::set_certificate_end(const std::string& host, std::optional<Timestamp> end) {
    if (end)
        certificate_ends_[host] = *end;
    else
        certificate_ends_.erase(host);
}

// By the client's own clock.
bool SimulatedTraffic::trusts_certificate(const Call& call) const {
    if (certificate_ends_.empty() && call.clock_skew == Duration::zero()) return true;
    const Timestamp began = now() - certificate_age;
    const auto ended = certificate_ends_.find(call.request->host);
    const Timestamp end =
        ended == certificate_ends_.end() ? began + certificate_validity : ended->second;
    const Timestamp seen = now() + call.clock_skew;
    return seen >= began && seen < end;
}

void SimulatedTraffic::set_slow_origin(const std::string& bucket, std::optional<SlowAnswers> slow) {
    if (slow)
        slow_origins_.insert_or_assign(bucket, *slow);
    else
        slow_origins_.erase(bucket);
}

Duration SimulatedTraffic::slowness_of_origin(const std::string& domain_name) {
    Duration sum{};
    for (const auto& [bucket, slow] : slow_origins_) {
        if (!bucket.empty() && !domain_name.starts_with(bucket + ".")) continue;
        if (slow.share < 1 && random_.real() >= slow.share) continue;
        sum += Duration(std::llround(slow.delay.draw(random_)));
    }
    return sum;
}

bool SimulatedTraffic::leads_to(const std::string& host, const std::string& physical_id) {
    const auto distribution = cores_->cloudfront.find(host);
    if (distribution != nullptr && distribution->id == physical_id) return true;
    const auto answer = cores_->resolve(host, 0);
    return std::ranges::any_of(answer.addresses, [&](const auto& address) {
        const auto& destination = destinations_[destination_of(address)];
        return destination.kind == DestinationKind::balancer &&
               balancers_[destination.balancer]->picture->snapshot->arn == physical_id;
    });
}

} // namespace diorama
