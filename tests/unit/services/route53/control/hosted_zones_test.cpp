#include "tests/unit/services/route53/control/control_fixture.hpp"

#include <set>

using namespace diorama;
using namespace diorama::route53;

namespace {

using Fixture = ControlFixture;

std::string code_of(auto&& action) {
    try {
        action();
    } catch (const aws::AWSError& error) {
        return error.code() + ": " + error.message();
    }
    return {};
}

} // namespace

TEST_CASE_FIXTURE(
    Fixture,
    "hosted_zones: a new zone has four name servers, an NS and an SOA record set"
) {
    api::CreateHostedZoneRequest input;
    input.name = "Example.COM";
    input.caller_reference = "one";
    input.hosted_zone_config.emplace().comment = "first";
    const auto made = operations().create_hosted_zone(call(), input);
    CHECK(made.hosted_zone.id.starts_with("/hostedzone/Z"));
    CHECK(made.hosted_zone.name == "example.com.");
    CHECK(made.hosted_zone.config->comment == "first");
    CHECK(made.hosted_zone.config->private_zone == false);
    CHECK(made.hosted_zone.resource_record_set_count == 2);
    CHECK(made.change_info.status == api::ChangeStatus::PENDING);
    CHECK(made.change_info.id.starts_with("/change/C"));
    CHECK(made.location == "https://route53.amazonaws.com/2013-04-01" + made.hosted_zone.id);
    const auto& servers = made.delegation_set.name_servers;
    CHECK(servers.size() == 4);
    std::set<std::string> endings;
    for (const auto& server : servers) {
        CHECK(server.starts_with("ns-"));
        endings.insert(server.substr(server.find('.', server.find(".awsdns-") + 1)));
    }
    CHECK(endings == std::set<std::string>{".com", ".net", ".org", ".co.uk"});

    CHECK_FALSE(route53.is_authority_for("www.example.com"));
    test.time.run_for(std::chrono::seconds(1));
    CHECK(route53.is_authority_for("www.example.com"));
    CHECK_FALSE(route53.is_authority_for("example.org"));
    const auto got = operations().get_hosted_zone(call(), {.id = made.hosted_zone.id});
    CHECK(got.delegation_set->name_servers == servers);
    CHECK(got.hosted_zone == made.hosted_zone);
}

TEST_CASE_FIXTURE(Fixture, "hosted_zones: a caller reference makes one zone") {
    create_zone("example.com");
    references = 0;
    CHECK(
        code_of([&] { create_zone("example.org"); }) ==
        "HostedZoneAlreadyExists: A hosted zone has already been created with the specified caller "
        "reference."
    );
}

TEST_CASE_FIXTURE(Fixture, "hosted_zones: names that are none are refused") {
    CHECK(
        code_of([&] { create_zone("a..b"); }) ==
        "InvalidDomainName: FATAL problem: DomainLabelEmpty (Domain label is empty) encountered "
        "with "
        "'a..b'"
    );
    CHECK(operations().get_hosted_zone_count(call(), {}).hosted_zone_count == 0);
}

TEST_CASE_FIXTURE(
    Fixture,
    "hosted_zones: one account does not see another's, DNS answers for both"
) {
    const auto mine = create_zone("example.com");
    account = "111111111111";
    const auto bare = mine.substr(mine.rfind('/') + 1);
    CHECK(code_of([&] {
              operations().get_hosted_zone(call(), {.id = mine});
          }) == "NoSuchHostedZone: No hosted zone found with ID: " + bare);
    create_zone("example.org");
    CHECK(operations().list_hosted_zones(call(), {}).hosted_zones.size() == 1);
    CHECK(route53.is_authority_for("example.com"));
    CHECK(route53.is_authority_for("example.org"));
}

