// See viewer_server.hpp.
#include "services/cloudfront/data/viewer_server.hpp"

#include "services/cloudfront/data/delivery.hpp"
#include "services/cloudfront/data/error_page.hpp"

namespace diorama::cloudfront {

void ViewerServer::serve(std::shared_ptr<http::Exchange> exchange) {
    auto distribution = distributions_.find(exchange->request().host());
    if (!distribution) { // AWS: a Host that no distribution claims gets 403.
        auto page = page_response(bad_request(), place_.edge.new_identity());
        exchange->respond(std::move(page.response));
        return;
    }
    const auto delivery =
        std::make_shared<Delivery>(place_, metrics_, std::move(exchange), std::move(distribution));
    delivery->begin(Collapsing::allowed);
}

} // namespace diorama::cloudfront
