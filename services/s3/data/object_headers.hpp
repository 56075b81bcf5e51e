// An object's headers on the wire: read from an upload, written to a download.
#pragma once

#include "emulator/http/message.hpp"
#include "services/s3/data/range.hpp"
#include "services/s3/data/request.hpp"
#include "services/s3/state.hpp"

namespace diorama::s3 {

// What PutObject, CreateMultipartUpload and CopyObject say of the object. Refuses what is wrong and
// what is not emulated. Throws aws::AWSError.
ObjectHeaders read_object_headers(const Request& request);

// MFA and the like are refused where they would change what happens.
void check_unsupported_headers(const Request& request);

// "a=1&b=2" as x-amz-tagging has it.
Tags read_tagging_header(const std::string& header);
// AWS's rules for the keys and values of tags.
void check_tag(const std::string& key, const std::string& value);

// Headers of a GET or HEAD. `checksum` is that of what is sent, if it has one.
http::Headers write_object_headers(const Object& object, const std::optional<Checksum>& checksum);

void add_checksum_headers(http::Headers& headers, const Checksum& checksum);

// response-content-type and its five relatives replace what is stored.
void apply_overrides(const Request& request, http::Headers& headers);

} // namespace diorama::s3
