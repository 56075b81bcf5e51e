#include "tests/unit/services/cloudfront/control/api_test_world.hpp"

using namespace diorama;
using namespace diorama::cloudfront;

TEST_CASE("CreateDistribution: InProgress, then Deployed and reachable under its names") {
    ApiTestWorld world;
    auto config = ApiTestWorld::minimal();
    config.aliases = api::Aliases{1, {"Static.Example.com"}};
    const auto created = world.api.create_distribution(world.call, {config});
    const auto& distribution = *created.distribution;
    CHECK(distribution.id.size() == 14);
    CHECK(distribution.id.starts_with("E"));
    CHECK(distribution.status == "InProgress");
    CHECK(distribution.arn == "arn:aws:cloudfront::000000000000:distribution/" + distribution.id);
    const auto name = http::lower_case(distribution.id);
    CHECK(distribution.domain_name == name + ".cloudfront.localhost");
    CHECK(created.location->ends_with("/2020-05-31/distribution/" + distribution.id));
    CHECK_FALSE(world.cloudfront.claims_host("static.example.com"));

    world.deploy();
    const auto read = world.api.get_distribution(world.call, {distribution.id});
    CHECK(read.distribution->status == "Deployed");
    CHECK(read.e_tag == created.e_tag);
    CHECK(world.cloudfront.claims_host("static.example.com"));
    CHECK(world.cloudfront.claims_host(name + ".cloudfront.net"));
    CHECK(world.listeners.host_names.contains(name + ".cloudfront.localhost"));
    CHECK(world.listeners.edge_locations.contains(world.cloudfront.edge_location()));
}

TEST_CASE("CreateDistribution: what was sent is read back, with AWS's defaults beside it") {
    ApiTestWorld world;
    auto config = ApiTestWorld::minimal();
    config.comment = "my site";
    config.default_cache_behavior.viewer_protocol_policy =
        api::ViewerProtocolPolicy::redirect_to_https;
    const auto created = world.create(config);
    const auto read =
        *world.api.get_distribution_config(world.call, {created.id}).distribution_config;
    CHECK(read.comment == "my site");
    CHECK(read.origins.items[0].domain_name == config.origins.items[0].domain_name);
    CHECK(read.origins.items[0].connection_attempts == 3);
    CHECK(
        read.default_cache_behavior.viewer_protocol_policy ==
        api::ViewerProtocolPolicy::redirect_to_https
    );
    CHECK(read.default_cache_behavior.allowed_methods->quantity == 2);
    CHECK(read.default_root_object == "");
    CHECK(read.price_class == api::PriceClass::PriceClass_All);
    CHECK(read.viewer_certificate->cloud_front_default_certificate == true);
    CHECK(read.restrictions->geo_restriction.restriction_type == api::GeoRestrictionType::none);
    CHECK(world.call.ignored_parameters.empty());
}

TEST_CASE("CreateDistribution: each mistake has AWS's error") {
    using Config = api::DistributionConfig;

    struct Example {
        const char* error;
        void (*change)(Config& config);
    };

    const Example examples[] = {
        {"NoSuchOrigin", [](Config& c) { c.default_cache_behavior.target_origin_id = "x"; }},
        {"NoSuchCachePolicy", [](Config& c) { c.default_cache_behavior.cache_policy_id = "x"; }},
        {"NoSuchOriginRequestPolicy",
         [](Config& c) { c.default_cache_behavior.origin_request_policy_id = "x"; }},
        {"InvalidArgument", [](Config& c) { c.default_cache_behavior.cache_policy_id.reset(); }},
        {"InvalidArgument", [](Config& c) { c.caller_reference.clear(); }},
        {"InvalidArgument", [](Config& c) { c.origins.items[0].s3_origin_config.reset(); }},
        {"InconsistentQuantities", [](Config& c) { c.origins.quantity = 2; }},
        {"InvalidRelativePath", [](Config& c) { c.origins.items[0].origin_path = "production"; }},
        {"InvalidDefaultRootObject", [](Config& c) { c.default_root_object = "/index.html"; }},
        {"InvalidOriginAccessControl",
         [](Config& c) { c.origins.items[0].origin_access_control_id = "EX"; }},
        {"InvalidErrorCode",
         [](Config& c) {
             c.custom_error_responses = api::CustomErrorResponses{1, {{402, {}, {}, {}}}};
         }},
        {"NotImplemented", [](Config& c) { c.web_acl_id = "arn:aws:wafv2:x"; }},
        {"NotImplemented",
         [](Config& c) {
             c.restrictions = api::Restrictions{{api::GeoRestrictionType::whitelist, 1, {"DE"}}};
         }},
        {"NotImplemented",
         [](Config& c) {
             c.default_cache_behavior.trusted_key_groups = api::TrustedKeyGroups{true, 1, {"k"}};
         }},
    };
    for (const auto& example : examples) {
        CAPTURE(example.error);
        ApiTestWorld world;
        auto config = ApiTestWorld::minimal();
        example.change(config);
        CHECK(ApiTestWorld::error_of([&] { world.create(config); }) == example.error);
        CHECK(world.api.list_distributions(world.call, {}).distribution_list->quantity == 0);
    }
}

