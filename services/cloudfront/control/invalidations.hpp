// Operations on invalidations. The edge location forgets the paths at once; the batch is Completed
// a little later, as on AWS.
#pragma once

#include "emulator/environment.hpp"
#include "services/cloudfront/api.hpp"
#include "services/cloudfront/data/edge_location.hpp"
#include "services/cloudfront/state.hpp"

#include <map>

namespace diorama::cloudfront {

class Invalidations {
public:
    Invalidations(
        const Environment& environment,
        State& state,
        const PublishedDistributions& published,
        EdgeLocation& edge
    )
        : environment_(environment)
        , state_(state)
        , published_(published)
        , edge_(edge) {}

    // Goes on with what an earlier process had not finished.
    void resume_all();

    api::CreateInvalidationResult
    create_invalidation(const aws::Call& call, const api::CreateInvalidationRequest& input);
    api::GetInvalidationResult
    get_invalidation(const aws::Call& call, const api::GetInvalidationRequest& input);
    api::ListInvalidationsResult
    list_invalidations(const aws::Call& call, const api::ListInvalidationsRequest& input);

private:
    std::string key_of_distribution(const aws::Call& call, const std::string& id) const;
    void
    check_quota(const std::string& distribution_key, const api::InvalidationBatch& batch) const;
    void complete_later(const std::string& key);

    Environment environment_;
    State& state_;
    const PublishedDistributions& published_;
    EdgeLocation& edge_;
    std::map<std::string, Timer> timers_; // by key of the invalidation
};

} // namespace diorama::cloudfront
