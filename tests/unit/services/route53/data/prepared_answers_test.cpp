// What is kept ready is what would be made anew, to the byte; and what may differ is not kept.
#include "services/route53/data/prepared_answers.hpp"
#include "tests/unit/services/route53/data/zone_builder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace diorama;
using namespace diorama::route53;

namespace {

RecordSet weighted(int weight, const std::string& value) {
    RecordSet set;
    set.record_data = {wire_of(RecordType::a, value)};
    set.set_identifier = std::to_string(weight);
    set.policy = WeightedRouting{static_cast<std::uint8_t>(weight)};
    return set;
}

ZoneBuilder sample() {
    ZoneBuilder zone("example.com");
    zone.with("www.example.com", RecordType::a, {"192.0.2.1"})
        .with("www.example.com", RecordType::https, {"1 . alpn=h2"})
        .with("mail.example.com", RecordType::mx, {"10 www.example.com."})
        .with("also.example.com", RecordType::cname, {"WWW.example.com."})
        .with("*.wild.example.com", RecordType::txt, {"\"wild\""})
        .with("sub.example.com", RecordType::ns, {"ns.sub.example.com."})
        .with("ns.sub.example.com", RecordType::a, {"192.0.2.54"})
        .with("many.example.com", RecordType::a, {"192.0.2.1", "192.0.2.2"})
        .alias("alias.example.com", RecordType::a, "my-alb.example.net", "Z2")
        .alias("inner.example.com", RecordType::a, "www.example.com", "Z1");
    zone.add("two.example.com", weighted(1, "192.0.2.3"));
    zone.add("two.example.com", weighted(2, "192.0.2.4"));
    return zone;
}

struct Scene {
    explicit Scene(const ZoneBuilder& zone = sample())
        : zones({zone.build()}) {
        names.names["my-alb.example.net"] = {network::IPAddress::v4(192, 0, 2, 9)};
    }

    Zones zones;
    KnownNames names;
    Random random{1};
    PreparedAnswers prepared;

    Response made(const std::string& request, Transport transport = Transport::udp) {
        return respond(request, {{}, transport}, {zones, names, names}, random);
    }

    // Nothing when the answer is not kept.
    std::string kept(const std::string& request, Transport transport = Transport::udp) {
        std::string answer = "of an earlier question";
        const auto* zone = prepared.respond(request, transport, answer);
        if (zone != nullptr) CHECK(zone == zones.by_id("Z1").get());
        return zone == nullptr ? std::string() : answer;
    }
};

DNSMessage question(std::string_view name, RecordType type = RecordType::a) {
    DNSMessage message;
    message.id = 0x1234;
    message.questions.push_back({name_of(name), type});
    return message;
}

} // namespace

TEST_CASE("prepared_answers: an answer kept is the answer made, whoever asks and however") {
    Scene scene;
    const std::vector<DNSMessage> questions{
        question("www.example.com"),
        question("www.example.com", RecordType::aaaa),
        question("www.example.com", RecordType::https),
        question("www.example.com", RecordType::any),
        question("mail.example.com", RecordType::mx),
        question("also.example.com"),
        question("a.wild.example.com", RecordType::txt),
        question("host.sub.example.com"),
        question("inner.example.com"),
        question("example.com", RecordType::ns),
        question("wild.example.com"),
    };
    for (const auto& plain : questions) {
        scene.prepared.keep(serialize(plain), scene.made(serialize(plain)));
    }
    CHECK(scene.prepared.size() == questions.size());
    for (auto message : questions) {
        CAPTURE(message.questions[0].name.to_string());
        for (const bool has_edns : {false, true}) {
            for (int variant = 0; variant < 16; ++variant) {
                message.id = static_cast<std::uint16_t>(4711 * variant);
                message.recursion_desired = (variant & 1) != 0;
                message.checking_disabled = (variant & 2) != 0;
                message.authentic_data = (variant & 4) != 0;
                if ((variant & 8) != 0) {
                    auto wire = message.questions[0].name.wire();
                    wire[1] = static_cast<char>(std::toupper(wire[1]));
                    message.questions[0].name = DNSName::from_wire(wire);
                }
                message.edns.reset();
                if (has_edns) {
                    message.edns.emplace().udp_payload_size = variant < 8 ? 1232 : 100;
                    message.edns->dnssec_ok = (variant & 1) != 0;
                }
                const auto request = serialize(message);
                for (const auto transport : {Transport::udp, Transport::tcp}) {
                    const auto made = scene.made(request, transport);
                    CHECK(scene.kept(request, transport) == made.bytes);
                }
            }
        }
    }
}

