// What CloudFormation needs of other services, in its own words; joined by the world.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace diorama::cloudformation {

// Whose stack it is, and where.
struct Place {
    std::string account;
    std::string region;
    bool operator==(const Place&) const = default;
};

// The APIs of the other services, as a client would call them but at once. World thread only.
class ServiceCalls {
public:
    virtual ~ServiceCalls() = default;
    // call(place, "elbv2", "CreateLoadBalancer", {"Name": …}): input and output with the model's
    // member names. Throws AWSError.
    virtual nlohmann::json call(
        const Place& place,
        std::string_view service,
        std::string_view operation,
        const nlohmann::json& input
    ) = 0;
};

// Templates that lie in S3. World thread only.
class TemplateObjects {
public:
    virtual ~TemplateObjects() = default;
    // Nothing when there is no such object.
    virtual std::optional<std::string> get(const std::string& bucket, const std::string& key) = 0;
};

} // namespace diorama::cloudformation
