// The geographic locations that record sets may name, and the operations that list them.
#pragma once

#include "services/route53/control/control.hpp"

namespace diorama::route53 {

// Whether Route 53 knows such a place: a continent alone, or a country, with or without a
// subdivision.
bool is_location(const GeolocationRouting& location);

api::ListGeoLocationsResponse list_geo_locations(const api::ListGeoLocationsRequest& input);
api::GetGeoLocationResponse get_geo_location(const api::GetGeoLocationRequest& input);

} // namespace diorama::route53
