// AWS Security Token Service: who is calling.
#pragma once

#include "services/sts/api.hpp"

namespace diorama::sts {

class STS final : public api::STSApi {
public:
    api::STSApi& api() { return *this; }

    const aws::ServiceDescriptor& descriptor() const { return api::descriptor(); }

    api::GetCallerIdentityResponse
    get_caller_identity(const aws::Call& call, const api::GetCallerIdentityRequest& input) override;
};

} // namespace diorama::sts
