// See options.hpp.
#include "emulator/options.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include <CLI/CLI.hpp>

namespace diorama {

namespace {

constexpr auto description =
    R"(Diorama: a small, complete model of a cloud. One process that answers the AWS API, and whose load balancers balance,
caches cache, names resolve, groups scale and databases answer SQL.

    diorama up                                start it; clients use http://localhost:4566
    export AWS_ENDPOINT_URL=http://localhost:4566 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1
    aws s3 mb s3://hello                      any client of AWS works unchanged
    dig @127.0.0.1 -p 4553 www.example.com    hosted zones answer DNS
    http_proxy=http://localhost:4566 curl http://www.example.com/
                                              any HTTP client reaches the emulated names

    diorama check day.yaml                    what is wrong with a scenario file, with line and column
    diorama run day.yaml --report day.html    a simulated day in seconds: the same cloud in virtual time
    diorama swarm --minutes 10                worlds drawn by chance, run until one breaks
)";

constexpr auto run_description =
    R"(A scenario is run in virtual time: deploy its template, send its traffic, inject its faults, hold what was expected
against what was measured. Equal seeds give equal reports, to the byte. A scenario with a matrix runs every combination,
each in a process of its own, and shows them in one table.

    diorama run day.yaml --report day.html --json day.json --junit day.xml
    diorama run day.yaml --seed 7 --set deploy.parameters.MaxSize=12 --set traffic.shoppers.rate=800/s
    diorama run matrix.yaml --jobs 8 --report matrix.html
    diorama run matrix.yaml --shard 3/20 --json part-3.json     one machine's part; then diorama report merge part-*.json

    diorama run day.yaml --live --set duration=60s              the same file, real sockets and real time

Ctrl-C stops the run and still writes the reports of what happened until then.
Exit code 0: every expectation held; 1: not; 2: it could not run, or the file has mistakes.)";

std::string text_of_environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::string default_authority_folder() {
    const auto shared = text_of_environment("XDG_DATA_HOME");
    if (!shared.empty()) return shared + "/diorama";
    const auto home = text_of_environment("HOME");
    return home.empty() ? (std::filesystem::temp_directory_path() / "diorama").string() : home + "/.local/share/diorama";
}

[[noreturn]] void complain(const std::string& sentence) {
    std::cerr << "diorama: " << sentence << '\n';
    std::exit(1);
}

std::vector<network::Endpoint> parse_dns(const std::vector<std::string>& texts) {
    std::vector<network::Endpoint> endpoints;
    for (const auto& text : texts) {
        if (text == "off") return {};
        const auto endpoint = network::Endpoint::parse(text);
        if (!endpoint) complain("--dns wants an address and a port, like 127.0.0.1:4553 or [::1]:4553, or off");
        endpoints.push_back(*endpoint);
    }
    return endpoints;
}

