// The hop at a load balancer node: ELBv2's core matches the rule, chooses the target and says what
// becomes of failures; this carries and counts. See world/simulated/traffic.hpp.
#include "emulator/world/simulated/traffic.hpp"

#include <algorithm>

namespace diorama {

namespace {

// Between machines of one region.
constexpr Duration within_region = std::chrono::microseconds(300);
constexpr Duration connect_timeout = std::chrono::seconds(10);
// RFC 6298 2.1: "the sender SHOULD set RTO <- 1 second".
constexpr Duration retransmission_time = std::chrono::seconds(1);
// A response's head, as counted in ProcessedBytes.
constexpr double head_bytes = 300;

} // namespace

void SimulatedTraffic::publish(const std::shared_ptr<const elbv2::LoadBalancer>& load_balancer) {
    const auto [found, is_new] = balancer_ids_.try_emplace(
        load_balancer->arn,
        static_cast<std::uint32_t>(balancers_.size())
    );
    if (is_new) {
        balancers_.push_back(std::make_unique<SimulatedBalancer>());
        balancers_.back()->number = found->second;
    }
    auto picture = std::make_unique<BalancerPicture>();
    picture->snapshot = load_balancer;
    std::vector<network::IPAddress> addresses;
    for (const auto& zone : load_balancer->zones) {
        BalancerNode node;
        node.zone = zone;
        node.address = surroundings_.names.claim(
            network::Names::Kind::load_balancer,
            load_balancer->arn + "/" + zone
        );
        const auto series = load_balancer->series.find(zone);
        if (series != load_balancer->series.end()) node.series = &series->second;
        learn_series(node);
        // AWS: the addresses of zones that have failed are taken out of the DNS answer.
        if (!is_dark(zone)) addresses.push_back(node.address);
        picture->nodes.push_back(std::move(node));
    }
    balancers_[found->second]->show(std::move(picture));
    for (const auto& name : load_balancer->host_names)
        surroundings_.names.publish(name, addresses);
    classify_all();
}

void SimulatedTraffic::withdraw(const std::string& load_balancer_arn) {
    const auto found = balancer_ids_.find(load_balancer_arn);
    if (found == balancer_ids_.end()) return;
    SimulatedBalancer& balancer = *balancers_[found->second];
    auto nothing = std::make_unique<BalancerPicture>();
    nothing->snapshot = balancer.picture->snapshot;
    for (const auto& name : nothing->snapshot->host_names)
        surroundings_.names.publish(name, {});
    for (const auto& node : balancer.picture->nodes)
        surroundings_.names.release(load_balancer_arn + "/" + node.zone);
    balancer.show(std::move(nothing));
    classify_all();
}

void SimulatedTraffic::learn_series(BalancerNode& node) {
    if (node.series == nullptr) return;
    node.processed_bytes = batch_.stream_of([&](Metrics& metrics, double bytes) {
        node.series->processed_bytes.add(metrics, bytes);
    });
    node.rule_evaluations = batch_.stream_of([&](Metrics& metrics, double rules) {
        node.series->rule_evaluations.add(metrics, rules);
    });
}

void SimulatedTraffic::count_own_response(const Call& call, std::uint16_t status) {
    batch_.count(call.node->own_answers.get(batch_, status, [&](Metrics& metrics) {
        elbv2::count_own_response(metrics, *call.node->series, status);
    }));
}

const elbv2::RuleMatch& SimulatedTraffic::match_of(
    BalancerPicture& picture,
    const elbv2::Listener& listener,
    const Call& call
) {
    auto& memo = picture.memo[call.request->is_tls ? 1 : 0];
    const auto& request = *call.request;
    const std::size_t slot = request.id;
    if (memo.size() <= slot) memo.resize(slot + 1);
    // Number 0 is for requests that are not sent again.
    if (memo[slot].is_known && slot != 0) return memo[slot].match;
    memo[slot].match = elbv2::match_rule(
        listener,
        picture.snapshot->attributes,
        call.via_edge ? call.details->origin_request->head : request.head,
        {},
        *network::IPAddress::parse(viewers_[call.from].address)
    );
    memo[slot].is_known = true;
    return memo[slot].match;
}

void SimulatedTraffic::take_at_balancer(CallId id, const Destination& destination) {
    Call& call = calls_[id];
    SimulatedBalancer& balancer = *balancers_[destination.balancer];
    BalancerPicture& picture = *balancer.picture;
    BalancerNode& node = picture.nodes[destination.zone];
    // Nothing answers in a zone without power: the client waits.
    if (is_dark(node.zone)) {
        if (call.via_edge) return fail_at_origin(id, connect_timeout);
        call.is_lost = true;
        if (!call.is_awaited()) release(id);
        return;
    }
    if (loses_packet(node.zone, call))
        return schedule(retransmission_time, call.via_edge ? arrives_at_origin : arrives, id);
    const auto* from_edge = call.via_edge ? call.details->origin_request.get() : nullptr;
    const bool is_tls = from_edge != nullptr ? from_edge->is_https : call.request->is_tls;
    const auto listener = picture.snapshot->listeners.find(is_tls ? 443 : 80);
    if (listener == picture.snapshot->listeners.end()) {
        if (call.via_edge) return fail_at_origin(id, Duration::zero());
        return reply_unreachable(id);
    }
    ++counts_.balancer_requests;
    call.go_by(&picture);
    call.node = &node;
    const auto& match = match_of(picture, listener->second, call);
    const auto routing = elbv2::carry_out(
        match,
        listener->second,
        from_edge != nullptr ? from_edge->head : call.request->head,
        {{}, node.zone, is_tls, {}, {}, now(), binding_of(call)},
        balancer_random_
    );
    if (routing.rules_evaluated > 0)
        batch_.add_repeated(node.rule_evaluations, routing.rules_evaluated);
    if (const auto* chosen = std::get_if<elbv2::Forward>(&routing.decision)) {
        const auto& action = std::get<elbv2::ForwardAction>(match.rule->action);
        if (observer_ != nullptr && action.shares.size() > 1)
            observer_->divided(action, *chosen->target_group);
        return forward(id, balancer, *chosen);
    }
    answer_itself(id, routing);
}

// Without a target: an error, a redirect, a fixed response.
void SimulatedTraffic::answer_itself(CallId id, const elbv2::Routing& routing) {
    const Call& call = calls_[id];
    auto& metrics = surroundings_.environment.metrics;
    std::uint16_t status = 200;
    std::uint64_t bytes = 0;
    if (const auto* refuse = std::get_if<elbv2::Refuse>(&routing.decision)) {
        status = static_cast<std::uint16_t>(refuse->status);
    } else if (const auto* to = std::get_if<elbv2::Redirect>(&routing.decision)) {
        status = static_cast<std::uint16_t>(to->status);
        call.node->series->redirect_count.add(metrics, 1);
    } else if (const auto* fixed = std::get_if<elbv2::FixedResponse>(&routing.decision)) {
        status = static_cast<std::uint16_t>(fixed->action->status);
        bytes = fixed->action->body.size();
        say(calls_[id], fixed->action->body);
        call.node->series->fixed_response_count.add(metrics, 1);
    }
    count_own_response(call, status);
    answer_from_balancer(id, status, bytes);
}

GroupAtNode& SimulatedTraffic::group_at(BalancerNode& node, const elbv2::TargetGroup& group) {
    for (auto& known : node.groups)
        if (known.group == &group) return known;
    const auto own = group.series.find(node.zone);
    auto& made = node.groups.emplace_back();
    made.group = &group;
    made.series = own == group.series.end() ? &group.series.begin()->second : &own->second;
    made.forward = batch_.tally_of([&](Metrics& metrics) {
        elbv2::count_forward(metrics, *node.series, *made.series, group.sharing_targets);
    });
    made.response_time = batch_.stream_of([&](Metrics& metrics, double seconds) {
        made.series->target_response_time.add(metrics, seconds);
    });
    return made;
}

void SimulatedTraffic::forward(
    CallId id,
    SimulatedBalancer& balancer,
    const elbv2::Forward& chosen
) {
    Call& call = calls_[id];
    const auto& snapshot = *call.picture->snapshot;
    auto& group = group_at(*call.node, *chosen.target_group);
    batch_.count(group.forward);
    ++counts_.forwarded_requests;
    if (chosen.target_group->stickiness && !chosen.is_bound)
        call.node->series->non_sticky_request_count.add(surroundings_.environment.metrics, 1);
    if (observer_ != nullptr) observer_->forwarded(snapshot, chosen);
    call.group = &group;
    call.target = chosen.target->live.get();
    if (chosen.target_group->stickiness) bind_client(call, *chosen.target);
    call.target->outstanding.fetch_add(1, std::memory_order_relaxed);
    call.sent_to_target = now();
    call.is_waiting_for_target = true;
    balancer.patience.push({now() + snapshot.attributes.idle_timeout, id, call.generation});
    arm_patience(balancer.number);

    const auto instance = cores_->fleet.at(chosen.target->endpoint.address);
    // Nobody has that address (any more), or nothing gets through to it.
    if (!instance || !cores_->fleet[*instance].is_reachable ||
        is_severed(call.node->zone, cores_->fleet[*instance].identity.zone))
        return fail_target(id, http::UpstreamFailure::connect_timeout, connect_timeout);
    call.instance = *instance;
    auto& host = cores_->fleet[*instance];
    if (!cores_->fleet.answers(host))
        return fail_target(id, http::UpstreamFailure::connect_refused, 2 * within_region);
    if (closes_early(snapshot) && closes_connection(host))
        return fail_target(id, http::UpstreamFailure::reset, 2 * within_region);
    if (host.requests == 0) in_service_since_.try_emplace(host.identity.id, now());
    ++host.requests;
    accept(id);
}

// Read from the cookie that the call's client has.
const elbv2::Binding* SimulatedTraffic::binding_of(const Call& call) {
    if (call.cookie.number == 0) return nullptr;
    auto& binding = bindings_[call.cookie.number - 1];
    binding.until = call.cookie.until;
    return &binding;
}

// Targets are few, and so are the things that cookies say but for how long.
// The modelled application sets no cookies, so that stickiness that waits for them binds nobody.
void SimulatedTraffic::bind_client(Call& call, const elbv2::Target& target) {
    const auto& group = *call.group->group;
    if (call.via_edge || !group.stickiness->application_cookie.empty()) return;
    const auto binding = elbv2::binding_to(group, target, now());
    const auto known = std::ranges::find_if(bindings_, [&](const elbv2::Binding& one) {
        return one.target_id == binding.target_id && one.port == binding.port &&
               one.target_group == binding.target_group;
    });
    const auto number = static_cast<std::uint32_t>(known - bindings_.begin()) + 1;
    if (known == bindings_.end()) bindings_.push_back(binding);
    call.reply.cookie = {number, binding.until};
}

void SimulatedTraffic::let_go_of_target(Call& call) {
    if (!call.is_waiting_for_target) return;
    call.is_waiting_for_target = false;
    call.target->outstanding.fetch_sub(1, std::memory_order_relaxed);
}

void SimulatedTraffic::target_answered(CallId id, std::uint16_t status, std::uint64_t bytes) {
    Call& call = calls_[id];
    let_go_of_target(call);
    if (closes_early(*call.picture->snapshot))
        cores_->fleet[call.instance].idle_connections.push_back(now());
    const auto waited = now() + 2 * within_region - call.sent_to_target;
    auto& group = *call.group;
    batch_.add(group.response_time, std::chrono::duration<double>(waited).count());
    batch_.count(group.answers.get(batch_, status, [&](Metrics& metrics) {
        elbv2::count_target_response(metrics, *group.series, status);
    }));
    answer_from_balancer(id, status, bytes);
}

void SimulatedTraffic::answer_from_balancer(CallId id, std::uint16_t status, std::uint64_t bytes) {
    const Call& call = calls_[id];
    batch_.add_repeated(
        call.node->processed_bytes,
        head_bytes + static_cast<double>(bytes + call.request->body_bytes)
    );
    counts_.balancer_bytes += static_cast<double>(bytes);
    // AWS: "The load balancer received a request from a client, but the client closed the
    // connection with the load balancer before the idle timeout period elapsed."
    if (call.is_abandoned && !call.via_edge) count_own_response(call, elbv2::status_client_gone);
    if (!call.via_edge) return reply(id, status, bytes);
    http::ResponseHead head;
    head.status = status;
    head.headers.add("Content-Length", std::to_string(bytes));
    const auto& routes = surroundings_.app.routes;
    if (call.route < routes.size()) {
        if (!routes[call.route].cache_control.empty())
            head.headers.add("Cache-Control", routes[call.route].cache_control);
        else if (routes[call.route].is_private)
            head.headers.add("Cache-Control", "private");
    }
    answer_from_origin(id, std::move(head), within_region);
}

void SimulatedTraffic::fail_target(CallId id, http::UpstreamFailure failure, Duration later) {
    calls_[id].failure = failure;
    schedule(later, target_failed, id);
}

void SimulatedTraffic::target_has_failed(CallId id) {
    Call& call = calls_[id];
    let_go_of_target(call);
    call.reply.cookie = {}; // only what a target answers binds
    if (call.failure == http::UpstreamFailure::connect_refused ||
        call.failure == http::UpstreamFailure::connect_timeout)
        call.group->series->target_connection_error_count.add(surroundings_.environment.metrics, 1);
    const auto outcome = elbv2::target_failed(call.failure, elbv2::Progress::waiting);
    const auto status = static_cast<std::uint16_t>(std::get<elbv2::AnswerError>(outcome).status);
    count_own_response(call, status);
    answer_from_balancer(id, status, 0);
}

void SimulatedTraffic::arm_patience(std::uint32_t number) {
    auto& lane = balancers_[number]->patience;
    if (lane.is_armed || lane.empty()) return;
    lane.is_armed = true;
    surroundings_.events.schedule(lane.first().when, sink_, idle_deadline, number);
}

void SimulatedTraffic::check_patience(std::uint32_t number) {
    auto& lane = balancers_[number]->patience;
    lane.is_armed = false;
    while (!lane.empty()) {
        const auto due = lane.first();
        const Call& call = calls_[due.subject];
        const bool is_over = call.generation != due.generation || !call.is_waiting_for_target;
        if (!is_over && due.when > now()) break;
        lane.pop();
        if (is_over) continue;
        // The target may still work on it; nobody will hear of it.
        leave_instance(due.subject);
        ++calls_[due.subject].generation;
        calls_[due.subject].failure = http::UpstreamFailure::response_timeout;
        target_has_failed(due.subject);
    }
    arm_patience(number);
}

void SimulatedTraffic::cut(const std::shared_ptr<elbv2::LiveTarget>& target) {
    if (observer_ != nullptr) observer_->target_cut(target);
    std::vector<CallId> concerned;
    for (std::uint32_t i = 0; i < cores_->fleet.size(); ++i) {
        const auto& instance = cores_->fleet[i];
        for (const auto id : instance.in_work)
            if (calls_[id].target == target.get()) concerned.push_back(id);
        for (const auto id : instance.waiting)
            if (calls_[id].target == target.get()) concerned.push_back(id);
    }
    for (const auto id : concerned) {
        leave_instance(id);
        ++calls_[id].generation;
        // AWS 502: "The deregistration delay period elapsed for a request being handled by a
        // target that was deregistered."
        calls_[id].failure = http::UpstreamFailure::reset;
        target_has_failed(id);
    }
}

} // namespace diorama
