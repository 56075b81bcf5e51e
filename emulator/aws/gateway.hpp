// The front door: every request to the shared port comes through here. It finds out what the
// request means (a data plane reached by its host name, a page, or an operation of a service),
// calls the operation on the world thread and answers in the protocol of the call.
//
// Everything is registered before the first request; after that nothing here changes.
#pragma once

#include "emulator/aws/recognition.hpp"
#include "emulator/aws/service.hpp"
#include "emulator/environment.hpp"
#include "emulator/http/exchange.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::aws {

class Gateway {
public:
    explicit Gateway(Environment& environment);
    ~Gateway();

    // A service whose operations are called on the world thread. gateway.add(api::descriptor(), x).
    void add(const ServiceDescriptor& descriptor, ServiceApi& service);

    // A service that takes its exchanges itself, on the edge thread. `name` is its name in
    // credential scopes and host names. The first one also gets what nobody else recognises:
    // path-style S3 without a signature.
    void add_raw(std::string name, http::Handler handler);

    // A page of the emulator's own, by exact path; called on the world thread.
    using Page = std::function<http::Response(const http::RequestHead& request)>;
    void add_page(std::string path, Page page);

    // What a POST to a page does: called on the world thread with the body; `respond` is called
    // there too, at once or later. Other methods show the page.
    using Respond = std::function<void(http::Response response)>;
    using Action = std::function<void(const std::string& body, Respond respond)>;
    void add_action(std::string path, Action action);

    // Data planes reached by Host (lower case, without port), tried in the order of registration
    // and before the API. The predicate is asked on edge threads.
    using HostPredicate = std::function<bool(std::string_view host)>;
    void route_host(HostPredicate matches, http::Handler handler);
    // Hosts that end so: ".s3.localhost".
    void route_host_suffix(std::string suffix, http::Handler handler);

    // Requests in absolute form (a forward proxy's). False: the host is our own, go on as usual.
    using Proxy = std::function<bool(const std::shared_ptr<http::Exchange>& exchange)>;

    void route_proxy(Proxy proxy) { proxy_ = std::move(proxy); }

    void route_connect(http::Handler handler) { connect_ = std::move(handler); }

    // --verify-signatures: the secret of an access key, or nothing when there is no such key.
    using Secrets = std::function<std::optional<std::string>(std::string_view access_key)>;

    void verify_signatures(Secrets secrets) { secrets_ = std::move(secrets); }

    http::Handler handler();
    // What the front door's listeners say and log where HTTP itself is not understood.
    http::ServerOptions server_options();

    // A new request identifier: a UUID. Any thread.
    std::string new_request_id();

private:
    struct Implementation; // of one service
    struct PendingCall;

    void receive(std::shared_ptr<http::Exchange> exchange);
    void show(std::shared_ptr<http::Exchange> exchange, const Page& page);
    void act(const std::shared_ptr<http::Exchange>& exchange, const Action& action);
    bool is_taken_elsewhere(const std::shared_ptr<http::Exchange>& exchange);
    void receive_api_call(std::shared_ptr<http::Exchange> exchange);
    void body_collected(std::shared_ptr<PendingCall> call, http::BodyState state, std::string body);
    void start(std::shared_ptr<PendingCall> call);
    std::optional<AWSError> check_signature(const PendingCall& call) const;
    void post_to_world(std::shared_ptr<PendingCall> call);
    void invoke(PendingCall& call);
    void refuse(PendingCall& call, const AWSError& error);
    void answer(PendingCall& call, http::Response response);
    Implementation* implementation_of(const KnownService& service) const;

    Environment& environment_;
    std::mutex random_mutex_;
    Random random_;
    std::vector<KnownService> services_;
    std::vector<std::unique_ptr<Implementation>> implementations_; // parallel to services_
    std::vector<std::pair<std::string, Page>> pages_;
    std::vector<std::pair<std::string, Action>> actions_;
    std::vector<std::pair<HostPredicate, http::Handler>> hosts_;
    Proxy proxy_;
    http::Handler connect_;
    Secrets secrets_;
};

} // namespace diorama::aws
