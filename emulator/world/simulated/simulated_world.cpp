// See world/simulated/simulated_world.hpp. The composition and the deployment; the run itself
// stands in world/simulated/run.cpp. Read beside world.cpp: the same parts in the same order.
#include "emulator/simulation/sql_volume.hpp"
#include "emulator/world/simulated/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace diorama {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// The stack is made in the time before the scenario begins.
constexpr Duration deployment_time = hours(1);
// How long groups may take to be complete and healthy before the traffic comes all the same.
constexpr Duration settling_time = minutes(10);

// What Route 53 knows of a client there.
route53::Route53::Asker asker_at(simulation::PlaceId from) {
    const auto& place = simulation::places()[from];
    return {
        network::IPAddress::parse(SimulatedTraffic::viewer_address(from))
            .value_or(network::IPAddress()),
        route53::Place{
            std::string(place.continent),
            std::string(place.country),
            std::string(place.subdivision),
            {place.latitude, place.longitude}
        }
    };
}

// What health checks look for words in; nothing where there is no file.
std::string beginning_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes(searched_bytes, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
}

} // namespace

SimulatedWorld::Parts::Parts(const simulation::Scenario& given, std::uint64_t seed, Log& its_log)
    : scenario(given)
    , log(its_log)
    , time(given.start - deployment_time)
    , environment{time, time, Random(seed), metrics, journal, log, Advertise::aws, Pace::faithful}
    , seed(seed) {
    world_names.join([this](std::string_view name) { return route53.resolve(name); });
    alarm_actions.join(sns, autoscaling);
    ec2.watch([this](const ec2::InstanceView& instance) {
        elbv2.instance_changed(instance.account, instance.region, instance.id);
        autoscaling.instance_changed(instance.id);
        record_instance(instance);
    });
    offer_services();
    traffic.join(SimulatedTraffic::Cores{
        cloudfront,
        s3,
        fleet,
        databases,
        [this](const std::string& name, simulation::PlaceId from) {
            auto found = route53.look_up(name, asker_at(from));
            if (found.addresses.empty()) found.addresses = world_names.resolve(name);
            return NameAnswer{
                std::move(found.addresses),
                std::max(found.ttl, Duration(seconds(1))),
                std::move(found.choices)
            };
        },
        edge,
        front_door,
    });
    calls.interfere([this](std::string_view service, std::string_view operation) {
        api_faults.before(service, operation);
    });
    stack.act_through([this](const auto& region, auto service, auto operation, const auto& input) {
        return calls.call({account, region}, service, operation, input);
    });
    target_health.join(elbv2);
    health_alarms.join(calls);
    vpcs.join(calls);
    elbv2.start();
}

template <class Service>
void SimulatedWorld::Parts::offer(Service& service) {
    calls.add(service.descriptor(), service.api());
}

void SimulatedWorld::Parts::offer_services() {
    calls.add_raw(
        "s3",
        [this](const auto& caller, std::string_view operation, const nlohmann::json& input) {
            return s3.call(caller.account, caller.region, operation, input);
        }
    );
    offer(route53);
    offer(ec2);
    offer(elbv2);
    offer(cloudwatch);
    offer(sns);
    offer(autoscaling);
    offer(cloudfront);
    offer(rds);
    offer(cloudformation);
}

nlohmann::json SimulatedWorld::Parts::call(
    std::string_view service,
    std::string_view operation,
    const nlohmann::json& input
) {
    return calls.call({account, scenario.deploy.region, true}, service, operation, input);
}

nlohmann::json SimulatedWorld::Parts::act(
    std::string_view service,
    std::string_view operation,
    const nlohmann::json& input
) {
    return calls.call({account, scenario.deploy.region}, service, operation, input);
}

void SimulatedWorld::Parts::pass(Duration span) {
    events.run_until(time.now() + span);
}

void SimulatedWorld::Parts::create_stack() {
    stack.begin();
    do {
        if (time.now() >= scenario.start)
            throw DeploymentFailed(
                "the stack did not come up within an hour: " + stack.unfinished_resources()
            );
        pass(seconds(5));
    } while (!stack.is_made());
}

// Of files only what health checks look at is kept, of the others nothing but the size.
void SimulatedWorld::Parts::fill_buckets() {
    values = stack.fill_buckets([this](const ScenarioStack::NewObject& object) {
        const auto beginning = beginning_of(object.path);
        s3.put_modelled_object(
            object.bucket,
            object.key,
            object.size,
            object.cache_control,
            beginning
        );
    });
}

// The schema, and what is in it from the beginning.
void SimulatedWorld::Parts::load_databases() {
    if (!databases.has_rows()) return;
    for (const auto& statements : scenario.deploy.sql) {
        const auto* resource = stack.find(statements.database);
        const auto* database =
            resource == nullptr ? nullptr : databases.named(resource->physical_id);
        if (database == nullptr)
            throw DeploymentFailed("there is no database " + statements.database);
        std::ifstream file(statements.path, std::ios::binary);
        const std::string text(std::istreambuf_iterator<char>(file), {});
        if (!file) throw DeploymentFailed(statements.path + " cannot be read");
        if (const auto failure = databases.run_script(database->identity.resource_id, text))
            throw DeploymentFailed(fmt::format("{}: {}", statements.path, *failure));
    }
}

// But some worlds never come that far.
void SimulatedWorld::Parts::wait_until_ready() {
    const auto latest = std::min(time.now() + settling_time, scenario.start);
    while (!stack.is_ready() && time.now() < latest)
        pass(seconds(5));
}

void SimulatedWorld::deploy() {
    parts_->check_faults();
    if (simulation::executes_sql(parts_->scenario)) parts_->databases.keep_rows();
    parts_->create_stack();
    parts_->load_databases();
    parts_->fill_buckets();
    parts_->wait_until_ready();
    // Nothing of what comes before the traffic is told; without it nothing much happens.
    parts_->events.run_until(parts_->scenario.start);
}

SimulatedWorld::SimulatedWorld(const simulation::Scenario& scenario, std::uint64_t seed, Log& log)
    : parts_(std::make_unique<Parts>(scenario, seed, log)) {}

SimulatedWorld::~SimulatedWorld() = default;

} // namespace diorama