TEST_CASE("CreateDistribution: caller references and aliases belong to one distribution") {
    ApiTestWorld world;
    auto config = ApiTestWorld::minimal("one");
    config.aliases = api::Aliases{1, {"www.example.com"}};
    world.create(config);
    CHECK(ApiTestWorld::error_of([&] { world.create(config); }) == "CNAMEAlreadyExists");
    CHECK(ApiTestWorld::error_of([&] {
              world.create(ApiTestWorld::minimal("one"));
          }) == "DistributionAlreadyExists");
    CHECK(world.create(ApiTestWorld::minimal("two")).id.size() == 14);
}

TEST_CASE("UpdateDistribution and DeleteDistribution: entity tags, disabling, and the end of names"
) {
    ApiTestWorld world;
    auto config = ApiTestWorld::minimal();
    config.aliases = api::Aliases{1, {"www.example.com"}};
    const auto created = world.api.create_distribution(world.call, {config});
    const auto id = created.distribution->id;
    world.deploy();
    CHECK(world.cloudfront.claims_host("www.example.com"));

    config.enabled = false;
    config.aliases.reset();
    auto update = [&](std::optional<std::string> tag) {
        return *world.api.update_distribution(world.call, {config, id, std::move(tag)}).e_tag;
    };
    CHECK(ApiTestWorld::error_of([&] { update({}); }) == "InvalidIfMatchVersion");
    CHECK(ApiTestWorld::error_of([&] { update("E1"); }) == "PreconditionFailed");
    auto remove = [&](const std::optional<std::string>& tag) {
        world.api.delete_distribution(world.call, {id, tag});
    };
    CHECK(ApiTestWorld::error_of([&] { remove(created.e_tag); }) == "DistributionNotDisabled");
    const auto tag = update(created.e_tag);
    CHECK(tag != created.e_tag);
    CHECK(ApiTestWorld::error_of([&] { remove(tag); }) == "DistributionNotDisabled"); // InProgress
    world.deploy();
    CHECK_FALSE(world.cloudfront.claims_host("www.example.com"));
    CHECK_FALSE(world.listeners.host_names.contains("www.example.com"));
    remove(tag);
    CHECK(world.cloudfront.host_names().empty());
    CHECK(world.listeners.host_names.empty());
    const auto get = [&] { world.api.get_distribution(world.call, {id}); };
    CHECK(ApiTestWorld::error_of(get) == "NoSuchDistribution");
}

TEST_CASE("ListDistributions: pages of one account") {
    ApiTestWorld world;
    for (const auto* reference : {"1", "2", "3"})
        world.create(ApiTestWorld::minimal(reference));
    const auto first = *world.api.list_distributions(world.call, {{}, "2"}).distribution_list;
    CHECK(first.quantity == 2);
    CHECK(first.is_truncated);
    const auto rest =
        *world.api.list_distributions(world.call, {first.next_marker, "2"}).distribution_list;
    CHECK(rest.quantity == 1);
    CHECK_FALSE(rest.is_truncated);
    aws::Call other = world.call;
    other.account = "111111111111";
    CHECK(world.api.list_distributions(other, {}).distribution_list->quantity == 0);
}

TEST_CASE("tags: with the distribution, later, and for nothing else") {
    ApiTestWorld world;
    const auto created = *world.api
                              .create_distribution_with_tags(
                                  world.call,
                                  {{ApiTestWorld::minimal(), {{{"team", "web"}}}}}
                              )
                              .distribution;
    world.api.tag_resource(world.call, {created.arn, {{{"stage", "test"}}}});
    world.api.untag_resource(world.call, {created.arn, {{"team"}}});
    const auto tags = world.api.list_tags_for_resource(world.call, {created.arn}).tags.items;
    REQUIRE(tags.size() == 1);
    CHECK(tags[0].key == "stage");
    const auto list = [&] { world.api.list_tags_for_resource(world.call, {created.arn + "X"}); };
    CHECK(ApiTestWorld::error_of(list) == "NoSuchResource");
}

