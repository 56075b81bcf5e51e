// The live network on loopback: these tests use real sockets on ports the kernel chooses.
#include "emulator/network/live_network.hpp"
#include "emulator/network/names.hpp"
#include "emulator/network/tls.hpp"
#include "tests/support/recorded_log.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>

using namespace diorama;
using namespace diorama::network;
using namespace std::chrono_literals;

namespace {

// Sends back what it gets.
class Echo final : public ConnectionEvents {
public:
    explicit Echo(Connection& connection)
        : connection_(connection) {}

    std::size_t received(std::string_view bytes) override {
        connection_.write(std::string(bytes));
        return bytes.size();
    }

    void closed(CloseReason) override {}

private:
    Connection& connection_;
};

// Collects what comes, and lets a test wait for it.
class Collector final : public ConnectionEvents {
public:
    explicit Collector(std::string greeting)
        : greeting_(std::move(greeting)) {}

    void use(Connection& connection) { connection_ = &connection; }

    void connected() override { connection_->write(greeting_); }

    std::size_t received(std::string_view bytes) override {
        const std::lock_guard lock(mutex_);
        text_.append(bytes);
        changed_.notify_all();
        return bytes.size();
    }

    void closed(CloseReason reason) override {
        const std::lock_guard lock(mutex_);
        reason_ = reason;
        changed_.notify_all();
    }

    bool wait_for_bytes(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 10s, [&] { return text_.size() >= count; });
    }

    std::optional<CloseReason> wait_for_close() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 10s, [&] { return reason_.has_value(); });
        return reason_;
    }

    std::string text() {
        const std::lock_guard lock(mutex_);
        return text_;
    }

private:
    std::string greeting_;
    Connection* connection_ = nullptr;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string text_;
    std::optional<CloseReason> reason_;
};

SilentLog silent;

const Endpoint any_port{IPAddress::v4(127, 0, 0, 1), 0};

std::shared_ptr<Collector> connect(
    Network& network,
    const Endpoint& target,
    std::string greeting,
    std::shared_ptr<TLSContext> tls = {}
) {
    auto collector = std::make_shared<Collector>(std::move(greeting));
    auto& thread = network.thread(0);
    thread.post([&network, &thread, target, collector, tls] {
        collector->use(network.connect(thread, target, collector, 5s, tls, "www.example.com"));
    });
    return collector;
}

} // namespace

TEST_CASE("network: what a client writes reaches the server and comes back") {
    const RealClock clock;
    const auto network = make_live_network(clock, 2, silent);
    const auto listener = network->listen(any_port, [](Connection& connection) {
        return std::make_shared<Echo>(connection);
    });
    const auto client = connect(*network, listener->endpoint(), std::string(1'000'000, 'x'));
    CHECK(client->wait_for_bytes(1'000'000));
    CHECK(client->text() == std::string(1'000'000, 'x'));
}

