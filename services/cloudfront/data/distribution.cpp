// Lookups in a distribution's settings, and the published map of all of them.
#include "services/cloudfront/data/distribution.hpp"

#include "emulator/assert.hpp"
#include "emulator/aws/wildcard.hpp"
#include "services/cloudfront/data/path_pattern.hpp"

#include <algorithm>

namespace diorama::cloudfront {

bool ItemSelection::includes(std::string_view name) const {
    if (behavior == Behavior::all) return true;
    if (behavior == Behavior::none) return false;
    const bool is_named = std::any_of(names.begin(), names.end(), [&](const std::string& pattern) {
        return aws::matches_wildcard(pattern, name);
    });
    return is_named == (behavior == Behavior::whitelist);
}

bool Behavior::allows(std::string_view method) const {
    return std::find(allowed_methods.begin(), allowed_methods.end(), method) !=
           allowed_methods.end();
}

bool Behavior::caches(std::string_view method) const {
    return std::find(cached_methods.begin(), cached_methods.end(), method) != cached_methods.end();
}

// AWS: "CloudFront … compares the requested path with path patterns in the order in which cache
// behaviors are listed … The first match determines which cache behavior is applied."
const Behavior& Distribution::behavior_for(std::string_view path) const {
    ASSERT(!behaviors.empty());
    for (const auto& behavior : behaviors) {
        if (path_matches(behavior.path_pattern, path)) return behavior;
    }
    return behaviors.back();
}

const ErrorResponse* Distribution::find_error_response(int status) const {
    for (const auto& response : error_responses) {
        if (response.error_code == status) return &response;
    }
    return nullptr;
}

void PublishedDistributions::publish(DistributionPtr distribution) {
    const std::lock_guard lock(mutex_);
    const auto id = distribution->id;
    by_id_[id] = std::move(distribution);
    rebuild();
}

void PublishedDistributions::withdraw(const std::string& id) {
    const std::lock_guard lock(mutex_);
    if (by_id_.erase(id) != 0) rebuild();
}

void PublishedDistributions::rebuild() {
    ByHost by_host;
    for (const auto& [id, distribution] : by_id_) {
        for (const auto& name : distribution->host_names)
            by_host.emplace(name, distribution);
    }
    by_host_ = std::make_shared<const ByHost>(std::move(by_host));
    version_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const PublishedDistributions::ByHost> PublishedDistributions::snapshot() const {
    const std::lock_guard lock(mutex_);
    return by_host_;
}

DistributionPtr PublishedDistributions::find(std::string_view host) const {
    const auto by_host = snapshot();
    if (const auto found = by_host->find(host); found != by_host->end()) return found->second;
    const auto dot = host.find('.');
    if (dot == std::string_view::npos) return {};
    const auto found = by_host->find("*" + std::string(host.substr(dot)));
    return found == by_host->end() ? DistributionPtr{} : found->second;
}

DistributionPtr PublishedDistributions::find_by_id(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? DistributionPtr{} : found->second;
}

std::vector<std::string> PublishedDistributions::host_names() const {
    std::vector<std::string> names;
    for (const auto& [name, distribution] : *snapshot())
        names.push_back(name);
    return names;
}

} // namespace diorama::cloudfront
