// The control plane of RDS as a whole, on whichever databases it is given: its state, what happens
// in the background, and the operations of the API.
#pragma once

#include "services/rds/background/metrics_publisher.hpp"
#include "services/rds/control/events.hpp"
#include "services/rds/control/instances.hpp"
#include "services/rds/control/snapshots.hpp"
#include "services/rds/control/tags.hpp"

namespace diorama::rds {

class ControlPlane {
public:
    ControlPlane(Environment& environment, Databases& databases, Subnets& subnets);
    ~ControlPlane();

    api::RDSApi& operations() { return *operations_; }

    Lifecycle& lifecycle() { return lifecycle_; }

    const State& state() const { return state_; }

    const InstanceControl& instances() const { return instances_; }

private:
    // Each minute: metrics, backups that are due, what waits for its window, what is too old.
    void keep_house();

    Environment& environment_;
    State state_;
    Backups backups_;
    Lifecycle lifecycle_;
    SubnetGroupControl subnet_groups_;
    InstanceControl instances_;
    SnapshotControl snapshots_;
    TagControl tags_;
    MetricsPublisher publisher_;
    std::unique_ptr<api::RDSApi> operations_;
    Ticker housekeeping_;
    Ticker log_shipping_;
};

} // namespace diorama::rds
