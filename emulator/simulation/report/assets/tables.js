// The tables: expectations, outcomes, checkers, cost, moments, and what the run was.

// Columns: { head, number, cell(row) -> text or node, of } where `of` is a class of the cells.
function table(label, columns, rows, options = {}) {
    const head = element("tr", {}, columns.map((column) => element("th", { scope: "col", class: column.number ? "number" : null }, column.head)));
    const body = rows.map((row) =>
        element(
            "tr",
            { class: row.rowClass },
            columns.map((column) =>
                element("td", { class: [column.number ? "number" : "", column.of || ""].join(" ").trim() || null, "data-head": column.inline ?? null }, column.cell(row)),
            ),
        ),
    );
    const made = element("table", { class: options.isStacked ? "stacked" : options.isDense ? "dense" : null }, element("thead", {}, head), element("tbody", {}, body));
    return element("div", { class: "table", role: "region", tabindex: 0, "aria-label": label }, made);
}

// A time that moves the cursor there.
function timeButton(at) {
    if (at === null) return "";
    const button = element("button", { type: "button", class: "at" }, spanText(Math.floor(at)));
    button.addEventListener("click", () => {
        document.getElementById("timeline").scrollIntoView({ block: "start" });
        moveCursor(at);
    });
    return button;
}

function addExpectations() {
    const section = document.getElementById("expectations");
    if (results.expectations.length === 0) {
        section.append(element("p", { class: "quiet" }, "The scenario expects nothing."));
        return;
    }
    const columns = [
        {
            head: "",
            cell: (row) => element("span", { class: "mark " + (row.passed ? "held" : "failed") }, row.passed ? "✓ held" : "✗ failed"),
            of: "measure",
        },
        { head: "Expectation", cell: (row) => element("code", {}, row.text) },
        { head: "Measured", inline: "measured", cell: (row) => row.measured, of: "measure" },
        { head: "Bound", inline: "bound", cell: (row) => row.bound },
        { head: "Worst at", inline: "worst at", cell: (row) => timeButton(row.worst) },
        { head: "Look at", inline: "look at", cell: (row) => row.points_to },
    ];
    section.append(table("Expectations", columns, results.expectations, { isStacked: true }));
}

function addOutcomes() {
    const section = document.getElementById("outcomes");
    if (results.outcomes.length === 0) {
        section.append(element("p", { class: "quiet" }, "No request was made."));
        return;
    }
    const seen = results.outcome_names
        .map((name, i) => ({ name, i }))
        .filter(({ i }) => i === 0 || results.outcomes.some((row) => row.count[i] > 0));
    const percentile = (name) => (row) => latencyText(row.latency[name] ?? null);
    const columns = [
        { head: "Population", cell: (row) => row.population },
        { head: "Route", cell: (row) => element("code", {}, row.route), of: "route" },
        { head: "requests", number: true, cell: (row) => countText(row.total) },
        ...seen.map(({ name, i }) => ({
            head: name,
            number: true,
            cell: (row) => (row.count[i] === 0 ? "" : countText(row.count[i])),
            of: i > 1 ? "failed" : "",
        })),
        { head: "error share", number: true, cell: (row) => percentText(row.total ? (100 * row.errors) / row.total : null) },
        { head: "retries", number: true, cell: (row) => (row.retries ? countText(row.retries) : "") },
        { head: "gave up", number: true, cell: (row) => (row.gave_up ? countText(row.gave_up) : "") },
        { head: "p50", number: true, cell: percentile("p50") },
        { head: "p95", number: true, cell: percentile("p95") },
        { head: "p99", number: true, cell: percentile("p99") },
        { head: "slowest", number: true, cell: percentile("maximum") },
    ];
    section.append(table("Outcomes", columns, results.outcomes, { isDense: true }));
    section.append(element("p", { class: "hint" }, "Every request has exactly one outcome; a retry is a request of its own. Latency is of requests that got an answer."));
}

function addCheckers() {
    const section = document.getElementById("checkers");
    if (results.checkers.length === 0 && results.violations.length === 0) {
        section.remove();
        return;
    }
    if (results.violations.length > 0) {
        const columns = [
            { head: "Violation", cell: (row) => row.text, of: "failed" },
            { head: "Rule", cell: (row) => row.checker },
            { head: "At", number: true, cell: (row) => timeButton(row.at) },
        ];
        section.append(
            element("p", { class: "failed" }, "A rule of the cloud was broken. That is a defect of Diorama, not of the scenario: please report it with the seed and the command above."),
            table("Violations", columns, results.violations.slice(0, 100), { isStacked: true }),
        );
        if (results.violations.length > 100) section.append(element("p", { class: "hint" }, `and ${countText(results.violations.length - 100)} more`));
    }
    const columns = [
        {
            head: "Rule",
            cell: (row) =>
                element("span", {}, element("span", { class: "mark " + (row.violations ? "failed" : "held") }, row.violations ? "✗ " : "✓ "), row.name),
        },
        { head: "Checks", number: true, inline: "checks", cell: (row) => countText(row.checks) },
        { head: "Violations", number: true, inline: "violations", cell: (row) => (row.violations ? countText(row.violations) : "0") },
    ];
    section.append(table("Checkers", columns, results.checkers, { isStacked: true }));
}

