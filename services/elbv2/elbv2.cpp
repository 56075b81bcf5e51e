// See elbv2.hpp.
#include "services/elbv2/elbv2.hpp"

#include "services/elbv2/api.hpp"
#include "services/elbv2/background/deregistration.hpp"
#include "services/elbv2/background/host_counts.hpp"
#include "services/elbv2/background/http_prober.hpp"
#include "services/elbv2/control/control_plane.hpp"
#include "services/elbv2/control/publication.hpp"
#include "services/elbv2/data/live_data_plane.hpp"
#include "services/elbv2/metrics.hpp"
#include "services/elbv2/state.hpp"

namespace diorama::elbv2 {

namespace {

std::unique_ptr<LiveDataPlane>
make_data_plane(Environment& environment, Certificates& certificates, ELBv2::Sockets sockets) {
    return std::make_unique<LiveDataPlane>(
        LiveDataPlane::Surroundings{
            sockets.network,
            sockets.names,
            sockets.client,
            environment.metrics,
            environment.log,
            environment.random.fork("elbv2/data"),
        },
        [&certificates](const LoadBalancer& load_balancer, const Listener& listener) {
            if (listener.protocol == Protocol::http) return std::shared_ptr<network::TLSContext>();
            return certificates.context_for(
                {account_of(load_balancer.arn), region_of(load_balancer.arn)},
                listener.certificate_arns,
                load_balancer.dns_name
            );
        }
    );
}

} // namespace

struct ELBv2::Rooms {
    // What carries traffic and probes: its own, live, or given by a driver without sockets.
    struct Carriers {
        std::unique_ptr<Prober> own_prober;
        std::unique_ptr<LiveDataPlane> own_data_plane;
        Prober& prober;
        DataPlane& data_plane;
    };

    Rooms(
        Environment& surrounding,
        Ports joined,
        Carriers given,
        std::function<network::Endpoint(const network::Endpoint&)> translate
    )
        : environment(surrounding)
        , ports(joined)
        , carriers(std::move(given))
        , state(environment.journal)
        , publication(
              state,
              {environment,
               ports.instances,
               carriers.prober,
               &carriers.data_plane,
               std::move(translate)}
          )
        , deregistration(state, publication, environment)
        , control(
              state,
              publication,
              deregistration,
              {environment, ports.subnets, ports.instances, ports.certificates}
          )
        , host_counts(
              environment.scheduler,
              metrics::host_count_interval,
              [this] { count_hosts(state, publication, environment.metrics); }
          )
        , connection_counts(environment.scheduler, metrics::connection_count_interval, [this] {
            carriers.data_plane.count_active_connections();
        }) {}

