// Private zones, which only their VPCs see, and reusable delegation sets.
#include "tests/unit/services/route53/control/control_fixture.hpp"

using namespace diorama;
using namespace diorama::route53;
using enum api::ChangeAction;
using enum api::RRType;

namespace {

struct Fixture : ControlFixture {
    static api::VPC vpc(std::string id) {
        api::VPC given;
        given.vpc_id = std::move(id);
        given.vpc_region = api::VPCRegion::eu_west_1;
        return given;
    }

    std::string create_private(std::string name, std::string id) {
        api::CreateHostedZoneRequest input;
        input.name = std::move(name);
        input.caller_reference = "private " + std::to_string(++references);
        input.vpc = vpc(std::move(id));
        const auto made = operations().create_hosted_zone(call(), input);
        CHECK(made.hosted_zone.config->private_zone == true);
        CHECK(made.vpc == input.vpc);
        return made.hosted_zone.id;
    }

    void associate(const std::string& zone, std::string id) {
        api::AssociateVPCWithHostedZoneRequest input;
        input.hosted_zone_id = zone;
        input.vpc = vpc(std::move(id));
        operations().associate_vpc_with_hosted_zone(call(), input);
        test.time.run_for(std::chrono::seconds(1));
    }

    void disassociate(const std::string& zone, std::string id) {
        api::DisassociateVPCFromHostedZoneRequest input;
        input.hosted_zone_id = zone;
        input.vpc = vpc(std::move(id));
        operations().disassociate_vpc_from_hosted_zone(call(), input);
        test.time.run_for(std::chrono::seconds(1));
    }

    std::string seen_from(std::string vpc_id, std::string_view name = "www.example.com") {
        const auto found = route53.look_up(name, {network::IPAddress(), {}, std::move(vpc_id)});
        return found.addresses.empty() ? "" : found.addresses[0].to_string();
    }

    template <class Function>
    static std::string code_of(Function function) {
        try {
            function();
        } catch (const aws::AWSError& error) {
            return error.code();
        }
        return {};
    }
};

} // namespace

TEST_CASE_FIXTURE(Fixture, "private zones: a VPC sees its zone, the world does not") {
    const auto open = create_zone("example.com");
    apply(
        open,
        {change(CREATE, "www.example.com", A, {"192.0.2.1"}),
         change(CREATE, "only.example.com", A, {"192.0.2.9"})}
    );
    const auto hidden = create_private("example.com", "vpc-1");
    apply(hidden, {change(CREATE, "www.example.com", A, {"10.0.0.1"})});
    test.time.run_for(std::chrono::seconds(1));
    CHECK(seen_from("") == "192.0.2.1");
    CHECK(seen_from("vpc-2") == "192.0.2.1");
    CHECK(seen_from("vpc-1") == "10.0.0.1");
    // AWS: a name that the private zone lacks does not exist, whatever the public one has.
    CHECK(seen_from("vpc-1", "only.example.com").empty());
    associate(hidden, "vpc-2");
    CHECK(seen_from("vpc-2") == "10.0.0.1");
    disassociate(hidden, "vpc-1");
    CHECK(seen_from("vpc-1") == "192.0.2.1");
    CHECK(code_of([&] { disassociate(hidden, "vpc-1"); }) == "VPCAssociationNotFound");
    CHECK(code_of([&] { disassociate(hidden, "vpc-2"); }) == "LastVPCAssociation");
}

TEST_CASE_FIXTURE(Fixture, "private zones: what the API says of them") {
    const auto zone = create_private("example.com", "vpc-1");
    associate(zone, "vpc-2");
    const auto got = operations().get_hosted_zone(call(), {.id = zone});
    CHECK_FALSE(got.delegation_set);
    CHECK(got._vpcs == std::vector<api::VPC>{vpc("vpc-1"), vpc("vpc-2")});
    api::ListHostedZonesByVPCRequest by_vpc;
    by_vpc.vpc_id = "vpc-2";
    by_vpc.vpc_region = api::VPCRegion::eu_west_1;
    const auto listed_zones = operations().list_hosted_zones_by_vpc(call(), by_vpc);
    REQUIRE(listed_zones.hosted_zone_summaries.size() == 1);
    CHECK(listed_zones.hosted_zone_summaries[0].name == "example.com.");
    CHECK(listed_zones.hosted_zone_summaries[0].owner.owning_account == account);
    create_zone("example.org");
    api::ListHostedZonesRequest only;
    only.hosted_zone_type = api::HostedZoneType::PrivateHostedZone;
    CHECK(operations().list_hosted_zones(call(), only).hosted_zones.size() == 1);
    CHECK(code_of([&] { create_private("example.com", "vpc-1"); }) == "ConflictingDomainExists");
    CHECK(code_of([&] {
              operations().get_dnssec(call(), {.hosted_zone_id = zone});
          }) == "InvalidArgument");
    api::GetHostedZoneLimitRequest limit;
    limit.hosted_zone_id = zone;
    limit.type = api::HostedZoneLimitType::MAX_VPCS_ASSOCIATED_BY_ZONE;
    CHECK(operations().get_hosted_zone_limit(call(), limit).count == 2);
}

