// The hop at a load balancer node: ELBv2's core matches the rule, chooses the target and says what
// becomes of failures; this carries and counts. See world_simulated_traffic.hpp.
#include "emulator/world_simulated_traffic.hpp"

namespace diorama {

namespace {

// Between machines of one region.
constexpr Duration within_region = std::chrono::microseconds(300);
constexpr Duration connect_timeout = std::chrono::seconds(10);
// A response's head, as counted in ProcessedBytes.
constexpr double head_bytes = 300;

} // namespace

void SimulatedTraffic::publish(const std::shared_ptr<const elbv2::LoadBalancer>& load_balancer) {
    const auto [found, is_new] = balancer_ids_.try_emplace(
        load_balancer->arn,
        static_cast<std::uint32_t>(balancers_.size())
    );
    if (is_new) {
        balancers_.push_back(std::make_unique<Balancer>());
        balancers_.back()->number = found->second;
    }
    Balancer& balancer = *balancers_[found->second];
    balancer.snapshot = load_balancer;
    balancer.nodes.clear();
    for (auto& memo : balancer.memo)
        memo.clear();
    std::vector<network::IPAddress> addresses;
    for (const auto& zone : load_balancer->zones) {
        Node node;
        node.zone = zone;
        node.address = surroundings_.names.claim(
            network::Names::Kind::load_balancer,
            load_balancer->arn + "/" + zone
        );
        const auto series = load_balancer->series.find(zone);
        node.series = series == load_balancer->series.end() ? nullptr : &series->second;
        // AWS: the addresses of zones that have failed are taken out of the DNS answer.
        if (!is_dark(zone)) addresses.push_back(node.address);
        balancer.nodes.push_back(std::move(node));
    }
    for (const auto& name : load_balancer->host_names)
        surroundings_.names.publish(name, addresses);
    classify_all();
}

void SimulatedTraffic::withdraw(const std::string& load_balancer_arn) {
    const auto found = balancer_ids_.find(load_balancer_arn);
    if (found == balancer_ids_.end()) return;
    Balancer& balancer = *balancers_[found->second];
    for (const auto& name : balancer.snapshot->host_names)
        surroundings_.names.publish(name, {});
    for (const auto& node : balancer.nodes)
        surroundings_.names.release(load_balancer_arn + "/" + node.zone);
    balancer.nodes.clear();
    classify_all();
}

const elbv2::RuleMatch&
SimulatedTraffic::match_of(Balancer& balancer, const elbv2::Listener& listener, const Call& call) {
    auto& memo = balancer.memo[call.request->is_tls ? 1 : 0];
    const auto& request = *call.request;
    const std::size_t slot = request.id;
    if (memo.size() <= slot) memo.resize(slot + 1);
    // Number 0 is for requests that are not sent again.
    if (memo[slot].is_known && slot != 0) return memo[slot].match;
    memo[slot].match = elbv2::match_rule(
        listener,
        balancer.snapshot->attributes,
        call.via_edge ? call.origin_request->head : request.head,
        {},
        *network::IPAddress::parse(viewers_[call.from].address)
    );
    memo[slot].is_known = true;
    return memo[slot].match;
}

void SimulatedTraffic::take_at_balancer(CallId id, const Destination& destination) {
    Call& call = calls_[id];
    Balancer& balancer = *balancers_[destination.balancer];
    Node& node = balancer.nodes[destination.zone];
    // Nothing answers in a zone without power: the client waits.
    if (is_dark(node.zone)) {
        if (call.via_edge) return fail_at_origin(id, connect_timeout);
        call.is_lost = true;
        if (!call.is_awaited()) release(id);
        return;
    }
    const bool is_tls = call.via_edge ? call.origin_request->is_https : call.request->is_tls;
    const auto listener = balancer.snapshot->listeners.find(is_tls ? 443 : 80);
    if (listener == balancer.snapshot->listeners.end()) {
        if (call.via_edge) return fail_at_origin(id, Duration::zero());
        return reply_unreachable(id);
    }
    ++counts_.balancer_requests;
    call.load_balancer = balancer.snapshot;
    call.series = node.series;
    const auto& match = match_of(balancer, listener->second, call);
    const auto routing = elbv2::carry_out(
        match,
        listener->second,
        call.via_edge ? call.origin_request->head : call.request->head,
        {{}, node.zone, is_tls, {}, {}, now()},
        balancer_random_
    );
    auto& metrics = surroundings_.environment.metrics;
    if (routing.rules_evaluated > 0)
        call.series->rule_evaluations.add(metrics, routing.rules_evaluated);
    if (const auto* chosen = std::get_if<elbv2::Forward>(&routing.decision)) {
        const auto& action = std::get<elbv2::ForwardAction>(match.rule->action);
        if (observer_ != nullptr && action.shares.size() > 1)
            observer_->divided(action, *chosen->target_group);
        return forward(id, balancer, node, *chosen);
    }
    std::uint16_t status = 200;
    std::uint64_t bytes = 0;
    if (const auto* refuse = std::get_if<elbv2::Refuse>(&routing.decision)) {
        status = static_cast<std::uint16_t>(refuse->status);
    } else if (const auto* to = std::get_if<elbv2::Redirect>(&routing.decision)) {
        status = static_cast<std::uint16_t>(to->status);
        call.series->redirect_count.add(metrics, 1);
    } else if (const auto* fixed = std::get_if<elbv2::FixedResponse>(&routing.decision)) {
        status = static_cast<std::uint16_t>(fixed->action->status);
        bytes = fixed->action->body.size();
        call.series->fixed_response_count.add(metrics, 1);
    }
    elbv2::count_own_response(metrics, *call.series, status);
    answer_from_balancer(id, status, bytes);
}

const elbv2::TargetGroupSeries*
SimulatedTraffic::series_of(Node& node, const elbv2::TargetGroup& group) {
    for (const auto& [known, series] : node.group_series)
        if (known == &group) return series;
    const auto own = group.series.find(node.zone);
    const auto* series = own == group.series.end() ? &group.series.begin()->second : &own->second;
    node.group_series.emplace_back(&group, series);
    return series;
}

void SimulatedTraffic::forward(
    CallId id,
    Balancer& balancer,
    Node& node,
    const elbv2::Forward& chosen
) {
    Call& call = calls_[id];
    const auto& group = *chosen.target_group;
    const auto* series = series_of(node, group);
    auto& metrics = surroundings_.environment.metrics;
    elbv2::count_forward(metrics, *call.series, *series, group.sharing_targets);
    ++counts_.forwarded_requests;
    if (observer_ != nullptr) observer_->forwarded(*balancer.snapshot, group, *chosen.target);
    call.group_series = series;
    call.target = chosen.target->live;
    call.target->outstanding.fetch_add(1, std::memory_order_relaxed);
    call.sent_to_target = now();
    call.is_waiting_for_target = true;
    balancer.patience.push({now() + balancer.snapshot->attributes.idle_timeout, id, call.generation}
    );
    arm_patience(balancer.number);

    const auto instance = cores_->fleet.at(chosen.target->endpoint.address);
    // Nobody has that address (any more), or nothing gets through to it.
    if (!instance || !cores_->fleet[*instance].is_reachable)
        return fail_target(id, http::UpstreamFailure::connect_timeout, connect_timeout);
    call.instance = *instance;
    auto& host = cores_->fleet[*instance];
    if (!cores_->fleet.answers(host))
        return fail_target(id, http::UpstreamFailure::connect_refused, 2 * within_region);
    if (host.requests == 0) in_service_since_.try_emplace(host.identity.id, now());
    ++host.requests;
    accept(id);
}

void SimulatedTraffic::let_go_of_target(Call& call) {
    if (!call.is_waiting_for_target) return;
    call.is_waiting_for_target = false;
    call.target->outstanding.fetch_sub(1, std::memory_order_relaxed);
}

void SimulatedTraffic::target_answered(CallId id, std::uint16_t status, std::uint64_t bytes) {
    Call& call = calls_[id];
    let_go_of_target(call);
    auto& metrics = surroundings_.environment.metrics;
    const auto waited = now() + 2 * within_region - call.sent_to_target;
    call.group_series->target_response_time.add(
        metrics,
        std::chrono::duration<double>(waited).count()
    );
    elbv2::count_target_response(metrics, *call.group_series, status);
    answer_from_balancer(id, status, bytes);
}

void SimulatedTraffic::answer_from_balancer(CallId id, std::uint16_t status, std::uint64_t bytes) {
    Call& call = calls_[id];
    auto& metrics = surroundings_.environment.metrics;
    call.series->processed_bytes.add(
        metrics,
        head_bytes + static_cast<double>(bytes + call.request->body_bytes)
    );
    counts_.balancer_bytes += static_cast<double>(bytes);
    // AWS: "The load balancer received a request from a client, but the client closed the
    // connection with the load balancer before the idle timeout period elapsed."
    if (call.is_abandoned && !call.via_edge)
        elbv2::count_own_response(metrics, *call.series, elbv2::status_client_gone);
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
    auto& metrics = surroundings_.environment.metrics;
    if (call.failure == http::UpstreamFailure::connect_refused ||
        call.failure == http::UpstreamFailure::connect_timeout)
        call.group_series->target_connection_error_count.add(metrics, 1);
    const auto outcome = elbv2::target_failed(call.failure, elbv2::Progress::waiting);
    const auto status = static_cast<std::uint16_t>(std::get<elbv2::AnswerError>(outcome).status);
    elbv2::count_own_response(metrics, *call.series, status);
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
            if (calls_[id].target == target) concerned.push_back(id);
        for (const auto id : instance.waiting)
            if (calls_[id].target == target) concerned.push_back(id);
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
