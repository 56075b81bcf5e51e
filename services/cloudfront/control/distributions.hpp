// Operations on distributions and their tags.
#pragma once

#include "services/cloudfront/api.hpp"
#include "services/cloudfront/background/deployment.hpp"
#include "services/cloudfront/state.hpp"

namespace diorama::cloudfront {

class Distributions {
public:
    Distributions(State& state, Deployment& deployment)
        : state_(state)
        , deployment_(deployment) {}

    api::CreateDistributionResult
    create_distribution(const aws::Call& call, const api::CreateDistributionRequest& input);
    api::CreateDistributionWithTagsResult create_distribution_with_tags(
        const aws::Call& call,
        const api::CreateDistributionWithTagsRequest& input
    );
    api::GetDistributionResult
    get_distribution(const aws::Call& call, const api::GetDistributionRequest& input);
    api::GetDistributionConfigResult
    get_distribution_config(const aws::Call& call, const api::GetDistributionConfigRequest& input);
    api::UpdateDistributionResult
    update_distribution(const aws::Call& call, const api::UpdateDistributionRequest& input);
    api::DeleteDistributionOutput
    delete_distribution(const aws::Call& call, const api::DeleteDistributionRequest& input);
    api::ListDistributionsResult
    list_distributions(const aws::Call& call, const api::ListDistributionsRequest& input);

    api::TagResourceOutput
    tag_resource(const aws::Call& call, const api::TagResourceRequest& input);
    api::UntagResourceOutput
    untag_resource(const aws::Call& call, const api::UntagResourceRequest& input);
    api::ListTagsForResourceResult
    list_tags_for_resource(const aws::Call& call, const api::ListTagsForResourceRequest& input);

private:
    const DistributionRecord& create(
        const aws::Call& call,
        api::DistributionConfig config,
        const std::vector<api::Tag>& tags
    );
    const DistributionRecord& get(const aws::Call& call, const std::string& id) const;
    DistributionRecord& get_tagged(const aws::Call& call, const std::string& arn);
    api::Distribution describe(const DistributionRecord& record) const;
    api::DistributionSummary summarize(const DistributionRecord& record) const;

    State& state_;
    Deployment& deployment_;
};

} // namespace diorama::cloudfront
