// A live world's clock as a person moves it: POST /_diorama/clock. How far it has come to run ahead
// of the machine's is journaled, so that with --data time does not go back when the world starts
// anew.
#pragma once

#include "emulator/aws/gateway.hpp"
#include "emulator/storage/journal.hpp"
#include "emulator/time/world_thread.hpp"

namespace diorama {

class WorldClock {
public:
    // Moves the clock to where the journal says it was.
    WorldClock(RealClock& clock, WorldThread& world, Journal& journal);

    http::Response page() const;
    // Answers like page(), when the clock has got there.
    void advance(const std::string& body, const aws::Gateway::Respond& respond);

private:
    struct Lead {
        Duration span{};

        std::string encode() const;
        static Lead decode(std::string_view bytes);
    };

    void arrived(const aws::Gateway::Respond& respond);

    RealClock& clock_;
    WorldThread& world_;
    Journal& journal_;
    Table<Lead> leads_; // one
};

} // namespace diorama
