// What AWS asks for: public on-demand prices of us-east-1 by name, in dollars per unit. A scenario
// overrides them by the same names. No free tier, and where a price falls with volume the first
// tier.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::simulation {

// The date on which they were looked up.
inline constexpr std::string_view prices_as_of = "2026-06-30";
// AWS: "730 hours per month" is what its calculator reckons with.
inline constexpr double hours_per_month = 730;

class Prices {
public:
    explicit Prices(std::map<std::string, double> overrides = {})
        : overrides_(std::move(overrides)) {}

    // "alb.lcu", "ec2.m6g.large", "rds.db.m6g.large"; nothing when there is no price by that name.
    std::optional<double> find(std::string_view name) const;

    // Whether any public price is replaced.
    bool has_overrides() const { return !overrides_.empty(); }

private:
    std::map<std::string, double> overrides_;
};

// Whether a scenario may override a price by this name: those below, and any instance type and
// class ("ec2.…", "rds.db.…"), also of those without a public price here.
bool is_price_name(std::string_view name);
// Those that are not of an instance type or class.
std::vector<std::string> price_names();

} // namespace diorama::simulation
