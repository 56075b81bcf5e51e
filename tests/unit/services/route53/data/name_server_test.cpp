#include "emulator/assert.hpp"
#include "services/route53/data/name_server.hpp"
#include "tests/support/recorded_log.hpp"
#include "tests/support/scripted_connection.hpp"
#include "tests/unit/services/route53/data/zone_builder.hpp"

using namespace diorama;
using namespace diorama::route53;

namespace {

class NoListener final : public network::DatagramListener {
public:
    explicit NoListener(const network::Endpoint& endpoint)
        : endpoint_(endpoint) {}

    network::Endpoint endpoint() const override { return endpoint_; }

    void send(network::EdgeThread&, const network::Endpoint&, std::string_view) override {}

private:
    network::Endpoint endpoint_;
};

// Keeps what the name server listens with, for the test to call.
class OneThreadNetwork final : public network::Network {
public:
    explicit OneThreadNetwork(network::EdgeThread& thread)
        : thread_(thread) {}

    std::size_t thread_count() const override { return 1; }

    network::EdgeThread& thread(std::size_t) override { return thread_; }

    std::unique_ptr<network::Listener>
    listen(const network::Endpoint&, network::Accept given, network::ListenOptions) override {
        accept = std::move(given);
        return std::make_unique<NoListener>(network::Endpoint{network::IPAddress(), 4553});
    }

    std::unique_ptr<network::DatagramListener>
    listen_datagrams(const network::Endpoint& endpoint, network::Datagram given) override {
        datagram = std::move(given);
        return std::make_unique<NoListener>(endpoint);
    }

    std::unique_ptr<network::DatagramExchange> exchange_datagrams(
        network::EdgeThread&,
        const network::Endpoint&,
        std::uint16_t,
        network::DatagramBack
    ) override {
        UNREACHABLE();
    }

    network::Connection& connect(
        network::EdgeThread&,
        const network::Endpoint&,
        std::shared_ptr<network::ConnectionEvents>,
        Duration,
        std::shared_ptr<network::TLSContext>,
        std::string
    ) override {
        UNREACHABLE();
    }

    void stop() override {}

    void run_blocking(std::function<void()> work) override { work(); }

    network::Accept accept;
    network::Datagram datagram;

private:
    network::EdgeThread& thread_;
};

struct CountedQueries final : Metrics {
    std::map<SeriesId, double> counts;

    SeriesId series(const MetricId&) override { return 0; }

    void add(SeriesId series, double value, double count) override {
        counts[series] += value * count;
    }
};

struct World {
    World() {
        auto zone = std::const_pointer_cast<Zone>(
            ZoneBuilder("example.com").with("www.example.com", RecordType::a, {"192.0.2.1"}).build()
        );
        zone->queries_series = 7;
        published.publish(
            std::make_shared<const Zones>(std::vector<std::shared_ptr<const Zone>>{zone})
        );
        server.listen({});
        connection.attach(network.accept(connection));
        connection.connect();
    }

    VirtualTime time;
    test::FakeEdgeThread thread{time};
    OneThreadNetwork network{thread};
    PublishedZones published;
    KnownNames names;
    CountedQueries metrics;
    test::RecordedLog log;

    std::string answer_to(std::string_view request, const network::Endpoint& client = {}) {
        std::string answer;
        network.datagram(request, client, thread, answer);
        return answer;
    }

    NameServer server{
        {published, names, names, PlaceTable::own(), nullptr, metrics, network, log, {}},
        Random(1)
    };
    test::ScriptedConnection connection{thread};
};

std::string query(std::uint16_t id, std::string_view name = "www.example.com") {
    DNSMessage message;
    message.id = id;
    message.questions.push_back({name_of(name), RecordType::a});
    return serialize(message);
}

std::string framed(const std::string& bytes) {
    std::string text;
    text += static_cast<char>(bytes.size() >> 8);
    text += static_cast<char>(bytes.size());
    return text + bytes;
}

// The messages of a TCP stream.
std::vector<DNSMessage> messages_of(std::string_view bytes) {
    std::vector<DNSMessage> messages;
    while (bytes.size() >= 2) {
        const auto length = static_cast<std::size_t>(
            static_cast<std::uint8_t>(bytes[0]) << 8 | static_cast<std::uint8_t>(bytes[1])
        );
        REQUIRE(bytes.size() >= 2 + length);
        const auto message = parse_message(bytes.substr(2, length));
        REQUIRE(message.has_value());
        messages.push_back(*message);
        bytes.remove_prefix(2 + length);
    }
    CHECK(bytes.empty());
    return messages;
}

} // namespace

