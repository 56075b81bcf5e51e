// Sockets around respond(); see name_server.hpp.
#include "services/route53/data/name_server.hpp"

#include <fmt/format.h>

namespace diorama::route53 {

namespace {

// Only what comes with additional records can have a cookie, and needs to know the time.
bool may_have_cookie(std::string_view request) {
    return request.size() > header_bytes && (request[10] != 0 || request[11] != 0);
}

CookieSecret secret_from(Random random) {
    const auto first = random.next();
    return {first, random.next()};
}

} // namespace

NameServer::NameServer(const NameServerParts& parts, const Random& random)
    : parts_(parts)
    , cookies_(secret_from(random.fork("cookies"))) {
    if (parts_.upstream) upstream_.emplace(parts_.network, *parts_.upstream);
    for (std::size_t i = 0; i < parts_.network.thread_count(); ++i) {
        desks_.push_back({random.fork(fmt::format("thread {}", i)), nullptr, 0, {}, {}});
    }
}

void NameServer::listen(const network::Endpoint& endpoint) {
    auto stream = parts_.network.listen(
        endpoint,
        [this](network::Connection& connection) {
            auto& thread = connection.thread();
            return std::make_shared<TCPSession>(
                connection,
                desks_[thread.index()].sessions,
                [this, &thread](
                    std::string_view request,
                    const network::Endpoint& client,
                    const TCPSession::Reply& reply
                ) { answer_stream(thread, request, client, reply); }
            );
        },
        {.tls = nullptr, .tls_only = false, .peek_for_tls = false}
    );
    // With port 0 the kernel chose one: the datagrams come to the same.
    const auto actual = stream->endpoint();
    auto datagrams = parts_.network.listen_datagrams(
        actual,
        [this](
            std::string_view request,
            const network::Endpoint& client,
            network::EdgeThread& thread
        ) { return answer_datagram(thread, request, client); }
    );
    listeners_.push_back(std::move(stream));
    listeners_.push_back(std::move(datagrams));
    endpoints_.push_back(actual);
}

std::vector<network::Endpoint> NameServer::endpoints() const {
    return endpoints_;
}

Response NameServer::respond_on(
    network::EdgeThread& thread,
    std::string_view request,
    Transport transport,
    const network::Endpoint& client
) {
    auto& desk = desks_[thread.index()];
    const auto version = parts_.zones.version();
    if (desk.version != version) {
        desk.zones = parts_.zones.current();
        desk.version = version;
    }
    const Authority authority{*desk.zones, parts_.alias_targets, parts_.own_names, parts_.places};
    std::string vpc;
    if (parts_.networks != nullptr && desk.zones->has_private()) {
        vpc = parts_.networks->vpc_of(client.address);
    }
    Peer peer{client, transport, vpc};
    if (may_have_cookie(request)) {
        peer.cookies = &cookies_;
        peer.now = thread.clock().now();
    }
    auto response = respond(request, peer, authority, desk.random);
    if (!response.complaint.empty())
        parts_.log.refuse("dns", "a message of {} {}", client.to_string(), response.complaint);
    if (response.zone != nullptr) parts_.metrics.add(response.zone->queries_series, 1);
    return response;
}

std::string NameServer::answer_datagram(
    network::EdgeThread& thread,
    std::string_view request,
    const network::Endpoint& client
) {
    auto response = respond_on(thread, request, Transport::udp, client);
    // A datagram is answered at once or not at all: what takes a question to others goes over TCP.
    if (response.is_elsewhere && upstream_) response.bytes = truncated(request);
    // Nobody can be shot at from here who is not on this machine; who shows our cookie is not.
    if (client.address.is_loopback() || response.has_valid_cookie) return std::move(response.bytes);
    switch (desks_[thread.index()].limiter.ask(client.address, thread.clock().steady_now())) {
    case ResponseLimiter::Verdict::send:
        break;
    case ResponseLimiter::Verdict::truncate:
        return truncated(request);
    case ResponseLimiter::Verdict::drop:
        return {};
    }
    return std::move(response.bytes);
}

void NameServer::answer_stream(
    network::EdgeThread& thread,
    std::string_view request,
    const network::Endpoint& client,
    const TCPSession::Reply& reply
) {
    auto response = respond_on(thread, request, Transport::tcp, client);
    if (response.is_elsewhere && upstream_) return upstream_->ask(thread, request, reply);
    reply(std::move(response.bytes));
}

} // namespace diorama::route53
