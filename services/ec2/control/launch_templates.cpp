// See launch_templates.hpp.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
#include "services/ec2/control/launch_templates.hpp"

#include "emulator/aws/base64.hpp"
#include "emulator/aws/error.hpp"
#include "emulator/aws/ignored.hpp"
#include "services/ec2/control/filters.hpp"
#include "services/ec2/control/paging.hpp"
#include "services/ec2/limits.hpp"

#include <algorithm>

namespace diorama::ec2 {

namespace {

using aws::AWSError;

std::string creator(const std::string& account) {
    return "arn:aws:iam::" + account + ":root";
}

void report_ignored_settings(
    const aws::Call& call,
    const api::RequestLaunchTemplateData& settings
) {
    const auto* operation = api::descriptor().find_operation("CreateLaunchTemplate");
    for (const auto& member : operation->input->members) {
        if (member.name != "LaunchTemplateData") continue;
        aws::report_ignored(
            call,
            *member.shape,
            &settings,
            {"ImageId",
             "InstanceType",
             "KeyName",
             "UserData",
             "Monitoring",
             "SecurityGroupIds",
             "Placement",
             "TagSpecifications"},
            "LaunchTemplateData"
        );
    }
}

LaunchSettings read_settings(const aws::Call& call, const api::RequestLaunchTemplateData& input) {
    report_ignored_settings(call, input);
    LaunchSettings settings;
    settings.image_id = input.image_id;
    settings.instance_type = input.instance_type;
    settings.key_name = input.key_name;
    settings.user_data = input.user_data;
    if (input.monitoring) settings.detailed_monitoring = input.monitoring->enabled.value_or(false);
    settings.security_group_ids = input.security_group_ids;
    if (input.placement) settings.zone = input.placement->availability_zone;
    for (const auto& specification : input.tag_specifications) {
        if (specification.resource_type != "instance") {
            call.ignored(
                "LaunchTemplateData.TagSpecifications." + specification.resource_type.value_or("")
            );
            continue;
        }
        for (const auto& tag : specification.tags)
            settings.instance_tags[tag.key.value_or("")] = tag.value.value_or("");
    }
    if (settings.user_data) {
        const auto decoded = aws::base64_decode(*settings.user_data);
        if (!decoded)
            throw AWSError(
                "InvalidUserData.Malformed",
                400,
                "Invalid BASE64 encoding of user data."
            );
        if (decoded->size() > limits::user_data_bytes) {
            throw AWSError("InvalidParameterValue", 400, "User data is limited to 16384 bytes");
        }
    }
    return settings;
}

// What a new version does not say it takes from its source version.
LaunchSettings merged(const LaunchSettings& source, LaunchSettings settings) {
    if (!settings.image_id) settings.image_id = source.image_id;
    if (!settings.instance_type) settings.instance_type = source.instance_type;
    if (!settings.key_name) settings.key_name = source.key_name;
    if (!settings.user_data) settings.user_data = source.user_data;
    if (!settings.detailed_monitoring) settings.detailed_monitoring = source.detailed_monitoring;
    if (!settings.zone) settings.zone = source.zone;
    if (settings.security_group_ids.empty())
        settings.security_group_ids = source.security_group_ids;
    if (settings.instance_tags.empty()) settings.instance_tags = source.instance_tags;
    return settings;
}

std::vector<api::Tag> describe(const Tags& tags) {
    std::vector<api::Tag> result;
    for (const auto& [key, value] : tags)
        result.push_back({key, value});
    return result;
}

api::LaunchTemplate describe(const LaunchTemplate& launch_template) {
    api::LaunchTemplate result;
    result.launch_template_id = launch_template.id;
    result.launch_template_name = launch_template.name;
    result.create_time = launch_template.created;
    result.created_by = creator(launch_template.account);
    result.default_version_number = launch_template.default_version;
    result.latest_version_number = launch_template.versions.back().number;
    result.tags = describe(launch_template.tags);
    return result;
}

api::LaunchTemplateVersion
describe(const LaunchTemplate& owner, const LaunchTemplateVersion& version) {
    api::LaunchTemplateVersion result;
    result.launch_template_id = owner.id;
    result.launch_template_name = owner.name;
    result.version_number = version.number;
    if (!version.description.empty()) result.version_description = version.description;
    result.create_time = version.created;
    result.created_by = creator(owner.account);
    result.default_version = version.number == owner.default_version;
    api::ResponseLaunchTemplateData settings;
    settings.image_id = version.settings.image_id;
    settings.instance_type = version.settings.instance_type;
    settings.key_name = version.settings.key_name;
    settings.user_data = version.settings.user_data;
    if (version.settings.detailed_monitoring) {
        api::LaunchTemplatesMonitoring monitoring;
        monitoring.enabled = version.settings.detailed_monitoring;
        settings.monitoring = monitoring;
    }
    settings.security_group_ids = version.settings.security_group_ids;
    if (version.settings.zone) {
        api::LaunchTemplatePlacement placement;
        placement.availability_zone = version.settings.zone;
        settings.placement = placement;
    }
    if (!version.settings.instance_tags.empty()) {
        api::LaunchTemplateTagSpecification tags;
        tags.resource_type = "instance";
        tags.tags = describe(version.settings.instance_tags);
        settings.tag_specifications.push_back(std::move(tags));
    }
    result.launch_template_data = std::move(settings);
    return result;
}

void check_name(const std::string& name) {
    const bool has_odd_characters =
        name.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789().-/_"
        ) != std::string::npos;
    if (name.size() < 3 || name.size() > 128 || has_odd_characters) {
        throw AWSError(
            "InvalidLaunchTemplateName.MalformedException",
            400,
            "A launch template name must be between 3 and 128 characters, and may contain letters, "
            "numbers, and the following "
            "characters: - ( ) . / _"
        );
    }
}

} // namespace

