#include "emulator/simulation/fault_catalogue.hpp"
#include "tests/unit/emulator/simulation/scenario_text.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace diorama::simulation {

using namespace std::chrono_literals;

namespace {

ReadScenario read_fault(const std::string& fault) {
    return read_text(head + "faults:\n  - { at: 1h, " + fault + " }\n");
}

} // namespace

TEST_CASE("faults have a time, an action, a target and parameters") {
    const auto read = read_text(
        head +
        "faults:\n"
        "  - { at: 3h30m, for: 25m, do: az-power-interruption, zone: us-east-1a, name: dark }\n"
        "  - { at: 1h, do: aws:ec2:terminate-instances, target: 30% of WebGroup }\n"
        "  - { at: 1h, do: aws:ec2:stop-instances, target: one of WebGroup, "
        "parameters: { startInstancesAfterDuration: 5m } }\n"
        "  - at: 2h\n"
        "    do: aws:ec2:reboot-instances\n"
        "    target: { ids: [i-1, WebGroup], tags: { Role: web }, zone: us-east-1b, select: 2 }\n"
        "  - { at: 1h, do: aws:rds:reboot-db-instances, target: Database, parameters: { "
        "forceFailover: true } }\n"
        "  - { at: 1h, for: 5m, do: aws:fis:inject-api-throttle-error, "
        "parameters: { service: ec2, operations: [RunInstances, DescribeInstances], percentage: 50 "
        "} }\n"
        "  - { at: 1h, do: change-weights, parameters: { record: www.example.com, weights: { blue: "
        "90, green: 10 } } }\n"
        "  - { at: 1h, do: slow-origin, parameters: { delay: exponential(2s), share: 10% } }\n"
    );
    CHECK(lines_of(read.mistakes) == std::vector<std::string>{});
    const auto& faults = read.scenario.faults;
    REQUIRE(faults.size() == 8);
    CHECK(faults[0].number == 1);
    CHECK(faults[0].name == "dark");
    CHECK(faults[0].at == 3h + 30min);
    CHECK(faults[0].lasts == 25min);
    CHECK(faults[0].target.zone == "us-east-1a");
    CHECK(faults[1].target.mode == TargetSelector::Mode::share);
    CHECK(faults[1].target.share == doctest::Approx(0.3));
    CHECK(faults[1].target.ids == std::vector<std::string>{"WebGroup"});
    CHECK_FALSE(faults[1].lasts);
    CHECK(faults[2].target.mode == TargetSelector::Mode::count);
    CHECK(faults[2].target.count == 1);
    CHECK(faults[2].quantities.at("startInstancesAfterDuration") == 300e9);
    CHECK(faults[2].lasts == 5min); // then they are started again
    CHECK(faults[3].target.tags.at("Role") == "web");
    CHECK(faults[3].target.count == 2);
    CHECK(faults[4].quantities.at("forceFailover") == 1);
    CHECK(faults[5].parameters.at("operations") == "RunInstances,DescribeInstances");
    CHECK(faults[5].quantities.at("percentage") == 50);
    CHECK(faults[6].quantities.at("weights.green") == 10);
    CHECK(faults[6].parameters.at("weights") == "blue=90,green=10");
    CHECK(faults[7].parameters.at("delay") == "exponential(2s)");
    CHECK(faults[7].quantities.at("delay") == 2e9);
}

