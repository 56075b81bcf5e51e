// See engine_versions.hpp.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html
#include "services/rds/control/engine_versions.hpp"

#include "services/rds/control/pages.hpp"
#include "services/rds/limits.hpp"

#include <array>

namespace diorama::rds {

namespace {

constexpr std::array engines_of_aws{
    "aurora-mysql",
    "aurora-postgresql",
    "custom-oracle-ee",
    "custom-sqlserver-ee",
    "db2-ae",
    "db2-se",
    "mariadb",
    "oracle-ee",
    "oracle-se2",
    "postgres",
    "sqlserver-ee",
    "sqlserver-ex",
    "sqlserver-se",
    "sqlserver-web",
};

const std::string& version() {
    static const std::string text(limits::server_version);
    return text;
}

} // namespace

void check_engine(const std::string& engine) {
    if (engine == "mysql") return;
    if (std::find(engines_of_aws.begin(), engines_of_aws.end(), engine) != engines_of_aws.end())
        throw invalid_value("The engine {} is not emulated, only mysql is.", engine);
    throw invalid_value("Invalid DB engine: {}", engine);
}

void check_engine_version(const std::optional<std::string>& wanted) {
    // AWS: "8.0" stands for the default minor version.
    if (!wanted || *wanted == version() || *wanted == "8.0") return;
    throw invalid_combination("Cannot find version {} for mysql", *wanted);
}

api::DBEngineVersionMessage
describe_engine_versions(const aws::Call& call, const api::DescribeDBEngineVersionsMessage& input) {
    api::DBEngineVersionMessage result;
    const bool wanted =
        input.engine.value_or("mysql") == "mysql" &&
        (!input.engine_version || version().starts_with(*input.engine_version)) &&
        input.db_parameter_group_family.value_or("mysql8.0") == "mysql8.0" &&
        matches(input.filters, [](std::string_view name) -> std::optional<std::string> {
            if (name == "engine-mode") return "provisioned";
            if (name == "status") return "available";
            if (name == "db-parameter-group-family") return "mysql8.0";
            if (name == "engine-version") return version();
            return std::nullopt;
        });
    if (!wanted) return result;
    api::DBEngineVersion described;
    described.engine = "mysql";
    described.engine_version = version();
    described.major_engine_version = "8.0";
    described.db_parameter_group_family = "mysql8.0";
    described.db_engine_description = "MySQL Community Edition";
    described.db_engine_version_description = "MySQL " + version();
    described.db_engine_version_arn =
        fmt::format("arn:aws:rds:{}::engine-version:mysql/{}", call.region, version());
    described.status = "available";
    described.supports_read_replica = true;
    described.supports_log_exports_to_cloudwatch_logs = false;
    described.supports_global_databases = false;
    described.supports_parallel_query = false;
    result.db_engine_versions.push_back(std::move(described));
    return result;
}

api::OrderableDBInstanceOptionsMessage describe_orderable_options(
    const aws::Call& call,
    const api::DescribeOrderableDBInstanceOptionsMessage& input
) {
    api::OrderableDBInstanceOptionsMessage result;
    check_engine(input.engine);
    Page page(input.max_records, input.marker);
    auto classes = instance_classes();
    std::sort(classes.begin(), classes.end());
    if (input.engine_version && *input.engine_version != version() &&
        *input.engine_version != "8.0")
        return result;
    for (const auto& instance_class : classes) {
        if (input.db_instance_class && *input.db_instance_class != instance_class) continue;
        for (const auto* storage_type : {"gp2", "gp3"}) {
            if (!page.takes(instance_class + "/" + storage_type)) continue;
            api::OrderableDBInstanceOption option;
            option.engine = "mysql";
            option.engine_version = version();
            option.db_instance_class = instance_class;
            option.license_model = "general-public-license";
            for (const char letter : {'a', 'b', 'c'})
                option.availability_zones.push_back({call.region + letter});
            option.multi_az_capable = true;
            option.read_replica_capable = true;
            option.vpc = true;
            option.storage_type = storage_type;
            option.min_storage_size = 20;
            option.max_storage_size = 65536;
            option.supports_iops = false;
            option.supports_storage_encryption = false;
            option.supports_enhanced_monitoring = false;
            option.supports_iam_database_authentication = false;
            option.supports_performance_insights = false;
            option.supports_clusters = false;
            option.supported_network_types = {"IPV4"};
            option.supported_engine_modes = {"provisioned"};
            result.orderable_db_instance_options.push_back(std::move(option));
        }
    }
    result.marker = page.marker();
    return result;
}

} // namespace diorama::rds
