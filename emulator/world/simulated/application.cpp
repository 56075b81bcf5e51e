// The hop on an instance and its databases: the application of the scenario, request by request.
// CPU time is taken from the instance's queue, statements from the database's; both are the cores
// that the live emulator has, too. See world/simulated/traffic.hpp.
#include "emulator/aws/wildcard.hpp"
#include "emulator/world/simulated/traffic.hpp"
#include "services/ec2/ec2.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace diorama {

namespace {

using Nanoseconds = Duration;

constexpr std::uint16_t no_route = 0xffff;
constexpr std::uint16_t health_page = 0xfffe;
constexpr std::uint16_t failed_status = 500;
constexpr std::uint16_t busy_status = 503;
// A statement on its way to the database and back.
constexpr Duration database_distance = std::chrono::microseconds(600);
// An application whose database does not answer at all.
constexpr Duration database_connect_timeout = std::chrono::seconds(10);
// The cost of statements that say none, on one vCPU.
constexpr Duration read_cost = std::chrono::microseconds(150);
constexpr Duration write_cost = std::chrono::microseconds(250);

Duration duration_of(double nanoseconds) {
    return Duration(std::llround(nanoseconds));
}

bool is_of_name(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

// As a word of its own, whatever its case.
bool names_table(std::string_view statement, std::string_view table) {
    for (std::size_t at = 0; at + table.size() <= statement.size(); ++at) {
        const auto end = at + table.size();
        if (http::equal_ignoring_case(statement.substr(at, table.size()), table) &&
            (at == 0 || !is_of_name(statement[at - 1])) &&
            (end == statement.size() || !is_of_name(statement[end])))
            return true;
    }
    return false;
}

bool matches(const simulation::RoutePattern& pattern, const http::RequestHead& request) {
    if (!pattern.method.empty() && pattern.method != request.method) return false;
    return aws::matches_wildcard(pattern.path, request.path(), {.has_escapes = true});
}

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find('?'));
}

// By the cost model: 1146, no such table; 1290 on a replica; 1114 on a full disk.
bool is_carried_out(const simulation::Statement& statement, const SimulatedDatabase& database) {
    const bool is_refused =
        statement.writes && (database.identity.is_read_only || database.is_full);
    return !is_refused && std::ranges::none_of(database.lost_tables, [&](const auto& table) {
        return names_table(statement.text, table);
    });
}

} // namespace

std::uint16_t SimulatedTraffic::route_of(const simulation::HTTPRequest& request) {
    if (route_memo_.size() <= request.id) route_memo_.resize(request.id + 1);
    if (request.id != 0 && route_memo_[request.id] != 0)
        return static_cast<std::uint16_t>(route_memo_[request.id] - 1);
    const auto& routes = surroundings_.app.routes;
    const auto found = std::ranges::find_if(routes, [&](const auto& route) {
        return matches(route.pattern, request.head);
    });
    auto number =
        found == routes.end() ? no_route : static_cast<std::uint16_t>(found - routes.begin());
    // Before all routes: one like "GET /*" would be in its way.
    if (request.head.path() == surroundings_.app.health_path) number = health_page;
    route_memo_[request.id] = static_cast<std::uint16_t>(number + 1);
    return number;
}

void SimulatedTraffic::accept(CallId id) {
    Call& call = calls_[id];
    auto& host = cores_->fleet[call.instance];
    host.bytes_in += static_cast<double>(call.request == nullptr ? 0 : call.request->body_bytes);
    if (host.in_work.size() >= host.slots) {
        if (host.waiting.size() >= surroundings_.app.queue_limit)
            return answer_from_instance(id, busy_status, 0);
        host.waiting.push_back(id);
        return;
    }
    begin_work(id);
}

void SimulatedTraffic::begin_work(CallId id) {
    Call& call = calls_[id];
    const auto& app = surroundings_.app;
    auto& host = cores_->fleet[call.instance];
    host.in_work.push_back(id);
    const auto memory = app.memory_per_request * host.in_work.size();
    if (memory > host.memory_bytes) return cores_->fleet.restart(call.instance);
    Duration cpu{};
    call.route = call.request == nullptr ? health_page : route_of(*call.request);
    call.statement = 0;
    if (call.route == health_page)
        cpu = duration_of(app.health_cpu.draw(random_));
    else if (call.route != no_route)
        cpu = duration_of(app.routes[call.route].cpu.draw(random_));
    if (host.bad_build && call.route != health_page && host.bad_build->concerns(call.route))
        cpu = duration_of(static_cast<double>(cpu.count()) * host.bad_build->slowdown);
    auto later = host.queue.arrive(cpu, now()) - now();
    if (host.slow_answers && random_.real() < host.slow_answers->share)
        later += duration_of(host.slow_answers->delay.draw(random_));
    schedule(later, cpu_done, id);
}

