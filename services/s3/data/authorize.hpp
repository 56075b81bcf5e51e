// Asks data/access.cpp whether a request may be answered: who asks, for which actions, and what
// conditions may be made of it, all read from the request.
#pragma once

#include "emulator/aws/error.hpp"
#include "services/s3/data/access.hpp"
#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace diorama::s3 {

// Throws aws::AWSError unless the caller may. A bucket that does not exist is left to the
// operation to miss. Also finds the access control list of an object that is about to be written
// (Request::object_list, Request::managed_key).
void authorize(Store& store, const Request& request, std::string_view operation);

// The same about one object, with the state's lock held; nothing: the caller may.
std::optional<aws::AWSError> find_denial(
    const State& state,
    const Bucket& bucket,
    const Request& request,
    std::string_view operation,
    const std::string& key,
    const std::string& version_id = {}
);

// Whether another service of AWS may write into the bucket on behalf of a bucket of the same
// account (server access logs). With the lock held.
bool may_write(
    const State& state,
    const Bucket& bucket,
    const std::string& key,
    const std::string& service,
    const Bucket& on_behalf_of
);

bool has_versioning(const Bucket& bucket);

// What applies to a bucket: its own block and its account's.
PublicAccessBlock block_of(const State& state, const Bucket& bucket);

std::string bucket_arn(std::string_view bucket);
// As canonical user; that of everybody unknown for an anonymous caller.
std::string writer_of(const Request& request);

aws::AWSError access_denied();
aws::AWSError lists_not_supported();

} // namespace diorama::s3
