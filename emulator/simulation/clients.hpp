// The clients of a scenario: populations whose visits begin by their arrival processes, resolve
// names through caching resolvers, send requests one after the other, wait, lose patience, try
// again, and go. Counts how every request ended.
#pragma once

#include "emulator/simulation/arrivals.hpp"
#include "emulator/simulation/cloud.hpp"
#include "emulator/simulation/event_queue.hpp"
#include "emulator/simulation/request_template.hpp"
#include "emulator/simulation/statistics.hpp"

#include <functional>
#include <map>
#include <memory>

namespace diorama::simulation {

// Told what the clients saw, for checkers.
class ClientObserver {
public:
    virtual ~ClientObserver() = default;
    virtual void request_ended(Outcome outcome, const Reply& reply) = 0;
};

class Clients final : public EventSink {
public:
    struct Surroundings {
        EventQueue& events;
        Cloud& cloud;
        Statistics& statistics;
        Random random;
        std::function<PlaceId(const std::string& place)> place_of;
        ClientObserver* observer = nullptr;
    };

    Clients(const Scenario& scenario, std::map<std::string, ValueSource> values, Surroundings);
    ~Clients() override;

    // The first arrivals; from then on everything happens by itself until `end`.
    void start(Timestamp end);

    // The answer to what was sent under this token has reached the client.
    void answered(std::uint32_t token, const Reply& reply);

    // A fault: share of the packets that are lost, of clients at that place or of all.
    void set_packet_loss(double share, std::optional<PlaceId> place = {}) {
        packet_loss_ = share;
        lossy_place_ = place;
    }

    // A fault: how far clocks are ahead of what the file says, of one population or of all.
    void set_clock_skew(const std::string& population, Duration skew);

    std::uint64_t visits() const { return visits_begun_; }

    std::uint64_t dns_queries() const { return dns_queries_; }

    std::uint64_t requests() const { return requests_; }

    std::uint64_t errors() const { return errors_; }

    std::size_t under_way() const { return visits_.in_use(); }

    void happen(std::uint8_t what, std::uint32_t subject, std::uint32_t generation) override;

private:
    enum What : std::uint8_t { arrival, proceed, think_ended, come_back, deadline, adjust_users };

    struct CachedName {
        std::vector<DestinationId> addresses;
        Timestamp expires{};
        bool is_known = false;
    };

    struct Resolver {
        PlaceId place = 0;
        std::vector<CachedName> names; // by host
    };

    struct StepState {
        std::uint32_t row = 0;
        std::uint32_t host = 0;
        std::unique_ptr<RequestTemplate> request;
        const RandomVariable* think = nullptr; // instead of a request
        double share = 1;                      // of the visits that take this step
        std::uint32_t times = 1;               // one after the other
    };

    struct Clientele {
        const Population* population = nullptr;
        Random random{0};
        std::vector<Resolver> resolvers; // one per place
        std::vector<double> shares;      // cumulative, parallel to resolvers
        std::vector<StepState> steps;
        std::optional<Arrivals> arrivals;
        bool is_replay = false;
        std::size_t next_logged = 0;
        std::uint32_t users = 0; // closed loop: of now
        Duration clock_skew{};
        DeadlineLane patience;
    };

    struct Visit {
        std::uint32_t generation = 0;
        std::uint16_t clientele = 0;
        std::uint16_t resolver = 0;
        std::uint32_t step = 0;
        std::uint32_t times_left = 0;
        std::uint32_t attempt = 0;
        bool is_waiting = false;          // for an answer
        std::uint32_t request_number = 0; // tells late answers and deadlines from current ones
        std::uint64_t viewer = 0;
        std::uint64_t last_write = 0;
        RequestTemplate::Drawn drawn; // the request, from the first attempt to the last
        Timestamp sent{};
        std::uint32_t connected_host = 0; // + 1; the connection that is kept
        DestinationId connected_to = 0;
        std::uint32_t cookie_host = 0; // + 1; where the cookie came from
        Cookie cookie;
    };

    void add_clientele(const Population& population);
    StepState step_of(const RequestStep& request, RowId row);
    void arrive(std::uint16_t clientele);
    void schedule_arrival(std::uint16_t clientele);
    void adjust(std::uint16_t clientele);
    void begin_visit(std::uint16_t clientele, std::size_t first_step);
    void take_step(std::uint32_t visit);
    void next_step(std::uint32_t visit);
    void send(std::uint32_t visit);
    void end_attempt(std::uint32_t visit, Outcome outcome, const Reply& reply);
    void end_visit(std::uint32_t visit);
    void check_patience(std::uint16_t clientele);
    void arm_patience(std::uint16_t clientele);
    const CachedName& look_up(Clientele& clientele, Resolver& resolver, std::uint32_t host);
    void
    ask(const Clientele& clientele, const Resolver& resolver, CachedName& cached, std::uint32_t host
    );
    void
    connect(Clientele& clientele, const CachedName& name, const Visit& visit, Sending& sending);
    std::uint32_t host_number(const std::string& host);

    Surroundings surroundings_;
    EventQueue::SinkId sink_;
    Values values_;
    std::uint32_t last_request_id_ = 0;
    std::vector<std::string> hosts_;
    std::vector<std::unique_ptr<Clientele>> clienteles_;
    Slab<Visit> visits_;
    Timestamp end_{};
    double packet_loss_ = 0;
    std::optional<PlaceId> lossy_place_;
    std::uint64_t visits_begun_ = 0;
    std::uint64_t dns_queries_ = 0;
    std::uint64_t requests_ = 0;
    std::uint64_t errors_ = 0;
};

} // namespace diorama::simulation
