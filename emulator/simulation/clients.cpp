// See clients.hpp.
#include "emulator/simulation/clients.hpp"

#include <algorithm>
#include <cmath>

namespace diorama::simulation {

namespace {

// A resolver that has to ask an authoritative server first.
constexpr Duration resolution_time = std::chrono::milliseconds(25);
// RFC 6298 2.1: "Until a round-trip time (RTT) measurement has been made […] the sender SHOULD set
// RTO <- 1 second".
constexpr Duration retransmission_time = std::chrono::seconds(1);
// RFC 2308 5: names that do not exist are remembered, too; resolvers cap that.
constexpr Duration negative_ttl = std::chrono::seconds(10);
constexpr Duration users_interval = std::chrono::seconds(1);
constexpr Duration least_pause = std::chrono::milliseconds(1);

Outcome outcome_of(int status) {
    if (status < 400) return Outcome::ok;
    if (status < 500) return Outcome::client_error;
    if (status == 502) return Outcome::bad_gateway;
    if (status == 503) return Outcome::unavailable;
    if (status == 504) return Outcome::gateway_timeout;
    return Outcome::server_error;
}

} // namespace

Clients::Clients(
    const Scenario& scenario,
    std::map<std::string, ValueSource> values,
    Surroundings surroundings
)
    : surroundings_(std::move(surroundings))
    , sink_(surroundings_.events.add(*this))
    , values_(values) {
    for (const auto& population : scenario.traffic)
        add_clientele(population);
}

Clients::~Clients() = default;

std::uint32_t Clients::host_number(const std::string& host) {
    const auto found = std::ranges::find(hosts_, host);
    if (found == hosts_.end()) {
        hosts_.push_back(host);
        return static_cast<std::uint32_t>(hosts_.size() - 1);
    }
    return static_cast<std::uint32_t>(found - hosts_.begin());
}

void Clients::add_clientele(const Population& population) {
    auto made = std::make_unique<Clientele>();
    made->population = &population;
    made->clock_skew = population.clock_skew;
    made->random = surroundings_.random.fork(population.name);
    double share = 0;
    for (const auto& [place, of_all] : population.from) {
        share += of_all;
        made->resolvers.push_back({surroundings_.place_of(place), {}});
        made->shares.push_back(share);
    }
    if (const auto* replay = std::get_if<Replay>(&population.arrivals)) {
        made->is_replay = true;
        std::map<std::string, RowId> rows; // a log says the same request many times
        for (const auto& logged : replay->requests) {
            const auto [row, is_new] = rows.try_emplace(logged.request.name);
            if (is_new)
                row->second =
                    surroundings_.statistics.add_row(population.name, logged.request.name);
            made->steps.push_back(step_of(logged.request, row->second));
        }
    } else {
        for (const auto& step : population.visit) {
            if (const auto* request = std::get_if<RequestStep>(&step.action))
                made->steps.push_back(step_of(
                    *request,
                    surroundings_.statistics.add_row(population.name, request->name)
                ));
            else
                made->steps.emplace_back().think = &std::get<ThinkStep>(step.action).time;
            made->steps.back().share = step.share;
            made->steps.back().times = step.times;
        }
    }
    if (const auto* open = std::get_if<OpenLoop>(&population.arrivals))
        made->arrivals.emplace(open->rate, open->is_poisson);
    for (auto& resolver : made->resolvers)
        resolver.names.resize(hosts_.size());
    clienteles_.push_back(std::move(made));
}

Clients::StepState Clients::step_of(const RequestStep& request, RowId row) {
    StepState state;
    state.row = row;
    state.host = host_number(request.host);
    state.request = std::make_unique<RequestTemplate>(request, values_, last_request_id_);
    return state;
}

void Clients::set_clock_skew(const std::string& population, Duration skew) {
    for (auto& clientele : clienteles_)
        if (population.empty() || clientele->population->name == population)
            clientele->clock_skew = clientele->population->clock_skew + skew;
}

void Clients::start(Timestamp end) {
    end_ = end;
    for (std::size_t i = 0; i < clienteles_.size(); ++i) {
        const auto number = static_cast<std::uint16_t>(i);
        if (std::holds_alternative<ClosedLoop>(clienteles_[i]->population->arrivals))
            adjust(number);
        else
            schedule_arrival(number);
    }
}

void Clients::happen(std::uint8_t what, std::uint32_t subject, std::uint32_t) {
    switch (static_cast<What>(what)) {
    case arrival:
        return arrive(static_cast<std::uint16_t>(subject));
    case proceed:
        return take_step(subject);
    case think_ended:
        return next_step(subject);
    case come_back: {
        const auto number = visits_[subject].clientele;
        visits_.give_back(subject);
        return begin_visit(number, 0);
    }
    case deadline:
        return check_patience(static_cast<std::uint16_t>(subject));
    case adjust_users:
        return adjust(static_cast<std::uint16_t>(subject));
    }
}

void Clients::schedule_arrival(std::uint16_t number) {
    Clientele& clientele = *clienteles_[number];
    std::optional<Duration> next;
    if (const auto* replay = std::get_if<Replay>(&clientele.population->arrivals)) {
        if (clientele.next_logged < replay->requests.size())
            next = replay->requests[clientele.next_logged].at;
    } else {
        next = clientele.arrivals->next(clientele.random);
    }
    if (!next) return;
    const Timestamp when = surroundings_.statistics.start() + *next;
    if (when < end_) surroundings_.events.schedule(when, sink_, arrival, number);
}

void Clients::arrive(std::uint16_t number) {
    Clientele& clientele = *clienteles_[number];
    begin_visit(number, clientele.is_replay ? clientele.next_logged++ : 0);
    schedule_arrival(number);
}

// A closed loop: as many users as the curve says now.
void Clients::adjust(std::uint16_t number) {
    Clientele& clientele = *clienteles_[number];
    const auto& loop = std::get<ClosedLoop>(clientele.population->arrivals);
    const auto now = surroundings_.events.now();
    const auto wanted =
        static_cast<std::uint32_t>(std::lround(loop.users.at(now - surroundings_.statistics.start())
        ));
    for (; clientele.users < wanted; ++clientele.users)
        begin_visit(number, 0);
    if (now + users_interval < end_)
        surroundings_.events.schedule(now + users_interval, sink_, adjust_users, number);
}

void Clients::begin_visit(std::uint16_t number, std::size_t first_step) {
    Clientele& clientele = *clienteles_[number];
    const std::uint32_t index = visits_.take();
    Visit& visit = visits_[index];
    visit.clientele = number;
    visit.step = static_cast<std::uint32_t>(first_step);
    visit.attempt = 0;
    visit.times_left = 0;
    visit.viewer = ++visits_begun_;
    visit.last_write = 0;
    visit.connected_host = 0;
    visit.cookie_host = 0;
    visit.drawn = {};
    const auto place = std::ranges::upper_bound(clientele.shares, clientele.random.real());
    visit.resolver = static_cast<std::uint16_t>(
        std::min<std::size_t>(place - clientele.shares.begin(), clientele.shares.size() - 1)
    );
    const StepState& step = clientele.steps[first_step];
    if (step.share < 1 && clientele.random.real() >= step.share) return next_step(index);
    visit.times_left = step.times;
    take_step(index);
}

// One more of the current step, or the next.
void Clients::next_step(std::uint32_t index) {
    Visit& visit = visits_[index];
    Clientele& clientele = *clienteles_[visit.clientele];
    if (clientele.is_replay) return end_visit(index);
    if (visit.times_left > 1) {
        --visit.times_left;
        return take_step(index);
    }
    const auto& steps = clientele.steps;
    for (++visit.step; visit.step < steps.size(); ++visit.step) {
        const StepState& step = steps[visit.step];
        if (step.share < 1 && clientele.random.real() >= step.share) continue;
        visit.times_left = step.times;
        return take_step(index);
    }
    end_visit(index);
}

void Clients::take_step(std::uint32_t index) {
    Visit& visit = visits_[index];
    Clientele& clientele = *clienteles_[visit.clientele];
    const StepState& step = clientele.steps[visit.step];
    if (step.think != nullptr) {
        const auto pause = Duration(std::llround(step.think->draw(clientele.random)));
        return surroundings_.events
            .schedule(surroundings_.events.now() + pause, sink_, think_ended, index);
    }
    if (visit.drawn.request == nullptr) visit.drawn = step.request->draw(clientele.random);
    send(index);
}

const Clients::CachedName&
Clients::look_up(Clientele& clientele, Resolver& resolver, std::uint32_t host) {
    if (resolver.names.size() <= host) resolver.names.resize(hosts_.size());
    CachedName& cached = resolver.names[host];
    const auto now = surroundings_.events.now();
    const auto& settings = clientele.population->resolver;
    if (!cached.is_known || !settings.caches || now >= cached.expires)
        ask(clientele, resolver, cached, host);
    return cached;
}

void Clients::ask(
    const Clientele& clientele,
    const Resolver& resolver,
    CachedName& cached,
    std::uint32_t host
) {
    const auto& settings = clientele.population->resolver;
    ++dns_queries_;
    const auto found = surroundings_.cloud.resolve(hosts_[host], resolver.place);
    cached.addresses = found.addresses;
    Duration ttl = found.addresses.empty() ? negative_ttl : found.ttl;
    if (settings.least_ttl) ttl = std::max(ttl, *settings.least_ttl);
    if (settings.greatest_ttl) ttl = std::min(ttl, *settings.greatest_ttl);
    cached.expires = surroundings_.events.now() + ttl;
    cached.is_known = true;
}

void Clients::send(std::uint32_t index) {
    Visit& visit = visits_[index];
    Clientele& clientele = *clienteles_[visit.clientele];
    const Population& population = *clientele.population;
    Resolver& resolver = clientele.resolvers[visit.resolver];
    const std::uint32_t host = clientele.steps[visit.step].host;
    const auto now = surroundings_.events.now();
    ++requests_;
    ++visit.request_number;
    visit.sent = now;

    const auto queries_before = dns_queries_;
    const CachedName& name = look_up(clientele, resolver, host);
    if (name.addresses.empty()) return end_attempt(index, Outcome::unresolved, {});
    Sending sending;
    sending.token = index;
    sending.request = visit.drawn.request;
    sending.from = resolver.place;
    sending.viewer = visit.viewer;
    sending.seen_write = visit.last_write;
    sending.clock_skew = clientele.clock_skew;
    if (visit.cookie_host == host + 1) sending.cookie = visit.cookie;
    const bool is_kept =
        visit.connected_host == host + 1 && population.keeps_connections &&
        std::ranges::find(name.addresses, visit.connected_to) != name.addresses.end();
    if (is_kept)
        sending.destination = visit.connected_to;
    else
        connect(clientele, name, visit, sending);
    if (dns_queries_ != queries_before) sending.connection_set_up += resolution_time;
    const bool may_lose = packet_loss_ > 0 && (!lossy_place_ || *lossy_place_ == resolver.place);
    if (may_lose && clientele.random.real() < packet_loss_)
        sending.connection_set_up += retransmission_time;
    visit.connected_host = host + 1;
    visit.connected_to = sending.destination;
    visit.is_waiting = true;
    clientele.patience.push({now + population.patience.timeout, index, visit.request_number});
    if (!clientele.patience.is_armed) arm_patience(visit.clientele);
    surroundings_.cloud.send(sending);
}

void Clients::connect(
    Clientele& clientele,
    const CachedName& name,
    const Visit& visit,
    Sending& sending
) {
    sending.destination = name.addresses[clientele.random.below(name.addresses.size())];
    const auto round_trip = 2 * surroundings_.cloud.distance(sending.from, sending.destination);
    // RFC 8446: a full TLS 1.3 handshake takes one more round trip.
    sending.connection_set_up = round_trip * (visit.drawn.request->is_tls ? 2 : 1);
}

void Clients::arm_patience(std::uint16_t number) {
    Clientele& clientele = *clienteles_[number];
    if (clientele.patience.is_armed || clientele.patience.empty()) return;
    clientele.patience.is_armed = true;
    surroundings_.events.schedule(clientele.patience.first().when, sink_, deadline, number);
}

void Clients::check_patience(std::uint16_t number) {
    Clientele& clientele = *clienteles_[number];
    auto& lane = clientele.patience;
    lane.is_armed = false;
    const auto now = surroundings_.events.now();
    while (!lane.empty()) {
        const auto due = lane.first();
        const Visit& visit = visits_[due.subject];
        const bool is_over = !visit.is_waiting || visit.clientele != number ||
                             visit.request_number != due.generation;
        if (!is_over && due.when > now) break;
        lane.pop();
        if (is_over) continue;
        surroundings_.cloud.abandoned(due.subject);
        visits_[due.subject].connected_host = 0;
        end_attempt(due.subject, Outcome::timed_out, {});
    }
    arm_patience(number);
}

void Clients::answered(std::uint32_t token, const Reply& reply) {
    Visit& visit = visits_[token];
    if (reply.kind == Reply::Kind::unreachable) {
        visit.connected_host = 0;
        return end_attempt(token, Outcome::unreachable, reply);
    }
    end_attempt(token, outcome_of(reply.status), reply);
}

void Clients::end_attempt(std::uint32_t index, Outcome outcome, const Reply& reply) {
    Visit& visit = visits_[index];
    Clientele& clientele = *clienteles_[visit.clientele];
    const StepState& step = clientele.steps[visit.step];
    const auto& patience = clientele.population->patience;
    const auto now = surroundings_.events.now();
    visit.is_waiting = false;
    if (reply.cookie.number != 0 && clientele.population->keeps_cookies) {
        visit.cookie_host = step.host + 1;
        visit.cookie = reply.cookie;
    }
    visit.last_write = std::max(visit.last_write, reply.write_position);
    surroundings_.statistics.record(step.row, outcome, visit.sent, now);
    if (surroundings_.observer != nullptr) surroundings_.observer->request_ended(outcome, reply);
    if (is_error(outcome)) {
        ++errors_;
        if (visit.attempt < patience.retries) {
            const double factor = patience.backoff_is_exponential ? std::exp2(visit.attempt) : 1;
            const double jitter = 1 - patience.jitter * clientele.random.real();
            const auto pause =
                std::chrono::duration<double, std::nano>(patience.backoff) * factor * jitter;
            ++visit.attempt;
            surroundings_.statistics.record_retry(step.row);
            return surroundings_.events
                .schedule(now + Duration(std::llround(pause.count())), sink_, proceed, index);
        }
        surroundings_.statistics.record_gave_up(step.row);
        visit.drawn = {};
        return end_visit(index);
    }
    visit.drawn = {};
    visit.attempt = 0;
    next_step(index);
}

void Clients::end_visit(std::uint32_t index) {
    Visit& visit = visits_[index];
    Clientele& clientele = *clienteles_[visit.clientele];
    const auto* loop = std::get_if<ClosedLoop>(&clientele.population->arrivals);
    const auto now = surroundings_.events.now();
    if (loop == nullptr || now >= end_) return visits_.give_back(index);
    const auto since_start = now - surroundings_.statistics.start();
    if (clientele.users > std::lround(loop->users.at(since_start))) {
        --clientele.users;
        return visits_.give_back(index);
    }
    const auto pause = Duration(std::llround(loop->pause.draw(clientele.random)));
    // At least a little time passes, or a visit without steps would go round for ever.
    surroundings_.events.schedule(now + std::max(pause, least_pause), sink_, come_back, index);
}

} // namespace diorama::simulation