TEST_CASE("network: TLS and plaintext share a port, and the certificate carries the name asked for"
) {
    const auto folder = std::filesystem::temp_directory_path() / "diorama-network-test";
    std::filesystem::remove_all(folder);
    const auto authority = CertificateAuthority::open(folder);
    const RealClock clock;
    const auto network = make_live_network(clock, 1, silent);
    const auto listener = network->listen(
        any_port,
        [](Connection& connection) { return std::make_shared<Echo>(connection); },
        {.tls = authority->server_context()}
    );
    const auto plain = connect(*network, listener->endpoint(), "plain");
    const auto secret = connect(
        *network,
        listener->endpoint(),
        std::string(200'000, 's'),
        trusting_client_context()
    );
    CHECK(plain->wait_for_bytes(5));
    CHECK(secret->wait_for_bytes(200'000));
    CHECK(secret->text() == std::string(200'000, 's'));
    const auto pem = authority->certificate_pem();
    CHECK(CertificateAuthority::open(folder)->certificate_pem() == pem);
    std::filesystem::remove_all(folder);
}

TEST_CASE("network: a port that another listener holds is in use") {
    const RealClock clock;
    const auto network = make_live_network(clock, 1, silent);
    const auto accept = [](Connection& connection) { return std::make_shared<Echo>(connection); };
    const auto listener = network->listen(any_port, accept);
    CHECK_THROWS_AS(network->listen(listener->endpoint(), accept), AddressInUse);
}

TEST_CASE("network: nobody listening is told as refused") {
    const RealClock clock;
    const auto network = make_live_network(clock, 1, silent);
    Endpoint free_port;
    {
        const auto listener = network->listen(any_port, [](Connection& connection) {
            return std::make_shared<Echo>(connection);
        });
        free_port = listener->endpoint();
    }
    std::optional<CloseReason> reason;
    for (int i = 0; i < 50 && reason != CloseReason::refused;
         ++i) { // the listener closes in the background
        reason = connect(*network, free_port, "hello")->wait_for_close();
    }
    CHECK(reason == CloseReason::refused);
}

TEST_CASE("network: an idle connection is closed after its timeout of emulated time") {
    const RealClock clock(100); // a minute in 0.6 s
    const auto network = make_live_network(clock, 1, silent);
    const auto listener = network->listen(any_port, [](Connection& connection) {
        connection.set_idle_timeout(60s);
        return std::make_shared<Echo>(connection);
    });
    const auto client = connect(*network, listener->endpoint(), "x");
    CHECK(client->wait_for_close() == CloseReason::end_of_stream);
}

TEST_CASE("network: a clock advanced by hand makes no timer of a connection due") {
    RealClock clock;
    const auto network = make_live_network(clock, 1, silent);
    std::promise<std::string> order;
    auto& thread = network->thread(0);
    thread.post([&] {
        thread.after(1h, [&] { order.set_value("the timeout"); });
        clock.stop();
        clock.move_to(clock.now() + 48h);
        clock.run();
        thread.at(clock.now() + 1ms, [&] { order.set_value("what comes next"); });
    });
    auto first = order.get_future();
    REQUIRE(first.wait_for(10s) == std::future_status::ready);
    CHECK(first.get() == "what comes next");
}

TEST_CASE("network: datagrams are answered to where they came from, at once or later") {
    const RealClock clock;
    const auto network = make_live_network(clock, 2, silent);
    DatagramListener* later = nullptr;
    const auto listener = network->listen_datagrams(
        any_port,
        [&later](
            std::string_view request,
            const Endpoint& client,
            EdgeThread& thread,
            std::string& answer
        ) {
            if (request == "now") answer = "re: now" + std::string(30'000, '!');
            if (request != "later") return;
            thread.post([&thread, &later, client] { later->send(thread, client, "re: later"); });
        }
    );
    later = listener.get();
    std::promise<std::string> answers[2];
    std::unique_ptr<DatagramExchange> exchanges[2];
    auto& thread = network->thread(0);
    thread.post([&] {
        for (const std::size_t i : {0U, 1U}) {
            exchanges[i] = network->exchange_datagrams(
                thread,
                listener->endpoint(),
                0,
                [&, i](std::optional<std::string_view> datagram) {
                    exchanges[i] = nullptr; // from inside its own call
                    answers[i].set_value(std::string(datagram.value_or("nobody")));
                }
            );
            exchanges[i]->send("ignored");
            exchanges[i]->send(i == 0 ? "now" : "later");
        }
    });
    for (const std::size_t i : {0U, 1U}) {
        auto answer = answers[i].get_future();
        REQUIRE(answer.wait_for(10s) == std::future_status::ready);
        CHECK(answer.get() == (i == 0 ? "re: now" + std::string(30'000, '!') : "re: later"));
    }
}

TEST_CASE("network: a datagram to a port where nobody listens says so") {
    const RealClock clock;
    const auto network = make_live_network(clock, 1, silent);
    Endpoint nobody;
    {
        const auto listener = network->listen(any_port, [](Connection&) {
            return std::shared_ptr<ConnectionEvents>();
        });
        nobody = listener->endpoint();
    }
    std::promise<bool> refused;
    std::unique_ptr<DatagramExchange> exchange;
    network->thread(0).post([&] {
        exchange = network->exchange_datagrams(
            network->thread(0),
            nobody,
            0,
            [&](std::optional<std::string_view> datagram) {
                exchange = nullptr;
                refused.set_value(!datagram.has_value());
            }
        );
        exchange->send("anybody?");
    });
    auto answer = refused.get_future();
    REQUIRE(answer.wait_for(10s) == std::future_status::ready);
    CHECK(answer.get());
}

TEST_CASE("network: a protocol that throws loses its own connection, and the others live on") {
    class Broken final : public ConnectionEvents {
    public:
        std::size_t received(std::string_view) override { throw std::runtime_error("a defect"); }

        void closed(CloseReason) override { throw std::runtime_error("another one"); }
    };

    const RealClock clock;
    test::RecordedLog log;
    const auto network = make_live_network(clock, 1, log);
    const auto echo = network->listen(any_port, [](Connection& connection) {
        return std::make_shared<Echo>(connection);
    });
    const auto broken =
        network->listen(any_port, [](Connection&) { return std::make_shared<Broken>(); });
    const auto deaf =
        network->listen(any_port, [](Connection&) -> std::shared_ptr<ConnectionEvents> {
            throw std::runtime_error("deaf");
        });
    const auto before = connect(*network, echo->endpoint(), "x");
    CHECK(before->wait_for_bytes(1));
    for (int i = 0; i < 2; ++i) { // a listener goes on after the first
        CHECK(connect(*network, broken->endpoint(), "x")->wait_for_close().has_value());
        CHECK(connect(*network, deaf->endpoint(), "x")->wait_for_close().has_value());
    }
    CHECK(connect(*network, echo->endpoint(), "x")->wait_for_bytes(1));
    const auto lines = log.lines();
    REQUIRE(lines.size() == 6);
    CHECK(lines[0].starts_with("error network the connection of 127.0.0.1:"));
    CHECK(lines[0].ends_with(" broke: a defect"));
    CHECK(lines[1].ends_with(" broke: another one"));
    CHECK(lines[2].ends_with(" broke: deaf"));
}

TEST_CASE("network: a timer, a task and blocking work that throw are followed by the next ones") {
    const RealClock clock;
    test::RecordedLog log;
    const auto network = make_live_network(clock, 1, log);
    const auto defect = [] { throw std::runtime_error("a defect"); };
    std::promise<void> done;
    auto& thread = network->thread(0);
    thread.post(defect);
    thread.post([&] {
        thread.after(Duration(1), defect);
        thread.after(Duration(2), [&] {
            network->run_blocking(defect);
            for (int i = 0; i < 4; ++i) // each of its threads
                network->run_blocking([] {});
            network->run_blocking([&] { done.set_value(); });
        });
    });
    CHECK(done.get_future().wait_for(10s) == std::future_status::ready);
    network->stop();
    CHECK(
        log.lines() ==
        std::vector<std::string>{
            "error network a task broke: a defect",
            "error network a task broke: a defect",
            "error network blocking work broke: a defect"
        }
    );
}

TEST_CASE("names: a resource keeps its address, and a redirected port is translated") {
    Names names(2);
    const auto first = names.claim(Names::Kind::instance, "i-1");
    CHECK(first.to_string() == "127.30.32.1");
    CHECK(names.claim(Names::Kind::instance, "i-1") == first);
    CHECK(names.claim(Names::Kind::instance, "i-2").to_string() == "127.30.32.2");
    names.publish("web.elb.localhost", {first});
    CHECK(names.find("WEB.elb.localhost.").size() == 1);
    names.publish("web.elb.localhost", {});
    CHECK(names.find("web.elb.localhost").empty());
    const Endpoint proper{first, 80};
    const Endpoint actual{first, 20000};
    CHECK(names.translate(proper) == proper);
    names.redirect(proper, actual);
    CHECK(names.translate(proper) == actual);
}