// What the application's page for health checks says.
std::uint16_t SimulatedTraffic::health_status(SimulatedInstance& host) {
    if (!surroundings_.app.health_needs_database) return 200;
    const auto* database = database_of(host, false);
    return database == nullptr || !database->is_reachable ? busy_status : 200;
}

void SimulatedTraffic::cpu_is_done(CallId id) {
    Call& call = calls_[id];
    if (call.route == health_page)
        return finish_work(id, health_status(cores_->fleet[call.instance]));
    if (call.route == no_route) return finish_work(id, 404);
    const auto& route = surroundings_.app.routes[call.route];
    const auto* build = cores_->fleet[call.instance].bad_build.get();
    const bool is_spoilt = build != nullptr && build->concerns(call.route) &&
                           (build->error_rate >= 1 || random_.real() < build->error_rate);
    const bool is_bad = is_spoilt || (route.error_rate > 0 && random_.real() < route.error_rate);
    if (is_bad) return finish_work(id, failed_status);
    next_statement(id);
}

void SimulatedTraffic::next_statement(CallId id) {
    Call& call = calls_[id];
    const auto& statements = surroundings_.app.routes[call.route].sql;
    if (call.statement >= statements.size()) return finish_work(id, 200);
    run_statement(id, statements[call.statement]);
}

SimulatedDatabase* SimulatedTraffic::database_of(SimulatedInstance& instance, bool writes) {
    const auto& settings = instance.settings;
    const bool reads_elsewhere = !writes && !settings.database_read_host.empty();
    const auto& name = reads_elsewhere ? settings.database_read_host : settings.database_host;
    auto& remembered = reads_elsewhere ? instance.read_database : instance.database;
    auto& databases = cores_->databases;
    const auto names = surroundings_.names.version();
    if (remembered.names != names || remembered.databases != databases.version()) {
        const auto addresses = surroundings_.names.find(name.substr(0, name.find(':')));
        const auto number = addresses.empty() ? 0 : databases.number_at(addresses.front());
        remembered = {names, databases.version(), number};
    }
    auto* database = databases.numbered(remembered.database);
    return database != nullptr && database->is_running ? database : nullptr;
}

void SimulatedTraffic::run_statement(CallId id, const simulation::Statement& statement) {
    Call& call = calls_[id];
    ++counts_.statements;
    const bool goes_to_source =
        statements_ ? statements_->goes_to_source(call.route, call.statement) : statement.writes;
    auto* database = database_of(cores_->fleet[call.instance], goes_to_source);
    call.database = 0;
    // Connection refused: the application answers at once that it cannot.
    if (database == nullptr) return schedule(database_distance, statement_done, id);
    call.database = database->number;
    call.database_generation = database->generation;
    const auto& own_zone = cores_->fleet[call.instance].identity.zone;
    if (!database->is_reachable || is_severed(own_zone, database->identity.zone)) {
        call.database = 0;
        return schedule(database_connect_timeout, statement_done, id);
    }
    const auto cost = statement.cost ? duration_of(statement.cost->draw(random_))
                                     : (statement.writes ? write_cost : read_cost);
    const auto done = cores_->databases.execute(*database, cost, statement.writes, now());
    schedule(done - now() + database_distance, statement_done, id);
}

void SimulatedTraffic::statement_is_done(CallId id) {
    Call& call = calls_[id];
    auto* database = cores_->databases.numbered(call.database);
    // The connection broke, or there was none.
    if (database == nullptr || !database->is_running ||
        database->generation != call.database_generation)
        return finish_work(id, failed_status);
    const auto& statement = surroundings_.app.routes[call.route].sql[call.statement];
    const bool is_stale =
        !statement.writes && call.seen_write > cores_->databases.visible_position(*database, now());
    if (!(statements_ ? executes(call, *database) : is_carried_out(statement, *database)))
        return finish_work(id, failed_status);
    if (statement.writes) {
        ++counts_.writes;
        if (!statements_) {
            call.reply.write_position = cores_->databases.commit(*database, now());
            call.timeline = database->timeline->number;
        }
    } else if (is_stale) {
        call.reply.is_stale = true;
        ++counts_.stale_reads;
    }
    ++call.statement;
    next_statement(id);
}

