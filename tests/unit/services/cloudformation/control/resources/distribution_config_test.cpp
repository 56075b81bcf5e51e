#include "services/cloudformation/control/resources/types.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudformation;

TEST_CASE("distributions: plain lists of a template get their Quantity, and names change") {
    const auto config = distribution_config(Json::parse(R"({
        "Enabled": true, "IPV6Enabled": true,
        "Aliases": ["a.example.com"],
        "Origins": [{"Id": "o", "DomainName": "d",
                     "OriginCustomHeaders": [{"HeaderName": "X", "HeaderValue": "1"}],
                     "CustomOriginConfig": {"OriginProtocolPolicy": "http-only",
                                            "OriginSSLProtocols": ["TLSv1.2"]}}],
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all",
                                 "AllowedMethods": ["GET", "HEAD"], "CachedMethods": ["GET", "HEAD"],
                                 "ForwardedValues": {"QueryString": false, "Headers": ["Host"]}},
        "CustomErrorResponses": [],
        "ViewerCertificate": {"AcmCertificateArn": "arn", "SslSupportMethod": "sni-only"},
        "Restrictions": {"GeoRestriction": {"RestrictionType": "none"}}})"));
    const auto expected = Json::parse(R"({
        "Comment": "", "Enabled": true, "IsIPV6Enabled": true,
        "Aliases": {"Quantity": 1, "Items": ["a.example.com"]},
        "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "d",
            "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X", "HeaderValue": "1"}]},
            "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
                "OriginProtocolPolicy": "http-only",
                "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}}}]},
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all",
            "AllowedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"],
                               "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]}},
            "ForwardedValues": {"QueryString": false, "Cookies": {"Forward": "none"},
                                "Headers": {"Quantity": 1, "Items": ["Host"]}}},
        "CustomErrorResponses": {"Quantity": 0},
        "ViewerCertificate": {"ACMCertificateArn": "arn", "SSLSupportMethod": "sni-only"},
        "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}}})");
    CHECK(config == expected);
}

TEST_CASE("cache policies: the lists of names are counted") {
    const auto config = cache_policy_config(Json::parse(R"({"Name": "p",
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["A", "B"]},
            "CookiesConfig": {"CookieBehavior": "none"}}})"));
    const auto& parameters = config.at("ParametersInCacheKeyAndForwardedToOrigin");
    CHECK(parameters.at("HeadersConfig").at("Headers").at("Quantity") == 2);
    CHECK_FALSE(parameters.at("CookiesConfig").contains("Cookies"));
}
