// Requests waiting for a vCPU.
#include "services/ec2/data/instance_queue.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::ec2;
using namespace std::chrono_literals;

const Timestamp start{std::chrono::seconds(1'767'225'600)};

TEST_CASE("instance queue: as many requests run at once as there are vCPUs, the next one waits") {
    InstanceQueue queue(2);
    CHECK(queue.arrive(10ms, start) == start + 10ms);
    CHECK(queue.arrive(10ms, start) == start + 10ms);
    CHECK(queue.arrive(10ms, start) == start + 20ms);
    CHECK(queue.arrive(10ms, start + 1s) == start + 1s + 10ms);
}

TEST_CASE("instance queue: busy time counts what has been done, not what waits") {
    InstanceQueue queue(1);
    queue.arrive(10ms, start);
    queue.arrive(10ms, start);
    CHECK(queue.busy_until(start) == 0ms);
    CHECK(queue.busy_until(start + 5ms) == 5ms);
    CHECK(queue.busy_until(start + 1s) == 20ms);
    queue.arrive(30ms, start + 1s);
    CHECK(queue.busy_until(start + 1s + 10ms) == 30ms);
}
