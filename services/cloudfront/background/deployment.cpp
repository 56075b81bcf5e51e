// See deployment.hpp.
#include "services/cloudfront/background/deployment.hpp"

#include "services/cloudfront/control/edge_settings.hpp"
#include "services/cloudfront/metrics.hpp"

#include <algorithm>

namespace diorama::cloudfront {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

Deployment::Deployment(
    const Environment& environment,
    State& state,
    PublishedDistributions& published,
    ViewerListeners& listeners,
    std::string edge_location
)
    : environment_(environment)
    , state_(state)
    , published_(published)
    , listeners_(listeners)
    , edge_location_(std::move(edge_location)) {}

void Deployment::resume_all() {
    for (const auto& [key, record] : state_.distributions) {
        publish(record);
        if (record.is_deployed) continue;
        auto& timer = timers_.insert_or_assign(key, Timer(environment_.scheduler)).first->second;
        timer.start_after(limits::deployment.at(environment_.pace), [this, stalled = key] {
            finish(stalled);
        });
    }
}

void Deployment::begin(DistributionRecord& record) {
    record.is_deployed = false;
    const auto key = key_of(record.account, record.id);
    auto& timer = timers_.insert_or_assign(key, Timer(environment_.scheduler)).first->second;
    timer.start_after(limits::deployment.at(environment_.pace), [this, key] { finish(key); });
}

void Deployment::finish(const std::string& key) {
    auto* record = state_.distributions.edit(key);
    if (record == nullptr) return;
    record->is_deployed = true;
    publish(*record);
    environment_.journal.commit();
}

// DIFFERS: AWS gives domain names of their own ("d111111abcdef8"); here the id is in the name.
std::string Deployment::domain_name(const DistributionRecord& record) const {
    const auto* suffix =
        environment_.advertise == Advertise::aws ? ".cloudfront.net" : ".cloudfront.localhost";
    return http::lower_case(record.id) + suffix;
}

void Deployment::publish(const DistributionRecord& record) {
    auto distribution = std::make_shared<Distribution>(edge_settings(record, state_));
    const auto id = http::lower_case(record.id);
    distribution->domain_name = domain_name(record);
    distribution->host_names = {id + ".cloudfront.net", id + ".cloudfront.localhost"};
    for (const auto& alias : record.aliases)
        distribution->host_names.push_back(alias);
    distribution->series =
        metrics::register_series(environment_.metrics, record.account, record.id);
    announce(record.id, distribution->host_names);
    published_.publish(std::move(distribution));
}

void Deployment::withdraw(const DistributionRecord& record) {
    timers_.erase(key_of(record.account, record.id));
    published_.withdraw(record.id);
    announce(record.id, {});
}

void Deployment::announce(const std::string& id, std::vector<std::string> host_names) {
    auto& announced = announced_[id];
    for (const auto& name : announced) {
        if (!contains(host_names, name)) listeners_.withdraw(name);
    }
    for (const auto& name : host_names) {
        if (!contains(announced, name)) listeners_.publish(name, edge_location_);
    }
    announced = std::move(host_names);
}

} // namespace diorama::cloudfront
