// One viewer request on its way through an edge location, live: from the exchange to the last byte
// of its response, and into the metrics.
#pragma once

#include "services/cloudfront/data/origin_fetch.hpp"
#include "services/cloudfront/data/viewer_response.hpp"

namespace diorama::cloudfront {

class Delivery : public std::enable_shared_from_this<Delivery> {
public:
    Delivery(
        const EdgePlace& place,
        Metrics& metrics,
        std::shared_ptr<http::Exchange> exchange,
        DistributionPtr distribution
    );

    void begin(Collapsing collapsing);

private:
    void act_on(Decision decision);
    void respond(PageResponse page);
    void serve(const Serve& serve);
    void refresh(Fetch fetch);
    void fetch(Fetch fetch);
    void stream_request_body();
    void deliver(const Deliver& delivery);
    void forward(std::string_view bytes);
    void end(bool is_complete);
    void end_early();
    void hold_back();
    void measure(int status, CacheResult result);
    void measure_download(std::uint64_t bytes);

    EdgePlace place_;
    Metrics& metrics_;
    std::shared_ptr<http::Exchange> exchange_;
    DistributionPtr distribution_;
    EdgeIdentity identity_;
    Viewer viewer_;
    std::shared_ptr<OriginFetch> origin_;
    // The window of the arriving body that the viewer gets.
    std::uint64_t to_skip_ = 0;
    std::optional<std::uint64_t> to_send_;
    bool sends_body_ = false;
    bool is_ended_ = false;
    bool is_held_back_ = false;
    std::uint64_t sent_ = 0;
};

} // namespace diorama::cloudfront