function addCost() {
    const section = document.getElementById("cost");
    const { lines, dollars, note } = results.cost;
    if (lines.length === 0) {
        section.remove();
        return;
    }
    const most = Math.max(...lines.map((line) => line.dollars), 1e-9);
    const columns = [
        { head: "Service", cell: (row) => row.service },
        { head: "What", cell: (row) => row.what },
        { head: "Quantity", number: true, inline: "quantity", cell: (row) => (row.quantity === undefined ? "" : `${countText(row.quantity)} ${row.unit}`) },
        { head: "Price", number: true, inline: "price", cell: (row) => (row.price === undefined ? "" : "$" + row.price) },
        { head: "Dollars", number: true, cell: (row) => dollarsText(row.dollars) },
        { head: "", cell: (row) => (row.rowClass ? "" : element("span", { class: "bar", style: `width:${Math.round((120 * row.dollars) / most)}px` })), of: "why" },
    ];
    section.append(table("Cost", columns, [...lines, { service: "Total", what: "", dollars, rowClass: "total" }], { isStacked: true }));
    if (note) section.append(element("p", { class: "hint" }, note));
}

function momentItem(moment, rank) {
    return element(
        "li",
        {},
        element("span", { class: rank <= FLAGS ? "rank" : "rank unflagged" }, rank <= FLAGS ? String(rank) : "·"),
        element("span", {}, timeButton(moment.at)),
        element("span", {}, moment.component ? element("span", { class: "quiet" }, moment.component + " ") : null, moment.text),
    );
}

function addMoments() {
    const section = document.getElementById("moments");
    if (rankedMoments.length === 0) {
        section.remove();
        return;
    }
    const item = (moment, i) => momentItem(moment, i + 1);
    section.append(element("ol", { class: "moments" }, rankedMoments.slice(0, FLAGS).map(item)));
    if (rankedMoments.length <= FLAGS) return;
    const others = results.moments.map((moment) => momentItem(moment, FLAGS + 1));
    section.append(
        element("details", {}, element("summary", {}, `All ${countText(rankedMoments.length)} moments in the order of time`), element("ol", { class: "moments" }, others)),
    );
}

function addFacts() {
    const facts = document.getElementById("facts");
    const add = (name, value, note) => facts.append(element("div", {}, element("dt", {}, name), element("dd", {}, value, note ? element("small", {}, note) : null)));
    const { totals } = results;
    const all = results.outcomes.reduce((sum, row) => sum + row.total, 0);
    const errors = results.outcomes.reduce((sum, row) => sum + row.errors, 0);
    add("Requests", countText(totals.requests), `${countText(totals.visits)} visits`);
    if (all > 0) add("Errors", percentText((100 * errors) / all), `${countText(errors)} requests`);
    const slowest = results.populations.filter((population) => population.latency.p99 !== undefined).sort((a, b) => b.latency.p99 - a.latency.p99)[0];
    if (slowest) add("p99 latency", latencyText(slowest.latency.p99), results.populations.length > 1 ? slowest.population : `p50 ${latencyText(slowest.latency.p50)}`);
    const cached = totals.cache_hits + totals.cache_misses;
    if (cached > 0) add("Cache hit ratio", percentText((100 * totals.cache_hits) / cached), `${countText(totals.cache_misses)} misses`);
    if (totals.sql_statements > 0)
        add("SQL statements", countText(totals.sql_statements), { real: "run on the real engine", model: "by the cost model" }[results.sql_engine] || results.sql_engine);
    if (totals.stale_reads > 0) add("Stale reads", countText(totals.stale_reads), "answers without the visitor's own last write");
    if (totals.acknowledged_writes > 0) add("Writes lost", countText(totals.lost_writes), `of ${countText(totals.acknowledged_writes)} acknowledged`);
    if (results.cost.lines.length > 0) add("Cost", dollarsText(totals.dollars), "estimate");
}

function addAbout() {
    const section = document.getElementById("about");
    const command = document.getElementById("command").textContent;
    const engine = { real: "SQL ran on the real engine", model: "SQL by a cost model fitted from real executions" }[results.sql_engine] || results.sql_engine;
    const rows = [
        ["scenario", results.path || results.scenario],
        ["seed", document.querySelector(".scenario .quiet").textContent.replace("seed ", "")],
        ["command", command],
        [results.live ? "real time" : "virtual time", `${spanText(results.simulated)} of ${spanText(results.duration)}, from ${results.start}` + (results.interrupted ? ", interrupted" : "")],
        ["SQL", results.totals.sql_statements > 0 ? engine : "none"],
        ["events", countText(results.totals.events)],
        ["DNS queries", countText(results.totals.dns_queries)],
        ["Diorama", results.diorama],
        ...results.parameters.map(({ name, value }) => ["parameter " + name, value]),
    ];
    const columns = [
        { head: "", cell: ([name]) => element("span", { class: "quiet" }, name), of: "measure" },
        { head: "", cell: ([, value]) => element("code", {}, value) },
    ];
    section.append(table("This run", columns, rows.filter(([, value]) => value !== "")));
    const description = section.querySelector(".description");
    if (description.textContent === "") description.remove();
}
