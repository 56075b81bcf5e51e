#include "services/cloudformation/control/requests.hpp"
#include "services/cloudformation/control/resources/resource_type.hpp"
#include "services/cloudformation/limits.hpp"
#include "tests/unit/services/cloudformation/stack_scene.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace diorama;
using namespace diorama::cloudformation;

TEST_CASE("the template of the reference architecture is one that stacks can be made from") {
    std::ifstream file("scenarios/web-application/template.yaml");
    REQUIRE(file.good());
    std::ostringstream body;
    body << file.rdbuf();
    CHECK(body.str().size() <= limits::template_body_bytes);
    const auto read = read_template(body.str());
    check_types(read);
    for (const auto& [name, resource] : read.resources) {
        CAPTURE(name);
        const auto* type = find_resource_type(resource.type);
        REQUIRE(type != nullptr);
        type->check(name, resource.properties);
    }
}

TEST_CASE("a template comes from the request, from S3, or from before") {
    cloudformation::test::NoObjects objects;
    const std::string before = "before";
    CHECK(template_text({"body", std::nullopt}, objects) == "body");
    CHECK(template_text({std::nullopt, std::nullopt, &before}, objects) == "before");
    CHECK_THROWS_WITH_AS(
        template_text({std::nullopt, std::nullopt}, objects),
        "Either Template URL or Template Body must be specified.",
        aws::AWSError
    );
    CHECK_THROWS_WITH_AS(
        template_text({"body", "https://s3.amazonaws.com/b/k"}, objects),
        "You cannot specify both TemplateBody and TemplateURL",
        aws::AWSError
    );
    CHECK_THROWS_AS(
        template_text({std::string(limits::template_body_bytes + 1, 'x'), std::nullopt}, objects),
        aws::AWSError
    );
}
