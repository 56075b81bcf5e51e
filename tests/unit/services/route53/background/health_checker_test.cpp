// Health checks over time: when what is probed, and when a failure is known.
#include "services/route53/background/health_checker.hpp"
#include "services/route53/limits.hpp"
#include "tests/support/test_environment.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace diorama;
using namespace diorama::route53;
using namespace std::chrono_literals;

namespace {

// Answers each probe after a moment, as the test has said.
struct ScriptedProber final : HealthProber {
    explicit ScriptedProber(VirtualTime& given)
        : time(given) {}

    void probe(const HealthProbe& probe, std::function<void(ProbeResult)> done) override {
        probes.push_back(probe);
        ProbeResult result = answer;
        if (is_failing_from && is_failing_from(probe.region))
            result.ending = ProbeResult::Ending::refused;
        time.after(10ms, [done = std::move(done), result] { done(result); });
    }

    VirtualTime& time;
    ProbeResult answer = [] {
        ProbeResult good;
        good.status = 200;
        good.connection_time = 3ms;
        good.time_to_first_byte = 7ms;
        return good;
    }();
    std::function<bool(const std::string& region)> is_failing_from;
    std::vector<HealthProbe> probes;
};

struct ScriptedAlarms final : Alarms {
    std::optional<AlarmState>
    state_of(const std::string&, const std::string&, const std::string&) override {
        return state;
    }

    std::optional<AlarmState> state;
};

struct RecordingMetrics final : Metrics {
    SeriesId series(const MetricId& id) override {
        ids.push_back(id);
        return static_cast<SeriesId>(ids.size() - 1);
    }

    void add(SeriesId series, double value, double) override {
        const auto& id = ids[series];
        auto text = id.name;
        for (const auto& [name, what] : id.dimensions)
            if (name == "Region") text += " " + what;
        last[text] = value;
    }

    std::vector<MetricId> ids;
    std::map<std::string, double> last;
};

struct Scene {
    VirtualTime time;
    RecordingMetrics metrics;
    ForgetfulJournal journal;
    SilentLog log;
    Environment environment{time, time, Random(1), metrics, journal, log};
    State state{journal};
    HealthSignals signals;
    ScriptedProber prober{time};
    ScriptedAlarms alarms;
    HealthChecker checker{environment, {state, signals, &prober, &alarms}};

    HealthCheck make(std::string id, HealthCheckConfig config) {
        HealthCheck check{"000000000000", std::move(id), "r", 1, std::move(config)};
        state.health_checks.put(account_key(check.account, check.id), check);
        checker.update(check);
        return check;
    }

    HealthCheck endpoint(std::string id = "e") {
        HealthCheckConfig config;
        config.ip_address = "127.30.0.1";
        return make(std::move(id), config);
    }

    bool is_healthy(std::string_view id) { return signals.of(id)->is_healthy(); }

    void fail() {
        prober.is_failing_from = [](const auto&) { return true; };
    }

    void heal() { prober.is_failing_from = nullptr; }
};

} // namespace

TEST_CASE("health_checker: sixteen checkers of eight regions spread their probes over the interval"
) {
    Scene scene;
    scene.endpoint();
    scene.time.run_for(29s);
    CHECK(scene.prober.probes.size() == 16);
    scene.time.run_for(30s);
    CHECK(scene.prober.probes.size() == 32);
    CHECK(scene.checker.statuses("e").size() == 16);
    CHECK(scene.checker.failures("e").empty());
    CHECK(scene.checker.statuses("e")[0].report == "Success: HTTP Status Code 200, OK");
}

TEST_CASE("health_checker: a failure is known within interval times threshold, and so is recovery"
) {
    Scene scene;
    HealthCheckConfig config;
    config.ip_address = "127.30.0.1";
    config.request_interval_s = 10;
    config.failure_threshold = 2;
    scene.make("e", config);
    scene.time.run_for(60s);
    CHECK(scene.is_healthy("e"));
    scene.fail();
    scene.time.run_for(10s);
    CHECK(scene.is_healthy("e")); // one failure each is not enough
    scene.time.run_for(10s + 10ms);
    CHECK_FALSE(scene.is_healthy("e"));
    CHECK(scene.checker.failures("e").size() == 16);
    scene.heal();
    scene.time.run_for(20s + 10ms);
    CHECK(scene.is_healthy("e"));
}

TEST_CASE("health_checker: what fails from most regions is healthy while 18% see it") {
    Scene scene;
    scene.endpoint();
    const auto fails_except = [&](std::vector<std::string> seeing) {
        scene.prober.is_failing_from = [seeing](const std::string& region) {
            return std::find(seeing.begin(), seeing.end(), region) == seeing.end();
        };
        scene.time.run_for(3min);
    };
    fails_except({"eu-west-1", "sa-east-1"}); // 4 of 16
    CHECK(scene.is_healthy("e"));
    scene.metrics.last.clear();
    scene.time.run_for(limits::health_metrics_interval);
    CHECK(scene.metrics.last["HealthCheckPercentageHealthy"] == 25);
    fails_except({"eu-west-1"}); // 2 of 16: 12.5%
    CHECK_FALSE(scene.is_healthy("e"));
}

