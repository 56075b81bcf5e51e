// Publish and PublishBatch.
#pragma once

#include "services/sns/api.hpp"
#include "services/sns/background/deliveries.hpp"
#include "services/sns/state.hpp"

namespace diorama::sns {

class Publishing {
public:
    Publishing(State& state, Deliveries& deliveries)
        : state_(state)
        , deliveries_(deliveries) {}

    api::PublishResponse publish(const aws::Call& call, const api::PublishInput& input);
    api::PublishBatchResponse
    publish_batch(const aws::Call& call, const api::PublishBatchInput& input);

private:
    State& state_;
    Deliveries& deliveries_;
};

} // namespace diorama::sns
