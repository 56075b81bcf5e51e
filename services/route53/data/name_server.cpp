// Sockets around respond(); see name_server.hpp.
#include "services/route53/data/name_server.hpp"

#include "services/route53/limits.hpp"

#include <fmt/format.h>

namespace diorama::route53 {

namespace {

// A client that asks without reading is not read from any more above this.
constexpr std::size_t queued_bytes_max = 256 * 1024;

// RFC 1035 4.2.2, RFC 7766: messages with a two-byte length in front, any number of them in a row.
class TCPSession final : public network::ConnectionEvents {
public:
    TCPSession(NameServer& server, network::Connection& connection)
        : server_(server)
        , connection_(connection) {
        connection_.set_idle_timeout(limits::tcp_idle_timeout);
    }

    std::size_t received(std::string_view bytes) override {
        std::size_t at = 0;
        while (bytes.size() - at >= 2) {
            const auto length = static_cast<std::size_t>(
                static_cast<std::uint8_t>(bytes[at]) << 8 | static_cast<std::uint8_t>(bytes[at + 1])
            );
            if (bytes.size() - at - 2 < length) break;
            answer(bytes.substr(at + 2, length));
            at += 2 + length;
        }
        return at;
    }

    void drained() override {
        if (!is_paused_) return;
        is_paused_ = false;
        connection_.resume_reading();
    }

    bool half_closed() override {
        connection_.finish();
        return true;
    }

    void closed(network::CloseReason) override {}

private:
    void answer(std::string_view request) {
        const auto response = server_.respond_on(
            connection_.thread().index(),
            request,
            Transport::tcp,
            connection_.remote()
        );
        if (response.empty()) return;
        std::string framed;
        framed.reserve(response.size() + 2);
        framed += static_cast<char>(response.size() >> 8);
        framed += static_cast<char>(response.size());
        framed += response;
        connection_.write(std::move(framed));
        if (!is_paused_ && connection_.queued_bytes() > queued_bytes_max) {
            is_paused_ = true;
            connection_.pause_reading();
        }
    }

    NameServer& server_;
    network::Connection& connection_;
    bool is_paused_ = false;
};

} // namespace

NameServer::NameServer(const NameServerParts& parts, const Random& random)
    : parts_(parts) {
    for (std::size_t i = 0; i < parts_.network.thread_count(); ++i) {
        desks_.push_back({random.fork(fmt::format("thread {}", i)), nullptr, 0});
    }
}

void NameServer::listen(const network::Endpoint& endpoint) {
    auto stream = parts_.network.listen(
        endpoint,
        [this](network::Connection& connection) {
            return std::make_shared<TCPSession>(*this, connection);
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
        ) { return respond_on(thread.index(), request, Transport::udp, client); }
    );
    listeners_.push_back(std::move(stream));
    listeners_.push_back(std::move(datagrams));
    endpoints_.push_back(actual);
}

std::vector<network::Endpoint> NameServer::endpoints() const {
    return endpoints_;
}

std::string NameServer::respond_on(
    std::size_t thread,
    std::string_view request,
    Transport transport,
    const network::Endpoint& client
) {
    auto& desk = desks_[thread];
    const auto version = parts_.zones.version();
    if (desk.version != version) {
        desk.zones = parts_.zones.current();
        desk.version = version;
    }
    const Authority authority{*desk.zones, parts_.alias_targets, parts_.own_names, parts_.places};
    auto response = respond(request, transport, client, authority, desk.random);
    if (!response.complaint.empty())
        parts_.log.refuse("dns", "a message of {} {}", client.to_string(), response.complaint);
    if (response.zone != nullptr) parts_.metrics.add(response.zone->queries_series, 1);
    return std::move(response.bytes);
}

} // namespace diorama::route53
