// Puts the rooms of CloudFront together and hands every operation to the noun it belongs to.
#include "services/cloudfront/cloudfront.hpp"

#include "services/cloudfront/control/cache_policies.hpp"
#include "services/cloudfront/control/distributions.hpp"
#include "services/cloudfront/control/invalidations.hpp"
#include "services/cloudfront/control/origin_access_controls.hpp"
#include "services/cloudfront/data/viewer_server.hpp"

namespace diorama::cloudfront {

namespace {

// The operations, each a line; the rules are in control/.
class Operations final : public api::CloudFrontApi {
public:
    Operations(Distributions& distributions, Invalidations& invalidations, State& state)
        : distributions_(distributions)
        , invalidations_(invalidations)
        , access_controls_(state)
        , cache_policies_(state) {}

    api::CreateDistributionResult create_distribution(
        const aws::Call& call,
        const api::CreateDistributionRequest& input
    ) override {
        return distributions_.create_distribution(call, input);
    }

    api::CreateDistributionWithTagsResult create_distribution_with_tags(
        const aws::Call& call,
        const api::CreateDistributionWithTagsRequest& input
    ) override {
        return distributions_.create_distribution_with_tags(call, input);
    }

    api::GetDistributionResult
    get_distribution(const aws::Call& call, const api::GetDistributionRequest& input) override {
        return distributions_.get_distribution(call, input);
    }

    api::GetDistributionConfigResult get_distribution_config(
        const aws::Call& call,
        const api::GetDistributionConfigRequest& input
    ) override {
        return distributions_.get_distribution_config(call, input);
    }

    api::UpdateDistributionResult update_distribution(
        const aws::Call& call,
        const api::UpdateDistributionRequest& input
    ) override {
        return distributions_.update_distribution(call, input);
    }

    api::DeleteDistributionOutput delete_distribution(
        const aws::Call& call,
        const api::DeleteDistributionRequest& input
    ) override {
        return distributions_.delete_distribution(call, input);
    }

    api::ListDistributionsResult
    list_distributions(const aws::Call& call, const api::ListDistributionsRequest& input) override {
        return distributions_.list_distributions(call, input);
    }

    api::TagResourceOutput
    tag_resource(const aws::Call& call, const api::TagResourceRequest& input) override {
        return distributions_.tag_resource(call, input);
    }

    api::UntagResourceOutput
    untag_resource(const aws::Call& call, const api::UntagResourceRequest& input) override {
        return distributions_.untag_resource(call, input);
    }

    api::ListTagsForResourceResult list_tags_for_resource(
        const aws::Call& call,
        const api::ListTagsForResourceRequest& input
    ) override {
        return distributions_.list_tags_for_resource(call, input);
    }

    api::CreateInvalidationResult create_invalidation(
        const aws::Call& call,
        const api::CreateInvalidationRequest& input
    ) override {
        return invalidations_.create_invalidation(call, input);
    }

    api::GetInvalidationResult
    get_invalidation(const aws::Call& call, const api::GetInvalidationRequest& input) override {
        return invalidations_.get_invalidation(call, input);
    }

    api::ListInvalidationsResult
    list_invalidations(const aws::Call& call, const api::ListInvalidationsRequest& input) override {
        return invalidations_.list_invalidations(call, input);
    }

    api::CreateOriginAccessControlResult create_origin_access_control(
        const aws::Call& call,
        const api::CreateOriginAccessControlRequest& input
    ) override {
        return access_controls_.create_origin_access_control(call, input);
    }

    api::GetOriginAccessControlResult get_origin_access_control(
        const aws::Call& call,
        const api::GetOriginAccessControlRequest& input
    ) override {
        return access_controls_.get_origin_access_control(call, input);
    }

    api::GetOriginAccessControlConfigResult get_origin_access_control_config(
        const aws::Call& call,
        const api::GetOriginAccessControlConfigRequest& input
    ) override {
        return access_controls_.get_origin_access_control_config(call, input);
    }

    api::ListOriginAccessControlsResult list_origin_access_controls(
        const aws::Call& call,
        const api::ListOriginAccessControlsRequest& input
    ) override {
        return access_controls_.list_origin_access_controls(call, input);
    }

    api::UpdateOriginAccessControlResult update_origin_access_control(
        const aws::Call& call,
        const api::UpdateOriginAccessControlRequest& input
    ) override {
        return access_controls_.update_origin_access_control(call, input);
    }