TEST_CASE("prepared_answers: what was asked with EDNS serves those without it") {
    Scene scene;
    auto with = question("www.example.com");
    with.edns.emplace().dnssec_ok = true;
    scene.prepared.keep(serialize(with), scene.made(serialize(with)));
    const auto without = serialize(question("www.example.com"));
    CHECK(scene.kept(without) == scene.made(without).bytes);
}

TEST_CASE("prepared_answers: what chance, health, the client or another service decides is not kept"
) {
    Scene scene;
    auto somewhere = question("www.example.com");
    somewhere.edns.emplace().client_subnet = ClientSubnet{1, 24, 0, "\xc6\x12\x01"};
    auto with_cookie = question("www.example.com");
    with_cookie.edns.emplace().cookie = "12345678";
    auto two = question("www.example.com");
    two.questions.push_back(two.questions[0]);
    auto chaos = question("www.example.com");
    chaos.questions[0].record_class = 3;
    for (const auto& message :
         {question("two.example.com"),
          question("many.example.com"),
          question("alias.example.com"),
          question("missing.example.com"),
          question("www.example.net"),
          question("my-alb.example.net"),
          somewhere,
          with_cookie,
          two,
          chaos}) {
        CAPTURE(message.questions[0].name.to_string());
        scene.prepared.keep(serialize(message), scene.made(serialize(message)));
        CHECK(scene.prepared.size() == 0);
    }
}

TEST_CASE("prepared_answers: in a VPC nothing is for everybody") {
    Scene scene;
    const auto request = serialize(question("www.example.com"));
    const auto response = respond(
        request,
        {{}, Transport::udp, "vpc-1"},
        {scene.zones, scene.names, scene.names},
        scene.random
    );
    CHECK_FALSE(response.is_for_everybody);
}

TEST_CASE("prepared_answers: what does not fit is left to respond(), which cuts it") {
    ZoneBuilder zone("example.com");
    zone.with(
        "long.example.com",
        RecordType::txt,
        {"\"" + std::string(250, 'x') + "\" \"" + std::string(250, 'y') + "\" \"z\""}
    );
    Scene scene(zone);
    const auto request = serialize(question("long.example.com", RecordType::txt));
    scene.prepared.keep(request, scene.made(request)); // TC
    CHECK(scene.prepared.size() == 0);
    scene.prepared.keep(request, scene.made(request, Transport::tcp));
    CHECK(scene.prepared.size() == 1);
    CHECK(scene.kept(request).empty());
    CHECK(scene.kept(request, Transport::tcp) == scene.made(request, Transport::tcp).bytes);
}

TEST_CASE("prepared_answers: bytes that are no plain question find nothing") {
    Scene scene;
    const auto request = serialize(question("www.example.com"));
    scene.prepared.keep(request, scene.made(request));
    for (std::size_t size = 0; size < request.size(); ++size) {
        CHECK(scene.kept(request.substr(0, size)).empty());
    }
    CHECK(scene.kept(request + '\0').empty());
    for (std::size_t at = 2; at < request.size(); ++at) {
        for (const char byte : {'\x3f', '\x40', '\xc0', '\xff'}) {
            auto changed = request;
            changed[at] = byte;
            const auto answer = scene.kept(changed);
            if (!answer.empty()) CHECK(answer == scene.made(changed).bytes);
        }
    }
}

TEST_CASE("prepared_answers: tens of thousands of names are kept, and forgotten with their snapshot"
) {
    ZoneBuilder zone("example.com");
    const auto name = [](int n) { return fmt::format("name-{}.example.com", n); };
    for (int n = 0; n < 20'000; ++n)
        zone.with(name(n), RecordType::a, {fmt::format("10.0.{}.{}", n / 250, n % 250)});
    Scene scene(zone);
    for (int n = 0; n < 20'000; ++n) {
        const auto request = serialize(question(name(n)));
        scene.prepared.keep(request, scene.made(request));
    }
    int kept = 0;
    for (int n = 0; n < 20'000; ++n) {
        const auto request = serialize(question(name(n)));
        const auto answer = scene.kept(request);
        if (answer.empty()) continue;
        ++kept;
        REQUIRE(answer == scene.made(request).bytes);
    }
    CHECK(kept > 19'500); // some are too far from their place
    scene.prepared.forget();
    CHECK(scene.prepared.size() == 0);
    CHECK(scene.kept(serialize(question(name(1)))).empty());
}

TEST_CASE("prepared_answers: names without number do not fill the memory") {
    ZoneBuilder zone("example.com");
    zone.with("*.example.com", RecordType::a, {"192.0.2.1"});
    Scene scene(zone);
    for (int n = 0; n < 40'000; ++n) {
        const auto request = serialize(question(fmt::format("x{}.example.com", n)));
        scene.prepared.keep(request, scene.made(request));
        REQUIRE(scene.prepared.size() <= 32'768);
    }
    CHECK(scene.prepared.size() > 1000);
}
