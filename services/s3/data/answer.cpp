// See answer.hpp.
#include "services/s3/data/answer.hpp"

#include "emulator/aws/protocols/xml_output.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/website.hpp"

#include <utility>

namespace diorama::s3 {

namespace {

std::string error_document(const Request& request, const aws::AWSError& error) {
    auto xml = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>",
        xml_escaped(error.code()),
        xml_escaped(error.message())
    );
    for (const auto& [name, value] : error.fields())
        xml += fmt::format("<{0}>{1}</{0}>", name, xml_escaped(value));
    return xml + fmt::format(
                     "<RequestId>{}</RequestId><HostId>{}</HostId></Error>",
                     request.call.request_id,
                     request.host_id
                 );
}

// What applications ask in the course of their work is not worth a line: is it there, has it
// changed?
bool is_ordinary(int status) {
    return status == 304 || status == 404 || status == 412;
}

void tell(const Request& request, const aws::AWSError& error) {
    if (request.log == nullptr) return;
    request.log->write(
        is_ordinary(error.http_status()) ? LogLevel::debug : LogLevel::note,
        "s3",
        "{} {} {} -> {} {}: {}",
        request.head().method,
        request.head().target,
        request.call.request_id,
        error.http_status(),
        error.code(),
        error.message()
    );
}

void respond_error_page(const Request& request, const aws::AWSError& error) {
    std::vector<std::pair<std::string, std::string>> facts{
        {"Code", error.code()},
        {"Message", error.message()}
    };
    facts.insert(facts.end(), error.fields().begin(), error.fields().end());
    facts.emplace_back("RequestId", request.call.request_id);
    facts.emplace_back("HostId", request.host_id);
    http::Headers headers{{"Content-Type", "text/html; charset=utf-8"}};
    headers.add("x-amz-error-code", error.code());
    headers.add("x-amz-error-message", error.message());
    const int status = error.http_status();
    respond(
        request,
        status,
        std::move(headers),
        error_page(status, http::reason_phrase(status), facts, {})
    );
}

} // namespace

std::string xml_escaped(std::string_view text) {
    return aws::xml_escape(text, aws::UnfitCharacters::referenced);
}

void add_common_headers(const Request& request, http::Headers& headers) {
    headers.add("x-amz-request-id", request.call.request_id);
    headers.add("x-amz-id-2", request.host_id);
    headers.add("Server", "AmazonS3");
    for (const auto& [name, value] : request.further_headers)
        headers.set(name, value);
    if (request.call.ignored_parameters.empty()) return;
    std::string ignored;
    for (const auto& parameter : request.call.ignored_parameters)
        ignored += (ignored.empty() ? "" : ", ") + parameter;
    headers.add("x-diorama-ignored", ignored);
}

void respond(const Request& request, int status, http::Headers headers, std::string body) {
    add_common_headers(request, headers);
    request.exchange->respond({status, std::move(headers), std::move(body), {}});
}

void respond_xml(const Request& request, int status, http::Headers headers, std::string body) {
    headers.set("Content-Type", "application/xml");
    respond(request, status, std::move(headers), std::move(body));
}

void respond_error(const Request& request, const aws::AWSError& error) {
    tell(request, error);
    if (request.target.style == AddressingStyle::website) return respond_error_page(request, error);
    if (request.is_head() || error.http_status() == 304)
        return respond(request, error.http_status(), {}, {});
    respond_xml(request, error.http_status(), {}, error_document(request, error));
}

void when_durable(Store& store, const RequestRef& request, std::function<void()> answer) {
    if (!store.persistence->is_durable()) return answer();
    store.persistence->when_durable([request, answer = std::move(answer)](bool is_durable) {
        request->exchange->thread().post([request, answer, is_durable] {
            if (is_durable) return answer();
            respond_error(*request, internal_error());
        });
    });
}

} // namespace diorama::s3