TEST_CASE("name_server: a datagram is answered, and counted for its hosted zone") {
    World world;
    const auto response = parse_message(world.answer_to(query(5)));
    REQUIRE(response.has_value());
    CHECK(response->answers.size() == 1);
    world.answer_to(query(6, "missing.example.com"));
    world.answer_to(query(7, "example.net"));
    CHECK(world.metrics.counts == std::map<SeriesId, double>{{7, 2}});
    CHECK(world.server.endpoints() == std::vector{network::Endpoint{network::IPAddress(), 4553}});
}

TEST_CASE("name_server: a newly published snapshot answers the next question") {
    World world;
    world.published.publish(std::make_shared<const Zones>());
    const auto response = parse_message(world.answer_to(query(5)));
    REQUIRE(response.has_value());
    CHECK(response->rcode == Rcode::refused);
}

TEST_CASE("name_server: requests in a row over TCP are answered in their order") {
    World world;
    world.connection.receive(framed(query(1)) + framed(query(2)) + framed(query(3)));
    const auto messages = messages_of(world.connection.sent());
    REQUIRE(messages.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(messages[i].id == i + 1);
    }
}

TEST_CASE("name_server: a request that arrives byte by byte is answered when it is whole") {
    World world;
    for (const char byte : framed(query(9))) {
        CHECK(world.connection.sent().empty());
        world.connection.receive(std::string_view(&byte, 1));
    }
    CHECK(messages_of(world.connection.sent()).size() == 1);
}

TEST_CASE("name_server: a client that has finished sending still gets its answer") {
    World world;
    world.connection.receive(framed(query(9)));
    world.connection.receive_end();
    CHECK(messages_of(world.connection.sent()).size() == 1);
    CHECK(world.connection.is_finished());
}

TEST_CASE("name_server: a client that asks without reading is not read from until it reads") {
    World world;
    world.connection.hold_output();
    std::string many;
    for (int i = 0; i < 4000; ++i) {
        many += framed(query(1));
    }
    world.connection.receive(many);
    CHECK(world.connection.is_reading_paused());
    world.connection.release_output();
    world.thread.settle();
    CHECK_FALSE(world.connection.is_reading_paused());
    CHECK(messages_of(world.connection.sent()).size() == 4000);
}

TEST_CASE("name_server: a message that cannot be read is logged in one line") {
    World world;
    const network::Endpoint client{network::IPAddress::v4(192, 0, 2, 9), 53};
    world.answer_to(query(5), client);
    CHECK(world.log.lines().empty());
    world.answer_to("x", client);
    world.answer_to(query(5).substr(0, 14), client);
    CHECK(
        world.log.lines() ==
        std::vector<std::string>{
            "note dns a message of 192.0.2.9:53 is shorter than a header",
            "note dns a message of 192.0.2.9:53 is malformed"
        }
    );
}

TEST_CASE(
    "name_server: who floods a network off this machine is answered ever less, without a cookie"
) {
    World world;
    const network::Endpoint victim{network::IPAddress::v4(192, 0, 2, 9), 53};
    std::size_t answers = 0;
    std::size_t truncated_ones = 0;
    for (int i = 0; i < 400; ++i) {
        const auto response = parse_message(world.answer_to(query(1), victim));
        if (!response) continue;
        ++(response->is_truncated ? truncated_ones : answers);
        CHECK(response->answers.size() == (response->is_truncated ? 0 : 1));
    }
    CHECK(answers == 100);
    CHECK(truncated_ones == 150);
    const network::Endpoint local{network::IPAddress::v4(127, 0, 0, 1), 5300};
    for (int i = 0; i < 400; ++i) {
        CHECK_FALSE(world.answer_to(query(1), local).empty());
    }
    // With our cookie the client is known to be where it says.
    DNSMessage request;
    request.questions.push_back({name_of("www.example.com"), RecordType::a});
    request.edns.emplace().cookie = "12345678";
    world.time.run_for(std::chrono::seconds(1));
    const auto greeted = parse_message(world.answer_to(serialize(request), victim));
    REQUIRE(greeted.has_value());
    request.edns->cookie = greeted->edns->cookie;
    for (int i = 0; i < 400; ++i) {
        const auto response = parse_message(world.answer_to(serialize(request), victim));
        REQUIRE(response.has_value());
        CHECK_FALSE(response->is_truncated);
    }
}
