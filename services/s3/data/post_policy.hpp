// The policy document of a POST form: until when, and what the form's fields must be. Pure.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
#pragma once

#include "emulator/aws/error.hpp"
#include "emulator/time/time.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::s3 {

// By name in lower case.
using FormFields = std::map<std::string, std::string>;

struct SizeRange {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
};

// Throws aws::AWSError unless the policy (base64) allows a form of these fields, `bucket` among
// them. What it says about the file's size is left to whoever sees the file.
std::optional<SizeRange>
check_post_policy(std::string_view policy, const FormFields& fields, Timestamp now);

} // namespace diorama::s3
