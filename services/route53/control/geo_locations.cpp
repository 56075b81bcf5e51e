// Codes are ISO 3166's; AWS: subdivisions are those of the United States and of Ukraine.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListGeoLocations.html
#include "services/route53/control/geo_locations.hpp"

#include "services/route53/limits.hpp"

#include <algorithm>
#include <tuple>

namespace diorama::route53 {

namespace {

struct NamedCode {
    std::string_view code;
    std::string_view name;
};

constexpr NamedCode continents[] = {
    {"AF", "Africa"},
    {"AN", "Antarctica"},
    {"AS", "Asia"},
    {"EU", "Europe"},
    {"NA", "North America"},
    {"OC", "Oceania"},
    {"SA", "South America"},
};

// clang-format off
constexpr NamedCode countries[] = {
    {"*", "Default"}, {"AD", "Andorra"}, {"AE", "United Arab Emirates"}, {"AF", "Afghanistan"},
    {"AG", "Antigua and Barbuda"}, {"AI", "Anguilla"}, {"AL", "Albania"}, {"AM", "Armenia"}, {"AO", "Angola"},
    {"AQ", "Antarctica"}, {"AR", "Argentina"}, {"AS", "American Samoa"}, {"AT", "Austria"}, {"AU", "Australia"},
    {"AW", "Aruba"}, {"AX", "Åland"}, {"AZ", "Azerbaijan"}, {"BA", "Bosnia and Herzegovina"}, {"BB", "Barbados"},
    {"BD", "Bangladesh"}, {"BE", "Belgium"}, {"BF", "Burkina Faso"}, {"BG", "Bulgaria"}, {"BH", "Bahrain"},
    {"BI", "Burundi"}, {"BJ", "Benin"}, {"BL", "Saint-Barthélemy"}, {"BM", "Bermuda"}, {"BN", "Brunei"},
    {"BO", "Bolivia"}, {"BQ", "Bonaire"}, {"BR", "Brazil"}, {"BS", "Bahamas"}, {"BT", "Bhutan"},
    {"BV", "Bouvet Island"}, {"BW", "Botswana"}, {"BY", "Belarus"}, {"BZ", "Belize"}, {"CA", "Canada"},
    {"CC", "Cocos [Keeling] Islands"}, {"CD", "Congo"}, {"CF", "Central African Republic"},
    {"CG", "Republic of the Congo"}, {"CH", "Switzerland"}, {"CI", "Ivory Coast"}, {"CK", "Cook Islands"},
    {"CL", "Chile"}, {"CM", "Cameroon"}, {"CN", "China"}, {"CO", "Colombia"}, {"CR", "Costa Rica"}, {"CU", "Cuba"},
    {"CV", "Cape Verde"}, {"CW", "Curaçao"}, {"CX", "Christmas Island"}, {"CY", "Cyprus"}, {"CZ", "Czech Republic"},
    {"DE", "Germany"}, {"DJ", "Djibouti"}, {"DK", "Denmark"}, {"DM", "Dominica"}, {"DO", "Dominican Republic"},
    {"DZ", "Algeria"}, {"EC", "Ecuador"}, {"EE", "Estonia"}, {"EG", "Egypt"}, {"EH", "Western Sahara"},
    {"ER", "Eritrea"}, {"ES", "Spain"}, {"ET", "Ethiopia"}, {"FI", "Finland"}, {"FJ", "Fiji"},
    {"FK", "Falkland Islands"}, {"FM", "Federated States of Micronesia"}, {"FO", "Faroe Islands"}, {"FR", "France"},
    {"GA", "Gabon"}, {"GB", "United Kingdom"}, {"GD", "Grenada"}, {"GE", "Georgia"}, {"GF", "French Guiana"},
    {"GG", "Guernsey"}, {"GH", "Ghana"}, {"GI", "Gibraltar"}, {"GL", "Greenland"}, {"GM", "Gambia"}, {"GN", "Guinea"},
    {"GP", "Guadeloupe"}, {"GQ", "Equatorial Guinea"}, {"GR", "Greece"},
    {"GS", "South Georgia and the South Sandwich Islands"}, {"GT", "Guatemala"}, {"GU", "Guam"},
    {"GW", "Guinea-Bissau"}, {"GY", "Guyana"}, {"HK", "Hong Kong"}, {"HM", "Heard Island and McDonald Islands"},
    {"HN", "Honduras"}, {"HR", "Croatia"}, {"HT", "Haiti"}, {"HU", "Hungary"}, {"ID", "Indonesia"}, {"IE", "Ireland"},
    {"IL", "Israel"}, {"IM", "Isle of Man"}, {"IN", "India"}, {"IO", "British Indian Ocean Territory"},
    {"IQ", "Iraq"}, {"IR", "Iran"}, {"IS", "Iceland"}, {"IT", "Italy"}, {"JE", "Jersey"}, {"JM", "Jamaica"},
    {"JO", "Jordan"}, {"JP", "Japan"}, {"KE", "Kenya"}, {"KG", "Kyrgyzstan"}, {"KH", "Cambodia"}, {"KI", "Kiribati"},
    {"KM", "Comoros"}, {"KN", "Saint Kitts and Nevis"}, {"KP", "North Korea"}, {"KR", "South Korea"},
    {"KW", "Kuwait"}, {"KY", "Cayman Islands"}, {"KZ", "Kazakhstan"}, {"LA", "Laos"}, {"LB", "Lebanon"},
    {"LC", "Saint Lucia"}, {"LI", "Liechtenstein"}, {"LK", "Sri Lanka"}, {"LR", "Liberia"}, {"LS", "Lesotho"},
    {"LT", "Lithuania"}, {"LU", "Luxembourg"}, {"LV", "Latvia"}, {"LY", "Libya"}, {"MA", "Morocco"}, {"MC", "Monaco"},
    {"MD", "Moldova"}, {"ME", "Montenegro"}, {"MF", "Saint Martin"}, {"MG", "Madagascar"}, {"MH", "Marshall Islands"},
    {"MK", "Macedonia"}, {"ML", "Mali"}, {"MM", "Myanmar"}, {"MN", "Mongolia"}, {"MO", "Macao"},
    {"MP", "Northern Mariana Islands"}, {"MQ", "Martinique"}, {"MR", "Mauritania"}, {"MS", "Montserrat"},
    {"MT", "Malta"}, {"MU", "Mauritius"}, {"MV", "Maldives"}, {"MW", "Malawi"}, {"MX", "Mexico"}, {"MY", "Malaysia"},
    {"MZ", "Mozambique"}, {"NA", "Namibia"}, {"NC", "New Caledonia"}, {"NE", "Niger"}, {"NF", "Norfolk Island"},
    {"NG", "Nigeria"}, {"NI", "Nicaragua"}, {"NL", "Netherlands"}, {"NO", "Norway"}, {"NP", "Nepal"}, {"NR", "Nauru"},
    {"NU", "Niue"}, {"NZ", "New Zealand"}, {"OM", "Oman"}, {"PA", "Panama"}, {"PE", "Peru"},
    {"PF", "French Polynesia"}, {"PG", "Papua New Guinea"}, {"PH", "Philippines"}, {"PK", "Pakistan"},
    {"PL", "Poland"}, {"PM", "Saint Pierre and Miquelon"}, {"PN", "Pitcairn Islands"}, {"PR", "Puerto Rico"},
    {"PS", "Palestine"}, {"PT", "Portugal"}, {"PW", "Palau"}, {"PY", "Paraguay"}, {"QA", "Qatar"}, {"RE", "Réunion"},
    {"RO", "Romania"}, {"RS", "Serbia"}, {"RU", "Russia"}, {"RW", "Rwanda"}, {"SA", "Saudi Arabia"},
    {"SB", "Solomon Islands"}, {"SC", "Seychelles"}, {"SD", "Sudan"}, {"SE", "Sweden"}, {"SG", "Singapore"},
    {"SH", "Saint Helena"}, {"SI", "Slovenia"}, {"SJ", "Svalbard and Jan Mayen"}, {"SK", "Slovakia"},
    {"SL", "Sierra Leone"}, {"SM", "San Marino"}, {"SN", "Senegal"}, {"SO", "Somalia"}, {"SR", "Suriname"},
    {"SS", "South Sudan"}, {"ST", "São Tomé and Príncipe"}, {"SV", "El Salvador"}, {"SX", "Sint Maarten"},
    {"SY", "Syria"}, {"SZ", "Swaziland"}, {"TC", "Turks and Caicos Islands"}, {"TD", "Chad"},
    {"TF", "French Southern Territories"}, {"TG", "Togo"}, {"TH", "Thailand"}, {"TJ", "Tajikistan"},
    {"TK", "Tokelau"}, {"TL", "East Timor"}, {"TM", "Turkmenistan"}, {"TN", "Tunisia"}, {"TO", "Tonga"},
    {"TR", "Turkey"}, {"TT", "Trinidad and Tobago"}, {"TV", "Tuvalu"}, {"TW", "Taiwan"}, {"TZ", "Tanzania"},
    {"UA", "Ukraine"}, {"UG", "Uganda"}, {"UM", "U.S. Minor Outlying Islands"}, {"US", "United States"},
    {"UY", "Uruguay"}, {"UZ", "Uzbekistan"}, {"VA", "Vatican City"}, {"VC", "Saint Vincent and the Grenadines"},
    {"VE", "Venezuela"}, {"VG", "British Virgin Islands"}, {"VI", "U.S. Virgin Islands"}, {"VN", "Vietnam"},
    {"VU", "Vanuatu"}, {"WF", "Wallis and Futuna"}, {"WS", "Samoa"}, {"XK", "Kosovo"}, {"YE", "Yemen"},
    {"YT", "Mayotte"}, {"ZA", "South Africa"}, {"ZM", "Zambia"}, {"ZW", "Zimbabwe"},
};

constexpr NamedCode states[] = {
    {"AK", "Alaska"}, {"AL", "Alabama"}, {"AR", "Arkansas"}, {"AZ", "Arizona"}, {"CA", "California"},
    {"CO", "Colorado"}, {"CT", "Connecticut"}, {"DC", "District of Columbia"}, {"DE", "Delaware"}, {"FL", "Florida"},
    {"GA", "Georgia"}, {"HI", "Hawaii"}, {"IA", "Iowa"}, {"ID", "Idaho"}, {"IL", "Illinois"}, {"IN", "Indiana"},
    {"KS", "Kansas"}, {"KY", "Kentucky"}, {"LA", "Louisiana"}, {"MA", "Massachusetts"}, {"MD", "Maryland"},
    {"ME", "Maine"}, {"MI", "Michigan"}, {"MN", "Minnesota"}, {"MO", "Missouri"}, {"MS", "Mississippi"},
    {"MT", "Montana"}, {"NC", "North Carolina"}, {"ND", "North Dakota"}, {"NE", "Nebraska"}, {"NH", "New Hampshire"},
    {"NJ", "New Jersey"}, {"NM", "New Mexico"}, {"NV", "Nevada"}, {"NY", "New York"}, {"OH", "Ohio"},
    {"OK", "Oklahoma"}, {"OR", "Oregon"}, {"PA", "Pennsylvania"}, {"RI", "Rhode Island"}, {"SC", "South Carolina"},
    {"SD", "South Dakota"}, {"TN", "Tennessee"}, {"TX", "Texas"}, {"UT", "Utah"}, {"VA", "Virginia"},
    {"VT", "Vermont"}, {"WA", "Washington"}, {"WI", "Wisconsin"}, {"WV", "West Virginia"}, {"WY", "Wyoming"},
};

constexpr NamedCode oblasts[] = {
    {"05", "Vinnytsia"}, {"07", "Volyn"}, {"09", "Luhansk"}, {"12", "Dnipropetrovsk"}, {"14", "Donetsk"},
    {"18", "Zhytomyr"}, {"21", "Zakarpattia"}, {"23", "Zaporizhzhia"}, {"26", "Ivano-Frankivsk"}, {"30", "Kyiv City"},
    {"32", "Kyiv"}, {"35", "Kirovohrad"}, {"40", "Sevastopol"}, {"43", "Crimea"}, {"46", "Lviv"}, {"48", "Mykolaiv"},
    {"51", "Odessa"}, {"53", "Poltava"}, {"56", "Rivne"}, {"59", "Sumy"}, {"61", "Ternopil"}, {"63", "Kharkiv"},
    {"65", "Kherson"}, {"68", "Khmelnytskyi"}, {"71", "Cherkasy"}, {"74", "Chernihiv"}, {"77", "Chernivtsi"},
};
// clang-format on

std::span<const NamedCode> subdivisions_of(std::string_view country) {
    if (country == "US") return states;
    if (country == "UA") return oblasts;
    return {};
}

const NamedCode* find_code(std::span<const NamedCode> codes, std::string_view code) {
    const auto found = std::ranges::find(codes, code, &NamedCode::code);
    return found == codes.end() ? nullptr : &*found;
}

// Continents, then countries, each followed by its subdivisions.
std::vector<api::GeoLocationDetails> all_locations() {
    std::vector<api::GeoLocationDetails> all;
    for (const auto& continent : continents) {
        auto& details = all.emplace_back();
        details.continent_code = std::string(continent.code);
        details.continent_name = std::string(continent.name);
    }
    for (const auto& country : countries) {
        auto& details = all.emplace_back();
        details.country_code = std::string(country.code);
        details.country_name = std::string(country.name);
        for (const auto& subdivision : subdivisions_of(country.code)) {
            auto& part = all.emplace_back();
            part.country_code = std::string(country.code);
            part.country_name = std::string(country.name);
            part.subdivision_code = std::string(subdivision.code);
            part.subdivision_name = std::string(subdivision.name);
        }
    }
    return all;
}

} // namespace

bool is_location(const GeolocationRouting& location) {
    if (!location.continent.empty()) {
        return location.country.empty() && location.subdivision.empty() &&
               find_code(continents, location.continent) != nullptr;
    }
    if (find_code(countries, location.country) == nullptr) return false;
    return location.subdivision.empty() ||
           find_code(subdivisions_of(location.country), location.subdivision) != nullptr;
}

api::ListGeoLocationsResponse list_geo_locations(const api::ListGeoLocationsRequest& input) {
    const auto size = page_size(input.max_items, limits::geo_locations_per_page_max);
    api::ListGeoLocationsResponse response;
    response.max_items = std::to_string(size);
    // Continents come before countries.
    const auto key = [](const auto& continent, const auto& country, const auto& subdivision) {
        return std::tuple(
            !continent || continent->empty(),
            continent.value_or(""),
            country.value_or(""),
            subdivision.value_or("")
        );
    };
    const bool from_start = !input.start_continent_code && !input.start_country_code;
    const auto start =
        key(input.start_continent_code, input.start_country_code, input.start_subdivision_code);
    for (auto& details : all_locations()) {
        const auto here =
            key(details.continent_code, details.country_code, details.subdivision_code);
        if (!from_start && here < start) continue;
        if (static_cast<std::int64_t>(response.geo_location_details_list.size()) == size) {
            response.is_truncated = true;
            response.next_continent_code = details.continent_code;
            response.next_country_code = details.country_code;
            response.next_subdivision_code = details.subdivision_code;
            break;
        }
        response.geo_location_details_list.push_back(std::move(details));
    }
    return response;
}

api::GetGeoLocationResponse get_geo_location(const api::GetGeoLocationRequest& input) {
    const auto nothing = !input.continent_code && !input.country_code;
    for (auto& details : all_locations()) {
        const bool is_default = nothing && details.country_code == "*";
        if (is_default || (details.continent_code == input.continent_code &&
                           details.country_code == input.country_code &&
                           details.subdivision_code == input.subdivision_code)) {
            return {.geo_location_details = std::move(details)};
        }
    }
    throw api::NoSuchGeoLocation("The geographic location that was specified is not supported.");
}

} // namespace diorama::route53
