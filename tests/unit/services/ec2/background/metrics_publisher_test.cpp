// What instances did, as metrics.
#include "services/ec2/background/metrics_publisher.hpp"
#include "tests/unit/services/ec2/region_scene.hpp"

using namespace diorama;
using namespace diorama::ec2;

namespace {

// "CPUUtilization InstanceId" -> the values in their order.
struct RecordedMetrics final : Metrics {
    SeriesId series(const MetricId& id) override {
        names.push_back(id.name + " " + id.dimensions.at(0).name);
        return static_cast<SeriesId>(names.size() - 1);
    }

    void add(SeriesId series, double value, double) override {
        values[names[series]].push_back(value);
    }

    std::vector<std::string> names;
    std::map<std::string, std::vector<double>> values;
};

struct MetricsScene : RegionScene {
    RecordedMetrics metrics;
    Environment measured{test.time, test.time, Random(1), metrics, test.journal, test.log};
    MetricsPublisher publisher{measured, state, lifecycle};

    std::string launch_measured(bool in_detail, const char* group = nullptr) {
        auto input = order();
        input.monitoring.emplace();
        input.monitoring->enabled = in_detail;
        if (group != nullptr) {
            api::TagSpecification tags;
            tags.resource_type = "instance";
            tags.tags = {{"aws:autoscaling:groupName", group}};
            input.tag_specifications = {tags};
        }
        return launch(input);
    }

    std::vector<double>& cpu() { return metrics.values["CPUUtilization InstanceId"]; }
};

} // namespace

TEST_CASE("metrics: CPUUtilization is the share of all vCPUs' time, each minute in detail") {
    MetricsScene scene;
    const auto id = scene.launch_measured(true, "web"); // two vCPUs
    scene.run(57);
    scene.hosts.scripts[id].cpu_time = std::chrono::seconds(30);
    scene.run(60);
    REQUIRE(scene.cpu().size() == 2);
    CHECK(scene.cpu()[0] == 0);
    CHECK(scene.cpu()[1] == doctest::Approx(25));
    CHECK(scene.metrics.values["CPUUtilization AutoScalingGroupName"] == scene.cpu());
}

TEST_CASE("metrics: basic monitoring publishes work every five minutes, status checks every minute"
) {
    MetricsScene scene;
    const auto id = scene.launch_measured(false);
    scene.hosts.scripts[id].received = 1000;
    scene.hosts.scripts[id].sent = 2000;
    scene.run(600 - 3);
    CHECK(scene.cpu().size() == 2);
    CHECK(scene.metrics.values["NetworkIn InstanceId"] == std::vector<double>{1000, 0});
    CHECK(scene.metrics.values["NetworkOut InstanceId"] == std::vector<double>{2000, 0});
    CHECK(scene.metrics.values["StatusCheckFailed InstanceId"].size() == 10);
}

TEST_CASE("metrics: a host that does not run what it should fails its status check") {
    MetricsScene scene;
    const auto id = scene.launch_measured(true);
    scene.hosts.scripts[id].is_running = false;
    scene.run(60);
    CHECK(scene.metrics.values["StatusCheckFailed InstanceId"].back() == 1);
    CHECK(scene.metrics.values["StatusCheckFailed_Instance InstanceId"].back() == 1);
    CHECK(scene.metrics.values["StatusCheckFailed_System InstanceId"].back() == 0);
}

TEST_CASE("metrics: a reboot that resets the counters never publishes less than nothing") {
    MetricsScene scene;
    const auto id = scene.launch_measured(true);
    scene.hosts.scripts[id].cpu_time = std::chrono::seconds(40);
    scene.run(60);
    scene.lifecycle.reboot(id);
    scene.hosts.scripts[id].cpu_time = std::chrono::seconds(1);
    scene.run(60);
    CHECK(scene.cpu().back() == 0);
}

TEST_CASE("metrics: what does not run publishes nothing") {
    MetricsScene scene;
    const auto id = scene.launch_measured(true);
    scene.lifecycle.stop(id);
    scene.run(300);
    CHECK(scene.metrics.values.empty());
}
