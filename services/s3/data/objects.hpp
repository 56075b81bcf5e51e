// The data plane of S3: the operations whose work is bytes. They read the request's headers and
// write the response's directly, without generated shapes, because they are what S3 mostly does.
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

namespace diorama::s3 {

// Each answers the request, now or later; throws aws::AWSError before it has begun to.
void put_object(Store& store, const RequestRef& request);
void upload_part(Store& store, const RequestRef& request);
void get_object(Store& store, const RequestRef& request); // and HeadObject
void delete_object(Store& store, const RequestRef& request);
void serve_website(Store& store, const RequestRef& request);

// AWS: The key name can be up to 1,024 bytes long.
void check_key(const std::string& key);
// A part number as the query has it.
int read_part_number(const std::string& text);

} // namespace diorama::s3
