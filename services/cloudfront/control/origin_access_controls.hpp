// Operations on origin access controls.
#pragma once

#include "services/cloudfront/api.hpp"
#include "services/cloudfront/state.hpp"

namespace diorama::cloudfront {

class OriginAccessControls {
public:
    explicit OriginAccessControls(State& state)
        : state_(state) {}

    api::CreateOriginAccessControlResult create_origin_access_control(
        const aws::Call& call,
        const api::CreateOriginAccessControlRequest& input
    );
    api::GetOriginAccessControlResult get_origin_access_control(
        const aws::Call& call,
        const api::GetOriginAccessControlRequest& input
    );
    api::GetOriginAccessControlConfigResult get_origin_access_control_config(
        const aws::Call& call,
        const api::GetOriginAccessControlConfigRequest& input
    );
    api::ListOriginAccessControlsResult list_origin_access_controls(
        const aws::Call& call,
        const api::ListOriginAccessControlsRequest& input
    );
    api::UpdateOriginAccessControlResult update_origin_access_control(
        const aws::Call& call,
        const api::UpdateOriginAccessControlRequest& input
    );
    api::DeleteOriginAccessControlOutput delete_origin_access_control(
        const aws::Call& call,
        const api::DeleteOriginAccessControlRequest& input
    );

private:
    const OriginAccessControlRecord& get(const aws::Call& call, const std::string& id) const;
    void check(
        const aws::Call& call,
        const api::OriginAccessControlConfig& config,
        const std::string& own_id
    ) const;

    State& state_;
};

} // namespace diorama::cloudfront
