// Faults that no call of the API causes and that leave everything in its place: calls that fail,
// capacity that is not there, slow answers, lost packets, wrong clocks, bad builds, full disks,
// certificates that have expired. See world/simulated/faults.hpp.
#include "emulator/world/simulated/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace diorama {

namespace {

using simulation::Fault;

// What faults do whose parameters are left out.
constexpr Duration default_replica_lag = std::chrono::seconds(60);
constexpr double default_packet_loss = 0.05;
constexpr double default_delay = 2e9; // nanoseconds

Duration span_of(const Fault& fault, const std::string& parameter, Duration otherwise) {
    const auto found = fault.quantities.find(parameter);
    return found == fault.quantities.end() ? otherwise : Duration(std::llround(found->second));
}

double number_of(const Fault& fault, const std::string& parameter, double otherwise) {
    const auto found = fault.quantities.find(parameter);
    return found == fault.quantities.end() ? otherwise : found->second;
}

// "a,b" as the reader writes lists.
std::set<std::string> words_of(const Fault& fault, const std::string& parameter) {
    std::set<std::string> words;
    std::string word;
    for (const char letter : StackFaults::text_of(fault, parameter) + ',') {
        if (letter == ' ') continue;
        if (letter != ',')
            word += letter;
        else if (!word.empty())
            words.insert(std::exchange(word, {}));
    }
    return words;
}

SlowAnswers slow_answers_of(const Fault& fault) {
    const auto law = fault.laws.find("delay");
    return {
        law == fault.laws.end() ? simulation::RandomVariable::constant(default_delay) : law->second,
        number_of(fault, "share", 1)
    };
}

APIFaults::Error error_of(const std::string& action) {
    if (action == "aws:fis:inject-api-throttle-error") return APIFaults::Error::throttled;
    if (action == "aws:fis:inject-api-internal-error") return APIFaults::Error::internal;
    return APIFaults::Error::unavailable;
}

} // namespace

SimulatedFaults::Targets SimulatedFaults::fail_api_calls(const Fault& fault, bool begins) {
    const auto service = StackFaults::text_of(fault, "service");
    const auto operations = words_of(fault, "operations");
    if (begins)
        world_.api_faults.begin(
            fault.number,
            APIFaults::Failing{
                folder_of_service(service),
                operations,
                number_of(fault, "percentage", 100) / 100,
                error_of(fault.action)
            }
        );
    else
        world_.api_faults.end(fault.number);
    Targets targets;
    for (const auto& operation : operations)
        targets.push_back(service + " " + operation);
    if (targets.empty()) targets.push_back(service);
    return targets;
}

// One of everybody's launches, the other of groups'.
SimulatedFaults::Targets SimulatedFaults::exhaust_capacity(const Fault& fault, bool begins) {
    if (!begins) {
        world_.api_faults.end(fault.number);
        return {};
    }
    APIFaults::Shortage shortage;
    shortage.zones = words_of(fault, "availabilityZoneIdentifiers");
    if (!zone_of(fault).empty()) shortage.zones.insert(zone_of(fault));
    if (shortage.zones.contains("all")) shortage.zones.clear();
    shortage.share = number_of(fault, "percentage", 100) / 100;
    Targets targets(shortage.zones.begin(), shortage.zones.end());
    for (const auto& zone : targets)
        if (!world_.ec2.find_subnet_in(
                SimulatedWorld::Parts::account,
                world_.scenario.deploy.region,
                zone
            ))
            throw std::runtime_error("there is no zone " + zone);
    if (targets.empty()) targets.push_back("all zones");
    if (fault.action == "aws:ec2:asg-insufficient-instance-capacity-error") {
        const auto groups = groups_for(fault);
        if (groups.empty()) return {};
        shortage.groups.insert(groups.begin(), groups.end());
        targets.insert(targets.end(), groups.begin(), groups.end());
    }
    world_.api_faults.begin(fault.number, std::move(shortage));
    return targets;
}

SimulatedFaults::Targets SimulatedFaults::skew_clocks(const Fault& fault, bool begins) {
    const auto population = StackFaults::text_of(fault, "population");
    clients_.set_clock_skew(
        population,
        begins ? span_of(fault, "skew", Duration::zero()) : Duration::zero()
    );
    return {population.empty() ? "everybody's clocks" : "the clocks of " + population};
}

// Of instances, or of buckets; without a target of everything that edge locations fetch from.
SimulatedFaults::Targets SimulatedFaults::slow_origin(const Fault& fault, bool begins) {
    auto targets = slow_buckets(fault, begins);
    const auto& target = fault.target;
    if (target.ids.empty() && target.tags.empty() && target.zone.empty()) return targets;
    auto instances = begins ? by_api_.instances_for(fault) : periods_[fault.number - 1].targets;
    std::shared_ptr<const SlowAnswers> slow;
    if (begins) slow = std::make_shared<SlowAnswers>(slow_answers_of(fault));
    for (const auto& id : instances)
        world_.fleet.set_slow(id, slow);
    targets.insert(targets.end(), instances.begin(), instances.end());
    return targets;
}

SimulatedFaults::Targets SimulatedFaults::slow_buckets(const Fault& fault, bool begins) {
    const auto& target = fault.target;
    Targets buckets;
    if (!begins)
        buckets = periods_[fault.number - 1].targets; // others among them are no buckets
    else if (!target.ids.empty())
        buckets = by_api_.resources_for(fault, "AWS::S3::Bucket");
    const bool is_all = target.ids.empty() && target.tags.empty() && target.zone.empty();
    if (is_all) buckets = {""};
    for (const auto& bucket : buckets) {
        std::optional<SlowAnswers> slow;
        if (begins) slow = slow_answers_of(fault);
        world_.traffic.set_slow_origin(bucket, slow);
    }
    return is_all ? Targets{"origins"} : buckets;
}

