// AWS::S3::Bucket and BucketPolicy. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

#include <algorithm>

namespace diorama::cloudformation {
namespace {

class Bucket final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::S3::Bucket"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"BucketName", Update::replacement},
            {"Tags"},
            {"WebsiteConfiguration"},
            {"VersioningConfiguration"},
            {"CorsConfiguration"},
            {"LifecycleConfiguration"},
            {"LoggingConfiguration"},
            {"NotificationConfiguration"},
            {"AccessControl", Update::ignored},
            {"BucketEncryption", Update::ignored},
            {"OwnershipControls"},
            {"PublicAccessBlockConfiguration"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] =
            {"Arn", "DomainName", "DualStackDomainName", "RegionalDomainName", "WebsiteURL"};
        return known;
    }

    std::string_view name_property() const override { return "BucketName"; }

    std::string create(Work& work) const override {
        auto bucket = work.name_or_generated("BucketName", 63);
        if (!work.has("BucketName"))
            std::transform(bucket.begin(), bucket.end(), bucket.begin(), [](unsigned char c) {
                return static_cast<char>(std::tolower(c));
            });
        check_absent(work, bucket);
        Json input{{"Bucket", bucket}};
        if (work.place.region != "us-east-1")
            input["CreateBucketConfiguration"] = {{"LocationConstraint", work.place.region}};
        work.call("s3", "CreateBucket", input);
        work.physical_id = bucket;
        if (const auto tags = work.tags(); !tags.empty()) put_tags(work, tags);
        put_access(work);
        for (const auto& setting : settings)
            if (work.has(setting.property)) put(work, setting);
        return bucket;
    }

    Json read(Work& work) const override {
        const auto& bucket = work.physical_id;
        const auto& region = work.place.region;
        return {
            {"Arn", "arn:aws:s3:::" + bucket},
            {"DomainName", bucket + ".s3.amazonaws.com"},
            {"DualStackDomainName", bucket + ".s3.dualstack." + region + ".amazonaws.com"},
            {"RegionalDomainName", bucket + ".s3." + region + ".amazonaws.com"},
            {"WebsiteURL", "http://" + bucket + ".s3-website-" + region + ".amazonaws.com"}
        };
    }

    void update(Work& work) const override {
        if (work.changes("Tags")) {
            const auto tags = work.tags();
            if (tags.empty())
                work.call("s3", "DeleteBucketTagging", {{"Bucket", work.physical_id}});
            else
                put_tags(work, tags);
        }
        if (work.changes("OwnershipControls") || work.changes("PublicAccessBlockConfiguration"))
            put_access(work);
        for (const auto& setting : settings)
            if (work.changes(setting.property)) put(work, setting);
    }

    // AWS: "You can only delete empty buckets. Deletion fails for buckets that have contents."
    void remove(Work& work) const override {
        remove_by(work, "s3", "DeleteBucket", {{"Bucket", work.physical_id}});
    }

private:
    // CreateBucket of one's own bucket succeeds in us-east-1; a stack must not adopt it.
    static void check_absent(const Work& work, const std::string& bucket) {
        try {
            work.call("s3", "HeadBucket", {{"Bucket", bucket}});
        } catch (const aws::AWSError& error) {
            if (says_missing(error)) return;
            throw;
        }
        throw aws::AWSError("AlreadyExists", 409, bucket + " already exists");
    }

    static void put_tags(const Work& work, const Json& tags) {
        work.call(
            "s3",
            "PutBucketTagging",
            {{"Bucket", work.physical_id}, {"Tagging", {{"TagSet", tags}}}}
        );
    }

    // What the template does not say is as in a new bucket: its owner's alone.
    static void put_access(const Work& work) {
        const Json own{{"Rules", Json::array({{{"ObjectOwnership", "BucketOwnerEnforced"}}})}};
        const Json blocked{
            {"BlockPublicAcls", true},
            {"IgnorePublicAcls", true},
            {"BlockPublicPolicy", true},
            {"RestrictPublicBuckets", true}
        };
        work.call(
            "s3",
            "PutBucketOwnershipControls",
            {{"Bucket", work.physical_id},
             {"OwnershipControls", work.properties.value("OwnershipControls", own)}}
        );
        work.call(
            "s3",
            "PutPublicAccessBlock",
            {{"Bucket", work.physical_id},
             {"PublicAccessBlockConfiguration",
              work.properties.value("PublicAccessBlockConfiguration", blocked)}}
        );
    }

    // A property that is one configuration of the bucket.
    struct Setting {
        const char* property;
        const char* put;
        const char* member; // of the put's input
        const char* remove; // empty: put without anything in it
        Json (*convert)(const Work& work, const Json& from_template);
    };

    static Json as_it_is(const Work&, const Json& from_template) { return from_template; }

    static constexpr Setting settings[] = {
        {"WebsiteConfiguration",
         "PutBucketWebsite",
         "WebsiteConfiguration",
         "DeleteBucketWebsite",
         [](const Work&, const Json& given) { return bucket_website(given); }},
        {"VersioningConfiguration", "PutBucketVersioning", "VersioningConfiguration", "", &as_it_is
        },
        {"CorsConfiguration",
         "PutBucketCors",
         "CORSConfiguration",
         "DeleteBucketCors",
         [](const Work&, const Json& given) { return bucket_cors(given); }},
        {"LifecycleConfiguration",
         "PutBucketLifecycleConfiguration",
         "LifecycleConfiguration",
         "DeleteBucketLifecycle",
         [](const Work&, const Json& given) { return bucket_lifecycle(given); }},
        {"LoggingConfiguration",
         "PutBucketLogging",
         "BucketLoggingStatus",
         "",
         [](const Work& work, const Json& given) { return bucket_logging(given, work.physical_id); }
        },
        {"NotificationConfiguration",
         "PutBucketNotificationConfiguration",
         "NotificationConfiguration",
         "",
         [](const Work&, const Json& given) { return bucket_notifications(given); }},
    };

    static void put(const Work& work, const Setting& setting) {
        const Json bucket{{"Bucket", work.physical_id}};
        if (!work.has(setting.property) && *setting.remove != '\0') {
            work.call("s3", setting.remove, bucket);
            return;
        }
        auto input = bucket;
        if (work.has(setting.property))
            input[setting.member] = setting.convert(work, work.properties.at(setting.property));
        else if (setting.property == std::string_view("VersioningConfiguration"))
            input[setting.member] = {{"Status", "Suspended"}}; // AWS: it never ends quite
        else
            input[setting.member] = Json::object();
        work.call("s3", setting.put, input);
    }
};

class BucketPolicy final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::S3::BucketPolicy"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"Bucket", Update::replacement, true},
            {"PolicyDocument", Update::in_place, true}
        };
        return known;
    }

    std::string create(Work& work) const override {
        put(work);
        return work.text("Bucket");
    }

    void update(Work& work) const override { put(work); }

    void remove(Work& work) const override {
        remove_by(work, "s3", "DeleteBucketPolicy", {{"Bucket", work.text("Bucket")}});
    }

private:
    static void put(const Work& work) {
        work.call(
            "s3",
            "PutBucketPolicy",
            {{"Bucket", work.text("Bucket")}, {"Policy", work.text("PolicyDocument")}}
        );
    }
};

} // namespace

const ResourceType& bucket_type() {
    static const Bucket type;
    return type;
}

const ResourceType& bucket_policy_type() {
    static const BucketPolicy type;
    return type;
}

} // namespace diorama::cloudformation