TEST_CASE("faults that cannot be are mistakes") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"do: aws:ec2:terminat-instances, target: A",
         "4:19 the action `aws:ec2:terminat-instances` is not emulated; did you mean "
         "`aws:ec2:terminate-instances`?"},
        {"do: aws:ebs:pause-volume-io", "4:19 the action `aws:ebs:pause-volume-io` is not emulated"
        },
        {"do: packet-los", "4:19 no action `packet-los`; did you mean `packet-loss`?"},
        {"do: aws:rds:failover-db-cluster",
         "4:19 not emulated: there are no DB clusters (Aurora) here; for a Multi-AZ instance use "
         "`aws:rds:reboot-db-instances` with forceFailover: true"},
        {"do: az-power-interruption, zone: us-east-1a",
         "4:5 `for` is missing: how long does az-power-interruption last?"},
        {"for: 5m, do: az-power-interruption", "4:5 `zone` is missing: what is hit?"},
        {"for: 5m, do: az-power-interruption, zone: eu-west-1a",
         "4:57 `eu-west-1a` is not a zone of us-east-1, like `us-east-1a`"},
        {"for: 5m, do: aws:ec2:reboot-instances, target: A",
         "4:20 aws:ec2:reboot-instances happens at once and does not last"},
        {"do: aws:ec2:reboot-instances", "4:5 `target` or `zone` is missing: what is hit?"},
        {"do: aws:ec2:reboot-instances, target: some of A",
         "4:53 `some` is not an amount: write `all`, `one`, `3` or `30%`"},
        {"do: aws:ec2:reboot-instances, target: { ids: A, select: 0 }",
         "4:71 write `all`, `one`, a number like `3`, or a share like `30%`"},
        {"do: full-disk", "4:5 `target` is missing: what is hit?"},
        {"do: client-clock-skew, parameters: { skew: 1s }, target: A",
         "4:72 client-clock-skew has no target"},
        {"do: client-clock-skew", "4:5 client-clock-skew needs the parameter `skew`"},
        {"do: client-clock-skew, parameters: { skew: x }", "4:58 `x` is not a duration like `-90s`"
        },
        {"do: client-clock-skew, parameters: { skew: 1s, populaton: x }",
         "4:62 client-clock-skew has no parameter `populaton`; did you mean `population`?"},
        {"do: client-clock-skew, parameters: { skew: 1s, population: x }", "4:74 no population `x`"
        },
        {"do: packet-loss, parameters: { share: 120% }", "4:53 `120%` is more than all"},
        {"for: 5m, do: aws:network:disrupt-connectivity, zone: us-east-1a, parameters: { scope: al "
         "}",
         "4:101 `al` is not one of all, availability-zone; did you mean `all`?"},
        {"for: 5m, do: aws:fis:inject-api-internal-error, parameters: { service: ec2, percentage: "
         "0 }",
         "4:103 a percentage is 1 to 100"},
        {"for: 5m, do: aws:fis:inject-api-internal-error, parameters: { service: ecs }",
         "4:86 no service `ecs`; did you mean `ec2`?"},
        {"do: change-weights, parameters: { record: a, weights: { blue: 300 } }",
         "4:77 a weight is a whole number from 0 to 255"},
        {"do: set-desired-capacity, target: A, parameters: { capacity: 1.5 }",
         "4:76 `1.5` is not a count"},
        {"x: 1, do: full-disk, target: A", "4:15 unknown key `x`"},
    };
    for (const auto& [fault, expected] : cases) {
        CAPTURE(fault);
        CHECK(fmt::format("{}", fmt::join(lines_of(read_fault(fault).mistakes), "\n")) == expected);
    }
}

TEST_CASE("a fault happens within the run") {
    const auto told = [](const char* at) {
        return mistake_in(head + "faults:\n  - { at: " + at + ", do: full-disk, target: A }\n");
    };
    CHECK(told("7h") == "4:11 `7h` is after the end of the run (6h)");
    CHECK(told("6h") == "4:11 `6h` is after the end of the run (6h)");
    CHECK(told("-5m") == "4:11 `-5m` is before the start");
    CHECK(told("later") == "4:11 `later` is not a duration like `90s` or `3h30m`");
    CHECK(
        mistake_in(head + "faults:\n  - { do: full-disk, target: A }\n") == "4:5 `at` is missing"
    );
    CHECK(mistake_in(head + "faults:\n  - { at: 1h }\n") == "4:5 `do` is missing");
}

TEST_CASE("every action of the catalogue says what it does") {
    for (const FaultAction& action : fault_actions()) {
        CAPTURE(action.name);
        CHECK_FALSE(action.description.empty());
        CHECK(find_fault_action(action.name) == &action);
        for (const FaultParameter& parameter : action.parameters)
            CHECK_FALSE(parameter.description.empty());
    }
}

} // namespace diorama::simulation
