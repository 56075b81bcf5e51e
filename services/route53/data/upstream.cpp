// See upstream.hpp.
#include "services/route53/data/upstream.hpp"

#include "services/route53/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace diorama::route53 {

namespace {

bool is_response(std::string_view bytes) {
    return bytes.size() >= header_bytes && (static_cast<std::uint8_t>(bytes[2]) & 0x80) != 0;
}

// Its name, type and class; what there is of them.
std::string_view question_of(std::string_view message) {
    std::size_t end = header_bytes;
    while (end < message.size() && message[end] != 0) {
        end += 1u + static_cast<std::uint8_t>(message[end]);
    }
    return message.substr(std::min(header_bytes, message.size()), end + 5 - header_bytes);
}

// RFC 5452 3: who cannot see the question must guess its id, its port and its name.
bool is_answer_to(std::string_view request, std::string_view response) {
    if (!is_response(response) || response.substr(0, 2) != request.substr(0, 2)) return false;
    return std::ranges::equal(
        question_of(request),
        question_of(response),
        [](char left, char right) { return lower_ascii(left) == lower_ascii(right); }
    );
}

std::string with_id_of(std::string_view request, std::string response) {
    std::copy_n(request.begin(), 2, response.begin());
    return response;
}

// One question over TCP and its response.
class Errand final : public network::ConnectionEvents {
public:
    using Done = std::function<void(std::string response)>;

    Errand(network::EdgeThread& thread, std::string request, Done done)
        : request_(std::move(request))
        , done_(std::move(done))
        , deadline_(thread) {}

    void begin(network::Connection& connection) {
        connection_ = &connection;
        deadline_.start_after(limits::upstream_timeout, [this] { finish({}); });
    }

    void connected() override {
        std::string framed;
        framed += static_cast<char>(request_.size() >> 8);
        framed += static_cast<char>(request_.size());
        connection_->write(framed + request_);
    }

    std::size_t received(std::string_view bytes) override {
        if (bytes.size() < 2) return 0;
        const auto length = static_cast<std::size_t>(
            static_cast<std::uint8_t>(bytes[0]) << 8 | static_cast<std::uint8_t>(bytes[1])
        );
        if (bytes.size() - 2 < length) return 0;
        finish(std::string(bytes.substr(2, length)));
        return bytes.size();
    }

    void closed(network::CloseReason) override {
        connection_ = nullptr;
        finish({});
    }

private:
    void finish(std::string response) {
        if (!done_) return;
        deadline_.stop();
        // What has another id or is no response is none of ours.
        const bool is_ours = is_response(response) && response.compare(0, 2, request_, 0, 2) == 0;
        if (!is_ours) response = server_failure(request_);
        if (connection_ != nullptr) connection_->close();
        std::exchange(done_, nullptr)(std::move(response));
    }

    std::string request_;
    Done done_;
    Timer deadline_;
    network::Connection* connection_ = nullptr;
};

} // namespace

// One question over UDP: under an id and from a port of its own, again while nothing comes.
class Upstream::Letter {
public:
    Letter(network::EdgeThread& thread, std::string_view request, Random& random)
        : request_(request)
        , sent_(request)
        , timer_(thread) {
        const auto id = random.below(0x10000);
        sent_[0] = static_cast<char>(id >> 8);
        sent_[1] = static_cast<char>(id);
    }

    void begin(std::unique_ptr<network::DatagramExchange> exchange, Done done) {
        exchange_ = std::move(exchange);
        done_ = std::move(done);
        send();
    }

    void receive(std::optional<std::string_view> datagram) {
        if (!datagram) return finish(server_failure(request_));
        if (is_answer_to(sent_, *datagram)) finish(with_id_of(request_, std::string(*datagram)));
    }

private:
    void send() {
        if (tries_++ == limits::upstream_tries) return finish(server_failure(request_));
        if (exchange_ != nullptr) exchange_->send(sent_);
        timer_.start_after(limits::upstream_timeout / limits::upstream_tries, [this] { send(); });
    }

    void finish(std::string response) {
        const auto done = std::move(done_); // which ends this
        done(std::move(response));
    }

    std::string request_;
    std::string sent_;
    Done done_;
    int tries_ = 0;
    std::unique_ptr<network::DatagramExchange> exchange_;
    Timer timer_;
};

Upstream::Upstream(network::Network& network, const network::Endpoint& server, const Random& random)
    : network_(network)
    , server_(server) {
    for (std::size_t i = 0; i < network.thread_count(); ++i) {
        desks_.push_back({random.fork(fmt::format("upstream {}", i)), 0, {}});
    }
}

Upstream::~Upstream() = default;

void Upstream::ask(
    network::EdgeThread& thread,
    std::string_view request,
    Transport transport,
    Done done
) {
    auto& under_way = desks_[thread.index()].under_way;
    if (under_way >= limits::upstream_questions_per_thread_max) {
        thread.post([done = std::move(done), failure = server_failure(request)] { done(failure); });
        return;
    }
    ++under_way;
    auto counted = [&under_way, done = std::move(done)](std::string response) {
        --under_way;
        done(std::move(response));
    };
    if (transport == Transport::tcp) return ask_by_stream(thread, request, std::move(counted));
    ask_by_datagram(thread, request, std::move(counted));
}

void Upstream::ask_by_datagram(network::EdgeThread& thread, std::string_view request, Done done) {
    auto& desk = desks_[thread.index()];
    const auto place = desk.letters.emplace(desk.letters.end(), thread, request, desk.random);
    auto& letter = *place;
    std::unique_ptr<network::DatagramExchange> exchange;
    for (int i = 0; i < limits::upstream_port_tries && exchange == nullptr; ++i) {
        // Of those that need no privilege; in the end one that the kernel knows to be free.
        const bool is_last = i + 1 == limits::upstream_port_tries;
        const auto port = is_last ? 0 : 1024 + desk.random.below(0x10000 - 1024);
        exchange = network_.exchange_datagrams(
            thread,
            server_,
            static_cast<std::uint16_t>(port),
            [&letter](std::optional<std::string_view> datagram) { letter.receive(datagram); }
        );
    }
    letter.begin(std::move(exchange), [&desk, place, done = std::move(done)](std::string response) {
        desk.letters.erase(place);
        done(std::move(response));
    });
}

void Upstream::ask_by_stream(network::EdgeThread& thread, std::string_view request, Done done) {
    const auto errand = std::make_shared<Errand>(thread, std::string(request), std::move(done));
    errand->begin(network_.connect(thread, server_, errand, Duration::zero(), nullptr, {}));
}

} // namespace diorama::route53
