// The front door of CloudFormation: stacks made from templates by calling the other services' APIs.
// World thread only.
#pragma once

#include "emulator/aws/service.hpp"
#include "emulator/environment.hpp"
#include "services/cloudformation/ports.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::cloudformation {

// What keeps a template from being made whatever its parameters: its form, types and properties
// that there are not. A sentence each; none for a good one. Any thread.
std::vector<std::string> mistakes_in_template(std::string_view text);

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