const LaunchTemplate& LaunchTemplateControl::find(
    const std::string& account,
    const std::string& region,
    const std::optional<std::string>& id,
    const std::optional<std::string>& name
) const {
    if (!id && !name) {
        throw AWSError(
            "MissingParameter",
            400,
            "Either 'launchTemplateId' or 'launchTemplateName' must be provided."
        );
    }
    const auto* found = state_.find_launch_template(account, region, id ? *id : *name);
    if (found != nullptr && (id ? found->id == *id : found->name == *name)) return *found;
    if (id) {
        throw AWSError(
            "InvalidLaunchTemplateId.NotFound",
            400,
            fmt::format("The specified launch template, with template ID {}, does not exist.", *id)
        );
    }
    throw AWSError(
        "InvalidLaunchTemplateName.NotFoundException",
        400,
        fmt::format("The specified launch template, with template name {}, does not exist.", *name)
    );
}

const LaunchTemplateVersion& LaunchTemplateControl::version_of(
    const std::string& account,
    const std::string& region,
    const api::LaunchTemplateSpecification& specification,
    const LaunchTemplate** owner
) const {
    const auto& found =
        find(account, region, specification.launch_template_id, specification.launch_template_name);
    const std::string wanted = specification.version.value_or("");
    const auto* version = found.find_version(wanted);
    if (version == nullptr) {
        throw AWSError(
            "InvalidLaunchTemplateId.VersionNotFound",
            400,
            fmt::format(
                "Could not find the specified version {} for the launch template with ID {}.",
                wanted,
                found.id
            )
        );
    }
    if (owner != nullptr) *owner = &found;
    return *version;
}

api::CreateLaunchTemplateResult LaunchTemplateControl::create(
    const aws::Call& call,
    const api::CreateLaunchTemplateRequest& input
) {
    check_name(input.launch_template_name);
    const auto* existing =
        state_.find_launch_template(call.account, call.region, input.launch_template_name);
    if (existing != nullptr && existing->name == input.launch_template_name) {
        throw AWSError(
            "InvalidLaunchTemplateName.AlreadyExistsException",
            400,
            "Launch template name already in use."
        );
    }
    LaunchTemplate created;
    created.id = call.random.resource_id("lt");
    created.name = input.launch_template_name;
    created.account = call.account;
    created.region = call.region;
    created.created = call.now;
    created.versions.push_back(
        {1,
         input.version_description.value_or(""),
         call.now,
         read_settings(call, input.launch_template_data)}
    );
    for (const auto& specification : input.tag_specifications) {
        for (const auto& tag : specification.tags)
            created.tags[tag.key.value_or("")] = tag.value.value_or("");
    }
    api::CreateLaunchTemplateResult result;
    const std::string id = created.id;
    result.launch_template = ec2::describe(state_.launch_templates.put(id, std::move(created)));
    return result;
}

