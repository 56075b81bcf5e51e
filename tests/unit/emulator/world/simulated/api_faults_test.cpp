// API calls that fail, and what those who make them do about it.
#include "emulator/aws/error.hpp"
#include "emulator/time/virtual_time.hpp"
#include "emulator/world/simulated/api_faults.hpp"

#include <doctest/doctest.h>

namespace diorama {

namespace {

using namespace std::chrono_literals;
using Error = APIFaults::Error;

struct Fleet final : autoscaling::Instances {
    std::string launch(const autoscaling::Launch&) override {
        return "i-" + std::to_string(++launched);
    }

    void terminate(const std::string& id) override { terminated.push_back(id); }

    Instance find(const std::string&) override { return {}; }

    std::pair<std::string, std::string>
    check_launch_template(const autoscaling::Place&, const std::string&, const std::string&)
        override {
        return {};
    }

    std::optional<std::string>
    zone_of(const autoscaling::Place&, const std::string& subnet) override {
        return subnet == "subnet-a" ? "us-east-1a" : "us-east-1b";
    }

    bool has_zone(const autoscaling::Place&, const std::string&) override { return true; }

    int launched = 0;
    std::vector<std::string> terminated;
};

struct Groups final : autoscaling::TargetGroups {
    bool exists(const autoscaling::Place&, const std::string&) override { return true; }

    void add(const std::string&, const std::string& id) override { targets.insert(id); }

    void remove(const std::string&, const std::string& id) override { targets.erase(id); }

    Health health_of(const std::string&, const std::string& id) override {
        return targets.contains(id) ? Health::healthy : Health::unused;
    }

    std::set<std::string> targets;
};

struct Scene {
    VirtualTime time;
    APIFaults faults{Random(1)};
    Fleet own_fleet;
    Groups own_groups;
    DisturbedFleet fleet{own_fleet, faults, time};
    DisturbedTargetGroups groups{own_groups, faults, time};

    std::string launch(const std::string& subnet, const std::string& group = "web") {
        autoscaling::Launch launch;
        launch.subnet_id = subnet;
        launch.tags["aws:autoscaling:groupName"] = group;
        try {
            return fleet.launch(launch);
        } catch (const aws::AWSError& error) {
            return error.code();
        }
    }
};

} // namespace

TEST_CASE("API faults: a call fails with the error of its service, while the fault lasts") {
    struct Example {
        const char* service;
        Error error;
        const char* code;
        int status;
    };

    constexpr Example examples[] = {
        {"ec2", Error::throttled, "RequestLimitExceeded", 503},
        {"ec2", Error::internal, "InternalError", 500},
        {"ec2", Error::unavailable, "Unavailable", 503},
        {"autoscaling", Error::throttled, "Throttling", 400},
        {"rds", Error::internal, "InternalFailure", 500},
        {"elbv2", Error::unavailable, "ServiceUnavailable", 503},
        {"s3", Error::throttled, "SlowDown", 503},
    };
    for (const auto& example : examples) {
        CAPTURE(example.code);
        APIFaults faults(Random(1));
        faults.before(example.service, "Anything");
        faults.begin(1, APIFaults::Failing{example.service, {"DoThis"}, 1, example.error});
        faults.before(example.service, "DoThat");
        faults.before("sts", "DoThis");
        try {
            faults.before(example.service, "DoThis");
            CHECK(false);
        } catch (const aws::AWSError& error) {
            CHECK(error.code() == example.code);
            CHECK(error.http_status() == example.status);
        }
        faults.end(1);
        faults.before(example.service, "DoThis");
        CHECK(faults.failed().at(1) == 1);
    }
}

TEST_CASE("API faults: a share of the calls") {
    APIFaults faults(Random(1));
    faults.begin(3, APIFaults::Failing{"ec2", {}, 0.3, Error::throttled});
    int failed = 0;
    for (int i = 0; i < 1000; ++i) {
        try {
            faults.before("ec2", "RunInstances");
        } catch (const aws::AWSError&) {
            ++failed;
        }
    }
    CHECK(failed > 250);
    CHECK(failed < 350);
}

TEST_CASE("API faults: capacity is short in some zones, for some groups") {
    Scene scene;
    scene.faults.begin(1, APIFaults::Shortage{{"us-east-1a"}, {"web"}, 1});
    CHECK(scene.launch("subnet-a") == "InsufficientInstanceCapacity");
    CHECK(scene.launch("subnet-b") == "i-1");
    CHECK(scene.launch("subnet-a", "batch") == "i-2");
    scene.faults.begin(2, APIFaults::Shortage{});
    CHECK(scene.launch("subnet-b", "batch") == "InsufficientInstanceCapacity");
    scene.faults.end(1);
    scene.faults.end(2);
    CHECK(scene.launch("subnet-a") == "i-3");
}

TEST_CASE("API faults: what has to be done is tried again until it succeeds") {
    Scene scene;
    scene.groups.add("group", "i-1");
    scene.faults.begin(1, APIFaults::Failing{"ec2", {}, 1, Error::unavailable});
    scene.faults.begin(2, APIFaults::Failing{"elbv2", {}, 1, Error::throttled});
    CHECK(scene.launch("subnet-a") == "Unavailable");
    scene.fleet.terminate("i-1");
    scene.groups.add("group", "i-2");
    scene.groups.remove("group", "i-1");
    scene.time.run_for(5min);
    CHECK(scene.own_fleet.terminated.empty());
    CHECK(scene.own_groups.targets == std::set<std::string>{"i-1"});
    // Nobody takes it for let go of.
    CHECK(scene.groups.health_of("group", "i-1") == autoscaling::TargetGroups::Health::draining);
    scene.faults.end(1);
    scene.faults.end(2);
    scene.time.run_for(1min);
    CHECK(scene.own_fleet.terminated == std::vector<std::string>{"i-1"});
    CHECK(scene.own_groups.targets == std::set<std::string>{"i-2"});
}

TEST_CASE("API faults: services are known by the names of their APIs") {
    CHECK(folder_of_service("elasticloadbalancing") == "elbv2");
    CHECK(folder_of_service("monitoring") == "cloudwatch");
    CHECK(folder_of_service("rds") == "rds");
}

} // namespace diorama
