// A Route 53 with virtual time and no network, and short words for what tests do with it.
#pragma once

#include "emulator/network/names.hpp"
#include "services/route53/api.hpp"
#include "services/route53/route53.hpp"
#include "tests/support/test_environment.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace diorama::route53 {

struct ControlFixture {
    TestEnvironment test;
    network::Names names;
    PublishedNames published_names{names};

    api::Route53Api& operations() { return static_cast<api::Route53Api&>(route53.api()); }

    Route53 route53{test.environment, {published_names, published_names}, nullptr};
    Random random{42};
    std::string account = "000000000000";
    int references = 0;
    std::vector<std::string> ignored; // parameters of the last call

    aws::Call call() {
        aws::Call made{account, "us-east-1", "", "", "", "http", test.time.now(), random, {}};
        return made;
    }

    std::string create_zone(std::string name) {
        api::CreateHostedZoneRequest input;
        input.name = std::move(name);
        input.caller_reference = std::to_string(++references);
        const auto response = operations().create_hosted_zone(call(), input);
        test.time.run_for(std::chrono::seconds(1));
        return response.hosted_zone.id;
    }

    static api::Change change(
        api::ChangeAction action,
        std::string name,
        api::RRType type,
        const std::vector<std::string>& values,
        std::int64_t ttl = 300
    ) {
        api::Change made;
        made.action = action;
        made.resource_record_set.name = std::move(name);
        made.resource_record_set.type = type;
        made.resource_record_set.ttl = ttl;
        for (const auto& value : values) {
            made.resource_record_set.resource_records.push_back({value});
        }
        return made;
    }

    static api::Change alias(std::string name, std::string zone, std::string target) {
        api::Change made;
        made.action = api::ChangeAction::CREATE;
        made.resource_record_set.name = std::move(name);
        made.resource_record_set.type = api::RRType::A;
        made.resource_record_set.alias_target =
            api::AliasTarget{std::move(zone), std::move(target), false};
        return made;
    }

    static api::Change weighted(api::Change plain, std::string identifier, std::int64_t weight) {
        plain.resource_record_set.set_identifier = std::move(identifier);
        plain.resource_record_set.weight = weight;
        return plain;
    }

    // The change's id.
    std::string apply(const std::string& zone, std::vector<api::Change> changes) {
        api::ChangeResourceRecordSetsRequest input;
        input.hosted_zone_id = zone;
        input.change_batch.changes = std::move(changes);
        const auto made = call();
        const auto response = operations().change_resource_record_sets(made, input);
        ignored = made.ignored_parameters;
        return response.change_info.id;
    }

    // "InvalidChangeBatch: […]", or nothing when the batch was accepted.
    std::string complaint(const std::string& zone, std::vector<api::Change> changes) {
        try {
            apply(zone, std::move(changes));
        } catch (const aws::AWSError& error) {
            return error.code() + ": " + error.message();
        }
        return {};
    }

    api::ChangeStatus status(const std::string& change) {
        return operations().get_change(call(), {.id = change}).change_info.status;
    }

    // "www.example.com. A"
    std::vector<std::string> listed(const std::string& zone) {
        api::ListResourceRecordSetsRequest input;
        input.hosted_zone_id = zone;
        std::vector<std::string> texts;
        for (const auto& set :
             operations().list_resource_record_sets(call(), input).resource_record_sets) {
            auto text = set.name + " " + std::string(to_string(set.type));
            if (set.set_identifier) text += " " + *set.set_identifier;
            texts.push_back(std::move(text));
        }
        return texts;
    }

    std::string resolved(std::string_view name) {
        std::string text;
        for (const auto& address : route53.resolve(name)) {
            if (!text.empty()) text += " ";
            text += address.to_string();
        }
        return text;
    }
};

} // namespace diorama::route53