    Environment& environment;
    Ports ports;
    Carriers carriers;
    State state;
    Publication publication;
    Deregistration deregistration;
    ControlPlane control;
    Ticker host_counts;
    Ticker connection_counts;
};

ELBv2::ELBv2(Environment& environment, Ports ports, Sockets sockets) {
    auto prober =
        std::make_unique<HTTPProber>(sockets.network, sockets.client, environment.scheduler);
    auto data_plane = make_data_plane(environment, ports.certificates, sockets);
    Prober& probes = *prober;
    DataPlane& traffic = *data_plane;
    rooms_ = std::make_unique<Rooms>(
        environment,
        ports,
        Rooms::Carriers{std::move(prober), std::move(data_plane), probes, traffic},
        [&names = sockets.names](const network::Endpoint& proper) {
            return names.translate(proper);
        }
    );
}

ELBv2::ELBv2(Environment& environment, Ports ports, Prober& prober, DataPlane& data_plane)
    : rooms_(std::make_unique<Rooms>(
          environment,
          ports,
          Rooms::Carriers{nullptr, nullptr, prober, data_plane},
          nullptr
      )) {}

ELBv2::~ELBv2() = default;

const aws::ServiceDescriptor& ELBv2::descriptor() {
    return api::descriptor();
}

aws::ServiceApi& ELBv2::api() {
    return rooms_->control;
}

void ELBv2::start() {
    for (const auto& arn : load_balancer_arns())
        rooms_->state.load_balancers.edit(arn)->is_active = true;
    rooms_->publication.publish_all();
    rooms_->deregistration.watch();
}

bool ELBv2::claims_host(std::string_view host) const {
    return rooms_->carriers.own_data_plane != nullptr &&
           rooms_->carriers.own_data_plane->claims_host(host);
}

http::Handler ELBv2::handler_for_host() {
    return [data_plane =
                rooms_->carriers.own_data_plane.get()](std::shared_ptr<http::Exchange> exchange) {
        data_plane->take_by_host(std::move(exchange));
    };
}

void ELBv2::instance_changed(
    const std::string& account,
    const std::string& region,
    const std::string& id
) {
    // AWS: an instance that is terminated is deregistered.
    if (!rooms_->ports.instances.find({account, region}, id)) {
        std::vector<std::pair<std::string, int>> registered;
        for (const auto& [arn, record] : rooms_->state.target_groups)
            for (const auto& target : record.targets)
                if (target.id == id) registered.emplace_back(arn, target.port);
        for (const auto& [arn, port] : registered)
            rooms_->control.deregister_target(arn, id, port);
    }
    rooms_->publication.instance_changed(id);
}

bool ELBv2::has_target_group(const std::string& arn) const {
    return rooms_->state.target_groups.contains(arn);
}

void ELBv2::register_instance(const std::string& target_group_arn, const std::string& instance_id) {
    if (const auto* record = rooms_->state.target_groups.find(target_group_arn))
        rooms_->control.register_target(target_group_arn, {instance_id, record->port, "", {}});
}

void ELBv2::deregister_instance(
    const std::string& target_group_arn,
    const std::string& instance_id
) {
    if (const auto* record = rooms_->state.target_groups.find(target_group_arn))
        rooms_->control.deregister_target(target_group_arn, instance_id, record->port);
}

TargetHealth
ELBv2::instance_health(const std::string& target_group_arn, const std::string& instance_id) const {
    if (const auto* record = rooms_->state.target_groups.find(target_group_arn))
        for (const auto& target : record->targets)
            if (target.id == instance_id && target.port == record->port)
                return rooms_->publication.health_of(*record, target);
    return {TargetHealthState::unused, TargetHealthReason::not_registered};
}

std::string ELBv2::resource_label_of(const std::string& target_group_arn) const {
    const auto users = rooms_->state.load_balancers_using(target_group_arn);
    return users.empty() ? "" : label_of(users.front()) + "/" + label_of(target_group_arn);
}

std::optional<bool> ELBv2::is_healthy(std::string_view dns_name) const {
    const auto& state = rooms_->state;
    for (const auto& [arn, record] : state.load_balancers) {
        if (record.aws_dns_name != dns_name && record.local_dns_name != dns_name) continue;
        bool has_targets = false;
        for (const auto& group_arn : state.target_groups_used_by(arn)) {
            const auto* group = state.target_groups.find(group_arn);
            if (group == nullptr || group->targets.empty()) continue;
            has_targets = true;
            bool has_healthy = false;
            for (const auto& target : group->targets)
                has_healthy = has_healthy || rooms_->publication.health_of(*group, target).state ==
                                                 TargetHealthState::healthy;
            if (!has_healthy) return false;
        }
        return has_targets;
    }
    return std::nullopt;
}

std::shared_ptr<const LoadBalancer> ELBv2::snapshot_of(const std::string& load_balancer_arn) const {
    return rooms_->publication.snapshot_of(load_balancer_arn);
}

std::vector<std::string> ELBv2::load_balancer_arns() const {
    std::vector<std::string> arns;
    for (const auto& [arn, record] : rooms_->state.load_balancers)
        arns.push_back(arn);
    return arns;
}

} // namespace diorama::elbv2
