#include "tests/unit/services/route53/control/control_fixture.hpp"

using namespace diorama;
using namespace diorama::route53;

namespace {

struct Fixture : ControlFixture {
    static api::CreateHealthCheckRequest
    request(api::HealthCheckType type, std::string reference = "1") {
        api::CreateHealthCheckRequest input;
        input.caller_reference = std::move(reference);
        input.health_check_config.type = type;
        if (type != api::HealthCheckType::CALCULATED &&
            type != api::HealthCheckType::CLOUDWATCH_METRIC)
            input.health_check_config.ip_address = "127.30.0.1";
        return input;
    }

    api::HealthCheck create(const api::CreateHealthCheckRequest& input) {
        return operations().create_health_check(call(), input).health_check;
    }

    template <class Function>
    static std::string complaint_of(Function function) {
        try {
            function();
        } catch (const aws::AWSError& error) {
            return error.code() + ": " + error.message();
        }
        return {};
    }

    std::string complaint_about(const api::CreateHealthCheckRequest& input) {
        return complaint_of([&] { create(input); });
    }
};

using Type = api::HealthCheckType;

} // namespace

TEST_CASE_FIXTURE(Fixture, "health_checks: a new one has the settings that AWS fills in") {
    const auto input = request(Type::HTTP);
    const auto response = operations().create_health_check(call(), input);
    const auto& made = response.health_check;
    CHECK(response.location.ends_with("/2013-04-01/healthcheck/" + made.id));
    CHECK(made.id.size() == 36);
    CHECK(made.health_check_version == 1);
    const auto& config = made.health_check_config;
    CHECK(config.port == 80);
    CHECK(config.request_interval == 30);
    CHECK(config.failure_threshold == 3);
    CHECK(config.inverted == false);
    CHECK(config.disabled == false);
    CHECK(config.measure_latency == false);
    CHECK(config.enable_sni == false);
    CHECK(operations().get_health_check(call(), {.health_check_id = made.id}).health_check == made);
    CHECK(create(request(Type::HTTPS, "2")).health_check_config.port == 443);
    CHECK(operations().get_health_check_count(call(), {}).health_check_count == 2);
}

TEST_CASE_FIXTURE(Fixture, "health_checks: a caller reference makes creation safe to repeat") {
    const auto first = create(request(Type::HTTP));
    CHECK(create(request(Type::HTTP)).id == first.id);
    auto other = request(Type::HTTP);
    other.health_check_config.port = 81;
    CHECK(complaint_about(other).starts_with("HealthCheckAlreadyExists: "));
    account = "111111111111";
    CHECK(create(request(Type::HTTP)).id != first.id);
}

TEST_CASE_FIXTURE(Fixture, "health_checks: settings that do not go together are refused") {
    const auto refused = [&](Type type, auto&& change, std::string_view sentence) {
        auto input = request(type);
        change(input.health_check_config);
        CHECK(complaint_about(input) == "InvalidInput: " + std::string(sentence));
    };
    using Config = api::HealthCheckConfig;
    refused(
        Type::HTTP,
        [](Config& config) { config.alarm_identifier.emplace(); },
        "Invalid parameter : Basic health checks must not have an metric region specified."
    );
    refused(
        Type::TCP,
        [](Config& config) {
            config.port = 80;
            config.fully_qualified_domain_name = "www.example.com";
        },
        "TCP health checks that have IP address must not have a fully qualified domain name "
        "specified."
    );
    refused(
        Type::TCP,
        [](Config&) {},
        "Invalid parameter : Port must be specified for TCP health checks."
    );
    refused(
        Type::HTTP,
        [](Config& config) { config.ip_address.reset(); },
        "Invalid parameter : Either IPAddress or FullyQualifiedDomainName must be specified."
    );
    refused(
        Type::HTTP_STR_MATCH,
        [](Config&) {},
        "Invalid parameter : SearchString must be specified for string matching health checks."
    );
    refused(
        Type::HTTP,
        [](Config& config) { config.request_interval = 20; },
        "Invalid parameter : Request interval must be 10 or 30."
    );
    refused(
        Type::CALCULATED,
        [](Config& config) { config.child_health_checks = {"nothing"}; },
        "Invalid parameter : The child health check nothing does not exist."
    );
    refused(
        Type::CLOUDWATCH_METRIC,
        [](Config&) {},
        "Invalid parameter : AlarmIdentifier must be specified."
    );
    CHECK(complaint_about(request(Type::RECOVERY_CONTROL)).starts_with("NotImplemented: "));
}

