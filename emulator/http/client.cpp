// The client: a pool of connections for every edge thread, and calls over them. The conversation
// itself stands in upstream_connection.cpp, the caller's view in upstream_call.cpp.
#include "emulator/http/client.hpp"

#include "emulator/assert.hpp"
#include "emulator/http/upstream_call.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace diorama::http {

namespace {

// A response that is being gathered.
struct Gathering {
    Response response;
    std::size_t limit = 0;
    Client::Fetched done;
    std::weak_ptr<OutboundCall> call;

    void finish(UpstreamFailure failure) {
        if (done) std::exchange(done, nullptr)(failure, std::move(response));
    }
};

class PoolingClient final : public Client {
public:
    PoolingClient(network::Network& network, const std::shared_ptr<network::TLSContext>& tls) {
        for (std::size_t i = 0; i < network.thread_count(); ++i) {
            routes_.push_back(std::make_shared<UpstreamRoutes>(network, network.thread(i), tls));
        }
    }

    std::shared_ptr<OutboundCall>
    start(network::EdgeThread& thread, OutboundRequest request, ResponseEvents events) override {
        ASSERT(thread.index() < routes_.size());
        auto call = std::make_shared<UpstreamCall>(
            routes_[thread.index()],
            std::move(request),
            std::move(events)
        );
        call->start();
        return call;
    }

    std::shared_ptr<OutboundCall>
    fetch(network::EdgeThread& thread, OutboundRequest request, std::size_t limit, Fetched done)
        override {
        const auto gathering = std::make_shared<Gathering>();
        gathering->limit = limit;
        gathering->done = std::move(done);
        ResponseEvents events;
        events.head = [gathering](ResponseHead head) {
            gathering->response.status = head.status;
            gathering->response.reason = std::move(head.reason);
            gathering->response.headers = std::move(head.headers);
        };
        events.body = [gathering](std::string_view bytes) {
            auto& body = gathering->response.body;
            const auto room = gathering->limit - body.size();
            body += bytes.substr(0, room);
            if (bytes.size() <= room) return;
            if (const auto call = gathering->call.lock()) call->cancel();
            gathering->finish(UpstreamFailure::none);
        };
        events.done = [gathering](UpstreamFailure failure) { gathering->finish(failure); };
        auto call = start(thread, std::move(request), std::move(events));
        gathering->call = call;
        return call;
    }

private:
    std::vector<std::shared_ptr<UpstreamRoutes>> routes_; // by thread
};

} // namespace

std::unique_ptr<Client>
make_client(network::Network& network, std::shared_ptr<network::TLSContext> tls) {
    return std::make_unique<PoolingClient>(network, tls);
}

} // namespace diorama::http
