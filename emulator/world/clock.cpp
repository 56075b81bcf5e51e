// See world/clock.hpp.
#include "emulator/world/clock.hpp"

#include "emulator/time/clock_request.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace diorama {

namespace {

constexpr auto only_lead = "lead";

http::Response json_page(const nlohmann::json& document, int status = 200) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    response.body = document.dump();
    return response;
}

} // namespace

std::string WorldClock::Lead::encode() const {
    return std::to_string(span.count());
}

WorldClock::Lead WorldClock::Lead::decode(std::string_view bytes) {
    Duration::rep nanoseconds = 0;
    std::from_chars(bytes.data(), bytes.data() + bytes.size(), nanoseconds);
    return {Duration(nanoseconds)};
}

WorldClock::WorldClock(RealClock& clock, WorldThread& world, Journal& journal)
    : clock_(clock)
    , world_(world)
    , journal_(journal)
    , leads_(journal, "clock") {
    const auto* lead = leads_.find(only_lead);
    if (lead != nullptr) clock_.start_ahead_by(std::min(lead->span, latest_time - clock_.now()));
}

http::Response WorldClock::page() const {
    return json_page({{"now", iso8601_ms(clock_.now())}, {"scale", clock_.scale()}});
}

void WorldClock::advance(const std::string& body, const aws::Gateway::Respond& respond) {
    const auto wanted = read_clock_request(body, world_.destination());
    if (const auto* complaint = std::get_if<std::string>(&wanted))
        return respond(json_page({{"message", *complaint}}, 400));
    // Clients stamp what they presign in whole seconds: a stamp shall tell before from after.
    world_.advance_to(std::get<Timestamp>(wanted), clock_.next_client_second(), [this, respond] {
        arrived(respond);
    });
}

void WorldClock::arrived(const aws::Gateway::Respond& respond) {
    const auto lead = clock_.now() - clock_.client_now();
    leads_.put(only_lead, {std::max(lead, Duration::zero())});
    if (!journal_.commit())
        return respond(json_page({{"message", "The clock has moved, but that is not kept."}}, 500));
    respond(page());
}

} // namespace diorama
