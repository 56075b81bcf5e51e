// AWS::CloudFront::Distribution, OriginAccessControl and CachePolicy. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

namespace diorama::cloudformation {
namespace {

class Distribution final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::CloudFront::Distribution"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"DistributionConfig", Update::in_place, true},
            {"Tags"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"DomainName", "Id"};
        return known;
    }

    std::string create(Work& work) const override {
        auto config = distribution_config(work.properties.at("DistributionConfig"));
        config["CallerReference"] = work.random.uuid();
        const Json input{
            {"DistributionConfigWithTags",
             {{"DistributionConfig", config}, {"Tags", {{"Items", work.tags()}}}}}
        };
        const auto made = work.call("cloudfront", "CreateDistributionWithTags", input);
        return made.at("Distribution").at("Id");
    }

    bool is_stable(Work& work) const override {
        return describe(work).at("Distribution").value("Status", "") == "Deployed";
    }

    Json read(Work& work) const override {
        return {
            {"DomainName", describe(work).at("Distribution").at("DomainName")},
            {"Id", work.physical_id}
        };
    }

    void update(Work& work) const override {
        put(work, distribution_config(work.properties.at("DistributionConfig")));
        if (!work.changes("Tags")) return;
        const auto arn = describe(work).at("Distribution").at("ARN");
        Json keys = Json::array();
        for (const auto& tag : work.previous.value("Tags", Json::array()))
            keys.push_back(tag.at("Key"));
        if (!keys.empty())
            work.call(
                "cloudfront",
                "UntagResource",
                {{"Resource", arn}, {"TagKeys", {{"Items", keys}}}}
            );
        if (const auto tags = work.tags(); !tags.empty())
            work.call(
                "cloudfront",
                "TagResource",
                {{"Resource", arn}, {"Tags", {{"Items", tags}}}}
            );
    }

    // AWS: "Before you can delete a distribution, you must disable it".
    void remove(Work& work) const override {
        try {
            auto config = distribution_config(work.properties.at("DistributionConfig"));
            config["Enabled"] = false;
            put(work, std::move(config));
        } catch (const aws::AWSError& error) {
            if (!says_missing(error)) throw;
        }
    }

    bool is_gone(Work& work) const override {
        try {
            const auto found = describe(work);
            if (found.at("Distribution").value("Status", "") != "Deployed") return false;
            work.call(
                "cloudfront",
                "DeleteDistribution",
                {{"Id", work.physical_id}, {"IfMatch", found.at("ETag")}}
            );
        } catch (const aws::AWSError& error) {
            if (!says_missing(error)) throw;
        }
        return true;
    }

private:
    static Json describe(const Work& work) {
        return work.call("cloudfront", "GetDistribution", {{"Id", work.physical_id}});
    }

    static void put(const Work& work, Json config) {
        const auto found = describe(work);
        config["CallerReference"] =
            found.at("Distribution").at("DistributionConfig").at("CallerReference");
        work.call(
            "cloudfront",
            "UpdateDistribution",
            {{"Id", work.physical_id}, {"IfMatch", found.at("ETag")}, {"DistributionConfig", config}
            }
        );
    }
};

class OriginAccessControl final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::CloudFront::OriginAccessControl"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {{"OriginAccessControlConfig", Update::in_place, true}};
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"Id"};
        return known;
    }

    std::string create(Work& work) const override {
        const auto made = work.call("cloudfront", "CreateOriginAccessControl", work.properties);
        return made.at("OriginAccessControl").at("Id");
    }

    Json read(Work& work) const override { return {{"Id", work.physical_id}}; }

    void update(Work& work) const override {
        auto input = work.properties;
        input["Id"] = work.physical_id;
        input["IfMatch"] = e_tag(work);
        work.call("cloudfront", "UpdateOriginAccessControl", input);
    }

    void remove(Work& work) const override {
        try {
            work.call(
                "cloudfront",
                "DeleteOriginAccessControl",
                {{"Id", work.physical_id}, {"IfMatch", e_tag(work)}}
            );
        } catch (const aws::AWSError& error) {
            if (!says_missing(error)) throw;
        }
    }

private:
    static Json e_tag(const Work& work) {
        return work.call("cloudfront", "GetOriginAccessControl", {{"Id", work.physical_id}})
            .at("ETag");
    }
};

class CachePolicy final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::CloudFront::CachePolicy"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {{"CachePolicyConfig", Update::in_place, true}};
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"Id", "LastModifiedTime"};
        return known;
    }

    std::string create(Work& work) const override {
        const auto config = cache_policy_config(work.properties.at("CachePolicyConfig"));
        const auto made =
            work.call("cloudfront", "CreateCachePolicy", {{"CachePolicyConfig", config}});
        return made.at("CachePolicy").at("Id");
    }

    Json read(Work& work) const override {
        const auto found = describe(work).at("CachePolicy");
        return {{"Id", work.physical_id}, {"LastModifiedTime", found.at("LastModifiedTime")}};
    }

    void update(Work& work) const override {
        const auto config = cache_policy_config(work.properties.at("CachePolicyConfig"));
        work.call(
            "cloudfront",
            "UpdateCachePolicy",
            {{"Id", work.physical_id},
             {"IfMatch", describe(work).at("ETag")},
             {"CachePolicyConfig", config}}
        );
    }

    void remove(Work& work) const override {
        try {
            work.call(
                "cloudfront",
                "DeleteCachePolicy",
                {{"Id", work.physical_id}, {"IfMatch", describe(work).at("ETag")}}
            );
        } catch (const aws::AWSError& error) {
            if (!says_missing(error)) throw;
        }
    }

private:
    static Json describe(const Work& work) {
        return work.call("cloudfront", "GetCachePolicy", {{"Id", work.physical_id}});
    }
};

} // namespace

const ResourceType& distribution_type() {
    static const Distribution type;
    return type;
}

const ResourceType& origin_access_control_type() {
    static const OriginAccessControl type;
    return type;
}

const ResourceType& cache_policy_type() {
    static const CachePolicy type;
    return type;
}

} // namespace diorama::cloudformation