TEST_CASE_FIXTURE(Fixture, "health_checks: an update changes what it names, and the version") {
    auto input = request(Type::HTTP);
    input.health_check_config.resource_path = "/health";
    const auto made = create(input);
    api::UpdateHealthCheckRequest update;
    update.health_check_id = made.id;
    update.health_check_version = 1;
    update.failure_threshold = 1;
    update.reset_elements = {api::ResettableElementName::ResourcePath};
    const auto edited = operations().update_health_check(call(), update).health_check;
    CHECK(edited.health_check_version == 2);
    CHECK(edited.health_check_config.failure_threshold == 1);
    CHECK_FALSE(edited.health_check_config.resource_path);
    CHECK(edited.health_check_config.ip_address == "127.30.0.1");
    CHECK(complaint_of([&] { operations().update_health_check(call(), update); }
    ).starts_with("HealthCheckVersionMismatch: "));
}

TEST_CASE_FIXTURE(Fixture, "health_checks: a circle of calculated ones is refused") {
    auto input = request(Type::CALCULATED);
    input.health_check_config.health_threshold = 1;
    const auto low = create(input);
    input.caller_reference = "2";
    input.health_check_config.child_health_checks = {low.id};
    const auto high = create(input);
    api::UpdateHealthCheckRequest update;
    update.health_check_id = low.id;
    update.child_health_checks = {high.id};
    CHECK(complaint_of([&] { operations().update_health_check(call(), update); }
    ).starts_with("InvalidInput: Invalid parameter : A health check must not be a child"));
    CHECK(complaint_of([&] {
              operations().get_health_check_status(call(), {.health_check_id = low.id});
          }).starts_with("InvalidInput: "));
}

TEST_CASE_FIXTURE(Fixture, "health_checks: they are listed in pages, tagged, and deleted") {
    for (const char* reference : {"1", "2", "3"})
        create(request(Type::HTTP, reference));
    api::ListHealthChecksRequest list;
    list.max_items = "2";
    const auto first = operations().list_health_checks(call(), list);
    CHECK(first.health_checks.size() == 2);
    CHECK(first.is_truncated);
    list.marker = first.next_marker;
    const auto second = operations().list_health_checks(call(), list);
    REQUIRE(second.health_checks.size() == 1);
    CHECK_FALSE(second.is_truncated);
    const auto id = second.health_checks[0].id;

    api::ChangeTagsForResourceRequest tags;
    tags.resource_type = api::TagResourceType::healthcheck;
    tags.resource_id = id;
    tags.add_tags = {{"Name", "web"}};
    operations().change_tags_for_resource(call(), tags);
    const auto tagged = operations().list_tags_for_resource(
        call(),
        {.resource_type = api::TagResourceType::healthcheck, .resource_id = id}
    );
    REQUIRE(tagged.resource_tag_set.tags.size() == 1);
    CHECK(tagged.resource_tag_set.tags[0].value == "web");

    operations().delete_health_check(call(), {.health_check_id = id});
    CHECK(complaint_of([&] {
              operations().get_health_check(call(), {.health_check_id = id});
          }) == "NoSuchHealthCheck: No health check exists with the specified ID: " + id);
    CHECK(complaint_of([&] { operations().change_tags_for_resource(call(), tags); }
    ).starts_with("NoSuchHealthCheck: "));
}

TEST_CASE_FIXTURE(Fixture, "health_checks: the ranges of the checkers are AWS's sixteen") {
    const auto ranges = operations().get_checker_ip_ranges(call(), {}).checker_ip_ranges;
    CHECK(ranges.size() == 16);
    for (const auto& range : ranges)
        CHECK(range.ends_with("/26"));
}
