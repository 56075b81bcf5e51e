// Where names lead.
#include "emulator/world/names.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using network::Endpoint;
using network::IPAddress;

namespace {

struct Scene {
    network::Names names;
    WorldNames world{names, IPAddress::v4(127, 0, 0, 9), 4566};

    std::string resolved(std::string_view name) {
        std::string text;
        for (const auto& address : world.resolve(name))
            text += (text.empty() ? "" : " ") + address.to_string();
        return text;
    }
};

} // namespace

TEST_CASE("names: hosted zones come first, then resources, then AWS's endpoints, then localhost") {
    Scene scene;
    scene.names.publish("web.elb.amazonaws.com", {IPAddress::v4(127, 10, 0, 1)});
    scene.world.join([](std::string_view name) {
        std::vector<IPAddress> found;
        if (name == "www.example.com") found.push_back(IPAddress::v4(127, 10, 0, 2));
        return found;
    });

    struct {
        const char* name;
        const char* addresses;
    } const examples[] = {
        {"www.example.com", "127.10.0.2"},
        {"WWW.Example.com.", "127.10.0.2"},
        {"web.elb.amazonaws.com", "127.10.0.1"},
        {"dualstack.web.elb.amazonaws.com", "127.10.0.1"},
        {"sqs.us-east-1.amazonaws.com", "127.0.0.9"},
        {"bucket.s3.localhost", "127.0.0.9"},
        {"s3.localhost", "127.0.0.9"},
        {"nots3.localhost", "127.0.0.1"},
        {"localhost", "127.0.0.1"},
        {"10.1.2.3", "10.1.2.3"},
        {"www.example.org", ""},
        {"amazonaws.com.evil.org", ""},
    };

    for (const auto& [name, addresses] : examples) {
        CAPTURE(name);
        CHECK(scene.resolved(name) == addresses);
    }
}

TEST_CASE("names: before Route 53 is joined the others answer") {
    Scene scene;
    CHECK(scene.resolved("www.example.com").empty());
    CHECK(scene.resolved("localhost") == "127.0.0.1");
}

TEST_CASE("names: dialling follows redirected ports and never leaves this machine") {
    Scene scene;
    const auto address = IPAddress::v4(127, 10, 0, 1);
    scene.names.publish("web", {address});
    scene.names.redirect({address, 80}, {address, 20'080});
    CHECK(scene.world.dial("web", 80) == std::vector<Endpoint>{{address, 20'080}});
    CHECK(scene.world.dial("web", 443) == std::vector<Endpoint>{{address, 443}});
    CHECK(scene.world.dial("192.0.2.1", 80).empty());
    CHECK(scene.world.dial("nobody", 80).empty());
}

TEST_CASE("names: the emulator's own names do not include hosted zones") {
    Scene scene;
    scene.world.join([](std::string_view) {
        return std::vector<IPAddress>{IPAddress::v4(127, 10, 0, 2)};
    });
    CHECK(scene.world.addresses_of("www.example.com").empty());
    CHECK(scene.world.addresses_of("x.amazonaws.com", "Z1").size() == 1);
}
