// CloudFront as a caller of its API sees it, in virtual time.
#pragma once

#include "services/cloudfront/api.hpp"
#include "services/cloudfront/cloudfront.hpp"
#include "tests/support/test_environment.hpp"
#include "tests/unit/services/cloudfront/scripted_world.hpp"

namespace diorama::cloudfront {

struct ApiTestWorld {
    TestEnvironment test;
    ScriptedClient client;
    ScriptedAddresses addresses;
    ScriptedListeners listeners;
    CloudFront cloudfront{test.environment, client, addresses, listeners};
    api::CloudFrontApi& api = static_cast<api::CloudFrontApi&>(cloudfront.api());
    Random random{7};
    aws::Call call{
        .request_id = "r",
        .access_key = "",
        .host = "",
        .now = test.time.now(),
        .random = random
    };

    // As little as AWS accepts.
    static api::DistributionConfig minimal(std::string caller_reference = "one") {
        api::DistributionConfig config;
        config.caller_reference = std::move(caller_reference);
        config.enabled = true;
        api::Origin origin;
        origin.id = "s3";
        origin.domain_name = "static.s3.us-east-1.amazonaws.com";
        origin.s3_origin_config.emplace();
        config.origins = {1, {origin}};
        config.default_cache_behavior.target_origin_id = "s3";
        config.default_cache_behavior.cache_policy_id = "658327ea-f89d-4fab-a63d-7e88639e58f6";
        return config;
    }

    api::Distribution create(const api::DistributionConfig& config) {
        return *api.create_distribution(call, {config}).distribution;
    }

    void deploy() { test.time.run_for(std::chrono::seconds(1)); }

    // The code of the error that `operation` throws; empty if it throws none.
    template <class Operation>
    static std::string error_of(Operation operation) {
        try {
            operation();
        } catch (const aws::AWSError& error) {
            return error.code();
        }
        return {};
    }
};

} // namespace diorama::cloudfront
