// The operations on CIDR collections, which IP-based routing refers to.
#pragma once

#include "services/route53/control/control.hpp"

#include <set>

namespace diorama::route53 {

class CidrCollections {
public:
    explicit CidrCollections(const ControlPlane& control)
        : control_(control) {}

    api::CreateCidrCollectionResponse
    create(const aws::Call& call, const api::CreateCidrCollectionRequest& input);
    api::ChangeCidrCollectionResponse
    change(const aws::Call& call, const api::ChangeCidrCollectionRequest& input);
    api::ListCidrCollectionsResponse
    list(const aws::Call& call, const api::ListCidrCollectionsRequest& input);
    api::ListCidrBlocksResponse
    list_blocks(const aws::Call& call, const api::ListCidrBlocksRequest& input);
    api::ListCidrLocationsResponse
    list_locations(const aws::Call& call, const api::ListCidrLocationsRequest& input);
    api::DeleteCidrCollectionResponse
    remove(const aws::Call& call, const api::DeleteCidrCollectionRequest& input);

private:
    // The names, by zone, of the record sets that refer to the collection; with `location` to that.
    struct Use {
        std::map<std::string, std::set<DNSName>> names; // by the zone's key
        std::set<std::string> locations;
    };

    const CidrCollection& collection_of(const aws::Call& call, const std::string& id) const;
    Use use_of(const CidrCollection& collection) const;

    ControlPlane control_;
};

} // namespace diorama::route53
