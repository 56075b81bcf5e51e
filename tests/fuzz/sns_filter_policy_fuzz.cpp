// Any bytes are either a filter policy that can be applied or an error; never a crash.
#include "services/sns/data/filter_policy.hpp"
#include "services/sns/data/retry_policy.hpp"
#include "services/sns/data/url.hpp"

#include <cstddef>
#include <cstdint>

using namespace diorama::sns;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    parse_endpoint_url(text);
    parse_delivery_policy(text);
    unemulated_operator(text);
    Message message;
    message.attributes["colour"] = {"String", "blue"};
    message.attributes["price"] = {"Number", "3"};
    for (const auto scope :
         {FilterPolicyScope::message_attributes, FilterPolicyScope::message_body}) {
        if (filter_policy_error(text, scope).empty())
            matches_filter_policy(text, scope, message, R"({"a":{"b":1},"colour":["x",null]})");
    }
    return 0;
}
