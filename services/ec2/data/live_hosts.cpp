// See live_hosts.hpp.
#include "services/ec2/data/live_hosts.hpp"

#include "emulator/network/child_process.hpp"
#include "services/ec2/data/demonstration_app.hpp"
#include "services/ec2/data/wire_database.hpp"
#include "services/ec2/limits.hpp"

#include <fmt/format.h>

namespace diorama::ec2 {

namespace {

class ApplicationHost final : public InstanceHost {
public:
    ApplicationHost(
        network::Network& network,
        network::Names& names,
        network::Endpoint proper,
        std::shared_ptr<DemonstrationApp> app,
        Log& log
    )
        : names_(names)
        , proper_(proper)
        , app_(std::move(app)) {
        const auto accept = http::serve(
            [application = app_](std::shared_ptr<http::Exchange> exchange) {
                application->serve(std::move(exchange));
            },
            {.log = &log, .component = "ec2"}
        );
        for (network::Endpoint endpoint = proper; !listener_;) {
            try {
                listener_ = network.listen(endpoint, accept);
            } catch (const network::ListenError& error) {
                // The proper port may be forbidden or taken: the next of our own range.
                endpoint.port = endpoint.port == proper.port
                                    ? limits::first_port
                                    : static_cast<std::uint16_t>(endpoint.port + 1);
                if (endpoint.port > limits::last_port) {
                    console_ = fmt::format("{}\n", error.what());
                    return;
                }
            }
        }
        if (listener_->endpoint() != proper) names.redirect(proper, listener_->endpoint());
        console_ = fmt::format(
            "The demonstration application listens on {}\n",
            listener_->endpoint().to_string()
        );
    }

    ~ApplicationHost() override {
        app_->pull_the_plug();
        names_.forget_redirect(proper_);
    }

    Duration cpu_time(Timestamp now) const override { return app_->cpu_time(now); }

    double bytes_received() const override { return app_->bytes_received(); }

    double bytes_sent() const override { return app_->bytes_sent(); }

    bool is_running() const override { return listener_ != nullptr; }

    std::string console_output() const override { return console_; }

private:
    network::Names& names_;
    network::Endpoint proper_;
    std::shared_ptr<DemonstrationApp> app_;
    std::unique_ptr<network::Listener> listener_;
    std::string console_;
};

class ProcessHost final : public InstanceHost {
public:
    ProcessHost(
        network::Names& names,
        network::Endpoint proper,
        std::unique_ptr<network::ChildProcess> process
    )
        : names_(names)
        , proper_(proper)
        , process_(std::move(process)) {}

    ~ProcessHost() override { names_.forget_redirect(proper_); }

    Duration cpu_time(Timestamp) const override { return process_->cpu_time(); }

    // Its traffic does not pass through us.
    double bytes_received() const override { return 0; }

    double bytes_sent() const override { return 0; }

    bool is_running() const override { return process_->is_running(); }

    std::string console_output() const override { return process_->output(); }

private:
    network::Names& names_;
    network::Endpoint proper_;
    std::unique_ptr<network::ChildProcess> process_;
};

// A port that nobody listens on at the instance's address: the proper one if it may be bound, else
// one of ours.
std::uint16_t free_port(network::Network& network, const network::Endpoint& proper) {
    for (network::Endpoint endpoint = proper;;) {
        try {
            const auto probe = network.listen(endpoint, [](network::Connection&) {
                return std::shared_ptr<network::ConnectionEvents>();
            });
            return endpoint.port;
        } catch (const network::ListenError&) {
            endpoint.port = endpoint.port == proper.port
                                ? limits::first_port
                                : static_cast<std::uint16_t>(endpoint.port + 1);
            if (endpoint.port > limits::last_port) return proper.port;
        }
    }
}

} // namespace

std::unique_ptr<InstanceHost> LiveHosts::start(const InstanceIdentity& identity) {
    const auto settings = read_settings(identity.user_data);
    const auto application = application_settings(settings);
    const network::Endpoint proper{identity.address, application.port};
    if (!options_.allow_exec || identity.user_data.empty()) {
        const auto resolve = [ask = options_.resolve,
                              address = identity.address](std::string_view name) {
            return ask ? ask(name, address) : std::vector<network::IPAddress>{};
        };
        auto database = application.database_host.empty()
                            ? nullptr
                            : make_wire_database(network_, names_, resolve, application);
        return std::make_unique<ApplicationHost>(
            network_,
            names_,
            proper,
            std::make_shared<DemonstrationApp>(identity, application, std::move(database)),
            log_
        );
    }
    const auto port = free_port(network_, proper);
    if (port != proper.port) names_.redirect(proper, {identity.address, port});
    auto process = network::run_script(
        identity.user_data,
        {{"PORT", std::to_string(port)},
         {"HOST", identity.address.to_string()},
         {"INSTANCE_ID", identity.id},
         {"INSTANCE_TYPE", identity.type},
         {"AVAILABILITY_ZONE", identity.zone},
         {"AWS_REGION", identity.region},
         {"AWS_DEFAULT_REGION", identity.region},
         {"AWS_ENDPOINT_URL", options_.endpoint_url},
         {"AWS_ACCESS_KEY_ID", identity.account},
         {"AWS_SECRET_ACCESS_KEY", "test"}},
        limits::console_bytes
    );
    return std::make_unique<ProcessHost>(names_, proper, std::move(process));
}

} // namespace diorama::ec2
