// Tests of the table of instance types.
#include "services/ec2/data/instance_types.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace diorama::ec2;

TEST_CASE("instance types: families give every vCPU the same memory") {
    const auto* general = find_instance_type("m6g.xlarge");
    REQUIRE(general != nullptr);
    CHECK(general->vcpus == 4);
    CHECK(general->memory_mib == 16 * 1024);
    CHECK(general->is_arm);
    CHECK_FALSE(general->is_burstable);
    CHECK(find_instance_type("r5.large")->memory_mib == 16 * 1024);
}

TEST_CASE("instance types: t3 sizes have two vCPUs up to large and may burst") {
    const auto* micro = find_instance_type("t3.micro");
    REQUIRE(micro != nullptr);
    CHECK(micro->vcpus == 2);
    CHECK(micro->memory_mib == 1024);
    CHECK(micro->is_burstable);
    CHECK(find_instance_type("t4g.medium")->is_arm);
}

TEST_CASE("instance types: every name is there once") {
    std::set<std::string> names;
    for (const auto& type : instance_types())
        CHECK(names.insert(type.name).second);
    CHECK(find_instance_type("t3.gigantic") == nullptr);
}