void add_up_options(CLI::App& up, Options& options, std::vector<std::string>& dns) {
    up.add_option("--port", options.port, "The port of the API and of everything reached by Host header")
        ->capture_default_str();
    up.add_option("--host", options.host,
        "The address to listen on; loopback (IPv4 and IPv6) unless you say otherwise. Beware: any credentials are accepted");
    up.add_option("--dns", dns, "Where Route 53 answers DNS over UDP and TCP, or off. May be repeated")
        ->option_text("ADDRESS:PORT [127.0.0.1:4553, and [::1]:4553 where there is IPv6]")
        ->allow_extra_args(false);
    up.add_option_function<std::string>("--dns-upstream", [&options](const std::string& text) {
          options.dns_upstream = network::Endpoint::parse(text);
          if (!options.dns_upstream) complain("--dns-upstream wants an address and a port, like 192.0.2.53:53");
      }, "A DNS server that is asked about all names that are not ours; without it they are refused")
        ->option_text("ADDRESS:PORT");
    up.add_option("--dns-query-log", options.query_log_folder,
          "Where the query logs of hosted zones are written, a folder for each log group; the folder query-logs of --data unless you say "
          "otherwise")
        ->option_text("DIR");
    up.add_option("--places", options.places_file,
          "Where on earth addresses are, for routing by place: a file with a line like \"198.51.100.0/24 NA US CA 37.4 -122.1\" for each "
          "block of addresses (\"-\" for no state), instead of the built-in table")
        ->option_text("FILE");
    up.add_option("--data", options.data_folder,
        "Keep everything in this folder, durable before it is acknowledged; without it everything is in memory");
    const std::map<std::string, storage::Durability> durabilities{
        {"full", storage::Durability::full}, {"relaxed", storage::Durability::relaxed}};
    up.add_option("--durability", options.durability,
          "full: what S3 acknowledged survives a loss of power; relaxed: only the end of the process, and writing does not wait "
          "for the disk")
        ->transform(CLI::CheckedTransformer(durabilities, CLI::ignore_case))
        ->option_text("full|relaxed [full]");
    const std::map<std::string, Advertise> forms{{"local", Advertise::local}, {"aws", Advertise::aws}};
    up.add_option("--advertise", options.advertise,
          "local: names that the API returns work on this machine without set-up; aws: they are exactly AWS's and resolve in the "
          "emulator's DNS and proxy")
        ->transform(CLI::CheckedTransformer(forms, CLI::ignore_case))
        ->option_text("local|aws [local]");
    up.add_option("--time-scale", options.time_scale,
          "How many emulated seconds pass in a real one: with 60 a one-minute alarm takes a second. POST /_diorama/clock "
          "{\"advance\": \"1h\"} moves the clock at once")
        ->check(CLI::Range(1.0, 1000.0))
        ->capture_default_str();
    const std::map<std::string, Pace> paces{{"brisk", Pace::brisk}, {"faithful", Pace::faithful}};
    up.add_option("--pace", options.pace,
          "brisk: what takes minutes on AWS (an instance that starts, a database that fails over) takes as long as a client needs to see "
          "it; faithful: it takes as long as there")
        ->transform(CLI::CheckedTransformer(paces, CLI::ignore_case))
        ->option_text("brisk|faithful [brisk]");
    up.add_option("--seed", options.seed, "Makes identifiers and random choices repeat from run to run");
    up.add_option("--threads", options.threads, "Edge threads; 0 means one for each core")->check(CLI::Range(0, 64));
    up.add_flag("--allow-exec", options.allow_exec,
        "Run the user data of instances as child processes on this machine. Without it user data is never executed and the "
        "built-in demonstration application serves");
    up.add_flag("--verify-signatures", options.verify_signatures,
        "Refuse requests that are not signed with the secret of their access key. Without --credentials every key's secret is "
        "\"test\"");
    up.add_option("--credentials", options.credentials,
          "An access key and its secret, for --verify-signatures; may be repeated, and then there are no other keys")
        ->option_text("KEY:SECRET")
        ->allow_extra_args(false);
    const std::map<std::string, LogLevel> levels{{"debug", LogLevel::debug}, {"info", LogLevel::note},
        {"warning", LogLevel::warning}, {"error", LogLevel::error}};
    up.add_option("--log", options.log_level, "What is worth a line on standard error")
        ->transform(CLI::CheckedTransformer(levels, CLI::ignore_case))
        ->option_text("debug|info|warning|error [info]");
}

void add_settings(CLI::App& command, RunOptions& run) {
    command
        .add_option("--set", run.settings,
            "Change a value before anything is read, like traffic.shoppers.rate=800/s; dots lead into maps and, by number "
            "from 1, into lists. May be repeated")
        ->option_text("KEY=VALUE")
        ->allow_extra_args(false);
}

void add_run_options(CLI::App& command, Options& options, std::string& shard) {
    RunOptions& run = options.run;
    command.add_option("FILE", run.file, "The scenario")->required();
    command.add_option("--seed", run.seed, "What chance begins with, instead of the scenario's seed or seeds");
    add_settings(command, run);
    command.add_option("--report", run.report, "Write the report as one HTML file that needs no network")->option_text("FILE");
    command.add_option("--json", run.json, "Write everything that was measured as JSON")->option_text("FILE");
    command.add_option("--junit", run.junit, "Write expectations and checkers as JUnit XML")->option_text("FILE");
    command.add_option("--shard", shard, "Of a matrix run only every N-th combination, from the I-th on; I counts from 1")
        ->option_text("I/N");
    command.add_option("--jobs", run.jobs, "How many runs of a matrix at a time; 0 means one for each core")
        ->check(CLI::Range(0, 1024));
    command.add_flag("--without-matrix", run.without_matrix, "Run the file as --set and --seed make it, not its matrix");
    command.add_flag("--quiet", run.is_quiet, "Print nothing but what prevents the run");
    command.add_flag("--live", run.is_live,
        "Run in real time against the live emulator, which is started for it: the clients become real sockets, through the real DNS");
    command.add_option("--ca", run.authority_folder, "Live: the folder of the certificate authority")->capture_default_str();
}

