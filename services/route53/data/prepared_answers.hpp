// Answers kept ready. Most answers are the same for whoever asks, until a zone changes: those of
// plain record sets with one value. Made once by respond(), such an answer is kept as the bytes
// that follow the question, and the next question of the commonest shape gets it by one look into a
// hash table. One for each thread; bounded.
#pragma once

#include "services/route53/data/respond.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::route53 {

class PreparedAnswers {
public:
    // The zone whose answer is now in `answer`, the same bytes as respond() makes; nothing when
    // none is kept.
    const Zone* respond(std::string_view request, Transport transport, std::string& answer) const;

    // Keeps the response if it is one for everybody and the request of the common shape.
    void keep(std::string_view request, const Response& response);

    // Of another snapshot.
    void forget();

    std::size_t size() const { return count_; }

private:
    // A question is told from others by its name in lower case and its type.
    struct Slot {
        const Zone* zone = nullptr; // none: empty
        std::uint32_t hash = 0;
        std::uint32_t offset = 0; // in bytes_: the key, and after it the sections
        std::uint16_t key_bytes = 0;
        std::uint16_t section_bytes = 0;
        std::uint16_t flags = 0;
        std::uint16_t counts[3] = {}; // of records; OPT is not among them
    };

    void grow();
    Slot* free_slot(std::uint32_t hash);

    std::vector<Slot> slots_; // a power of two of them, or none
    std::size_t count_ = 0;
    std::string bytes_;
};

} // namespace diorama::route53
