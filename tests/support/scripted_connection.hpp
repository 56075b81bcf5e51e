// A connection without a socket, for tests of protocols: the test plays the peer. Bytes are given
// to the protocol with receive(), what it answers is in sent(), and time passes on a VirtualTime.
#pragma once

#include "emulator/network/network.hpp"
#include "emulator/time/virtual_time.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::test {

// An edge thread that runs when the test says so.
class FakeEdgeThread final : public network::EdgeThread {
public:
    explicit FakeEdgeThread(VirtualTime& time, std::size_t index = 0)
        : time_(time)
        , index_(index) {}

    std::size_t index() const override { return index_; }

    const Clock& clock() const override { return time_; }

    bool is_current() const override { return true; }

    TimerId at(Timestamp when, std::function<void()> task) override {
        return time_.at(when, std::move(task));
    }

    TimerId after(Duration delay, std::function<void()> task) override {
        return time_.after(delay, std::move(task));
    }

    void cancel(TimerId timer) override { time_.cancel(timer); }

    void post(std::function<void()> task) override { time_.post(std::move(task)); }

    // Runs what was posted and is due now.
    void settle() { time_.run_for(Duration::zero()); }

    VirtualTime& time() { return time_; }

private:
    VirtualTime& time_;
    std::size_t index_;
};

class ScriptedConnection final : public network::Connection {
public:
    explicit ScriptedConnection(FakeEdgeThread& thread);

    // The protocol under test; connected() is the test's to call with connect().
    void attach(std::shared_ptr<network::ConnectionEvents> events) { events_ = std::move(events); }

    // What the peer does.

    void connect();
    // Bytes arrive, and everything that was posted runs.
    void receive(std::string_view bytes);
    // The peer finishes sending.
    void receive_end();
    // The connection breaks.
    void break_off(network::CloseReason reason);

    // The peer stops reading: what is written stays queued. And reads on.
    void hold_output() { holds_output_ = true; }

    void release_output();

    // What the protocol did.

    // Everything sent so far; and the same, forgotten afterwards.
    const std::string& sent() const { return sent_; }

    std::string take_sent() { return std::exchange(sent_, {}); }

    // How many separate times bytes left.
    std::size_t flush_count() const { return flush_count_; }

    // Whether the connection is over, and how the protocol ended it.
    bool is_closed() const { return is_closed_; }

    bool is_finished() const { return is_finished_; }

    bool was_closed_abruptly() const { return was_closed_abruptly_; }

    bool is_reading_paused() const { return is_reading_paused_; }

    std::size_t unconsumed_bytes() const { return incoming_.size(); }

    void set_endpoints(const network::Endpoint& local, const network::Endpoint& remote) {
        local_ = local;
        remote_ = remote;
    }

    // The Connection.

    using network::Connection::write;
    void write(std::string bytes) override;
    void write(std::shared_ptr<const std::string> bytes, std::size_t offset, std::size_t length)
        override;

    std::size_t queued_bytes() const override { return queued_.size(); }

    void pause_reading() override { is_reading_paused_ = true; }

    void resume_reading() override;
    void finish() override;
    void close(bool abruptly) override;

    void set_idle_timeout(Duration timeout) override { idle_timeout_ = timeout; }

    void start_tls(std::shared_ptr<network::TLSContext>) override { is_tls_ = true; }

    const network::Endpoint& local() const override { return local_; }

    const network::Endpoint& remote() const override { return remote_; }

    bool is_tls() const override { return is_tls_; }

    std::string server_name() const override { return {}; }

    std::string tls_version() const override { return is_tls_ ? "TLSv1.3" : ""; }

    std::string tls_cipher() const override { return is_tls_ ? "TLS_AES_128_GCM_SHA256" : ""; }

    network::EdgeThread& thread() override { return thread_; }

private:
    void offer();
    void flush();
    void flush_soon();
    void close_for(network::CloseReason reason);
    void close_soon(network::CloseReason reason);

    FakeEdgeThread& thread_;
    std::shared_ptr<network::ConnectionEvents> events_;
    network::Endpoint local_;
    network::Endpoint remote_;
    std::string incoming_;
    std::string queued_;
    std::string sent_;
    std::size_t flush_count_ = 0;
    std::size_t new_bytes_ = 0;
    bool is_offering_ = false;
    bool will_flush_ = false;
    bool holds_output_ = false;
    bool is_reading_paused_ = false;
    bool is_finished_ = false;
    bool is_closed_ = false;
    bool was_closed_abruptly_ = false;
    bool is_tls_ = false;
    Duration idle_timeout_{};
};

// Outbound connections that go to the test: each connect() adds one, still to be connected or
// broken off by the test. Listening is not supported.
class ScriptedNetwork final : public network::Network {
public:
    explicit ScriptedNetwork(FakeEdgeThread& thread)
        : thread_(thread) {}

    struct Attempt {
        network::Endpoint target;
        Duration timeout{};
        bool is_tls = false;
        std::string server_name;
        std::unique_ptr<ScriptedConnection> connection;
    };

    std::deque<Attempt> attempts;

    std::size_t thread_count() const override { return 1; }

    network::EdgeThread& thread(std::size_t) override { return thread_; }

    void stop() override {}

    std::unique_ptr<network::Listener>
    listen(const network::Endpoint&, network::Accept, network::ListenOptions) override {
        return nullptr;
    }

    std::unique_ptr<network::DatagramListener>
    listen_datagrams(const network::Endpoint&, network::Datagram) override {
        return nullptr;
    }

    // Datagrams that go to the test, which calls `back`.
    struct Exchange {
        network::Endpoint target;
        std::uint16_t local_port = 0;
        network::DatagramBack back;
        std::vector<std::string> sent;
        bool is_over = false;
    };

    std::deque<Exchange> exchanges;
    std::size_t ports_in_use = 0; // so many attempts do not get their port

    std::unique_ptr<network::DatagramExchange> exchange_datagrams(
        network::EdgeThread& thread,
        const network::Endpoint& target,
        std::uint16_t local_port,
        network::DatagramBack back
    ) override;

    network::Connection& connect(
        network::EdgeThread& thread,
        const network::Endpoint& target,
        std::shared_ptr<network::ConnectionEvents> events,
        Duration timeout,
        std::shared_ptr<network::TLSContext> tls,
        std::string server_name
    ) override;

    void run_blocking(std::function<void()> work) override { work(); }

private:
    FakeEdgeThread& thread_;
};

} // namespace diorama::test
