#include "services/route53/data/respond.hpp"
#include "tests/unit/services/route53/data/zone_builder.hpp"

using namespace diorama;
using namespace diorama::route53;
using namespace std::string_literals;

namespace {

struct World {
    World() {
        std::vector<std::string> many;
        for (int i = 0; i < 200; ++i) {
            many.push_back(fmt::format("192.0.2.{}", i));
        }
        zones = Zones({ZoneBuilder("example.com")
                           .with("www.example.com", RecordType::a, {"192.0.2.1"})
                           .with("many.example.com", RecordType::a, many)
                           .build()});
    }

    std::string respond_to(std::string_view bytes, Transport transport = Transport::udp) {
        return respond(bytes, {{}, transport}, {zones, names, names}, random).bytes;
    }

    DNSMessage ask(const DNSMessage& request, Transport transport = Transport::udp) {
        const auto message = parse_message(respond_to(serialize(request), transport));
        REQUIRE(message.has_value());
        return *message;
    }

    Zones zones;
    KnownNames names;
    Random random{1};
};

DNSMessage query(std::string_view name, RecordType type = RecordType::a) {
    DNSMessage message;
    message.id = 0xBEEF;
    message.recursion_desired = true;
    message.questions.push_back({name_of(name), type});
    return message;
}

} // namespace

TEST_CASE("respond: the response has the id, the question as spelled and the flags of an authority"
) {
    World world;
    const auto response = world.ask(query("wWw.ExAmPlE.com"));
    CHECK(response.id == 0xBEEF);
    CHECK(response.is_response);
    CHECK(response.is_authoritative);
    CHECK(response.recursion_desired);
    CHECK_FALSE(response.recursion_available);
    CHECK(response.questions[0].name.to_string() == "wWw.ExAmPlE.com.");
    CHECK(
        texts_of(response.answers) == std::vector<std::string>{"wWw.ExAmPlE.com. 300 A 192.0.2.1"}
    );
    CHECK_FALSE(response.edns.has_value());
}

TEST_CASE("respond: the owner of the answer is a pointer to the question") {
    World world;
    const auto bytes = world.respond_to(serialize(query("www.example.com")));
    CHECK(bytes.find("\xc0\x0c\x00\x01\x00\x01"s) != std::string::npos);
    CHECK(bytes.size() < 100);
}

TEST_CASE("respond: requests that cannot be answered get the code that says why") {
    World world;
    auto two_questions = query("www.example.com");
    two_questions.questions.push_back(two_questions.questions[0]);
    auto no_question = query("www.example.com");
    no_question.questions.clear();
    auto notify = query("www.example.com");
    notify.opcode = 4;
    auto chaos = query("version.bind", RecordType::txt);
    chaos.questions[0].record_class = 3;
    auto future = query("www.example.com");
    future.edns.emplace().version = 1;
    const std::pair<DNSMessage, Rcode> examples[] = {
        {two_questions, Rcode::format_error},
        {no_question, Rcode::format_error},
        {notify, Rcode::not_implemented},
        {chaos, Rcode::refused},
        {future, Rcode::bad_version},
        {query("example.com", RecordType::axfr), Rcode::refused},
        {query("example.net"), Rcode::refused},
        {query("missing.example.com"), Rcode::nx_domain},
    };
    for (const auto& [request, rcode] : examples) {
        CHECK(to_string(world.ask(request).rcode) == to_string(rcode));
    }
}

TEST_CASE("respond: bytes that are no message get FORMERR with their id, or nothing") {
    World world;
    auto broken = serialize(query("www.example.com"));
    broken.pop_back();
    const auto response = parse_message(world.respond_to(broken));
    REQUIRE(response.has_value());
    CHECK(response->rcode == Rcode::format_error);
    CHECK(response->id == 0xBEEF);
    CHECK(world.respond_to("short").empty());
    auto answered = query("www.example.com");
    answered.is_response = true;
    CHECK(world.respond_to(serialize(answered)).empty());
}

