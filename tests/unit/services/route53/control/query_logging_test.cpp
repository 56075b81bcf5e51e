// The API of query logging:
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateQueryLoggingConfig.html
#include "tests/support/scratch_folder.hpp"
#include "tests/support/scripted_connection.hpp"
#include "tests/unit/services/route53/control/control_fixture.hpp"

using namespace diorama;
using namespace diorama::route53;

namespace {

struct Logging : ControlFixture {
    test::ScratchFolder scratch;
    test::FakeEdgeThread thread{test.time};
    test::ScriptedNetwork network{thread};
    Route53 logged{test.environment, ports(), &network};

    Ports ports() {
        Ports ports{published_names, published_names};
        ports.query_logs = scratch.path().string();
        return ports;
    }

    api::Route53Api& api() { return static_cast<api::Route53Api&>(logged.api()); }

    std::string zone(const std::string& name, bool is_private = false) {
        api::CreateHostedZoneRequest input;
        input.name = name;
        input.caller_reference = name;
        if (is_private) input.vpc = api::VPC{api::VPCRegion::us_east_1, "vpc-1"};
        return api().create_hosted_zone(call(), input).hosted_zone.id;
    }

    static std::string group(
        const std::string& name,
        const std::string& region = "us-east-1",
        const std::string& owner = "000000000000"
    ) {
        return "arn:aws:logs:" + region + ":" + owner + ":log-group:" + name;
    }

    std::string create(const std::string& zone_id, const std::string& arn) {
        return api().create_query_logging_config(call(), {zone_id, arn}).query_logging_config.id;
    }

    std::string code_of(const std::string& zone_id, const std::string& arn) {
        try {
            create(zone_id, arn);
        } catch (const aws::AWSError& error) {
            return error.code();
        }
        return {};
    }

    std::size_t count() {
        return api().list_query_logging_configs(call(), {}).query_logging_configs.size();
    }
};

} // namespace

TEST_CASE_FIXTURE(Logging, "query_logging: a configuration is made, read, listed and deleted") {
    const auto one = zone("example.com");
    const auto two = zone("example.net");
    const auto made = api().create_query_logging_config(call(), {one, group("/aws/route53/a")});
    const auto id = made.query_logging_config.id;
    CHECK(made.query_logging_config.hosted_zone_id == one.substr(one.rfind('/') + 1));
    CHECK(made.location == "https://route53.amazonaws.com/2013-04-01/queryloggingconfig/" + id);
    create(two, group("/aws/route53/b:*"));
    const auto read = api().get_query_logging_config(call(), {id}).query_logging_config;
    CHECK(read.cloud_watch_logs_log_group_arn == group("/aws/route53/a"));

    api::ListQueryLoggingConfigsRequest page;
    page.max_results = "1";
    const auto first = api().list_query_logging_configs(call(), page);
    REQUIRE(first.next_token.has_value());
    page.next_token = first.next_token;
    const auto second = api().list_query_logging_configs(call(), page);
    CHECK_FALSE(second.next_token.has_value());
    CHECK(first.query_logging_configs[0].id != second.query_logging_configs[0].id);
    api::ListQueryLoggingConfigsRequest of_zone;
    of_zone.hosted_zone_id = one;
    const auto ones = api().list_query_logging_configs(call(), of_zone).query_logging_configs;
    REQUIRE(ones.size() == 1);
    CHECK(ones[0].id == id);

    api().delete_query_logging_config(call(), {id});
    CHECK_THROWS_AS(api().get_query_logging_config(call(), {id}), api::NoSuchQueryLoggingConfig);
    CHECK_THROWS_AS(api().delete_query_logging_config(call(), {id}), api::NoSuchQueryLoggingConfig);
    CHECK(create(one, group("again")) != id);
}

TEST_CASE_FIXTURE(Logging, "query_logging: what AWS refuses is refused") {
    const auto one = zone("example.com");
    create(one, group("a"));
    CHECK(code_of(one, group("b")) == "QueryLoggingConfigAlreadyExists");
    CHECK(code_of("Z0", group("a")) == "NoSuchHostedZone");
    const auto two = zone("example.net");
    CHECK(code_of(two, "not an ARN") == "InvalidInput");
    CHECK(code_of(two, "arn:aws:s3:::bucket") == "InvalidInput");
    CHECK(code_of(two, group("")) == "InvalidInput");
    CHECK(code_of(two, group("a b")) == "InvalidInput");
    CHECK(code_of(two, group(std::string(513, 'a'))) == "InvalidInput");
    CHECK(code_of(two, group("a", "eu-west-1")) == "NoSuchCloudWatchLogsLogGroup");
    CHECK(code_of(two, group("a", "us-east-1", "111111111111")) == "NoSuchCloudWatchLogsLogGroup");
    CHECK(code_of(zone("example.org", true), group("a")) == "InvalidInput");
    CHECK(count() == 1);
}

TEST_CASE_FIXTURE(Logging, "query_logging: it ends with its hosted zone") {
    const auto one = zone("example.com");
    create(one, group("a"));
    CHECK(count() == 1);
    api().delete_hosted_zone(call(), {one});
    CHECK(count() == 0);
}

TEST_CASE_FIXTURE(
    ControlFixture,
    "query_logging: without a folder to write to nothing is promised"
) {
    const auto zone = create_zone("example.com");
    try {
        operations().create_query_logging_config(
            call(),
            {zone, "arn:aws:logs:us-east-1:000000000000:log-group:a"}
        );
        FAIL("accepted");
    } catch (const aws::AWSError& error) {
        CHECK(error.code() == "NotImplemented");
        CHECK(error.message().find("--dns-query-log") != std::string::npos);
    }
    CHECK(operations().list_query_logging_configs(call(), {}).query_logging_configs.empty());
}