    api::DeleteOriginAccessControlOutput delete_origin_access_control(
        const aws::Call& call,
        const api::DeleteOriginAccessControlRequest& input
    ) override {
        return access_controls_.delete_origin_access_control(call, input);
    }

    api::CreateCachePolicyResult create_cache_policy(
        const aws::Call& call,
        const api::CreateCachePolicyRequest& input
    ) override {
        return cache_policies_.create_cache_policy(call, input);
    }

    api::GetCachePolicyResult
    get_cache_policy(const aws::Call& call, const api::GetCachePolicyRequest& input) override {
        return cache_policies_.get_cache_policy(call, input);
    }

    api::ListCachePoliciesResult list_cache_policies(
        const aws::Call& call,
        const api::ListCachePoliciesRequest& input
    ) override {
        return cache_policies_.list_cache_policies(call, input);
    }

    api::DeleteCachePolicyOutput delete_cache_policy(
        const aws::Call& call,
        const api::DeleteCachePolicyRequest& input
    ) override {
        return cache_policies_.delete_cache_policy(call, input);
    }

    api::GetOriginRequestPolicyResult get_origin_request_policy(
        const aws::Call&,
        const api::GetOriginRequestPolicyRequest& input
    ) override {
        return origin_request_policies_.get_origin_request_policy(input);
    }

    api::ListOriginRequestPoliciesResult list_origin_request_policies(
        const aws::Call&,
        const api::ListOriginRequestPoliciesRequest& input
    ) override {
        return origin_request_policies_.list_origin_request_policies(input);
    }

private:
    Distributions& distributions_;
    Invalidations& invalidations_;
    OriginAccessControls access_controls_;
    CachePolicies cache_policies_;
    OriginRequestPolicies origin_request_policies_;
};

// AWS names edge locations after the nearest airport.
constexpr const char* edge_location_name = "FRA56-C2";

} // namespace

struct CloudFront::Rooms {
    Rooms(const Environment& environment, ViewerListeners& listeners)
        : state(environment.journal)
        , edge(edge_location_name, environment.random.fork("edge"), limits::edge_cache_bytes)
        , deployment(environment, state, published, listeners, edge_location_name)
        , distributions(state, deployment)
        , invalidations(environment, state, published, edge)
        , operations(distributions, invalidations, state) {}

    State state;
    PublishedDistributions published;
    EdgeLocation edge;
    std::unique_ptr<ViewerServer> server; // live
    Deployment deployment;
    Distributions distributions;
    Invalidations invalidations;
    Operations operations;
};

CloudFront::CloudFront(
    const Environment& environment,
    http::Client& client,
    OriginAddresses& origins,
    ViewerListeners& listeners
)
    : rooms_(std::make_unique<Rooms>(environment, listeners)) {
    rooms_->server = std::make_unique<ViewerServer>(
        EdgePlace{rooms_->edge, client, origins, environment.log},
        rooms_->published,
        environment.metrics
    );
    listeners.listen(edge_location(), viewer_handler());
}

CloudFront::CloudFront(const Environment& environment, ViewerListeners& listeners)
    : rooms_(std::make_unique<Rooms>(environment, listeners)) {}

CloudFront::~CloudFront() = default;

void CloudFront::resume() {
    rooms_->deployment.resume_all();
    rooms_->invalidations.resume_all();
}

const aws::ServiceDescriptor& CloudFront::descriptor() const {
    return api::descriptor();
}

aws::ServiceApi& CloudFront::api() {
    return rooms_->operations;
}

http::Handler CloudFront::viewer_handler() {
    return [&server = *rooms_->server](std::shared_ptr<http::Exchange> exchange) {
        server.serve(std::move(exchange));
    };
}

bool CloudFront::claims_host(std::string_view host) const {
    return rooms_->published.find(host) != nullptr;
}

DistributionPtr CloudFront::find(std::string_view host) const {
    return rooms_->published.find(host);
}

std::uint64_t CloudFront::published_version() const {
    return rooms_->published.version();
}

EdgeLocation& CloudFront::edge() {
    return rooms_->edge;
}

std::vector<std::string> CloudFront::host_names() const {
    return rooms_->published.host_names();
}

const std::string& CloudFront::edge_location() const {
    return rooms_->edge.name();
}

} // namespace diorama::cloudfront
