// See form_exchange.hpp.
#include "services/s3/data/form_exchange.hpp"

#include "services/s3/data/answer.hpp"

#include <fmt/core.h>

namespace diorama::s3 {

namespace {

// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html#RESTObjectPOST-responses
http::Response answer_of(const FormAnswer& form, http::Response stored) {
    const auto e_tag = std::string(stored.headers.get("ETag"));
    stored.headers.set("Location", form.location);
    stored.status = form.status;
    if (!form.redirect.empty()) {
        stored.status = 303;
        const auto separator = form.redirect.find('?') == std::string::npos ? '?' : '&';
        stored.headers.set(
            "Location",
            fmt::format(
                "{}{}bucket={}&key={}&etag={}",
                form.redirect,
                separator,
                http::percent_encode(form.bucket),
                http::percent_encode(form.key),
                http::percent_encode(e_tag)
            )
        );
    } else if (form.status == 201) {
        stored.headers.set("Content-Type", "application/xml");
        stored.body = fmt::format(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PostResponse><Location>{}</Location>"
            "<Bucket>{}</Bucket><Key>{}</Key><ETag>{}</ETag></PostResponse>",
            xml_escaped(form.location),
            xml_escaped(form.bucket),
            xml_escaped(form.key),
            xml_escaped(e_tag)
        );
    }
    return stored;
}

} // namespace

void FormExchange::deliver(http::BodyState state, std::string_view bytes) {
    // Called last, it may let go of this.
    const auto piece = state == http::BodyState::more ? piece_ : std::exchange(piece_, nullptr);
    const http::Headers no_trailers;
    if (piece) piece({state, bytes, &no_trailers});
}

void FormExchange::respond(http::Response response) {
    exchange_->respond(
        response.status == 200 ? answer_of(form_, std::move(response)) : std::move(response)
    );
}

} // namespace diorama::s3