SimulatedFaults::Targets SimulatedFaults::lose_packets(const Fault& fault, bool begins) {
    const double share = begins ? number_of(fault, "share", default_packet_loss) : 0;
    if (const auto zone = zone_of(fault); !zone.empty()) {
        world_.traffic.set_zone_loss(zone, share);
        return {zone};
    }
    const auto name = StackFaults::text_of(fault, "place");
    const auto* place = simulation::find_place(name);
    if (place == nullptr) {
        clients_.set_packet_loss(share);
        return {"clients"};
    }
    clients_.set_packet_loss(
        share,
        static_cast<simulation::PlaceId>(place - simulation::places().data())
    );
    return {"clients in " + name};
}

// From now on what the groups launch runs a bad build, and so do those instances that are aimed at.
SimulatedFaults::Targets SimulatedFaults::poison_deployment(const Fault& fault, bool begins) {
    std::shared_ptr<const BadBuild> build;
    if (begins) {
        BadBuild bad;
        bad.slowdown = number_of(fault, "slowdown", 1);
        bad.text = StackFaults::text_of(fault, "text");
        // A build that is only slow, or only says something else, answers.
        const bool answers = bad.slowdown != 1 || !bad.text.empty();
        bad.error_rate = number_of(fault, "error_rate", answers ? 0 : 1);
        const auto route = StackFaults::text_of(fault, "route");
        const auto& routes = world_.scenario.app.routes;
        for (std::size_t i = 0; i < routes.size(); ++i) {
            const auto& [method, path] = routes[i].pattern;
            const bool is_meant =
                !route.empty() && route == (method.empty() ? path : method + " " + path);
            if (is_meant) bad.route = static_cast<std::uint16_t>(i);
        }
        build = std::make_shared<const BadBuild>(bad);
    }
    auto everything = fault;
    everything.target.mode = simulation::TargetSelector::Mode::all;
    for (const auto& group : groups_for(everything))
        world_.fleet.deploy(group, build);
    auto ids = begins ? by_api_.instances_for(fault) : periods_[fault.number - 1].targets;
    if (!begins)
        // Whoever was launched meanwhile is rolled back, too.
        for (const auto& id : by_api_.instances_for(everything))
            world_.fleet.set_build(id, nullptr);
    const auto every = span_of(fault, "every", Duration::zero());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto id = ids[i];
        if (!begins || every == Duration::zero() || i == 0) {
            world_.fleet.set_build(id, build);
            continue;
        }
        world_.time.after(every * i, [this, id, build, number = fault.number] {
            if (under_way_.contains(number)) world_.fleet.set_build(id, build);
        });
    }
    ids.push_back("new instances");
    return ids;
}

SimulatedFaults::Targets SimulatedFaults::fill_disk(const Fault& fault, bool begins) {
    auto ids = begins ? databases_for(fault) : periods_[fault.number - 1].targets;
    for (const auto& id : ids)
        if (const auto* database = world_.databases.named(id))
            world_.databases.set_full(database->identity.resource_id, begins);
    return ids;
}

// Replicas that are named, or those of a source that is.
SimulatedFaults::Targets SimulatedFaults::lag_replica(const Fault& fault, bool begins) {
    const auto lag = begins ? span_of(fault, "lag", default_replica_lag) : Duration::zero();
    Targets replicas;
    const auto ids = begins ? databases_for(fault) : Targets();
    for (const auto* database : world_.databases.all()) {
        const auto& hit = periods_[fault.number - 1].targets;
        if (!begins && std::ranges::find(hit, database->identity.name) != hit.end())
            world_.databases.set_extra_lag(database->identity.resource_id, lag);
        if (database->source.empty()) continue;
        const auto* source = world_.databases.find(database->source);
        const bool is_meant = std::ranges::any_of(ids, [&](const auto& id) {
            return database->identity.name.starts_with(id + ".") ||
                   (source != nullptr && source->identity.name.starts_with(id + "."));
        });
        if (!is_meant) continue;
        world_.databases.set_extra_lag(database->identity.resource_id, lag);
        replicas.push_back(database->identity.name);
    }
    return replicas;
}

// Of the hosts by which clients come to the load balancer or the distribution.
SimulatedFaults::Targets SimulatedFaults::expire_certificate(const Fault& fault, bool begins) {
    auto meant = by_api_.resources_for(fault, "AWS::ElasticLoadBalancingV2::LoadBalancer");
    for (auto& id : by_api_.resources_for(fault, "AWS::CloudFront::Distribution"))
        meant.push_back(std::move(id));
    std::set<std::string> hosts;
    for (const auto& population : world_.scenario.traffic)
        for (const auto& step : population.visit)
            if (const auto* request = std::get_if<simulation::RequestStep>(&step.action))
                if (request->is_tls) hosts.insert(request->host);
    Targets hit;
    for (const auto& host : hosts) {
        const bool is_meant = std::ranges::any_of(meant, [&](const auto& id) {
            return world_.traffic.leads_to(host, id);
        });
        if (begins && !is_meant) continue;
        world_.traffic.set_certificate_end(
            host,
            begins ? std::optional(world_.time.now()) : std::nullopt
        );
        hit.push_back(host);
    }
    return hit;
}

} // namespace diorama
