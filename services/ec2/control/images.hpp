// The images and instance types one can choose from. Images are facts, not resources: what runs on
// an instance is the built-in application or the user data's command, whatever the image.
#pragma once

#include "emulator/aws/call.hpp"
#include "services/ec2/api.hpp"

#include <string>

namespace diorama::ec2 {

api::DescribeImagesResult
describe_images(const aws::Call& call, const api::DescribeImagesRequest& input);
api::DescribeInstanceTypesResult
describe_instance_types(const aws::Call& call, const api::DescribeInstanceTypesRequest& input);

// Any well-formed image id is accepted, because every region of AWS has thousands of its own;
// throws for others.
void check_image(const std::string& id);

} // namespace diorama::ec2