TEST_CASE("health_checker: chosen regions are the ones that probe") {
    Scene scene;
    HealthCheckConfig config;
    config.domain_name = "www.example.com";
    config.port = 8080;
    config.resource_path = "health?full=1";
    config.regions = {"us-east-1", "us-west-1", "eu-west-1"};
    scene.make("e", config);
    scene.time.run_for(29s);
    REQUIRE(scene.prober.probes.size() == 6);
    const auto& probe = scene.prober.probes[0];
    CHECK(probe.target == "www.example.com");
    CHECK(probe.host == "www.example.com:8080");
    CHECK(probe.path == "/health?full=1");
    CHECK(
        probe.user_agent == "Amazon-Route53-Health-Check-Service (ref e; report "
                            "http://amzn.to/1vsZADi)"
    );
}

TEST_CASE("health_checker: a disabled check is not probed, and healthy again at once") {
    Scene scene;
    auto check = scene.endpoint();
    scene.fail();
    scene.time.run_for(3min);
    CHECK_FALSE(scene.is_healthy("e"));
    check.config.is_disabled = true;
    scene.checker.update(check);
    CHECK(scene.is_healthy("e"));
    const auto before = scene.prober.probes.size();
    scene.time.run_for(3min);
    CHECK(scene.prober.probes.size() == before);
    check.config.is_disabled = false;
    scene.checker.update(check);
    scene.time.run_for(3min);
    CHECK_FALSE(scene.is_healthy("e"));
}

TEST_CASE("health_checker: calculated checks follow their children, and those of their children") {
    Scene scene;
    scene.endpoint();
    HealthCheckConfig config;
    config.type = HealthCheckType::calculated;
    config.children = {"e"};
    config.health_threshold = 1;
    scene.make("calculated", config);
    config.children = {"calculated"};
    config.is_inverted = true;
    scene.make("above", config);
    CHECK(scene.is_healthy("calculated"));
    CHECK_FALSE(scene.is_healthy("above"));
    scene.fail();
    scene.time.run_for(2min);
    CHECK_FALSE(scene.is_healthy("calculated"));
    CHECK(scene.is_healthy("above"));
    scene.checker.forget("e"); // as if it had never been
    CHECK(scene.is_healthy("calculated"));
}

TEST_CASE("health_checker: a check of an alarm follows the alarm") {
    Scene scene;
    HealthCheckConfig config;
    config.type = HealthCheckType::cloudwatch_metric;
    config.alarm_name = "high";
    config.insufficient_data = InsufficientData::last_known_status;
    scene.alarms.state = AlarmState::ok;
    scene.make("alarm", config);
    scene.time.run_for(limits::alarm_polling_interval);
    CHECK(scene.is_healthy("alarm"));
    scene.alarms.state = AlarmState::alarm;
    scene.time.run_for(limits::alarm_polling_interval);
    CHECK_FALSE(scene.is_healthy("alarm"));
    scene.alarms.state = AlarmState::insufficient_data;
    scene.time.run_for(limits::alarm_polling_interval);
    CHECK_FALSE(scene.is_healthy("alarm")); // the last known status
    scene.alarms.state.reset();             // the alarm is gone
    scene.time.run_for(limits::alarm_polling_interval);
    CHECK_FALSE(scene.is_healthy("alarm"));
}

TEST_CASE("health_checker: metrics tell status, share of checkers, children and latency") {
    Scene scene;
    HealthCheckConfig config;
    config.ip_address = "127.30.0.1";
    config.measures_latency = true;
    scene.make("e", config);
    scene.time.run_for(1min);
    CHECK(scene.metrics.last["HealthCheckStatus"] == 1);
    CHECK(scene.metrics.last["HealthCheckPercentageHealthy"] == 100);
    CHECK(scene.metrics.last["ConnectionTime"] == 3);
    CHECK(scene.metrics.last["TimeToFirstByte eu-west-1"] == 7);
    CHECK_FALSE(scene.metrics.last.contains("SSLHandshakeTime"));
    scene.fail();
    scene.time.run_for(3min);
    CHECK(scene.metrics.last["HealthCheckStatus"] == 0);
    CHECK(scene.metrics.last["HealthCheckPercentageHealthy"] == 0);
    for (const auto& id : scene.metrics.ids)
        CHECK(id.region == "us-east-1");
}

TEST_CASE("health_checker: what an earlier process left is taken up") {
    Scene scene;
    scene.endpoint();
    HealthSignals signals;
    const HealthChecker again(scene.environment, {scene.state, signals, &scene.prober, nullptr});
    const auto before = scene.prober.probes.size();
    scene.time.run_for(29s);
    CHECK(scene.prober.probes.size() == before + 32);
    CHECK(again.statuses("e").size() == 16);
}