api::CreateLaunchTemplateVersionResult LaunchTemplateControl::create_version(
    const aws::Call& call,
    const api::CreateLaunchTemplateVersionRequest& input
) {
    const auto& found =
        find(call.account, call.region, input.launch_template_id, input.launch_template_name);
    auto settings = read_settings(call, input.launch_template_data);
    if (input.source_version) {
        api::LaunchTemplateSpecification source;
        source.launch_template_id = found.id;
        source.version = input.source_version;
        settings =
            merged(version_of(call.account, call.region, source).settings, std::move(settings));
    }
    if (static_cast<std::int64_t>(found.versions.size()) >= limits::launch_template_versions) {
        throw AWSError(
            "VersionLimitExceeded",
            400,
            "The maximum number of launch template versions has been reached."
        );
    }
    auto& edited = *state_.launch_templates.edit(found.id);
    edited.versions.push_back(
        {edited.versions.back().number + 1,
         input.version_description.value_or(""),
         call.now,
         std::move(settings)}
    );
    api::CreateLaunchTemplateVersionResult result;
    result.launch_template_version = ec2::describe(edited, edited.versions.back());
    return result;
}

api::ModifyLaunchTemplateResult LaunchTemplateControl::modify(
    const aws::Call& call,
    const api::ModifyLaunchTemplateRequest& input
) {
    api::LaunchTemplateSpecification wanted;
    wanted.launch_template_id = input.launch_template_id;
    wanted.launch_template_name = input.launch_template_name;
    wanted.version = input.default_version;
    const LaunchTemplate* owner = nullptr;
    const auto number = version_of(call.account, call.region, wanted, &owner).number;
    auto& edited = *state_.launch_templates.edit(owner->id);
    edited.default_version = number;
    api::ModifyLaunchTemplateResult result;
    result.launch_template = ec2::describe(edited);
    return result;
}

api::DeleteLaunchTemplateResult LaunchTemplateControl::remove(
    const aws::Call& call,
    const api::DeleteLaunchTemplateRequest& input
) {
    const auto& found =
        find(call.account, call.region, input.launch_template_id, input.launch_template_name);
    api::DeleteLaunchTemplateResult result;
    result.launch_template = ec2::describe(found);
    state_.launch_templates.erase(std::string(found.id));
    return result;
}

namespace {

std::optional<std::vector<std::string>>
filter_values(const LaunchTemplate& candidate, std::string_view filter) {
    if (filter == "launch-template-name") return {{candidate.name}};
    if (filter == "create-time") return {{iso8601(candidate.created)}};
    return std::nullopt;
}

} // namespace

api::DescribeLaunchTemplatesResult LaunchTemplateControl::describe(
    const aws::Call& call,
    const api::DescribeLaunchTemplatesRequest& input
) {
    for (const auto& id : input.launch_template_ids)
        find(call.account, call.region, id, std::nullopt);
    for (const auto& name : input.launch_template_names)
        find(call.account, call.region, std::nullopt, name);
    const auto is_asked_for = [](const std::vector<std::string>& asked, const std::string& value) {
        return asked.empty() || std::find(asked.begin(), asked.end(), value) != asked.end();
    };
    check_names(input.filters, [](std::string_view filter) { return filter_values({}, filter); });
    api::DescribeLaunchTemplatesResult result;
    for (const auto& [id, candidate] : state_.launch_templates) {
        if (candidate.account != call.account || candidate.region != call.region) continue;
        if (!is_asked_for(input.launch_template_ids, id)) continue;
        if (!is_asked_for(input.launch_template_names, candidate.name)) continue;
        const bool wanted =
            matches(input.filters, candidate.tags, [&candidate](std::string_view filter) {
                return filter_values(candidate, filter);
            });
        if (wanted) result.launch_templates.push_back(ec2::describe(candidate));
    }
    keep_page(input, result, result.launch_templates);
    return result;
}

api::DescribeLaunchTemplateVersionsResult LaunchTemplateControl::describe_versions(
    const aws::Call& call,
    const api::DescribeLaunchTemplateVersionsRequest& input
) {
    api::DescribeLaunchTemplateVersionsResult result;
    const auto& found =
        find(call.account, call.region, input.launch_template_id, input.launch_template_name);
    if (!input.versions.empty()) {
        for (const auto& version : input.versions) {
            api::LaunchTemplateSpecification wanted;
            wanted.launch_template_id = found.id;
            wanted.version = version;
            result.launch_template_versions.push_back(
                ec2::describe(found, version_of(call.account, call.region, wanted))
            );
        }
        keep_page(input, result, result.launch_template_versions);
        return result;
    }
    // AWS lists the newest version first.
    for (auto version = found.versions.rbegin(); version != found.versions.rend(); ++version) {
        result.launch_template_versions.push_back(ec2::describe(found, *version));
    }
    keep_page(input, result, result.launch_template_versions);
    return result;
}

} // namespace diorama::ec2
