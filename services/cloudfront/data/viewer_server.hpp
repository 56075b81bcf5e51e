// The live driver of an edge location: takes viewers' HTTP exchanges, asks the core what is to
// happen, and carries bytes between origins, cache and viewers. Runs on the edge threads.
#pragma once

#include "services/cloudfront/data/origin_fetch.hpp"

namespace diorama::cloudfront {

class ViewerServer {
public:
    ViewerServer(
        const EdgePlace& place,
        const PublishedDistributions& distributions,
        Metrics& metrics
    )
        : place_(place)
        , distributions_(distributions)
        , metrics_(metrics) {}

    void serve(std::shared_ptr<http::Exchange> exchange);

private:
    EdgePlace place_;
    const PublishedDistributions& distributions_;
    Metrics& metrics_;
};

} // namespace diorama::cloudfront
