// CloudFront's front door: all that other code includes. The world makes one, registers its API,
// and sends viewers' HTTP exchanges to viewer_handler().
#pragma once

#include "emulator/aws/service.hpp"
#include "emulator/environment.hpp"
#include "emulator/http/client.hpp"
#include "services/cloudfront/data/edge_location.hpp"
#include "services/cloudfront/data/viewer_metrics.hpp"
#include "services/cloudfront/ports.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::cloudfront {

class CloudFront {
public:
    // The client, the ports and what Environment refers to must outlive every exchange. Listens at
    // once.
    CloudFront(
        const Environment& environment,
        http::Client& client,
        OriginAddresses& origins,
        ViewerListeners& listeners
    );
    // Without sockets: a driver asks edge() itself.
    CloudFront(const Environment& environment, ViewerListeners& listeners);
    ~CloudFront();

    // What was remembered serves again, and what was under way goes on. Once, when all that this
    // refers to is ready.
    void resume();

    const aws::ServiceDescriptor& descriptor() const;
    aws::ServiceApi& api();

    // For every exchange whose Host a distribution claims. Any edge thread; may outlive this object
    // only while no exchange is served.
    http::Handler viewer_handler();
    // Whether a deployed distribution answers for this host (lower case, without port). Any thread.
    bool claims_host(std::string_view host) const;
    // The deployed distribution that answers for this host; nothing if there is none. Any thread.
    DistributionPtr find(std::string_view host) const;
    // Another number than before whenever find() may answer something else than before.
    std::uint64_t published_version() const;
    // The core of the edge location, for a driver without sockets.
    EdgeLocation& edge();
    // Domain names and aliases of all deployed distributions. Any thread.
    std::vector<std::string> host_names() const;
    // The edge location's name, the resource its address is claimed for.
    const std::string& edge_location() const;

private:
    struct Rooms;
    std::unique_ptr<Rooms> rooms_;
};

} // namespace diorama::cloudfront
