// See conditional_write.hpp.
#include "services/s3/data/conditional_write.hpp"

#include "services/s3/data/errors.hpp"
#include "services/s3/data/preconditions.hpp"

namespace diorama::s3 {

namespace {

aws::AWSError unaccepted_value(std::string_view header) {
    return header_not_implemented(header).with(
        "additionalMessage",
        fmt::format("We don't accept the provided value of {} header for this API", header)
    );
}

} // namespace

WriteConditions read_write_conditions(const Request& request, ConditionalOperation operation) {
    const auto* if_none_match = request.headers().find("if-none-match");
    const auto* if_match = request.headers().find("if-match");
    if (if_none_match != nullptr && if_match != nullptr)
        throw header_not_implemented("If-Match,If-None-Match")
            .with(
                "additionalMessage",
                "Multiple conditional request headers present in the request"
            );
    WriteConditions conditions;
    if (if_none_match != nullptr) {
        if (*if_none_match != "*") throw unaccepted_value("If-None-Match");
        conditions.if_none_exists = true;
    }
    if (if_match != nullptr) {
        // AWS: of the operations with conditions only DeleteObject takes "If-Match: *".
        conditions.if_exists = *if_match == "*";
        if (conditions.if_exists && operation == ConditionalOperation::write)
            throw unaccepted_value("If-Match");
        if (!conditions.if_exists) conditions.if_match = unquoted(*if_match);
    }
    return conditions;
}

void check_write(
    const WriteConditions& conditions,
    const ObjectRef& current,
    const std::string& key
) {
    if (conditions.if_none_exists && current != nullptr) throw precondition_failed("If-None-Match");
    if (conditions.if_exists && current == nullptr) throw no_such_key(key);
    if (conditions.if_match.empty()) return;
    if (current == nullptr) throw no_such_key(key);
    if (current->e_tag != conditions.if_match) throw precondition_failed("If-Match");
}

ObjectRef find_object(const Bucket& bucket, const std::string& key) {
    const auto found = bucket.objects.find(key);
    return found == bucket.objects.end() ? nullptr : found->second;
}

Bucket& bucket_of(State& state, const std::string& name) {
    auto* bucket = state.find_bucket(name);
    if (bucket == nullptr) throw no_such_bucket(name);
    return *bucket;
}

} // namespace diorama::s3
