// `deploy`: the template, its parameters, and what is put into buckets and databases.
#include "emulator/simulation/reader/section.hpp"

#include <fmt/format.h>

namespace diorama::simulation {

namespace {

void read_template(Reading& reading, Section& section) {
    const YamlNode* node = section.require("template");
    if (node == nullptr || scalar_of(reading, *node, "the path of a template") == nullptr) return;
    const std::string path = reading.path_in(*node);
    reading.scenario.deploy.template_path = path;
    reading.need_file(*node, path);
    if (reading.options.outline_of) reading.outline = reading.options.outline_of(path);
}

void read_parameters(Reading& reading, const YamlNode& node) {
    if (!node.is_map()) return reading.mistake(node, "expected parameters and their values");
    for (const auto& [name, position, value] : node.entries) {
        if (reading.outline && std::ranges::find(reading.outline->parameters, name) ==
                                   reading.outline->parameters.end()) {
            reading.mistakes.add(
                position,
                fmt::format("the template has no parameter `{}`", name),
                nearest_word(name, reading.outline->parameters)
            );
        }
        std::string text;
        // A CommaDelimitedList may be written as a list.
        for (const YamlNode* part : scalars_of(reading, value))
            text += (text.empty() ? "" : ",") + part->text;
        reading.scenario.deploy.parameters[name] = text;
    }
}

void read_folder(Reading& reading, const std::string& bucket, const YamlNode& node) {
    const std::string folder = reading.path_in(node);
    reading.need_file(node, folder);
    reading.scenario.deploy.files.push_back({bucket, folder});
}

void read_synthetic(Reading& reading, Section& section, Deploy::SyntheticFiles made) {
    section.text("suffix", made.suffix);
    if (section.count("count", made.count) && made.count > 10'000'000)
        reading.mistake(*section.find("count"), "more than ten million objects");
    if (section.require("size") != nullptr) section.law("size", Quantity::size, made.size);
    reading.scenario.deploy.synthetic_files.push_back(std::move(made));
}

void read_bucket(Reading& reading, const std::string& bucket, const YamlNode& node) {
    if (node.is_scalar()) return read_folder(reading, bucket, node);
    if (node.is_sequence()) {
        for (const YamlNode& item : node.items) {
            if (item.is_sequence())
                reading.mistake(item, "expected a folder, or a map");
            else
                read_bucket(reading, bucket, item);
        }
        return;
    }
    Section section(reading, node, section_named("files"));
    std::string prefix;
    std::string cache_control;
    section.text("prefix", prefix);
    section.text("cache_control", cache_control);
    const YamlNode* folder = section.find("folder");
    const YamlNode* count = section.find("count");
    if ((folder != nullptr) == (count != nullptr))
        return reading.mistake(
            node,
            "give either a `folder`, or a `count` of objects and their `size`"
        );
    if (count != nullptr)
        return read_synthetic(reading, section, {bucket, prefix, "", 0, {}, cache_control});
    if (scalar_of(reading, *folder, "a folder") == nullptr) return;
    read_folder(reading, bucket, *folder);
    reading.scenario.deploy.files.back().prefix = prefix;
    reading.scenario.deploy.files.back().cache_control = cache_control;
}

void read_files(Reading& reading, const YamlNode& node) {
    if (!node.is_map())
        return reading.mistake(node, "expected logical ids of buckets, and a folder for each");
    for (const auto& [bucket, position, value] : node.entries) {
        reading.need_resource(position, bucket, "AWS::S3::Bucket");
        read_bucket(reading, bucket, value);
    }
}

void read_sql(Reading& reading, const YamlNode& node) {
    if (!node.is_map())
        return reading.mistake(node, "expected logical ids of databases, and a file for each");
    for (const auto& [database, position, value] : node.entries) {
        reading.need_resource(position, database, "AWS::RDS::DBInstance");
        for (const YamlNode* file : scalars_of(reading, value)) {
            const std::string path = reading.path_in(*file);
            reading.need_file(*file, path);
            reading.scenario.deploy.sql.push_back({database, path});
        }
    }
}

} // namespace

void read_deploy(Reading& reading, const YamlNode& node) {
    Section section(reading, node, section_named("deploy"));
    Deploy& deploy = reading.scenario.deploy;
    deploy.position = node.position;
    deploy.stack_name = reading.scenario.name;
    read_template(reading, section);
    section.text("stack", deploy.stack_name);
    section.text("region", deploy.region);
    if (const YamlNode* parameters = section.find("parameters"))
        read_parameters(reading, *parameters);
    if (const YamlNode* files = section.find("files")) read_files(reading, *files);
    if (const YamlNode* sql = section.find("sql")) read_sql(reading, *sql);
}

} // namespace diorama::simulation
