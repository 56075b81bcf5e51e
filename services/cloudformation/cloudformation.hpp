// The front door of CloudFormation: stacks made from templates by calling the other services' APIs.
// World thread only.
#pragma once

#include "emulator/aws/service.hpp"
#include "emulator/environment.hpp"
#include "services/cloudformation/ports.hpp"

#include <memory>

namespace diorama::cloudformation {

class CloudFormation {
public:
    // All must outlive this.
    CloudFormation(Environment& environment, ServiceCalls& calls, TemplateObjects& objects);
    ~CloudFormation();

    static const aws::ServiceDescriptor& descriptor();
    aws::ServiceApi& api();

    // Takes up operations that an earlier process left unfinished; when the services it calls are
    // ready.
    void resume();

private:
    struct Rooms;
    std::unique_ptr<Rooms> rooms_;
};

} // namespace diorama::cloudformation
