// See upstream.hpp.
#include "services/route53/data/upstream.hpp"

#include "services/route53/data/respond.hpp"
#include "services/route53/limits.hpp"

#include <utility>

namespace diorama::route53 {

namespace {

// One question and its response.
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
        const bool is_response = response.size() >= header_bytes &&
                                 response.compare(0, 2, request_, 0, 2) == 0 &&
                                 (static_cast<std::uint8_t>(response[2]) & 0x80) != 0;
        if (!is_response) response = server_failure(request_);
        if (connection_ != nullptr) connection_->close();
        std::exchange(done_, nullptr)(std::move(response));
    }

    std::string request_;
    Done done_;
    Timer deadline_;
    network::Connection* connection_ = nullptr;
};

} // namespace

Upstream::Upstream(network::Network& network, const network::Endpoint& server)
    : network_(network)
    , server_(server)
    , under_way_(network.thread_count()) {}

void Upstream::ask(
    network::EdgeThread& thread,
    std::string_view request,
    std::function<void(std::string response)> done
) {
    auto& under_way = under_way_[thread.index()];
    if (under_way >= limits::upstream_questions_per_thread_max) {
        thread.post([done = std::move(done), failure = server_failure(request)] { done(failure); });
        return;
    }
    ++under_way;
    const auto errand = std::make_shared<Errand>(
        thread,
        std::string(request),
        [&under_way, done = std::move(done)](std::string response) {
            --under_way;
            done(std::move(response));
        }
    );
    errand->begin(network_.connect(thread, server_, errand, Duration::zero(), nullptr, {}));
}

} // namespace diorama::route53
