// Instances as time passes.
#include "tests/unit/services/ec2/region_scene.hpp"

using namespace diorama;
using namespace diorama::ec2;
using Texts = std::vector<std::string>;

TEST_CASE(
    "lifecycle: an instance that is terminated falls silent at once and is forgotten after an "
    "hour"
) {
    RegionScene scene;
    const auto id = scene.launch();
    CHECK(scene.hosts.scripts[id].is_up);
    scene.lifecycle.terminate(id);
    CHECK(!scene.hosts.scripts[id].is_up);
    CHECK(scene.state_of(id) == "shutting-down");
    scene.run(3);
    CHECK(scene.state_of(id) == "terminated");
    CHECK(scene.changes == Texts{"running", "shutting-down", "terminated"});
    scene.run(3590);
    CHECK(scene.state.instances.contains(id));
    scene.run(20);
    CHECK(!scene.state.instances.contains(id));
}

TEST_CASE("lifecycle: one that is terminated while it is pending never runs") {
    RegionScene scene;
    const auto id =
        scene.instances.run(scene.call(), RegionScene::order()).instances.at(0).instance_id.value();
    scene.lifecycle.terminate(id);
    scene.run(10);
    CHECK(scene.changes == Texts{"shutting-down", "terminated"});
    CHECK(scene.hosts.scripts.empty());
}

TEST_CASE("lifecycle: stop while pending, then start") {
    RegionScene scene;
    const auto id =
        scene.instances.run(scene.call(), RegionScene::order()).instances.at(0).instance_id.value();
    scene.lifecycle.stop(id);
    scene.run(10);
    scene.lifecycle.start(id);
    scene.run(10);
    CHECK(scene.changes == Texts{"stopping", "stopped", "pending", "running"});
}

TEST_CASE("lifecycle: a reboot starts the host anew and keeps its address") {
    RegionScene scene;
    const auto id = scene.launch();
    const auto address = scene.hosts.scripts[id].identity.address;
    scene.lifecycle.reboot(id);
    CHECK(scene.hosts.scripts[id].starts == 2);
    CHECK(scene.hosts.scripts[id].identity.address == address);
    CHECK(scene.state_of(id) == "running");
}

TEST_CASE("lifecycle: a watcher may terminate what it hears of") {
    RegionScene scene;
    scene.lifecycle.watch([&](const Instance& instance) {
        if (instance.state == InstanceState::running) scene.lifecycle.terminate(instance.id);
    });
    const auto id = scene.launch();
    CHECK(scene.state_of(id) == "shutting-down");
    CHECK(!scene.hosts.scripts[id].is_up);
}

TEST_CASE("lifecycle: a new process goes on where the last one stopped") {
    RegionScene scene;
    const auto running = scene.launch();
    const auto stopping = scene.launch();
    const auto ending = scene.launch();
    scene.lifecycle.stop(stopping);
    scene.lifecycle.terminate(ending);
    FakeHosts hosts;
    network::Names names;
    Lifecycle next(scene.test.environment, scene.state, names, hosts);
    next.resume();
    CHECK(hosts.scripts.size() == 1);
    CHECK(hosts.scripts[running].is_up);
    CHECK(scene.state_of(stopping) == "stopped");
    CHECK(scene.state_of(ending) == "terminated");
    CHECK(next.find_host(running) != nullptr);
    CHECK(next.find_host(stopping) == nullptr);
}
