// Launch templates and their versions.
#include "tests/unit/services/ec2/region_scene.hpp"

using namespace diorama;
using namespace diorama::ec2;

TEST_CASE("launch templates: a new version takes from its source what it does not say") {
    RegionScene scene;
    const auto id =
        scene.create_template("web", [](auto& settings) { settings.instance_type = "t3.small"; });
    api::CreateLaunchTemplateVersionRequest input;
    input.launch_template_id = id;
    input.source_version = "1";
    input.version_description = "second";
    input.launch_template_data.key_name = "key";
    const auto version =
        scene.launch_templates.create_version(scene.call(), input).launch_template_version;
    CHECK(version->version_number == 2);
    CHECK(version->default_version == false);
    CHECK(version->launch_template_data->instance_type == "t3.small");
    CHECK(version->launch_template_data->key_name == "key");
    input.source_version.reset();
    const auto third =
        scene.launch_templates.create_version(scene.call(), input).launch_template_version;
    CHECK(!third->launch_template_data->instance_type);
}

TEST_CASE("launch templates: $Default, $Latest and numbers name versions") {
    RegionScene scene;
    const auto id = scene.create_template();
    api::CreateLaunchTemplateVersionRequest version;
    version.launch_template_id = id;
    version.launch_template_data.image_id = "ami-0d10a3a1d10a3a102";
    scene.launch_templates.create_version(scene.call(), version);
    const auto number_of = [&](const std::optional<std::string>& text) {
        api::LaunchTemplateSpecification specification;
        specification.launch_template_name = "web";
        specification.version = text;
        return scene.launch_templates.version_of("000000000000", "us-east-1", specification).number;
    };
    CHECK(number_of({}) == 1);
    CHECK(number_of("$Default") == 1);
    CHECK(number_of("$Latest") == 2);
    CHECK(number_of("2") == 2);
    for (const char* wrong : {"3", "0", "-1", "1x", "$latest", "99999999999999999999"}) {
        CAPTURE(wrong);
        CHECK(
            error_of([&] { number_of(wrong); }) ==
            std::string("InvalidLaunchTemplateId.VersionNotFound: Could not find the specified "
                        "version ") +
                wrong + " for the launch template with ID " + id + "."
        );
    }
    api::ModifyLaunchTemplateRequest modify;
    modify.launch_template_name = "web";
    modify.default_version = "2";
    CHECK(
        scene.launch_templates.modify(scene.call(), modify)
            .launch_template->default_version_number == 2
    );
    CHECK(number_of({}) == 2);
}

TEST_CASE("launch templates: a name is taken once, well formed, and free again after deletion") {
    RegionScene scene;
    const auto id = scene.create_template();
    CHECK(
        error_of([&] { scene.create_template(); }) ==
        "InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use."
    );
    CHECK(error_of([&] { scene.create_template("a b"); }
    ).starts_with("InvalidLaunchTemplateName.MalformedException: "));
    api::DeleteLaunchTemplateRequest remove;
    remove.launch_template_id = id;
    scene.launch_templates.remove(scene.call(), remove);
    CHECK(
        error_of([&] { scene.launch_templates.remove(scene.call(), remove); }) ==
        "InvalidLaunchTemplateId.NotFound: The specified launch template, with template ID " + id +
            ", does not exist."
    );
    scene.create_template();
}

TEST_CASE("launch templates: descriptions filter by name and tag, newest version first") {
    RegionScene scene;
    scene.create_template("web");
    scene.create_template("worker");
    api::DescribeLaunchTemplatesRequest input;
    input.filters = {filter("launch-template-name", {"w*r"})};
    const auto found = scene.launch_templates.describe(scene.call(), input).launch_templates;
    REQUIRE(found.size() == 1);
    CHECK(found[0].launch_template_name == "worker");
    api::DescribeLaunchTemplatesRequest missing;
    missing.launch_template_names = {"none"};
    CHECK(
        error_of([&] { scene.launch_templates.describe(scene.call(), missing); }) ==
        "InvalidLaunchTemplateName.NotFoundException: The specified launch template, with template "
        "name none, does not exist."
    );
}

TEST_CASE("launch templates: records survive as what they were") {
    RegionScene scene;
    const auto id = scene.create_template("web", [](auto& settings) {
        settings.instance_type = "t3.small";
        settings.user_data = "aGk=";
    });
    const auto encoded = scene.state.launch_templates.find(id)->encode();
    CHECK(LaunchTemplate::decode(encoded).encode() == encoded);
    const auto instance = scene.launch();
    const auto bytes = scene.state.instances.find(instance)->encode();
    CHECK(ec2::Instance::decode(bytes).encode() == bytes);
    const auto topology = scene.topologies.topology_of("000000000000", "us-east-1").encode();
    CHECK(Topology::decode(topology).encode() == topology);
}