TEST_CASE("invalidations: at work, then Completed, and idempotent by caller reference") {
    ApiTestWorld world;
    const auto id = world.create(ApiTestWorld::minimal()).id;
    world.deploy();
    const api::InvalidationBatch batch{{2, {"/a", "/b/*"}}, "first"};
    const auto created = *world.api.create_invalidation(world.call, {id, batch}).invalidation;
    CHECK(created.status == "InProgress");
    CHECK(
        world.api.get_distribution(world.call, {id})
            .distribution->in_progress_invalidation_batches == 1
    );
    CHECK(world.api.create_invalidation(world.call, {id, batch}).invalidation->id == created.id);
    world.deploy();
    const auto read = *world.api.get_invalidation(world.call, {id, created.id}).invalidation;
    CHECK(read.status == "Completed");
    CHECK(read.invalidation_batch == batch);
    CHECK(world.api.list_invalidations(world.call, {id, {}, {}}).invalidation_list->quantity == 1);

    for (const auto* path : {"a", "/a*b", "/**", ""}) {
        CAPTURE(path);
        const auto create = [&] {
            world.api.create_invalidation(world.call, {id, {{1, {path}}, "second"}});
        };
        CHECK(ApiTestWorld::error_of(create) == "InvalidArgument");
    }
    const auto reuse = [&] {
        world.api.create_invalidation(world.call, {id, {{1, {"/c"}}, "first"}});
    };
    CHECK(ApiTestWorld::error_of(reuse) == "InvalidArgument");
    const auto get = [&] { world.api.get_invalidation(world.call, {id, "I0"}); };
    CHECK(ApiTestWorld::error_of(get) == "NoSuchInvalidation");
}

TEST_CASE("origin access controls: made, used, in use, deleted") {
    ApiTestWorld world;
    api::OriginAccessControlConfig control;
    control.name = "static";
    control.signing_behavior = api::OriginAccessControlSigningBehaviors::always;
    const auto created = world.api.create_origin_access_control(world.call, {control});
    const auto id = created.origin_access_control->id;
    const auto again = [&] { world.api.create_origin_access_control(world.call, {control}); };
    CHECK(ApiTestWorld::error_of(again) == "OriginAccessControlAlreadyExists");
    CHECK(
        world.api.list_origin_access_controls(world.call, {})
            .origin_access_control_list->quantity == 1
    );

    auto config = ApiTestWorld::minimal();
    config.origins.items[0].origin_access_control_id = id;
    world.create(config);
    const auto remove = [&] {
        world.api.delete_origin_access_control(world.call, {id, created.e_tag});
    };
    CHECK(ApiTestWorld::error_of(remove) == "OriginAccessControlInUse");
    const auto get = [&] { world.api.get_origin_access_control(world.call, {"E0"}); };
    CHECK(ApiTestWorld::error_of(get) == "NoSuchOriginAccessControl");
}

TEST_CASE("cache policies: the managed ones are listed, own ones made and deleted") {
    ApiTestWorld world;
    api::CachePolicyConfig config;
    config.name = "short";
    config.min_ttl = 5;
    const auto created = world.api.create_cache_policy(world.call, {config});
    const auto id = created.cache_policy->id;
    CHECK(created.cache_policy->cache_policy_config.default_ttl == 86'400);
    const auto list = [&](std::optional<api::CachePolicyType> type) {
        return world.api.list_cache_policies(
                            world.call,
                            {type, {}, {}}
        ).cache_policy_list->quantity;
    };
    CHECK(list({}) == 6);
    CHECK(list(api::CachePolicyType::managed) == 5);
    CHECK(list(api::CachePolicyType::custom) == 1);
    const auto managed =
        world.api.get_cache_policy(world.call, {"658327ea-f89d-4fab-a63d-7e88639e58f6"});
    CHECK(managed.cache_policy->cache_policy_config.name == "Managed-CachingOptimized");
    CHECK(managed.cache_policy->cache_policy_config.min_ttl == 1);

    auto distribution = ApiTestWorld::minimal();
    distribution.default_cache_behavior.cache_policy_id = id;
    world.create(distribution);
    const auto remove = [&] { world.api.delete_cache_policy(world.call, {id, created.e_tag}); };
    CHECK(ApiTestWorld::error_of(remove) == "CachePolicyInUse");
    CHECK(
        world.api.list_origin_request_policies(world.call, {})
            .origin_request_policy_list->quantity == 6
    );
}