TEST_CASE_FIXTURE(
    Fixture,
    "hosted_zones: a zone with other record sets cannot be deleted; an empty one stops answering"
) {
    const auto zone = create_zone("example.com");
    const auto record =
        change(api::ChangeAction::CREATE, "www.example.com", api::RRType::A, {"192.0.2.1"});
    apply(zone, {record});
    CHECK(
        code_of([&] { operations().delete_hosted_zone(call(), {.id = zone}); }) ==
        "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets "
        "and so cannot be deleted."
    );
    auto removal = record;
    removal.action = api::ChangeAction::DELETE;
    apply(zone, {removal});
    const auto deleted = operations().delete_hosted_zone(call(), {.id = zone});
    CHECK(code_of([&] { operations().get_hosted_zone(call(), {.id = zone}); }
    ).starts_with("NoSuchHostedZone"));
    CHECK(status(deleted.change_info.id) == api::ChangeStatus::PENDING);
    CHECK(route53.is_authority_for("example.com"));
    test.time.run_for(std::chrono::seconds(1));
    CHECK(status(deleted.change_info.id) == api::ChangeStatus::INSYNC);
    CHECK_FALSE(route53.is_authority_for("example.com"));
}

TEST_CASE_FIXTURE(Fixture, "hosted_zones: lists come in pages, by id or by reversed name") {
    for (const auto* name : {"b.example", "a.example", "x.a.example", "example"}) {
        create_zone(name);
    }
    api::ListHostedZonesRequest input;
    input.max_items = "3";
    const auto first = operations().list_hosted_zones(call(), input);
    CHECK(first.hosted_zones.size() == 3);
    CHECK(first.is_truncated);
    input.marker = first.next_marker;
    const auto second = operations().list_hosted_zones(call(), input);
    CHECK(second.hosted_zones.size() == 1);
    CHECK_FALSE(second.is_truncated);

    api::ListHostedZonesByNameRequest by_name;
    by_name.max_items = "2";
    std::vector<std::string> names_listed;
    for (;;) {
        const auto page = operations().list_hosted_zones_by_name(call(), by_name);
        for (const auto& zone : page.hosted_zones) {
            names_listed.push_back(zone.name);
        }
        if (!page.is_truncated) break;
        by_name.dns_name = page.next_dns_name;
        by_name.hosted_zone_id = page.next_hosted_zone_id;
    }
    CHECK(
        names_listed ==
        std::vector<std::string>{"example.", "a.example.", "x.a.example.", "b.example."}
    );
    input.max_items = "none";
    CHECK(code_of([&] { operations().list_hosted_zones(call(), input); }
    ).starts_with("InvalidInput"));
}

TEST_CASE_FIXTURE(Fixture, "hosted_zones: the comment can be changed and taken away") {
    const auto zone = create_zone("example.com");
    operations().update_hosted_zone_comment(call(), {.id = zone, .comment = "new"});
    CHECK(operations().get_hosted_zone(call(), {.id = zone}).hosted_zone.config->comment == "new");
    operations().update_hosted_zone_comment(call(), {.id = zone, .comment = std::nullopt});
    CHECK_FALSE(operations().get_hosted_zone(call(), {.id = zone}).hosted_zone.config->comment);
}

TEST_CASE_FIXTURE(Fixture, "tags: are set, replaced, removed and listed") {
    const auto zone = create_zone("example.com");
    const auto id = zone.substr(zone.rfind('/') + 1);
    api::ChangeTagsForResourceRequest input;
    input.resource_type = api::TagResourceType::hostedzone;
    input.resource_id = id;
    input.add_tags = {{"stage", "test"}, {"owner", "me"}};
    operations().change_tags_for_resource(call(), input);
    input.add_tags = {{"stage", "production"}};
    input.remove_tag_keys = {"owner"};
    operations().change_tags_for_resource(call(), input);
    const auto listed_tags =
        operations().list_tags_for_resource(call(), {api::TagResourceType::hostedzone, id});
    CHECK(listed_tags.resource_tag_set.tags == std::vector<api::Tag>{{"stage", "production"}});
    CHECK(listed_tags.resource_tag_set.resource_id == id);
    CHECK(code_of([&] {
              operations().list_tags_for_resource(call(), {api::TagResourceType::healthcheck, "x"});
          }).starts_with("NoSuchHealthCheck"));
    CHECK(code_of([&] {
              operations().get_change(call(), {.id = "C1"});
          }) == "NoSuchChange: Could not find resource with ID: C1");
}
