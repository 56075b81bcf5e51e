// The operations on record sets, and what the name server would answer from them.
#pragma once

#include "services/route53/control/control.hpp"

namespace diorama::route53 {

class RecordSets {
public:
    explicit RecordSets(const ControlPlane& control)
        : control_(control) {}

    api::ChangeResourceRecordSetsResponse
    change(const aws::Call& call, const api::ChangeResourceRecordSetsRequest& input);
    api::ListResourceRecordSetsResponse
    list(const aws::Call& call, const api::ListResourceRecordSetsRequest& input);
    api::TestDNSAnswerResponse
    test_answer(const aws::Call& call, const api::TestDNSAnswerRequest& input);

private:
    ControlPlane control_;
};

} // namespace diorama::route53
