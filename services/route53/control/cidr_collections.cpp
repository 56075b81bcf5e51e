// https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateCidrCollection.html and the
// pages beside it.
#include "services/route53/control/cidr_collections.hpp"

#include "services/route53/limits.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::route53 {

namespace {

// Tokens are the first item of the next page.
std::size_t page_items(const std::optional<std::string>& max_results) {
    return static_cast<std::size_t>(page_size(max_results, limits::cidr_items_per_page_max));
}

CidrBlock parse_block(const std::string& text) {
    const auto block = CidrBlock::parse(text);
    // AWS: blocks of /1 to /24 for IPv4 and of /1 to /48 for IPv6.
    if (!block || block->prefix == 0 ||
        block->prefix >
            (block->address.is_v4() ? limits::cidr_prefix_v4_max : limits::cidr_prefix_v6_max)) {
        throw api::InvalidInput("Invalid CIDR block: {}", text);
    }
    return *block;
}

std::string arn_of(const CidrCollection& collection) {
    return fmt::format("arn:aws:route53:::cidrcollection/{}", collection.id);
}

void apply_put(CidrCollection& collection, const api::CidrCollectionChange& change) {
    for (const auto& text : change.cidr_list) {
        const auto block = parse_block(text);
        const auto existing = collection.locations.find(block);
        // AWS: a block is in one location only.
        if (existing != collection.locations.end() && existing->second != change.location_name) {
            throw api::CidrBlockInUseException(
                "The CIDR block {} is already in use by the location {}",
                text,
                existing->second
            );
        }
        collection.locations[block] = change.location_name;
    }
}

void apply_delete(CidrCollection& collection, const api::CidrCollectionChange& change) {
    for (const auto& text : change.cidr_list) {
        const auto existing = collection.locations.find(parse_block(text));
        if (existing != collection.locations.end() && existing->second == change.location_name) {
            collection.locations.erase(existing);
        }
    }
}

} // namespace

const CidrCollection&
CidrCollections::collection_of(const aws::Call& call, const std::string& id) const {
    const auto* found = control_.state.cidr_collections.find(account_key(call.account, id));
    if (found == nullptr) {
        throw api::NoSuchCidrCollectionException("No CIDR collection found with ID: {}", id);
    }
    return *found;
}

CidrCollections::Use CidrCollections::use_of(const CidrCollection& collection) const {
    Use use;
    for (const auto& [key, zone] : control_.state.hosted_zones) {
        if (zone.account != collection.account) continue;
        const auto prefix = record_set_prefix(zone.id);
        const auto& table = control_.state.record_sets;
        for (auto at = table.lower_bound(prefix);
             at != table.end() && at->first.starts_with(prefix);
             ++at) {
            const auto* routing = std::get_if<IPBasedRouting>(&at->second.policy);
            if (routing == nullptr || routing->collection_id != collection.id) continue;
            use.names[key].insert(DNSName::parse(at->second.name).value_or(DNSName()));
            use.locations.insert(routing->location);
        }
    }
    return use;
}

api::CreateCidrCollectionResponse
CidrCollections::create(const aws::Call& call, const api::CreateCidrCollectionRequest& input) {
    const auto prefix = account_key(call.account, "");
    auto& table = control_.state.cidr_collections;
    std::size_t count = 0;
    api::CreateCidrCollectionResponse response;
    const auto respond_with = [&](const CidrCollection& stored) {
        response.collection.emplace();
        response.collection->arn = arn_of(stored);
        response.collection->id = stored.id;
        response.collection->name = stored.name;
        response.collection->version = stored.version;
        response.location = "https://route53.amazonaws.com/2013-04-01/cidrcollection/" + stored.id;
        return response;
    };
    for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix);
         ++at) {
        ++count;
        const auto& stored = at->second;
        const bool is_same = stored.name == input.name;
        // AWS: the caller reference makes the request safe to repeat.
        if (is_same && stored.caller_reference == input.caller_reference) {
            return respond_with(stored);
        }
        if (is_same || stored.caller_reference == input.caller_reference) {
            throw api::CidrCollectionAlreadyExistsException(
                "A CIDR collection with this name and a different caller reference already exists "
                "in this account."
            );
        }
    }
    if (count >= limits::cidr_collections_per_account_max) {
        throw api::LimitsExceeded(
            "Limits Exceeded: MAX_CIDR_COLLECTIONS_BY_OWNER - Cannot create more CIDR collections."
        );
    }
    CidrCollection made;
    made.account = call.account;
    made.id = call.random.uuid();
    made.name = input.name;
    made.caller_reference = input.caller_reference;
    return respond_with(table.put(account_key(made.account, made.id), std::move(made)));
}

