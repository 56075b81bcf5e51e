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
    if (parts_.upstream)
        upstream_.emplace(parts_.network, *parts_.upstream, random.fork("upstream"));
    for (std::size_t i = 0; i < parts_.network.thread_count(); ++i) {
        desks_.push_back({random.fork(fmt::format("thread {}", i)), nullptr, 0, {}, {}, {}});
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
    const auto door = std::make_shared<Door>(nullptr);
    auto datagrams = parts_.network.listen_datagrams(
        actual,
        [this, door](
            std::string_view request,
            const network::Endpoint& client,
            network::EdgeThread& thread,
            std::string& answer
        ) { answer_datagram(thread, request, client, *door, answer); }
    );
    *door = datagrams.get();
    listeners_.push_back(std::move(stream));
    listeners_.push_back(std::move(datagrams));
    endpoints_.push_back(actual);
}

std::vector<network::Endpoint> NameServer::endpoints() const {
    return endpoints_;
}

NameServer::Desk& NameServer::desk_of(network::EdgeThread& thread) {
    auto& desk = desks_[thread.index()];
    const auto version = parts_.zones.version();
    if (desk.version != version) {
        desk.prepared.forget();
        desk.zones = parts_.zones.current();
        desk.version = version;
    }
    return desk;
}

Response NameServer::respond_on(
    network::EdgeThread& thread,
    std::string_view request,
    Transport transport,
    const network::Endpoint& client,
    std::string memory
) {
    auto& desk = desk_of(thread);
    std::string vpc;
    if (parts_.networks != nullptr && desk.zones->has_private()) {
        vpc = parts_.networks->vpc_of(client.address);
    }
    Response response{.bytes = std::move(memory)};
    if (vpc.empty()) response.zone = desk.prepared.respond(request, transport, response.bytes);
    if (response.zone == nullptr) {
        Peer peer{client, transport, vpc};
        if (may_have_cookie(request)) {
            peer.cookies = &cookies_;
            peer.now = thread.clock().now();
        }
        const Authority
            authority{*desk.zones, parts_.alias_targets, parts_.own_names, parts_.places};
        response = respond(request, peer, authority, desk.random);
        desk.prepared.keep(request, response);
    }
    if (!response.complaint.empty())
        parts_.log.refuse("dns", "a message of {} {}", client.to_string(), response.complaint);
    if (response.zone != nullptr) {
        parts_.metrics.add(response.zone->queries_series, 1);
        if (parts_.query_log != nullptr && parts_.query_log->is_used()) {
            parts_.query_log->write(
                {thread.clock().now(),
                 response.zone->id(),
                 request,
                 response.bytes,
                 transport,
                 client.address}
            );
        }
    }
    return response;
}

void NameServer::answer_datagram(
    network::EdgeThread& thread,
    std::string_view request,
    const network::Endpoint& client,
    const Door& door,
    std::string& answer
) {
    auto response = respond_on(thread, request, Transport::udp, client, std::move(answer));
    answer = std::move(response.bytes);
    // Nobody can be shot at from here who is not on this machine; who shows our cookie is not.
    if (!client.address.is_loopback() && !response.has_valid_cookie) {
        auto& limiter = desks_[thread.index()].limiter;
        switch (limiter.ask(client.address, thread.clock().steady_now())) {
        case ResponseLimiter::Verdict::send:
            break;
        case ResponseLimiter::Verdict::truncate:
            answer = truncated(request);
            return;
        case ResponseLimiter::Verdict::drop:
            answer.clear();
            return;
        }
    }
    auto* listener = door.load();
    if (!response.is_elsewhere || !upstream_ || listener == nullptr) return;
    answer.clear();
    upstream_->ask(
        thread,
        request,
        Transport::udp,
        [&thread, listener, client](const std::string& theirs) {
            listener->send(thread, client, theirs);
        }
    );
}

void NameServer::answer_stream(
    network::EdgeThread& thread,
    std::string_view request,
    const network::Endpoint& client,
    const TCPSession::Reply& reply
) {
    auto response = respond_on(thread, request, Transport::tcp, client);
    if (response.is_elsewhere && upstream_) {
        return upstream_->ask(thread, request, Transport::tcp, reply);
    }
    reply(std::move(response.bytes));
}

} // namespace diorama::route53
