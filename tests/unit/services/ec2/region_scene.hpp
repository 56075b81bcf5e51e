// EC2's rooms put together in virtual time, with hosts that only count, and short words for what
// tests do with instances.
#pragma once

#include "emulator/aws/error.hpp"
#include "services/ec2/background/lifecycle.hpp"
#include "services/ec2/control/images.hpp"
#include "services/ec2/control/instances.hpp"
#include "services/ec2/control/launch_templates.hpp"
#include "services/ec2/control/tags.hpp"
#include "services/ec2/control/topology.hpp"
#include "tests/support/test_environment.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace diorama::ec2 {

// What a test says of the host of an instance.
struct HostScript {
    Duration cpu_time{};
    double received = 0;
    double sent = 0;
    bool is_running = true;
    int starts = 0;
    bool is_up = false;
    InstanceIdentity identity;
};

class FakeHost final : public InstanceHost {
public:
    explicit FakeHost(HostScript& script)
        : script_(script) {
        script_.is_up = true;
        ++script_.starts;
    }

    ~FakeHost() override { script_.is_up = false; }

    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    Duration cpu_time(Timestamp) const override { return script_.cpu_time; }

    double bytes_received() const override { return script_.received; }

    double bytes_sent() const override { return script_.sent; }

    bool is_running() const override { return script_.is_running; }

    std::string console_output() const override { return "booted\n"; }

private:
    HostScript& script_;
};

struct FakeHosts final : InstanceHosts {
    std::unique_ptr<InstanceHost> start(const InstanceIdentity& identity) override {
        auto& script = scripts[identity.id];
        script.identity = identity;
        return std::make_unique<FakeHost>(script);
    }

    std::map<std::string, HostScript> scripts; // by instance
};

struct RegionScene {
    TestEnvironment test;
    network::Names names;
    FakeHosts hosts;
    State state{test.journal};
    Lifecycle lifecycle{test.environment, state, names, hosts};
    TopologyControl topologies{state, Random(3)};
    LaunchTemplateControl launch_templates{state};
    InstanceControl instances{test.environment, state, topologies, launch_templates, lifecycle};
    TagControl tags{state};
    Random random{7};
    std::vector<std::string> changes; // "running", …

    RegionScene() {
        lifecycle.watch([this](const Instance& instance) {
            changes.emplace_back(name_of(instance.state));
        });
    }

    aws::Call call(const std::string& region = "us-east-1") {
        return {.region = region, .now = test.time.now(), .random = random};
    }

    void run(std::int64_t seconds) { test.time.run_for(std::chrono::seconds(seconds)); }

    static api::RunInstancesRequest order(std::int32_t count = 1) {
        api::RunInstancesRequest input;
        input.image_id = "ami-0d10a3a1d10a3a101";
        input.instance_type = "t3.micro";
        input.min_count = count;
        input.max_count = count;
        return input;
    }

    // One instance that runs; its id.
    std::string launch(const api::RunInstancesRequest& input = order()) {
        const auto id = instances.run(call(), input).instances.at(0).instance_id.value();
        run(3);
        return id;
    }

    api::Instance described(const std::string& id) {
        api::DescribeInstancesRequest input;
        input.instance_ids = {id};
        return instances.describe(call(), input).reservations.at(0).instances.at(0);
    }

    std::string state_of(const std::string& id) {
        return std::string(name_of(state.instances.find(id)->state));
    }

    std::string create_template(
        const std::string& name = "web",
        const std::function<void(api::RequestLaunchTemplateData&)>& change = [](auto&) {}
    ) {
        api::CreateLaunchTemplateRequest input;
        input.launch_template_name = name;
        input.launch_template_data.image_id = "ami-0d10a3a1d10a3a101";
        change(input.launch_template_data);
        return launch_templates.create(call(), input).launch_template->launch_template_id.value();
    }
};

inline api::Filter filter(const std::string& name, const std::vector<std::string>& values) {
    api::Filter made;
    made.name = name;
    made.values = values;
    return made;
}

// Runs a call that has to fail; the error as "Code: message".
template <class Function>
std::string error_of(Function function) {
    try {
        function();
    } catch (const aws::AWSError& error) {
        return error.code() + ": " + error.message();
    }
    return "no error";
}

} // namespace diorama::ec2