TEST_CASE_FIXTURE(Fixture, "private zones: a public zone has no VPCs") {
    const auto zone = create_zone("example.com");
    CHECK(code_of([&] { associate(zone, "vpc-1"); }) == "PublicZoneVPCAssociation");
    const auto signing = operations().get_dnssec(call(), {.hosted_zone_id = zone});
    CHECK(signing.status.serve_signature == "NOT_SIGNING");
    CHECK(signing.key_signing_keys.empty());
}

TEST_CASE_FIXTURE(Fixture, "private zones: another account's VPC needs to be authorized") {
    const auto zone = create_private("example.com", "vpc-1");
    const auto owner = account;
    account = "111111111111";
    CHECK(code_of([&] { associate(zone, "vpc-9"); }) == "NotAuthorizedException");
    account = owner;
    api::CreateVPCAssociationAuthorizationRequest authorization;
    authorization.hosted_zone_id = zone;
    authorization.vpc = vpc("vpc-9");
    operations().create_vpc_association_authorization(call(), authorization);
    api::ListVPCAssociationAuthorizationsRequest list;
    list.hosted_zone_id = zone;
    CHECK(operations().list_vpc_association_authorizations(call(), list)._vpcs.size() == 1);
    account = "111111111111";
    associate(zone, "vpc-9");
    account = owner;
    api::DeleteVPCAssociationAuthorizationRequest withdrawal;
    withdrawal.hosted_zone_id = zone;
    withdrawal.vpc = vpc("vpc-9");
    operations().delete_vpc_association_authorization(call(), withdrawal);
    CHECK(code_of([&] {
              operations().delete_vpc_association_authorization(call(), withdrawal);
          }) == "VPCAssociationAuthorizationNotFound");
    // An association outlives its authorization.
    CHECK(operations().get_hosted_zone(call(), {.id = zone})._vpcs.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "delegation sets: several zones share four name servers") {
    api::CreateReusableDelegationSetRequest input;
    input.caller_reference = "set";
    const auto made = operations().create_reusable_delegation_set(call(), input).delegation_set;
    REQUIRE(made.id);
    CHECK(made.name_servers.size() == 4);
    CHECK(code_of([&] {
              operations().create_reusable_delegation_set(call(), input);
          }) == "DelegationSetAlreadyCreated");
    const auto create_with = [&](std::string name) {
        api::CreateHostedZoneRequest zone;
        zone.name = std::move(name);
        zone.caller_reference = "shared " + std::to_string(++references);
        zone.delegation_set_id = made.id;
        return operations().create_hosted_zone(call(), zone);
    };
    CHECK(create_with("example.com").delegation_set.name_servers == made.name_servers);
    const auto second = create_with("example.org").hosted_zone.id;
    CHECK(code_of([&] { create_with("www.example.com"); }) == "ConflictingDomainExists");
    CHECK(operations().get_hosted_zone(call(), {.id = second}).delegation_set == made);
    api::ListHostedZonesRequest with_set;
    with_set.delegation_set_id = made.id;
    CHECK(operations().list_hosted_zones(call(), with_set).hosted_zones.size() == 2);
    CHECK(code_of([&] {
              operations().delete_reusable_delegation_set(call(), {.id = *made.id});
          }) == "DelegationSetInUse");
    CHECK(operations().list_reusable_delegation_sets(call(), {}).delegation_sets.size() == 1);
    api::GetAccountLimitRequest limit;
    limit.type = api::AccountLimitType::MAX_REUSABLE_DELEGATION_SETS_BY_OWNER;
    CHECK(operations().get_account_limit(call(), limit).count == 1);
}

TEST_CASE_FIXTURE(Fixture, "delegation sets: that of a zone can be made reusable, once") {
    const auto zone = create_zone("example.com");
    const auto before = operations().get_hosted_zone(call(), {.id = zone}).delegation_set;
    api::CreateReusableDelegationSetRequest input;
    input.caller_reference = "set";
    input.hosted_zone_id = zone;
    const auto made = operations().create_reusable_delegation_set(call(), input).delegation_set;
    CHECK(made.name_servers == before->name_servers);
    CHECK(operations().get_hosted_zone(call(), {.id = zone}).delegation_set->id == made.id);
    input.caller_reference = "again";
    CHECK(code_of([&] {
              operations().create_reusable_delegation_set(call(), input);
          }) == "DelegationSetAlreadyReusable");
}
