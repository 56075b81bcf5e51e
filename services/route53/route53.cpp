// Joins the rooms; see route53.hpp.
#include "services/route53/route53.hpp"

#include "emulator/assert.hpp"
#include "services/route53/background/change_propagation.hpp"
#include "services/route53/background/health_checker.hpp"
#include "services/route53/background/live_prober.hpp"
#include "services/route53/control/operations.hpp"
#include "services/route53/data/name_server.hpp"

#include <algorithm>
#include <array>
#include <atomic>

namespace diorama::route53 {

namespace {

// Of an A or AAAA record.
network::IPAddress address_of(const Record& record) {
    const auto& bytes = record.record_data;
    std::array<std::uint8_t, 16> address{};
    std::copy(bytes.begin(), bytes.end(), address.begin());
    return record.type == RecordType::a
               ? network::IPAddress::v4(address[0], address[1], address[2], address[3])
               : network::IPAddress::v6(address);
}

PlaceTable table_of(const std::string& places) {
    if (places.empty()) return PlaceTable::own();
    auto parsed = PlaceTable::parse(places);
    auto* table = std::get_if<PlaceTable>(&parsed);
    ASSERT(table != nullptr); // whoever gave it has looked at it
    return std::move(*table);
}

bool is_healthy(const RecordSet& set) {
    return (set.health == nullptr || set.health->is_healthy()) &&
           (set.target_health == nullptr || set.target_health->is_healthy());
}

Route53::Choice choice_of(const RecordSet& set, const RecordSetRange& among) {
    Route53::Choice choice{set.set_identifier, {}};
    for (const auto* one = among.first; one != among.second; ++one) {
        const auto* weighted = std::get_if<WeightedRouting>(&one->policy);
        // An alias within the zone may be unhealthy in ways that are not told here.
        const bool follows =
            one->alias && one->alias->evaluate_target_health && one->target_health == nullptr;
        if (weighted == nullptr || !is_healthy(*one) || follows) return {set.set_identifier, {}};
        choice.weights.emplace_back(one->set_identifier, weighted->weight);
    }
    return choice;
}

} // namespace

struct Route53::Rooms {
    Rooms(Environment& environment, const Ports& given, network::Network* network)
        : ports(given)
        , log(environment.log)
        , places(table_of(given.places))
        , random(environment.random.fork("route53"))
        , state(environment.journal)
        , targets(environment.scheduler, given.target_health)
        , propagation(environment, {state, signals, targets}, published)
        , health(environment, {state, signals, given.prober, given.alarms})
        , query_log(
              network == nullptr || given.query_logs.empty()
                  ? nullptr
                  : std::make_unique<QueryLog>(*network, environment.log, given.query_logs)
          )
        , operations(
              {environment,
               state,
               propagation,
               published,
               given.alias_targets,
               given.own_names,
               places,
               health,
               given.vpcs,
               query_log.get()}
          ) {}

    Ports ports;
    Log& log;
    PlaceTable places;
    Random random;
    PublishedZones published;
    State state;
    HealthSignals signals;
    TargetWatch targets;
    ChangePropagation propagation;
    HealthChecker health;
    std::unique_ptr<QueryLog> query_log; // none: queries are not logged
    Operations operations;
    std::unique_ptr<NameServer> name_server; // none in a simulation
    // How many names were resolved: each resolution draws from a stream of its own, so that no
    // thread waits for another.
    mutable std::atomic<std::uint64_t> resolutions = 0;
};

Route53::Route53(Environment& environment, const Ports& ports, network::Network* network)
    : rooms_(std::make_unique<Rooms>(environment, ports, network)) {
    if (network == nullptr) return;
    rooms_->name_server = std::make_unique<NameServer>(
        NameServerParts{
            rooms_->published,
            ports.alias_targets,
            ports.own_names,
            rooms_->places,
            ports.networks,
            environment.metrics,
            *network,
            environment.log,
            ports.upstream,
            rooms_->query_log.get()
        },
        rooms_->random
    );
}

Route53::~Route53() = default;

void Route53::start(
    const std::vector<network::Endpoint>& endpoints,
    const std::vector<network::Endpoint>& if_possible
) {
    ASSERT(rooms_->name_server != nullptr);
    for (const auto& endpoint : endpoints) {
        rooms_->name_server->listen(endpoint);
    }
    for (const auto& endpoint : if_possible) {
        try {
            rooms_->name_server->listen(endpoint);
        } catch (const network::ListenError& problem) {
            rooms_->log.write(LogLevel::debug, "dns", "{}", problem.what());
        }
    }
}

std::vector<network::Endpoint> Route53::endpoints() const {
    if (rooms_->name_server == nullptr) return {};
    return rooms_->name_server->endpoints();
}

const aws::ServiceDescriptor& Route53::descriptor() const {
    return api::descriptor();
}

aws::ServiceApi& Route53::api() {
    return rooms_->operations;
}

std::vector<network::IPAddress> Route53::resolve(std::string_view name) const {
    return look_up(name, {network::IPAddress::v4(127, 0, 0, 1), std::nullopt}).addresses;
}

Route53::Lookup Route53::look_up(std::string_view name, const Asker& asker) const {
    Question question;
    const auto parsed = DNSName::parse(name);
    if (!parsed) return {};
    question.name = *parsed;
    const auto zones = rooms_->published.current();
    const Authority
        authority{*zones, rooms_->ports.alias_targets, rooms_->ports.own_names, rooms_->places};
    const auto draw = rooms_->resolutions.fetch_add(1, std::memory_order_relaxed);
    Random random(rooms_->random.seed() + draw);
    const Client
        client{asker.address, std::nullopt, asker.place ? &*asker.place : nullptr, asker.vpc};
    Lookup found;
    std::optional<std::uint32_t> ttl; // the least of the chain
    for (const auto type : {RecordType::a, RecordType::aaaa}) {
        question.type = type;
        const auto answered = answer(authority, question, client, random);
        if (type == RecordType::a)
            for (const auto& [set, among] : answered.chosen)
                found.choices.push_back(choice_of(*set, among));
        for (const auto& record : answered.answers) {
            ttl = std::min(ttl.value_or(record.ttl), record.ttl);
            if (record.type == type) found.addresses.push_back(address_of(record));
        }
    }
    found.ttl = std::chrono::seconds(ttl.value_or(0));
    return found;
}

bool Route53::is_authority_for(std::string_view name) const {
    const auto parsed = DNSName::parse(name);
    if (!parsed) return false;
    return rooms_->published.current()->longest_match(parsed->lower().wire()) != nullptr;
}

std::unique_ptr<HealthProber>
make_live_prober(network::Network& network, Scheduler& world, Dial dial) {
    return std::make_unique<LiveProber>(
        network,
        network::trusting_client_context(),
        world,
        std::move(dial)
    );
}

} // namespace diorama::route53
