// See world/proxy.hpp.
#include "emulator/world/proxy.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace diorama {

namespace {

constexpr std::size_t most_unsent = 256 * 1024;
constexpr auto connect_timeout = std::chrono::seconds(10);

void refuse(const std::shared_ptr<http::Exchange>& exchange, int status, std::string sentence) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.body = std::move(sentence);
    exchange->respond(std::move(response));
}

// RFC 9110 7.6.1: fields that are for one connection only.
constexpr std::array connection_fields{
    "Connection",
    "Proxy-Connection",
    "Keep-Alive",
    "Proxy-Authorization",
    "Proxy-Authenticate",
    "TE",
    "Upgrade"
};

// One request on its way through: relays the body there and the response back, with flow control
// both ways.
class Relay : public std::enable_shared_from_this<Relay> {
public:
    explicit Relay(std::shared_ptr<http::Exchange> exchange)
        : exchange_(std::move(exchange)) {}

    void start(http::Client& client, const network::Endpoint& target, const std::string& host) {
        http::OutboundRequest request;
        request.target = target;
        // As the client came; in absolute form it asks the proxy for plain HTTP.
        request.tls = exchange_->peer().is_tls && !exchange_->request().is_absolute_form();
        request.server_name = host;
        request.head = outbound_head();
        request.streams_body = exchange_->has_body();
        const auto self = shared_from_this();
        exchange_->when_abandoned([self] { self->call_.reset(); });
        http::ResponseEvents events;
        events.head = [self](http::ResponseHead head) { self->head_came(std::move(head)); };
        events.body = [self](std::string_view bytes) { self->body_came(bytes); };
        events.done = [self](http::UpstreamFailure failure) { self->finished(failure); };
        call_ = client.start(exchange_->thread(), std::move(request), std::move(events));
        if (exchange_->has_body()) send_body();
    }

private:
    http::RequestHead outbound_head() const {
        http::RequestHead head = exchange_->request();
        if (head.is_absolute_form()) {
            const std::string host = head.authority();
            const std::string path(head.path().empty() ? "/" : head.path());
            const std::string query(head.query());
            head.target = query.empty() ? path : path + "?" + query;
            // RFC 9112 3.2.2: a proxy replaces Host by the authority of the target.
            head.headers.set("Host", host);
        }
        for (const char* field : connection_fields)
            head.headers.remove(field);
        head.version = 11;
        return head;
    }

    void send_body() {
        const auto self = shared_from_this();
        exchange_->stream_body([self](const http::BodyPiece& piece) {
            if (!self->call_) return;
            if (piece.state == http::BodyState::malformed ||
                piece.state == http::BodyState::aborted) {
                self->call_.reset();
                self->exchange_->close_after();
                return refuse(self->exchange_, 400, "The request body is broken off.\n");
            }
            if (!piece.bytes.empty()) self->call_->send_body(std::string(piece.bytes));
            if (piece.state == http::BodyState::complete) return self->call_->end_body();
            if (self->call_->unsent_bytes() > most_unsent) {
                self->exchange_->pause_body();
                self->call_->when_drained([self] { self->exchange_->resume_body(); });
            }
        });
    }

    void head_came(http::ResponseHead head) {
        for (const char* field : connection_fields)
            head.headers.remove(field);
        head.headers.remove("Transfer-Encoding"); // the body comes decoded
        has_begun_ = true;
        exchange_->begin_response(std::move(head));
    }

    void body_came(std::string_view bytes) {
        exchange_->send(std::string(bytes));
        if (exchange_->unsent_bytes() <= most_unsent || !call_) return;
        call_->pause();
        exchange_->when_drained([self = shared_from_this()] {
            if (self->call_) self->call_->resume();
        });
    }

    void finished(http::UpstreamFailure failure) {
        const auto keep = shared_from_this();
        call_.reset();
        if (failure == http::UpstreamFailure::none) return exchange_->end_response();
        if (has_begun_) return exchange_->abort();
        const bool is_late = failure == http::UpstreamFailure::response_timeout ||
                             failure == http::UpstreamFailure::connect_timeout;
        refuse(exchange_, is_late ? 504 : 502, "The proxy reached nobody at that name.\n");
    }

    std::shared_ptr<http::Exchange> exchange_;
    std::shared_ptr<http::OutboundCall> call_;
    bool has_begun_ = false;
};

