"""Who may include and use what: the anatomy of a service, and where the outside world may be touched."""

import re

from laws.tree import CPP, service_of

# A service has these rooms and no others.
ROOMS = {"control", "data", "background"}
FILES = re.compile(r"README\.md|api\.json|ports\.hpp|limits\.hpp|metrics\.hpp|state(_\w+)?\.[ch]pp")

OUTSIDE_WORLD = ("emulator/time/", "emulator/random/", "emulator/network/", "emulator/http/")
OUTSIDE_TOKENS = re.compile(
    r"\b(system_clock|steady_clock|high_resolution_clock|random_device|mt19937(?:_64)?|sleep_for|sleep_until"
    r"|gettimeofday|clock_gettime|nanosleep|usleep|std::rand|std::time)\b"
)
OUTSIDE_HEADERS = re.compile(
    r"boost/(asio|beast)|sys/(socket|epoll|un)\.h$|netinet/|arpa/inet\.h$|netdb\.h$|poll\.h$|openssl/rand\.h$"
)

# A constant of metrics.hpp and its name.
METRIC = re.compile(r"\bconstexpr\s+(?:[\w:<>,*]+\s+)+?\**(\w+)(?:\[\w*\])?\s*(?:=|\{)")


def services_are_entered_by_the_front_door(tree):
    """From outside a service only its front door is included; no service includes another."""
    for source in tree.cpp:
        own = service_of(source.path)
        for line, name, _ in source.includes:
            other = service_of(name)
            if not other or other == own or source.path.startswith(("tests/fuzz/", "tests/support/", "tests/api/")):
                continue
            if own:
                yield source.at(
                    line,
                    f"{own} includes {other}: declare a narrow port in {own}'s own words (services/{own}/ports.hpp) "
                    "that emulator/world.cpp joins",
                )
                continue
            doors = {f"services/{other}/{other}.hpp"}
            if source.path.startswith("emulator/world"):
                # The world joins ports and registers descriptors.
                doors |= {f"services/{other}/ports.hpp", f"services/{other}/api.hpp"}
            if not source.path.startswith("emulator/world") and source.path.startswith("emulator/"):
                yield source.at(line, "the ground knows no service; only emulator/world* names them")
            elif name not in doors:
                yield source.at(line, f"from outside, only services/{other}/{other}.hpp is included, not {name}")


def data_planes_do_not_call_control_planes(tree):
    for source in tree.cpp:
        match = re.match(r"services/([^/]+)/data/", source.path)
        if match:
            for line, name, _ in source.includes:
                if name.startswith(f"services/{match.group(1)}/control/"):
                    yield source.at(line, f"the data plane includes {name}: let control publish a snapshot that data reads")


def the_outside_world_is_elsewhere(tree):
    """Clocks, random devices and sockets are touched in four folders of the ground and nowhere else."""
    for source in tree.cpp:
        if not source.path.startswith(("emulator/", "services/")) or source.path.startswith(OUTSIDE_WORLD):
            continue
        for line, name, _ in source.includes:
            if OUTSIDE_HEADERS.match(name):
                yield source.at(line, f"{name} belongs in emulator/network or emulator/http; use their interfaces")
        for number, line in enumerate(source.code_lines, 1):
            match = OUTSIDE_TOKENS.search(line)
            if match:
                yield source.at(number, f"{match.group()} belongs in emulator/time or emulator/random; use the Environment")


def tests_do_not_sleep(tree):
    for source in tree.under("tests/unit/"):
        for number, line in enumerate(source.code_lines if source.is_cpp else [], 1):
            match = re.search(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b", line)
            if match:
                yield source.at(number, f"{match.group()}: a unit test advances a virtual clock or waits for an event")


def services_do_not_depend_on_hash_order(tree):
    for source in tree.cpp:
        if not source.path.startswith("services/"):
            continue
        for number, line in enumerate(source.code_lines, 1):
            if "unordered_" not in line or line.lstrip().startswith("#"):
                continue
            near = source.lines[max(0, number - 2) : number]
            if not any("order-free" in candidate for candidate in near):
                yield source.at(number, "an unordered container: use an ordered one, or say `order-free: why` on this line")


def nothing_depends_on_addresses(tree):
    """Order by pointer differs from run to run."""
    for source in tree.cpp:
        if source.path.startswith(("services/", "emulator/")):
            for number, line in enumerate(source.code_lines, 1):
                if re.search(r"\bstd::(?:map|set)<\s*(?:const\s+)?[\w:]+(?:\s+const)?\s*\*", line):
                    yield source.at(number, "ordered by address: use an id as the key")


def services_have_the_same_rooms(tree):
    for service, sources in tree.services().items():
        front_door = {f"{service}.hpp", f"{service}.cpp"}
        for source in sources:
            parts = source.path.split("/")[2:]
            if len(parts) > 1 and parts[0] not in ROOMS:
                yield source.at(1, f"a service has no room {parts[0]}/: control/, data/ or background/")
            elif len(parts) == 1 and parts[0] not in front_door and not FILES.fullmatch(parts[0]):
                yield source.at(1, f"{parts[0]} is no part of a service: move it to control/, data/ or background/")
        if any(source.is_cpp for source in sources) and f"services/{service}/README.md" not in tree.sources:
            yield sources[0].at(1, f"services/{service}/README.md is missing: what is emulated, and where it differs from AWS")


def unit_tests_mirror_the_tree(tree):
    for source in tree.under("tests/unit/"):
        if source.path.endswith("_test.cpp"):
            folder = source.path[len("tests/unit/") :].rpartition("/")[0]
            if not any(other.path.startswith(folder + "/") for other in tree.cpp):
                yield source.at(1, f"there is no source in {folder}/ that this could test; tests mirror the tree")


def metrics_are_emitted(tree):
    """Every constant of a service's metrics.hpp is used in another file of the service."""
    for service, sources in tree.services().items():
        metrics = tree.sources.get(f"services/{service}/metrics.hpp")
        if not metrics:
            continue
        elsewhere = "\n".join(
            source.code for source in sources if source.path.endswith(CPP) and source.path != metrics.path
        )
        words = set(re.findall(r"\w+", elsewhere))
        for match in METRIC.finditer(metrics.code):
            name = match.group(1)
            # A constant that another constant is made of counts where that one is used.
            rest = metrics.code[: match.start(1)] + metrics.code[match.end(1) :]
            if name not in words and not re.search(rf"\b{name}\b", rest):
                line = metrics.code.count("\n", 0, match.start(1)) + 1
                yield metrics.at(line, f"{name} is never emitted: emit it or remove it")


LAWS = [
    services_are_entered_by_the_front_door,
    data_planes_do_not_call_control_planes,
    the_outside_world_is_elsewhere,
    tests_do_not_sleep,
    services_do_not_depend_on_hash_order,
    nothing_depends_on_addresses,
    services_have_the_same_rooms,
    unit_tests_mirror_the_tree,
    metrics_are_emitted,
]
