// See rds.hpp: puts the rooms together and sends each operation to its noun.
#include "services/rds/rds.hpp"

#include "services/rds/background/metrics_publisher.hpp"
#include "services/rds/control/operations.hpp"
#include "services/rds/data/live_databases.hpp"
#include "services/rds/limits.hpp"

#include <fmt/format.h>

namespace diorama::rds {

struct RDS::Parts {
    Parts(
        Environment& given,
        std::unique_ptr<LiveDatabases> live,
        Databases* given_databases,
        Subnets& subnets
    )
        : environment(given)
        , own_databases(std::move(live))
        , databases(own_databases != nullptr ? *own_databases : *given_databases)
        , cloud(given, databases, subnets) {}

    Environment& environment;
    std::unique_ptr<LiveDatabases> own_databases;
    Databases& databases;
    ControlPlane cloud;
};

RDS::RDS(
    Environment& environment,
    network::Network& network,
    network::Names& names,
    Settings settings,
    BackupStore& backups,
    Subnets& subnets
)
    : parts_(std::make_unique<Parts>(
          environment,
          std::make_unique<LiveDatabases>(
              environment,
              network,
              names,
              LiveSettings{std::move(settings.folder), std::move(settings.tls)},
              backups
          ),
          nullptr,
          subnets
      )) {}

RDS::RDS(Environment& environment, Databases& databases, Subnets& subnets)
    : parts_(std::make_unique<Parts>(environment, nullptr, &databases, subnets)) {}

RDS::~RDS() = default;

const aws::ServiceDescriptor& RDS::descriptor() const {
    return api::descriptor();
}

aws::ServiceApi& RDS::api() {
    return parts_->cloud.operations();
}

void RDS::resume() {
    parts_->cloud.lifecycle().resume();
}

std::vector<InstanceView> RDS::instances() const {
    std::vector<InstanceView> result;
    const auto& state = parts_->cloud.state();
    for (const auto& [key, instance] : state.instances) {
        InstanceView view;
        view.account = instance.account;
        view.region = instance.region;
        view.identifier = instance.identifier;
        view.status = instance.status;
        view.zone = instance.zone;
        view.is_multi_az = instance.is_multi_az;
        if (const auto* source = state.find_resource(instance.source))
            view.source = source->identifier;
        if (instance.has_endpoint)
            std::tie(view.address, view.port) = parts_->cloud.instances().endpoint_of(instance);
        if (const auto activity = parts_->databases.activity(instance.resource_id)) {
            view.statements = activity->statements;
            view.connections = activity->connections_made;
        }
        result.push_back(std::move(view));
    }
    return result;
}

std::vector<std::string> RDS::events_since(Timestamp when) const {
    std::vector<std::string> result;
    for (const auto& [key, event] : parts_->cloud.state().events) {
        if (event.when < when) continue;
        result.push_back(
            fmt::format("{} {}: {}", iso8601(event.when), event.identifier, event.message)
        );
    }
    return result;
}

std::size_t RDS::snapshots() const {
    std::size_t count = 0;
    for (const auto& [key, snapshot] : parts_->cloud.state().snapshots)
        if (snapshot.status == status::available) ++count;
    return count;
}

} // namespace diorama::rds
