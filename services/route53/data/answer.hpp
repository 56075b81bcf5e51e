// The core of the name server: what is the answer to this question? RFC 1034 section 4.3.2 for an
// authoritative server, with Route 53's aliases and routing policies. Values in, value out; used by
// the DNS server, by TestDNSAnswer and by everything in the emulator that resolves a name.
#pragma once

#include "services/route53/data/routing.hpp"
#include "services/route53/data/zones.hpp"
#include "services/route53/ports.hpp"

namespace diorama::route53 {

struct Answer {
    enum class Outcome {
        records,        // there are some
        no_data,        // the name exists, but not with that type
        nx_domain,      // the name does not exist
        referral,       // the name is in a zone that was delegated away
        refused,        // the name is in no zone of ours
        server_failure, // an alias or CNAME chain without end
    };

    Outcome outcome = Outcome::refused;
    std::vector<Record> answers;
    std::vector<Record> authority;
    std::vector<Record> additional;
    // What routing policies chose on the way, and among what; as long as the snapshot.
    std::vector<std::pair<const RecordSet*, RecordSetRange>> chosen;
    const Zone* zone = nullptr;    // of the question; lives as long as the snapshot
    bool depends_on_place = false; // a client elsewhere may get another answer
    bool is_particular = false;    // the next answer may be another: by chance, health or client

    Rcode rcode() const;
    bool is_authoritative() const;
    // Whether the same answer may be given to whoever asks, until a zone changes.
    bool is_for_everybody() const;
};

// What an answer is made from, besides the question.
struct Authority {
    const Zones& zones;
    const AliasTargets& alias_targets;
    const OwnNames& own_names;
    const PlaceTable& places = PlaceTable::own();
};

Answer
answer(const Authority& authority, const Question& question, const Client& client, Random& random);

} // namespace diorama::route53