api::ChangeCidrCollectionResponse
CidrCollections::change(const aws::Call& call, const api::ChangeCidrCollectionRequest& input) {
    const auto& stored = collection_of(call, input.id);
    if (input.collection_version && *input.collection_version != stored.version) {
        throw api::CidrCollectionVersionMismatchException(
            "The CIDR collection version {} does not match the current version {}",
            *input.collection_version,
            stored.version
        );
    }
    auto edited = stored;
    for (const auto& change : input.changes) {
        if (change.action == api::CidrCollectionChangeAction::PUT) {
            apply_put(edited, change);
        } else {
            apply_delete(edited, change);
        }
    }
    if (edited.locations.size() > limits::cidr_blocks_per_collection_max) {
        throw api::LimitsExceeded(
            "Limits Exceeded: a CIDR collection cannot have more than {} CIDR blocks.",
            limits::cidr_blocks_per_collection_max
        );
    }
    const auto use = use_of(stored);
    for (const auto& location : use.locations) {
        const bool exists = std::ranges::any_of(edited.locations, [&](const auto& entry) {
            return entry.second == location;
        });
        if (!exists && location != "*") {
            throw api::CidrBlockInUseException(
                "The location {} is in use by a resource record set",
                location
            );
        }
    }
    ++edited.version;
    control_.state.cidr_collections.put(account_key(call.account, edited.id), std::move(edited));
    std::vector<ZoneEdit> edits;
    for (const auto& [key, names] : use.names) {
        const auto* zone = control_.state.hosted_zones.find(key);
        edits.push_back({*zone, ZoneEdit::Kind::written, names, std::nullopt});
    }
    return {.id = control_.propagation.begin(call.account, edits, call.random).id};
}

api::ListCidrCollectionsResponse
CidrCollections::list(const aws::Call& call, const api::ListCidrCollectionsRequest& input) {
    const auto size = page_items(input.max_results);
    const auto prefix = account_key(call.account, "");
    api::ListCidrCollectionsResponse response;
    const auto& table = control_.state.cidr_collections;
    for (auto at = table.lower_bound(account_key(call.account, input.next_token.value_or("")));
         at != table.end() && at->first.starts_with(prefix);
         ++at) {
        if (response.cidr_collections.size() == size) {
            response.next_token = at->second.id;
            break;
        }
        api::CollectionSummary summary;
        summary.arn = arn_of(at->second);
        summary.id = at->second.id;
        summary.name = at->second.name;
        summary.version = at->second.version;
        response.cidr_collections.push_back(std::move(summary));
    }
    return response;
}

api::ListCidrBlocksResponse
CidrCollections::list_blocks(const aws::Call& call, const api::ListCidrBlocksRequest& input) {
    const auto& collection = collection_of(call, input.collection_id);
    const auto size = page_items(input.max_results);
    if (input.location_name && std::ranges::none_of(collection.locations, [&](const auto& entry) {
            return entry.second == *input.location_name;
        })) {
        throw api::NoSuchCidrLocationException(
            "No CIDR location found with name: {}",
            *input.location_name
        );
    }
    const auto first = CidrBlock::parse(input.next_token.value_or(""));
    api::ListCidrBlocksResponse response;
    for (const auto& [block, location] : collection.locations) {
        if (first && block < *first) continue;
        if (input.location_name && location != *input.location_name) continue;
        if (response.cidr_blocks.size() == size) {
            response.next_token = block.to_string();
            break;
        }
        response.cidr_blocks.push_back({block.to_string(), location});
    }
    return response;
}

api::ListCidrLocationsResponse
CidrCollections::list_locations(const aws::Call& call, const api::ListCidrLocationsRequest& input) {
    const auto& collection = collection_of(call, input.collection_id);
    const auto size = page_items(input.max_results);
    std::set<std::string> names;
    for (const auto& [block, location] : collection.locations) {
        names.insert(location);
    }
    api::ListCidrLocationsResponse response;
    for (auto at = names.lower_bound(input.next_token.value_or("")); at != names.end(); ++at) {
        if (response.cidr_locations.size() == size) {
            response.next_token = *at;
            break;
        }
        response.cidr_locations.push_back({*at});
    }
    return response;
}

api::DeleteCidrCollectionResponse
CidrCollections::remove(const aws::Call& call, const api::DeleteCidrCollectionRequest& input) {
    const auto& collection = collection_of(call, input.id);
    // AWS: "the collection must not have any locations".
    if (!collection.locations.empty() || !use_of(collection).names.empty()) {
        throw api::CidrCollectionInUseException("This CIDR collection is in use.");
    }
    control_.state.cidr_collections.erase(account_key(call.account, collection.id));
    return {};
}

} // namespace diorama::route53
