// CloudFront's configurations: templates write plain lists and some names of their own, the API
// wants Quantity and Items. See types.hpp.
#include "services/cloudformation/control/resources/types.hpp"

namespace diorama::cloudformation {
namespace {

void rename(Json& object, const char* from, const char* to) {
    const auto found = object.find(from);
    if (found == object.end()) return;
    auto value = std::move(*found);
    object.erase(from);
    object[to] = std::move(value);
}

// ["a", "b"] becomes {"Quantity": 2, "Items": ["a", "b"]}.
void count(Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_array()) return;
    Json counted{{"Quantity", found->size()}};
    if (!found->empty()) counted["Items"] = *found;
    *found = std::move(counted);
}

void convert_behavior(Json& behavior) {
    if (behavior.contains("AllowedMethods") || behavior.contains("CachedMethods")) {
        count(behavior, "AllowedMethods");
        count(behavior, "CachedMethods");
        // AWS: the methods that are cached stand inside those that are allowed.
        if (!behavior.contains("AllowedMethods"))
            behavior["AllowedMethods"] = {{"Quantity", 2}, {"Items", {"HEAD", "GET"}}};
        if (behavior.contains("CachedMethods"))
            behavior["AllowedMethods"]["CachedMethods"] = behavior.at("CachedMethods");
        behavior.erase("CachedMethods");
    }
    for (const auto* list : {"LambdaFunctionAssociations", "FunctionAssociations"})
        count(behavior, list);
    for (const auto* list : {"TrustedSigners", "TrustedKeyGroups"}) {
        count(behavior, list);
        if (behavior.contains(list)) behavior[list]["Enabled"] = behavior[list]["Quantity"] > 0;
    }
    if (behavior.contains("ForwardedValues")) {
        auto& values = behavior["ForwardedValues"];
        count(values, "Headers");
        count(values, "QueryStringCacheKeys");
        if (!values.contains("Cookies")) values["Cookies"] = {{"Forward", "none"}};
        count(values["Cookies"], "WhitelistedNames");
    }
}

void convert_origin(Json& origin) {
    rename(origin, "OriginCustomHeaders", "CustomHeaders");
    count(origin, "CustomHeaders");
    if (origin.contains("S3OriginConfig")) {
        auto& config = origin["S3OriginConfig"];
        if (!config.contains("OriginAccessIdentity")) config["OriginAccessIdentity"] = "";
    }
    if (origin.contains("CustomOriginConfig")) {
        auto& config = origin["CustomOriginConfig"];
        rename(config, "OriginSSLProtocols", "OriginSslProtocols");
        count(config, "OriginSslProtocols");
        if (!config.contains("HTTPPort")) config["HTTPPort"] = 80;
        if (!config.contains("HTTPSPort")) config["HTTPSPort"] = 443;
    }
}

void convert_restrictions(Json& config) {
    if (!config.contains("Restrictions")) return;
    auto& restriction = config["Restrictions"]["GeoRestriction"];
    const auto locations = restriction.value("Locations", Json::array());
    restriction.erase("Locations");
    restriction["Quantity"] = locations.size();
    if (!locations.empty()) restriction["Items"] = locations;
}

void convert_logging(Json& config) {
    if (!config.contains("Logging")) return;
    auto& logging = config["Logging"];
    logging["Enabled"] = true;
    for (const auto& [name, otherwise] :
         {std::pair{"IncludeCookies", Json(false)}, std::pair{"Prefix", Json("")}})
        if (!logging.contains(name)) logging[name] = otherwise;
}

} // namespace

Json distribution_config(const Json& from_template) {
    auto config = from_template;
    rename(config, "IPV6Enabled", "IsIPV6Enabled");
    if (!config.contains("Comment")) config["Comment"] = "";
    if (config.contains("DefaultCacheBehavior")) convert_behavior(config["DefaultCacheBehavior"]);
    if (config.contains("CacheBehaviors"))
        for (auto& behavior : config["CacheBehaviors"])
            convert_behavior(behavior);
    if (config.contains("Origins"))
        for (auto& origin : config["Origins"])
            convert_origin(origin);
    for (const auto* list : {"Aliases", "Origins", "CacheBehaviors", "CustomErrorResponses"})
        count(config, list);
    if (config.contains("ViewerCertificate")) {
        auto& certificate = config["ViewerCertificate"];
        rename(certificate, "AcmCertificateArn", "ACMCertificateArn");
        rename(certificate, "IamCertificateId", "IAMCertificateId");
        rename(certificate, "SslSupportMethod", "SSLSupportMethod");
    }
    convert_restrictions(config);
    convert_logging(config);
    return config;
}

Json cache_policy_config(const Json& from_template) {
    auto config = from_template;
    if (!config.contains("ParametersInCacheKeyAndForwardedToOrigin")) return config;
    auto& parameters = config["ParametersInCacheKeyAndForwardedToOrigin"];
    for (const auto& [section, list] :
         {std::pair{"HeadersConfig", "Headers"},
          std::pair{"CookiesConfig", "Cookies"},
          std::pair{"QueryStringsConfig", "QueryStrings"}})
        if (parameters.contains(section)) count(parameters[section], list);
    return config;
}

} // namespace diorama::cloudformation