TEST_CASE(
    "respond: what does not fit into 512 bytes or the client's EDNS size is truncated over UDP"
) {
    World world;
    const auto request = query("many.example.com");
    const auto truncated = world.ask(request);
    CHECK(truncated.is_truncated);
    CHECK(truncated.answers.empty());

    auto with_edns = request;
    with_edns.edns.emplace().udp_payload_size = 4096;
    const auto complete = world.ask(with_edns);
    CHECK_FALSE(complete.is_truncated);
    CHECK(complete.answers.size() == 200);
    REQUIRE(complete.edns.has_value());
    CHECK(complete.edns->udp_payload_size == 4096);

    with_edns.edns->udp_payload_size = 1232;
    CHECK(world.ask(with_edns).is_truncated);
    with_edns.edns->udp_payload_size = 0;
    CHECK_FALSE(world
                    .ask([&] {
                        auto small = with_edns;
                        small.questions = query("www.example.com").questions;
                        return small;
                    }())
                    .is_truncated);
    CHECK(world.ask(request, Transport::tcp).answers.size() == 200);
}

TEST_CASE("respond: a client subnet comes back with scope 0, since no answer depends on it") {
    World world;
    auto request = query("www.example.com");
    ClientSubnet subnet;
    subnet.source_prefix = 24;
    subnet.address = "\xc6\x33\x64";
    request.edns.emplace().client_subnet = subnet;
    const auto response = world.ask(request);
    REQUIRE(response.edns.has_value());
    CHECK(response.edns->client_subnet == subnet);
}

TEST_CASE("respond: a client's cookie is answered with ours behind it, and known when it returns") {
    World world;
    const CookieSecret secret(1, 2);
    const network::Endpoint client{network::IPAddress::v4(192, 0, 2, 9), 53};
    const Peer peer{client, Transport::udp, {}, &secret, Timestamp{std::chrono::hours(1)}};
    auto request = query("www.example.com");
    request.edns.emplace().cookie = "12345678";
    const auto ask = [&] {
        return respond(
            serialize(request),
            peer,
            {world.zones, world.names, world.names},
            world.random
        );
    };
    const auto first = ask();
    CHECK_FALSE(first.has_valid_cookie);
    const auto response = parse_message(first.bytes);
    REQUIRE(response.has_value());
    REQUIRE(response->edns->cookie);
    CHECK(response->edns->cookie->size() == 24);
    request.edns->cookie = response->edns->cookie;
    CHECK(ask().has_valid_cookie);
    // RFC 7873 5.2.2: a cookie of an impossible length is a format error.
    request.edns->cookie = "123456789";
    CHECK(parse_message(ask().bytes)->rcode == Rcode::format_error);
}

TEST_CASE("respond: the scope says whether the answer depends on where the client is") {
    World world;
    world.zones =
        Zones({ZoneBuilder("example.com")
                   .with("www.example.com", RecordType::a, {"192.0.2.1"})
                   .routed("geo.example.com", "eu", GeolocationRouting{"EU", {}, {}}, "192.0.2.2")
                   .build()});
    const auto scope = [&](std::string_view name) {
        auto request = query(name);
        request.edns.emplace().client_subnet = ClientSubnet{1, 24, 0, "\xc6\x12\x1f"};
        const auto response = world.ask(request);
        REQUIRE(response.edns->client_subnet);
        return response.edns->client_subnet->scope_prefix;
    };
    CHECK(scope("www.example.com") == 0);
    CHECK(scope("geo.example.com") == 24);
}

TEST_CASE("respond: in place of an answer: truncated, or a failure") {
    const auto request = serialize(query("www.example.com"));
    const auto cut = parse_message(truncated(request));
    REQUIRE(cut.has_value());
    CHECK(cut->is_truncated);
    CHECK(cut->is_response);
    CHECK(cut->questions.size() == 1);
    const auto failed = parse_message(server_failure(request));
    REQUIRE(failed.has_value());
    CHECK(failed->rcode == Rcode::server_failure);
    CHECK(truncated("x").empty());
}