void add_merge_options(CLI::App& command, MergeOptions& merge) {
    command.add_option("FILES", merge.files, "JSON reports of runs, of matrices or of shards")->required();
    command.add_option("--report", merge.report, "Write the table as HTML")->option_text("FILE");
    command.add_option("--json", merge.json, "Write the table as JSON, which can be merged again")->option_text("FILE");
}

void add_swarm_options(CLI::App& command, SwarmOptions& swarm) {
    command.add_option("--minutes", swarm.minutes, "How long new worlds are begun")
        ->check(CLI::Range(0.0, 100'000.0))
        ->capture_default_str();
    command.add_option("--seed", swarm.seed, "What the first world is drawn from, the next ones count on; else chance");
    command.add_option("--count", swarm.count, "How many worlds at most");
    command.add_option("--jobs", swarm.jobs, "How many at a time; 0 means one for each core")->check(CLI::Range(0, 1024));
    command.add_option("--keep", swarm.keep, "Where the files of a world that broke are written")
        ->option_text("FOLDER")
        ->capture_default_str();
}

} // namespace

Options parse_options(int argc, char** argv) {
    Options options;
    options.authority_folder = options.run.authority_folder = default_authority_folder();
    std::vector<std::string> dns;
    CLI::App app(description, "diorama");
    app.set_version_flag("--version", std::string("diorama ") + version);
    app.require_subcommand(1);
    auto* up = app.add_subcommand("up", "Start the emulator; prints Ready. when it serves, ends on SIGTERM or Ctrl-C");
    add_up_options(*up, options, dns);
    auto* authority = app.add_subcommand("ca", "Print the certificate of Diorama's own certificate authority (PEM)");
    auto* run = app.add_subcommand("run", "Run a scenario, in virtual time or live, and report what happened");
    run->footer(run_description);
    std::string shard;
    add_run_options(*run, options, shard);
    auto* check = app.add_subcommand("check", "List every mistake in scenario files, with line, column and suggestion; "
                                              "exit code 1 if there are any");
    check->add_option("FILES", options.files, "Scenarios")->required();
    add_settings(*check, options.run);
    auto* report = app.add_subcommand("report", "What to do with reports of runs");
    report->require_subcommand(1);
    auto* merge = report->add_subcommand("merge", "Put the JSON reports of several runs beside each other in one table; exit "
                                                  "code 0 if every run held");
    add_merge_options(*merge, options.merge);
    auto* swarm = app.add_subcommand("swarm", "Draw worlds, traffic and faults by chance and run them until one breaks a "
                                              "rule that must always hold; exit code 0 if none did");
    add_swarm_options(*swarm, options.swarm);
    for (auto* command : {up, authority}) {
        command->add_option("--ca", options.authority_folder, "The folder of the certificate authority")->capture_default_str();
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::exit(app.exit(error) == 0 ? 0 : 2);
    }
    if (authority->parsed()) options.command = Command::print_authority;
    if (run->parsed()) options.command = Command::run;
    if (check->parsed()) options.command = Command::check;
    if (swarm->parsed()) options.command = Command::swarm;
    if (merge->parsed()) options.command = Command::merge_reports;
    if (!shard.empty() && !(options.run.shard = parse_shard(shard))) {
        std::cerr << "diorama: --shard wants a number and a count, like 1/4\n";
        std::exit(2);
    }
    for (const auto& pair : options.credentials) {
        if (pair.find(':') == std::string::npos) complain("--credentials wants an access key and a secret, like AKIA123:secret");
    }
    if (!options.credentials.empty() && !options.verify_signatures) complain("--credentials is for --verify-signatures");
    if (dns.empty()) {
        dns = {"127.0.0.1:4553"};
        options.dns_if_possible = parse_dns({"[::1]:4553"});
    }
    options.dns = parse_dns(dns);
    if (options.query_log_folder.empty() && !options.data_folder.empty())
        options.query_log_folder = options.data_folder + "/query-logs";
    if (!options.host.empty() && !network::IPAddress::parse(options.host)) complain("--host wants an IP address");
    return options;
}

} // namespace diorama
