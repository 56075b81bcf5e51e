// Brings distributions from the control plane to the edge: some time after a change the new
// settings are published and the distribution's status is Deployed. World thread.
#pragma once

#include "emulator/environment.hpp"
#include "services/cloudfront/data/distribution.hpp"
#include "services/cloudfront/ports.hpp"
#include "services/cloudfront/state.hpp"

#include <map>

namespace diorama::cloudfront {

class Deployment {
public:
    Deployment(
        const Environment& environment,
        State& state,
        PublishedDistributions& published,
        ViewerListeners& listeners,
        std::string edge_location
    );

    // Publishes what an earlier process left, and goes on with what it had not finished.
    void resume_all();
    // The distribution has changed: InProgress, then Deployed.
    void begin(DistributionRecord& record);
    // The distribution has been deleted.
    void withdraw(const DistributionRecord& record);

    // "d111111abcdef8.cloudfront.net" (AWS's own) or "….cloudfront.localhost", as it is advertised.
    std::string domain_name(const DistributionRecord& record) const;

private:
    void finish(const std::string& key);
    void publish(const DistributionRecord& record);
    void announce(const std::string& id, std::vector<std::string> host_names);

    Environment environment_;
    State& state_;
    PublishedDistributions& published_;
    ViewerListeners& listeners_;
    std::string edge_location_;
    std::map<std::string, Timer> timers_;                       // by key
    std::map<std::string, std::vector<std::string>> announced_; // by distribution id
};

} // namespace diorama::cloudfront