// On the real engine.
bool SimulatedTraffic::executes(Call& call, SimulatedDatabase& database) {
    const auto& statement = surroundings_.app.routes[call.route].sql[call.statement];
    // 1114: the engine's own files lie on another disk than the database's.
    if (statement.writes && database.is_full) return false;
    if (call.sql == nullptr) call.sql = std::make_unique<SQLConversation>();
    const auto& schema = cores_->fleet[call.instance].settings.database_name;
    const auto error =
        statements_->say({database, *call.sql, *call.request, schema}, call.route, call.statement);
    if (!call.sql->commits.empty()) call.reply.write_position = call.sql->commits.back().second;
    return error == 0;
}

void SimulatedTraffic::finish_work(CallId id, std::uint16_t status) {
    Call& call = calls_[id];
    const auto bytes = status == 200 ? write_page(call) : 0;
    cores_->fleet[call.instance].bytes_out += static_cast<double>(bytes);
    if (call.sql != nullptr) statements_->end(*call.sql);
    leave_instance(id);
    answer_from_instance(id, status, bytes);
}

// How long the page is.
std::uint64_t SimulatedTraffic::write_page(Call& call) {
    const auto& app = surroundings_.app;
    if (call.route == health_page) {
        say(call, app.health_text);
        return app.health_text.size();
    }
    const auto& route = app.routes[call.route];
    const auto* build = cores_->fleet[call.instance].bad_build.get();
    const bool says_else = build != nullptr && !build->text.empty() && build->concerns(call.route);
    const auto& text = says_else ? build->text : route.text;
    say(call, text);
    const auto size = static_cast<std::uint64_t>(std::llround(route.size.draw(random_)));
    return std::max(size, static_cast<std::uint64_t>(text.size()));
}

void SimulatedTraffic::answer_from_instance(CallId id, std::uint16_t status, std::uint64_t bytes) {
    const Call& call = calls_[id];
    if (call.is_probe) return end_probe(id, {elbv2::ProbeResult::Kind::answered, status});
    if (call.goes_directly) return reply(id, status, bytes);
    // The load balancer may have lost its patience meanwhile.
    if (call.is_waiting_for_target) target_answered(id, status, bytes);
}

// Makes room for the next one.
void SimulatedTraffic::leave_instance(CallId id) {
    auto& host = cores_->fleet[calls_[id].instance];
    const auto working = std::ranges::find(host.in_work, id);
    if (working == host.in_work.end()) {
        std::erase(host.waiting, id);
        return;
    }
    *working = host.in_work.back();
    host.in_work.pop_back();
    if (host.waiting.empty()) return;
    const CallId next = host.waiting.front();
    host.waiting.pop_front();
    begin_work(next);
}

void SimulatedTraffic::broken_off(std::vector<CallId> calls) {
    if (is_closed_) return;
    for (const auto id : calls) {
        Call& call = calls_[id];
        ++call.generation;
        if (call.is_probe) {
            end_probe(id, {elbv2::ProbeResult::Kind::failed, 0});
        } else if (call.goes_directly) {
            reply_unreachable(id);
        } else {
            call.failure = http::UpstreamFailure::reset;
            target_has_failed(id);
        }
    }
}

void SimulatedTraffic::instance_started(std::uint32_t) {}

void SimulatedTraffic::probe(
    const elbv2::Probe& probe,
    std::function<void(elbv2::ProbeResult result)> done
) {
    const CallId id = calls_.take();
    Call& call = calls_[id];
    call.is_probe = true;
    call.more().probe_done = std::move(done);
    if (path_of(probe.path) != surroundings_.app.health_path) {
        call.details->own_request = std::make_unique<simulation::HTTPRequest>();
        call.details->own_request->head.method = "GET";
        call.details->own_request->head.target = probe.path;
        call.request = call.details->own_request.get();
    }
    schedule(probe.timeout, probe_deadline, id);
    const auto instance = cores_->fleet.at(probe.endpoint.address);
    if (!instance || !cores_->fleet[*instance].is_reachable) return;
    call.instance = *instance;
    if (!cores_->fleet.answers(cores_->fleet[*instance])) {
        surroundings_.environment.scheduler.post([this, id, generation = call.generation] {
            if (calls_[id].generation == generation)
                end_probe(id, {elbv2::ProbeResult::Kind::failed, 0});
        });
        return;
    }
    accept(id);
}

void SimulatedTraffic::end_probe(CallId id, elbv2::ProbeResult result) {
    Call& call = calls_[id];
    // A probe that has timed out may still stand in the instance's queue.
    if (result.kind == elbv2::ProbeResult::Kind::timed_out) leave_instance(id);
    auto done = std::move(call.details->probe_done);
    ++call.generation;
    release(id);
    done(result);
}

} // namespace diorama
