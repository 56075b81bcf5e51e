// Travelling: from clients to their first hop and back. See world/simulated/traffic.hpp.
#include "emulator/world/simulated/traffic.hpp"

#include "emulator/assert.hpp"

namespace diorama {

namespace {

// What a client's line carries: 100 Mbit/s.
constexpr double nanoseconds_per_byte = 80;

} // namespace

SimulatedTraffic::SimulatedTraffic(const Surroundings& surroundings)
    : surroundings_(surroundings)
    , sink_(surroundings.events.add(*this))
    , random_(surroundings.environment.random.fork("traffic"))
    , balancer_random_(surroundings.environment.random.fork("traffic/balancers")) {
    const auto* region = simulation::find_region(surroundings.region);
    ASSERT(region != nullptr);
    for (const auto& place : simulation::places()) {
        cloudfront::Viewer viewer;
        viewer.address = viewer_address(static_cast<simulation::PlaceId>(viewers_.size()));
        to_region_.push_back(simulation::one_way(place, *region));
        viewer.port = 50'000;
        viewers_.push_back(viewer);
    }
    edge_memos_.resize(viewers_.size());
    destinations_.emplace_back(); // 0 is no destination
}

SimulatedTraffic::~SimulatedTraffic() = default;

// RFC 5737: addresses for documentation.
std::string SimulatedTraffic::viewer_address(simulation::PlaceId place) {
    return network::IPAddress::v4(203, 0, 113, static_cast<std::uint8_t>(place + 1)).to_string();
}

void SimulatedTraffic::join(const Cores& cores) {
    cores_.emplace(cores);
    identity_ = cores.cloudfront.edge().new_identity();
}

void SimulatedTraffic::schedule(Duration delay, What what, CallId call) {
    surroundings_.events.schedule(now() + delay, sink_, what, call, calls_[call].generation);
}

void SimulatedTraffic::happen(std::uint8_t what, std::uint32_t subject, std::uint32_t generation) {
    if (what == idle_deadline) return check_patience(subject);
    if (calls_[subject].generation != generation) return;
    switch (static_cast<What>(what)) {
    case arrives:
        return arrive(subject);
    case delivered:
        return deliver(subject);
    case again_at_edge:
        return begin_at_edge(subject, cloudfront::Collapsing::tried);
    case arrives_at_origin:
        return arrive_at_origin(subject);
    case origin_answers:
        return origin_answered(subject);
    case cpu_done:
        return cpu_is_done(subject);
    case statement_done:
        return statement_is_done(subject);
    case target_failed:
        return target_has_failed(subject);
    case probe_deadline:
        return end_probe(subject, {elbv2::ProbeResult::Kind::timed_out, 0});
    case check_deadline:
        return end_check(
            subject,
            calls_[subject].arrived == epoch ? route53::ProbeResult::Ending::connect_timed_out
                                             : route53::ProbeResult::Ending::response_timed_out
        );
    case idle_deadline:
        break;
    }
}

simulation::DestinationId SimulatedTraffic::destination_of(const network::IPAddress& address) {
    const auto [found, is_new] = destination_ids_.try_emplace(
        address,
        static_cast<simulation::DestinationId>(destinations_.size())
    );
    if (is_new) {
        destinations_.push_back({address, DestinationKind::nothing, 0, 0});
        classify(destinations_.back());
    }
    return found->second;
}

void SimulatedTraffic::classify(Destination& destination) {
    destination.kind = DestinationKind::nothing;
    if (!cores_) return;
    if (destination.address == cores_->edge) destination.kind = DestinationKind::edge;
    if (destination.address == cores_->front_door) destination.kind = DestinationKind::objects;
    for (std::size_t i = 0; i < balancers_.size(); ++i) {
        const auto& nodes = balancers_[i]->picture->nodes;
        for (std::size_t zone = 0; zone < nodes.size(); ++zone) {
            if (nodes[zone].address != destination.address) continue;
            destination.kind = DestinationKind::balancer;
            destination.balancer = static_cast<std::uint32_t>(i);
            destination.zone = static_cast<std::uint16_t>(zone);
        }
    }
}

void SimulatedTraffic::classify_all() {
    for (auto& destination : destinations_)
        classify(destination);
}

simulation::Resolution
SimulatedTraffic::resolve(const std::string& host, simulation::PlaceId from) {
    simulation::Resolution resolution;
    const auto answer = cores_->resolve(host, from);
    for (const auto& address : answer.addresses)
        resolution.addresses.push_back(destination_of(address));
    resolution.ttl = answer.ttl;
    names_told_.note(host, answer, now() - surroundings_.start);
    if (observer_ != nullptr) observer_->resolved(host, answer);
    return resolution;
}

Duration
SimulatedTraffic::distance(simulation::PlaceId from, simulation::DestinationId destination) {
    return destinations_[destination].kind == DestinationKind::edge ? simulation::one_way_to_edge
                                                                    : to_region_[from];
}

void SimulatedTraffic::send(const simulation::Sending& sending) {
    const CallId id = calls_.take();
    Call& call = calls_[id];
    call.token = sending.token;
    call.has_client = true;
    call.from = sending.from;
    call.destination = sending.destination;
    call.request = sending.request;
    call.seen_write = sending.seen_write;
    call.clock_skew = sending.clock_skew;
    call.cookie = sending.cookie;
    if (by_token_.size() <= sending.token) by_token_.resize(sending.token + 1);
    by_token_[sending.token] = id + 1;
    schedule(sending.connection_set_up + distance(sending.from, sending.destination), arrives, id);
}

void SimulatedTraffic::arrive(CallId id) {
    Call& call = calls_[id];
    const Destination& destination = destinations_[call.destination];
    call.arrived = now();
    // AWS: health checks of Route 53 do not look at the certificate.
    if (call.request->is_tls && !call.is_check && !trusts_certificate(call))
        return reply_unreachable(id);
    if (call.is_check &&
        (destination.kind == DestinationKind::nothing ||
         call.details->check.probe.protocol == route53::HealthProbe::Protocol::tcp))
        return check_endpoint(id, destination);
    switch (destination.kind) {
    case DestinationKind::edge:
        call.via_edge = true;
        return begin_at_edge(id, cloudfront::Collapsing::allowed);
    case DestinationKind::balancer:
        return take_at_balancer(id, destination);
    case DestinationKind::objects:
        return serve_object(id);
    case DestinationKind::nothing:
        return reply_unreachable(id);
    }
}

void SimulatedTraffic::abandoned(std::uint32_t token) {
    const CallId id = by_token_[token] - 1;
    by_token_[token] = 0;
    Call& call = calls_[id];
    call.is_abandoned = true;
    if (call.is_lost) return release(id);
    call.keep_request();
}

void SimulatedTraffic::reply(CallId id, std::uint16_t status, std::uint64_t bytes) {
    Call& call = calls_[id];
    call.reply.kind = simulation::Reply::Kind::status;
    call.reply.status = status;
    call.reply.bytes = bytes;
    if (!call.is_awaited()) return release(id);
    const auto transfer =
        Duration(static_cast<Duration::rep>(nanoseconds_per_byte * static_cast<double>(bytes)));
    schedule(distance(call.from, call.destination) + transfer, delivered, id);
}

void SimulatedTraffic::reply_unreachable(CallId id) {
    Call& call = calls_[id];
    call.reply.kind = simulation::Reply::Kind::unreachable;
    if (!call.is_awaited()) return release(id);
    schedule(distance(call.from, call.destination), delivered, id);
}

void SimulatedTraffic::deliver(CallId id) {
    Call& call = calls_[id];
    if (call.is_abandoned) return release(id);
    if (call.is_check)
        return end_check(
            id,
            call.reply.kind == simulation::Reply::Kind::status
                ? route53::ProbeResult::Ending::completed
                : route53::ProbeResult::Ending::refused
        );
    const auto token = call.token;
    const auto reply = call.reply;
    if (reply.kind == simulation::Reply::Kind::status && reply.status < 400 &&
        reply.write_position != 0) {
        if (call.sql == nullptr)
            cores_->databases.acknowledge(call.timeline, reply.write_position);
        else
            for (const auto& [timeline, position] : call.sql->commits)
                cores_->databases.acknowledge(timeline, position);
    }
    by_token_[token] = 0;
    release(id);
    clients_->answered(token, reply);
}

void SimulatedTraffic::release(CallId id) {
    Call& call = calls_[id];
    let_go_of_target(call);
    if (call.has_client && !call.is_abandoned) by_token_[call.token] = 0;
    call.clear();
    calls_.give_back(id);
}

void SimulatedTraffic::set_zone_reachable(const std::string& zone, bool is_reachable) {
    if (is_reachable)
        dark_zones_.erase(zone);
    else
        dark_zones_.insert(zone);
    cores_->fleet.set_zone_reachable(zone, is_reachable);
    // AWS: what does not answer is taken out of the DNS answer. DIFFERS: at once.
    for (const auto& balancer : balancers_) {
        // A copy: the picture that it lies in may go.
        const auto snapshot = balancer->picture->snapshot;
        if (!balancer->picture->nodes.empty()) publish(snapshot);
    }
    cores_->databases.set_zone_reachable(zone, is_reachable);
}

} // namespace diorama
