// See live_network.hpp. Every listener is one socket per edge thread on the same port
// (SO_REUSEPORT), so that the kernel spreads connections and no thread ever hands one to another.
#include "emulator/network/live_network.hpp"

#include "emulator/network/blocking_pool.hpp"
#include "emulator/network/live_connection.hpp"
#include "emulator/network/live_datagrams.hpp"
#include "emulator/network/sockets.hpp"

#include <fmt/format.h>

namespace diorama::network {

namespace {

using boost::system::error_code;
constexpr auto pause_after_accept_error = std::chrono::milliseconds(50);

// One listening socket of one thread.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
public:
    Acceptor(
        LiveThread& thread,
        int descriptor,
        const Endpoint& endpoint,
        const Accept& accept,
        const ListenOptions& options
    )
        : thread_(thread)
        , accept_(accept)
        , options_(options)
        , socket_(
              thread.context(),
              endpoint.address.is_v4() ? boost::asio::ip::tcp::v4() : boost::asio::ip::tcp::v6(),
              descriptor
          )
        , pause_(thread.context()) {}

    void accept_next() {
        if (is_stopped_) return;
        socket_.async_accept([self = shared_from_this(
                              )](const error_code& error, LiveConnection::Socket accepted) {
            if (self->is_stopped_) return;
            if (error) return self->pause(); // out of descriptors, most likely
            self->thread_.turn([&] {
                // First, for the protocol may throw.
                self->accept_next();
                self->begin(std::move(accepted));
            });
        });
    }

    void stop() {
        is_stopped_ = true;
        error_code ignored;
        socket_.close(ignored);
        pause_.cancel();
    }

private:
    void begin(LiveConnection::Socket accepted) {
        const auto connection = std::make_shared<LiveConnection>(thread_, std::move(accepted));
        const auto start = [this, &connection] {
            auto events = accept_(*connection);
            if (!events) return;
            connection->start_accepted(
                std::move(events),
                options_.tls,
                options_.peek_for_tls,
                options_.tls_only
            );
        };
        thread_.contain(start, connection.get());
    }

    void pause() {
        pause_.expires_after(pause_after_accept_error);
        pause_.async_wait([self = shared_from_this()](const error_code&) { self->accept_next(); });
    }

    LiveThread& thread_;
    Accept accept_;
    ListenOptions options_;
    boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>
        socket_;
    boost::asio::steady_timer pause_;
    bool is_stopped_ = false;
};

class LiveListener final : public Listener {
public:
    LiveListener(
        Endpoint endpoint,
        std::vector<std::pair<LiveThread*, std::shared_ptr<Acceptor>>> acceptors
    )
        : endpoint_(endpoint)
        , acceptors_(std::move(acceptors)) {}

    ~LiveListener() override {
        for (auto& [thread, acceptor] : acceptors_) {
            thread->post([stopping = acceptor] { stopping->stop(); });
        }
    }

    Endpoint endpoint() const override { return endpoint_; }

private:
    Endpoint endpoint_;
    std::vector<std::pair<LiveThread*, std::shared_ptr<Acceptor>>> acceptors_;
};

class LiveNetwork final : public Network {
public:
    LiveNetwork(const RealClock& clock, std::size_t threads, Log& log)
        : pool_(log) {
        for (std::size_t i = 0; i < threads; ++i) {
            threads_.push_back(std::make_unique<LiveThread>(i, clock, log));
            threads_.back()->start();
        }
    }

    ~LiveNetwork() override { stop(); }

    void stop() override {
        pool_.stop();
        for (auto& thread : threads_)
            thread->stop();
        // Only now, for they hand work to each other.
        for (auto& thread : threads_)
            thread->discard();
    }

    std::size_t thread_count() const override { return threads_.size(); }

    EdgeThread& thread(std::size_t index) override { return *threads_.at(index); }

    std::unique_ptr<Listener>
    listen(const Endpoint& endpoint, Accept accept, ListenOptions options) override {
        auto sockets = open_sockets(SocketKind::stream, endpoint, threads_.size());
        std::vector<std::pair<LiveThread*, std::shared_ptr<Acceptor>>> acceptors;
        for (std::size_t i = 0; i < threads_.size(); ++i) {
            LiveThread& thread = *threads_[i];
            auto acceptor = std::make_shared<Acceptor>(
                thread,
                sockets.descriptors[i],
                sockets.endpoint,
                accept,
                options
            );
            thread.post([acceptor] { acceptor->accept_next(); });
            acceptors.emplace_back(&thread, std::move(acceptor));
        }
        return std::make_unique<LiveListener>(sockets.endpoint, std::move(acceptors));
    }

    std::unique_ptr<DatagramListener>
    listen_datagrams(const Endpoint& endpoint, Datagram datagram) override {
        std::vector<LiveThread*> threads;
        for (auto& thread : threads_)
            threads.push_back(thread.get());
        return listen_for_datagrams(threads, endpoint, std::move(datagram));
    }

    std::unique_ptr<DatagramExchange> exchange_datagrams(
        EdgeThread& thread,
        const Endpoint& target,
        std::uint16_t local_port,
        DatagramBack back
    ) override {
        return open_exchange(static_cast<LiveThread&>(thread), target, local_port, std::move(back));
    }

    Connection& connect(
        EdgeThread& thread,
        const Endpoint& target,
        std::shared_ptr<ConnectionEvents> events,
        Duration timeout,
        std::shared_ptr<TLSContext> tls,
        std::string server_name
    ) override {
        auto& live = static_cast<LiveThread&>(thread);
        const auto connection =
            std::make_shared<LiveConnection>(live, LiveConnection::Socket(live.context()));
        connection->start_outbound(
            std::move(events),
            {target, timeout, std::move(tls), std::move(server_name)}
        );
        return *connection;
    }

    void run_blocking(std::function<void()> work) override { pool_.run(std::move(work)); }

private:
    std::vector<std::unique_ptr<LiveThread>> threads_;
    BlockingPool pool_;
};

} // namespace

std::unique_ptr<Network> make_live_network(const RealClock& clock, std::size_t threads, Log& log) {
    return std::make_unique<LiveNetwork>(clock, threads, log);
}

} // namespace diorama::network