// The two ends of a CONNECT tunnel.
class TunnelEnd final : public network::ConnectionEvents {
public:
    void join(const std::shared_ptr<TunnelEnd>& other) { other_ = other; }

    void use(network::Connection& connection) { connection_ = &connection; }

    network::Connection* connection() { return connection_; }

    void when_connected(std::function<void()> connected) { connected_ = std::move(connected); }

    void when_refused(std::function<void()> refused) { refused_ = std::move(refused); }

    // Nobody waits for the connection any more.
    void give_up() {
        connected_ = nullptr;
        refused_ = nullptr;
        if (connection_ != nullptr) connection_->close();
    }

    void connected() override {
        refused_ = nullptr;
        if (const auto act = std::exchange(connected_, nullptr)) act();
    }

    std::size_t received(std::string_view bytes) override {
        if (!other_ || other_->connection_ == nullptr) return bytes.size();
        other_->connection_->write(std::string(bytes));
        if (other_->connection_->queued_bytes() > most_unsent) connection_->pause_reading();
        return bytes.size();
    }

    void drained() override {
        if (other_ && other_->connection_ != nullptr) other_->connection_->resume_reading();
    }

    void closed(network::CloseReason) override {
        connection_ = nullptr;
        connected_ = nullptr; // holds both ends
        if (const auto act = std::exchange(refused_, nullptr)) act();
        const auto other = std::exchange(other_, nullptr);
        if (other && other->connection_ != nullptr) other->connection_->finish();
    }

private:
    std::shared_ptr<TunnelEnd> other_;
    network::Connection* connection_ = nullptr;
    std::function<void()> connected_;
    std::function<void()> refused_;
};

} // namespace

std::pair<std::string, std::uint16_t>
split_authority(const std::string& authority, std::uint16_t otherwise) {
    const auto colon = authority.rfind(':');
    const bool has_port =
        colon != std::string::npos && authority.find(']', colon) == std::string::npos;
    std::string host = has_port ? authority.substr(0, colon) : authority;
    std::uint16_t port = otherwise;
    if (has_port && colon + 1 < authority.size()) {
        const char* end = authority.data() + authority.size();
        const auto [stop, error] = std::from_chars(authority.data() + colon + 1, end, port);
        if (error != std::errc() || stop != end) port = 0;
    }
    if (host.size() > 1 && host.front() == '[') host = host.substr(1, host.size() - 2);
    return {host, port};
}

void WorldProxy::forward(
    const std::shared_ptr<http::Exchange>& exchange,
    const std::string& host,
    std::uint16_t port
) {
    if (host.empty() || port == 0)
        return refuse(exchange, 400, "The target of the request has no name or no port.\n");
    const auto endpoints = names_.dial(host, port);
    if (endpoints.empty()) {
        log_.write(LogLevel::note, "proxy", "{} is no name of this cloud", host);
        return refuse(exchange, 502, fmt::format("{} is no name of this cloud.\n", host));
    }
    if (aws_ && names_.is_aws(endpoints.front().address)) return aws_(exchange);
    if (names_.is_front_door(endpoints.front()))
        return refuse(exchange, 502, fmt::format("{} leads back to this port.\n", host));
    std::make_shared<Relay>(exchange)->start(client_, endpoints.front(), host);
}

void WorldProxy::tunnel(const std::shared_ptr<http::Exchange>& exchange) {
    const auto [host, port] = split_authority(exchange->request().target, 0);
    // RFC 9110 9.3.6: "A server MUST reject a CONNECT request that targets an empty or invalid port
    // number, typically by responding with a 400".
    if (host.empty() || port == 0)
        return refuse(exchange, 400, "CONNECT wants a name and a port.\n");
    const auto endpoints = names_.dial(host, port);
    if (endpoints.empty())
        return refuse(exchange, 502, fmt::format("{} is no name of this cloud.\n", host));
    const auto near = std::make_shared<TunnelEnd>();
    const auto far = std::make_shared<TunnelEnd>();
    far->when_refused([exchange] { refuse(exchange, 502, "Nobody listens there.\n"); });
    far->when_connected([exchange, near, far] {
        near->join(far);
        far->join(near);
        near->use(exchange->connection());
        near->connected();
        exchange->upgrade({.status = 200, .reason = "Connection Established"}, near);
    });
    exchange->when_abandoned([far] { far->give_up(); });
    far->use(network_.connect(exchange->thread(), endpoints.front(), far, connect_timeout));
}

} // namespace diorama
