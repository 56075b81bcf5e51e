// Health checks of Route 53 through the simulated network: a probe is a request like any other,
// from where its checker is, and what it sees is decided by the hops that it meets. What a body
// begins with is known where somebody wrote it: objects of S3 that have bytes, fixed responses, the
// texts of the application's pages. See world/simulated/traffic.hpp.
#include "emulator/world/simulated/traffic.hpp"

#include <algorithm>

namespace diorama {

namespace {

using Ending = route53::ProbeResult::Ending;

// AWS: a connection within four seconds and an answer within two more; TCP alone within ten.
constexpr Duration tcp_patience = std::chrono::seconds(10);
constexpr Duration http_patience = std::chrono::seconds(6);

struct CheckerPlace {
    std::string_view region;
    std::string_view place;
};

constexpr CheckerPlace checker_places[] = {
    {"us-east-1", "us-east"},
    {"us-west-1", "us-west"},
    {"us-west-2", "us-west"},
    {"eu-west-1", "eu-west"},
    {"ap-southeast-1", "ap-southeast"},
    {"ap-southeast-2", "ap-oceania"},
    {"ap-northeast-1", "ap-northeast"},
    {"sa-east-1", "sa-east"},
};

simulation::PlaceId place_of(std::string_view region) {
    const auto found = std::ranges::find(checker_places, region, &CheckerPlace::region);
    const auto places = simulation::places();
    if (found == std::end(checker_places)) return 0;
    const auto place = std::ranges::find(places, found->place, &simulation::Place::name);
    return static_cast<simulation::PlaceId>(place - places.begin());
}

std::unique_ptr<simulation::HTTPRequest> request_of(const route53::HealthProbe& probe) {
    auto request = std::make_unique<simulation::HTTPRequest>();
    request->host = probe.host.substr(0, probe.host.find(':'));
    request->is_tls = probe.protocol == route53::HealthProbe::Protocol::https;
    request->head.method = "GET";
    request->head.target = probe.path;
    request->head.headers.add("Host", probe.host);
    request->head.headers.add("User-Agent", probe.user_agent);
    return request;
}

} // namespace

void SimulatedTraffic::probe(
    const route53::HealthProbe& probe,
    std::function<void(route53::ProbeResult result)> done
) {
    const CallId id = calls_.take();
    Call& call = calls_[id];
    call.is_check = true;
    auto& check = call.more().check;
    check = {probe, {}, std::move(done)};
    call.from = place_of(probe.region);
    call.details->own_request = request_of(probe);
    call.request = call.details->own_request.get();
    auto address = network::IPAddress::parse(probe.target);
    if (!address) {
        for (const auto& found : cores_->resolve(probe.target, call.from).addresses)
            if (!address && found.is_v4()) address = found;
    }
    if (!address) {
        surroundings_.environment.scheduler.post([this, id, generation = call.generation] {
            if (calls_[id].generation == generation) end_check(id, Ending::unresolved);
        });
        return;
    }
    check.result.resolved = *address;
    call.destination = destination_of(*address);
    const bool is_tcp = probe.protocol == route53::HealthProbe::Protocol::tcp;
    // There and back for the connection, and the request after it.
    schedule((is_tcp ? 1 : 3) * distance(call.from, call.destination), arrives, id);
    schedule(is_tcp ? tcp_patience : http_patience, check_deadline, id);
}

bool SimulatedTraffic::accepts_connection(const Destination& destination, std::uint16_t port) {
    if (destination.kind != DestinationKind::balancer) return port == 80 || port == 443;
    const auto& balancer = *balancers_[destination.balancer];
    return balancer.picture->snapshot->listeners.contains(port);
}

// What only connects, and what goes to an address that is no hop of the traffic.
void SimulatedTraffic::check_endpoint(CallId id, const Destination& destination) {
    Call& call = calls_[id];
    if (destination.kind == DestinationKind::nothing)
        return check_instance(id, destination.address);
    // Nothing answers in a zone without power.
    if (destination.kind == DestinationKind::balancer &&
        is_dark(balancers_[destination.balancer]->picture->nodes[destination.zone].zone)) {
        call.arrived = epoch;
        return;
    }
    if (!accepts_connection(destination, call.details->check.probe.port))
        return reply_unreachable(id);
    reply(id, 200, 0);
}

// An instance is asked without a load balancer in between.
void SimulatedTraffic::check_instance(CallId id, const network::IPAddress& address) {
    Call& call = calls_[id];
    const auto instance = cores_->fleet.at(address);
    if (!instance || !cores_->fleet[*instance].is_reachable) {
        call.arrived = epoch; // until the deadline
        return;
    }
    if (!cores_->fleet.answers(cores_->fleet[*instance])) return reply_unreachable(id);
    const bool is_tcp = call.details->check.probe.protocol == route53::HealthProbe::Protocol::tcp;
    if (is_tcp) return reply(id, 200, 0);
    call.instance = *instance;
    call.goes_directly = true;
    accept(id);
}

void SimulatedTraffic::say(Call& call, std::string_view text) {
    if (call.details == nullptr) return;
    auto& details = *call.details;
    const bool is_head =
        details.origin_request != nullptr && details.origin_request->head.method == "HEAD";
    details.text = is_head ? std::string_view{} : text.substr(0, searched_bytes);
}

void SimulatedTraffic::end_check(CallId id, Ending ending) {
    Call& call = calls_[id];
    if (!call.is_check) return;
    call.is_check = false;
    auto check = std::move(call.details->check);
    auto& result = check.result;
    result.ending = ending;
    result.status = call.reply.status;
    result.found_search_string =
        call.details->text.find(check.probe.search_string) != std::string::npos;
    if (ending == Ending::completed || ending == Ending::response_timed_out)
        result.connection_time = 2 * distance(call.from, call.destination);
    if (ending == Ending::completed && check.probe.protocol != route53::HealthProbe::Protocol::tcp)
        result.time_to_first_byte = now() - call.arrived + distance(call.from, call.destination);
    const bool is_under_way = ending == Ending::response_timed_out && !call.is_lost;
    if (is_under_way) {
        call.is_abandoned = true; // the answer, when it comes, is nobody's
    } else {
        release(id);
    }
    check.done(result);
}

} // namespace diorama
