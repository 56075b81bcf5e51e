// AWS::CloudFormation::WaitConditionHandle: a URL that nobody answers; templates use it as the
// resource that does nothing. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

#include <fmt/format.h>

namespace diorama::cloudformation {
namespace {

class WaitConditionHandle final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::CloudFormation::WaitConditionHandle"; }

    std::span<const Property> properties() const override { return {}; }

    std::string create(Work& work) const override {
        return fmt::format(
            "https://cloudformation-waitcondition-{}.s3.amazonaws.com/{}/{}/{}",
            work.place.region,
            work.stack_id,
            work.logical_id,
            work.random.uuid()
        );
    }

    void update(Work&) const override {}

    void remove(Work&) const override {}
};

} // namespace

const ResourceType& wait_condition_handle_type() {
    static const WaitConditionHandle type;
    return type;
}

} // namespace diorama::cloudformation
