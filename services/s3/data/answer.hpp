// How S3 answers: the headers that every response has, errors as XML, and the wait until what was
// changed is durable.
#pragma once

#include "emulator/aws/error.hpp"
#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

#include <functional>
#include <string>

namespace diorama::s3 {

// Request ids and the like.
void add_common_headers(const Request& request, http::Headers& headers);

void respond(const Request& request, int status, http::Headers headers, std::string body = {});
void respond_xml(const Request& request, int status, http::Headers headers, std::string body);
// <Error>; no body in answer to HEAD. For a website endpoint it is a page.
void respond_error(const Request& request, const aws::AWSError& error);

// Runs `answer` on the exchange's thread once all changes so far are durable; answers with an error
// if they cannot be.
void when_durable(Store& store, const RequestRef& request, std::function<void()> answer);

// Runs something that throws aws::AWSError, and answers the error if it does.
template <class Work>
void answering_errors(const RequestRef& request, Work work) {
    try {
        work();
    } catch (const aws::AWSError& error) {
        respond_error(*request, error);
    }
}

std::string xml_escaped(std::string_view text);

} // namespace diorama::s3
