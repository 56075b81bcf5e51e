// See scripted_connection.hpp.
#include "tests/support/scripted_connection.hpp"

#include "emulator/assert.hpp"

#include <utility>

namespace diorama::test {

ScriptedConnection::ScriptedConnection(FakeEdgeThread& thread)
    : thread_(thread)
    , local_{network::IPAddress{}, 80}
    , remote_{network::IPAddress{}, 50'000} {}

void ScriptedConnection::connect() {
    is_offering_ = true;
    events_->connected();
    is_offering_ = false;
    flush();
    thread_.settle();
}

void ScriptedConnection::receive(std::string_view bytes) {
    ASSERT(!is_closed_);
    incoming_ += bytes;
    new_bytes_ += bytes.size();
    if (!is_reading_paused_) offer();
    thread_.settle();
}

// Offers only when something new has come, or after a pause: a protocol may not count on being
// asked again.
void ScriptedConnection::offer() {
    if (new_bytes_ == 0) return;
    new_bytes_ = 0;
    is_offering_ = true;
    // A copy of its own, so that a sanitizer sees views that are kept too long.
    const std::string offered = incoming_;
    const auto used = events_->received(offered);
    ASSERT(used <= incoming_.size());
    incoming_.erase(0, used);
    is_offering_ = false;
    flush();
}

void ScriptedConnection::receive_end() {
    is_offering_ = true;
    const bool stays_open = events_->half_closed();
    is_offering_ = false;
    flush();
    if (!stays_open) close_for(network::CloseReason::end_of_stream);
    thread_.settle();
}

void ScriptedConnection::break_off(network::CloseReason reason) {
    close_for(reason);
    thread_.settle();
}

void ScriptedConnection::release_output() {
    holds_output_ = false;
    flush();
    thread_.settle();
}

void ScriptedConnection::write(std::string bytes) {
    ASSERT(!is_closed_);
    if (is_finished_) return;
    queued_ += bytes;
    flush_soon();
}

void ScriptedConnection::write(
    std::shared_ptr<const std::string> bytes,
    std::size_t offset,
    std::size_t length
) {
    write(bytes->substr(offset, length));
}

void ScriptedConnection::resume_reading() {
    is_reading_paused_ = false;
    thread_.post([this] {
        new_bytes_ = incoming_.size();
        if (!is_reading_paused_ && !is_closed_) offer();
    });
}

void ScriptedConnection::finish() {
    ASSERT(!is_closed_);
    is_finished_ = true;
    if (queued_.empty()) close_soon(network::CloseReason::local);
}

void ScriptedConnection::close(bool abruptly) {
    ASSERT(!is_closed_);
    is_finished_ = true;
    was_closed_abruptly_ = abruptly;
    queued_.clear();
    close_soon(network::CloseReason::local);
}

void ScriptedConnection::flush_soon() {
    if (is_offering_ || will_flush_) return;
    will_flush_ = true;
    thread_.post([this] {
        will_flush_ = false;
        flush();
    });
}

void ScriptedConnection::flush() {
    if (holds_output_ || queued_.empty() || is_closed_) return;
    sent_ += std::exchange(queued_, {});
    ++flush_count_;
    thread_.post([this] {
        if (!is_closed_ && queued_.empty()) events_->drained();
    });
    if (is_finished_) close_soon(network::CloseReason::local);
}

void ScriptedConnection::close_soon(network::CloseReason reason) {
    thread_.post([this, reason] { close_for(reason); });
}

void ScriptedConnection::close_for(network::CloseReason reason) {
    if (is_closed_) return;
    is_closed_ = true;
    std::exchange(events_, nullptr)->closed(reason);
}

network::Connection& ScriptedNetwork::connect(
    network::EdgeThread&,
    const network::Endpoint& target,
    std::shared_ptr<network::ConnectionEvents> events,
    Duration timeout,
    std::shared_ptr<network::TLSContext> tls,
    std::string server_name
) {
    auto connection = std::make_unique<ScriptedConnection>(thread_);
    connection->attach(std::move(events));
    connection->set_endpoints({}, target);
    attempts.push_back(
        {target, timeout, tls != nullptr, std::move(server_name), std::move(connection)}
    );
    return *attempts.back().connection;
}

namespace {

class ScriptedExchange final : public network::DatagramExchange {
public:
    explicit ScriptedExchange(ScriptedNetwork::Exchange& script)
        : script_(script) {}

    ~ScriptedExchange() override { script_.is_over = true; }

    void send(std::string_view datagram) override { script_.sent.emplace_back(datagram); }

private:
    ScriptedNetwork::Exchange& script_;
};

} // namespace

std::unique_ptr<network::DatagramExchange> ScriptedNetwork::exchange_datagrams(
    network::EdgeThread&,
    const network::Endpoint& target,
    std::uint16_t local_port,
    network::DatagramBack back
) {
    if (ports_in_use > 0) {
        --ports_in_use;
        return nullptr;
    }
    exchanges.push_back({target, local_port, std::move(back), {}, false});
    return std::make_unique<ScriptedExchange>(exchanges.back());
}

} // namespace diorama::test
