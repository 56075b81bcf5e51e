#include "tests/unit/services/route53/control/control_fixture.hpp"

using namespace diorama;
using namespace diorama::route53;

namespace {

struct Fixture : ControlFixture {
    api::CidrCollection create(std::string name, std::string reference) {
        api::CreateCidrCollectionRequest input;
        input.name = std::move(name);
        input.caller_reference = std::move(reference);
        return *operations().create_cidr_collection(call(), input).collection;
    }

    std::string change(
        const std::string& id,
        api::CidrCollectionChangeAction action,
        std::string location,
        std::vector<std::string> blocks,
        std::optional<std::int64_t> version = {}
    ) {
        api::ChangeCidrCollectionRequest input;
        input.id = id;
        input.collection_version = version;
        input.changes.push_back({std::move(location), action, std::move(blocks)});
        try {
            operations().change_cidr_collection(call(), input);
        } catch (const aws::AWSError& error) {
            return error.code();
        }
        return {};
    }
};

using enum api::CidrCollectionChangeAction;

} // namespace

TEST_CASE_FIXTURE(Fixture, "cidr_collections: made, filled, listed, emptied and deleted") {
    const auto made = create("offices", "1");
    const auto& id = *made.id;
    CHECK(made.version == 1);
    CHECK(create("offices", "1").id == id); // safe to repeat
    CHECK(change(id, PUT, "berlin", {"192.0.2.0/24", "2001:db8::/48"}).empty());
    CHECK(change(id, PUT, "paris", {"198.51.100.0/24"}, 2).empty());
    CHECK(
        change(id, PUT, "paris", {"203.0.113.0/24"}, 2) == "CidrCollectionVersionMismatchException"
    );
    CHECK(change(id, PUT, "paris", {"192.0.2.0/24"}) == "CidrBlockInUseException");

    api::ListCidrLocationsRequest locations;
    locations.collection_id = id;
    CHECK(operations().list_cidr_locations(call(), locations).cidr_locations.size() == 2);
    api::ListCidrBlocksRequest blocks;
    blocks.collection_id = id;
    blocks.max_results = "2";
    const auto first = operations().list_cidr_blocks(call(), blocks);
    CHECK(first.cidr_blocks.size() == 2);
    REQUIRE(first.next_token);
    blocks.next_token = first.next_token;
    CHECK(operations().list_cidr_blocks(call(), blocks).cidr_blocks.size() == 1);
    blocks.next_token.reset();
    blocks.location_name = "berlin";
    CHECK(operations().list_cidr_blocks(call(), blocks).cidr_blocks.size() == 2);

    CHECK_THROWS_AS(
        operations().delete_cidr_collection(call(), {.id = id}),
        api::CidrCollectionInUseException
    );
    CHECK(change(id, DELETE_IF_EXISTS, "berlin", {"192.0.2.0/24", "2001:db8::/48"}).empty());
    CHECK(change(id, DELETE_IF_EXISTS, "paris", {"198.51.100.0/24", "203.0.113.0/24"}).empty());
    operations().delete_cidr_collection(call(), {.id = id});
    CHECK(operations().list_cidr_collections(call(), {}).cidr_collections.empty());
    CHECK(change(id, PUT, "paris", {"198.51.100.0/24"}) == "NoSuchCidrCollectionException");
}

TEST_CASE_FIXTURE(Fixture, "cidr_collections: blocks are /1 to /24, or /48, without further bits") {
    const auto id = *create("offices", "1").id;
    for (const char* wrong : {"192.0.2.0/25", "0.0.0.0/0", "192.0.2.1/24", "2001:db8::/49", "here"})
        CHECK(change(id, PUT, "x", {wrong}) == "InvalidInput");
}

TEST_CASE_FIXTURE(Fixture, "geo_locations: listed in pages, found one by one") {
    api::ListGeoLocationsRequest input;
    std::size_t count = 0;
    for (;;) {
        const auto page = operations().list_geo_locations(call(), input);
        count += page.geo_location_details_list.size();
        if (!page.is_truncated) break;
        input.start_continent_code = page.next_continent_code;
        input.start_country_code = page.next_country_code;
        input.start_subdivision_code = page.next_subdivision_code;
    }
    CHECK(count == 7 + 251 + 51 + 27);
    api::GetGeoLocationRequest one;
    one.country_code = "US";
    one.subdivision_code = "CA";
    CHECK(
        operations().get_geo_location(call(), one).geo_location_details.subdivision_name ==
        "California"
    );
    one.country_code = "DE";
    CHECK_THROWS_AS(operations().get_geo_location(call(), one), api::NoSuchGeoLocation);
}
