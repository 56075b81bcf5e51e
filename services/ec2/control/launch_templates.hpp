// Launch templates and their versions.
#pragma once

#include "emulator/aws/call.hpp"
#include "services/ec2/api.hpp"
#include "services/ec2/state.hpp"

namespace diorama::ec2 {

class LaunchTemplateControl {
public:
    explicit LaunchTemplateControl(State& state)
        : state_(state) {}

    api::CreateLaunchTemplateResult
    create(const aws::Call& call, const api::CreateLaunchTemplateRequest& input);
    api::CreateLaunchTemplateVersionResult
    create_version(const aws::Call& call, const api::CreateLaunchTemplateVersionRequest& input);
    api::ModifyLaunchTemplateResult
    modify(const aws::Call& call, const api::ModifyLaunchTemplateRequest& input);
    api::DeleteLaunchTemplateResult
    remove(const aws::Call& call, const api::DeleteLaunchTemplateRequest& input);
    api::DescribeLaunchTemplatesResult
    describe(const aws::Call& call, const api::DescribeLaunchTemplatesRequest& input);
    api::DescribeLaunchTemplateVersionsResult describe_versions(
        const aws::Call& call,
        const api::DescribeLaunchTemplateVersionsRequest& input
    );

    // The version an id or name and a version text stand for; throws AWS's errors.
    const LaunchTemplateVersion& version_of(
        const std::string& account,
        const std::string& region,
        const api::LaunchTemplateSpecification& specification,
        const LaunchTemplate** owner = nullptr
    ) const;

private:
    const LaunchTemplate& find(
        const std::string& account,
        const std::string& region,
        const std::optional<std::string>& id,
        const std::optional<std::string>& name
    ) const;
    State& state_;
};

} // namespace diorama::ec2
