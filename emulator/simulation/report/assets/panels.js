// A panel per component, with its timelines as small multiples, and the latency of each population
// as a curve of percentiles.

function addPanels() {
    const section = document.getElementById("panels");
    const names = [...new Set(results.timelines.map((timeline) => timeline.component))];
    for (const name of names) {
        const shown = panelCharts(results.timelines.filter((timeline) => timeline.component === name), name);
        if (shown.length === 0) continue;
        const component = results.components.find((candidate) => candidate.label === name || candidate.id === name);
        const grid = element("div", { class: "multiples" });
        section.append(
            element(
                "div",
                { class: "panel" },
                element("h3", {}, name, component && component.detail ? element("span", { class: "quiet" }, component.detail) : null),
                grid,
            ),
        );
        for (const chart of shown) addChart(grid, chart);
    }
    if (section.children.length === 1) section.remove();
}

// Percentiles of one thing share a chart; what the shared timeline has already shown is left out.
function panelCharts(timelines, component) {
    const sharedNames = ["Requests", "Errors", "p50 latency", "p95 latency", "p99 latency"];
    const rest = timelines.filter((timeline) => component !== "Clients" || !sharedNames.includes(timeline.name));
    const made = [];
    const groups = new Map();
    for (const timeline of rest) {
        const match = /^(p[\d.]+) (.+)$/.exec(timeline.name);
        if (!match || timeline.unit !== "s") {
            made.push(smallChart(timeline));
            continue;
        }
        const [, percentile, subject] = match;
        if (!groups.has(subject)) {
            groups.set(subject, []);
            made.push(percentileChart(subject, groups.get(subject)));
        }
        groups.get(subject).push({ percentile, values: timeline.values });
    }
    return made;
}

const SMALL_HEIGHT = 92;

function smallChart(timeline) {
    const most = greatest(timeline.values);
    const top = timeline.unit === "%" && most > 60 ? 100 : most;
    const least = timeline.values.reduce((a, value) => (value !== null && value < a ? value : a), 0);
    return {
        title: timeline.name,
        note: unitNote(timeline.unit),
        gutters: "small",
        height: () => SMALL_HEIGHT,
        foot: 20,
        summary: most > 0 ? `at most ${valueText(most, timeline.unit)}` : "",
        draw(frame) {
            const range = top - least || 1;
            const y = (value) => frame.bottom - ((value - least) / range) * (frame.bottom - frame.top);
            drawGrid(frame, linearTicks(top, 2), y, (tick) => valueText(tick, timeline.unit));
            frame.marks.append(
                shape("path", { class: "area", d: areaPath(() => Math.max(least, 0), timeline.values, frame.x, y) }),
                shape("path", { class: "line", d: linePath(timeline.values, frame.x, y) }),
            );
            drawTimeAxis(frame, 4);
        },
        readout: (time) => valueText(valueAt(timeline, time), timeline.unit),
    };
}

function percentileChart(subject, lines) {
    const sorted = () => [...lines].sort((a, b) => Number(a.percentile.slice(1)) - Number(b.percentile.slice(1)));
    return {
        title: subject[0].toUpperCase() + subject.slice(1),
        get note() {
            return sorted().map((line) => line.percentile).join(", ");
        },
        gutters: "small",
        height: () => SMALL_HEIGHT,
        foot: 20,
        get summary() {
            const last = sorted().pop();
            return `${last.percentile} at most ${latencyText(greatest(last.values))}`;
        },
        draw(frame) {
            drawPercentiles(frame, sorted(), null);
            drawTimeAxis(frame, 4);
        },
        readout: (time) => sorted().map((line) => `${line.percentile} ${latencyText(valueAt(line, time))}`).join(", "),
    };
}

// ---- latency distributions ------------------------------------------------------------------------

const NINES = [[0, "0"], [0.301, "50%"], [1, "90%"], [2, "99%"], [3, "99.9%"], [4, "99.99%"], [5, "99.999%"]];

function addLatency() {
    const section = document.getElementById("latency");
    const populations = results.populations.filter((population) => (population.latency.curve || []).length > 1);
    if (populations.length === 0) {
        section.remove();
        return;
    }
    section.append(
        element("p", { class: "hint" }, "How many answers came within which time. To the right every step leaves out nine of ten that are left: the slowest are what users remember."),
    );
    const grid = element("div", { class: "curves" });
    section.append(grid);
    for (const population of populations) {
        const routes = results.outcomes.filter(
            (row) => row.population === population.population && (row.latency.curve || []).length > 1,
        );
        const lines = [{ name: "all", curve: population.latency.curve, isAll: true }];
        if (routes.length > 1) for (const row of routes) lines.push({ name: row.route, curve: row.latency.curve, isAll: false });
        addCurves(grid, population, lines);
    }
}

function addCurves(grid, population, lines) {
    const readout = element("span", { class: "readout" });
    const drawing = shape("svg", { role: "img", "aria-label": `Latency of ${population.population}` });
    const summary = `${countText(population.latency.count)} answers`;
    const figure = element(
        "figure",
        {},
        element("figcaption", {}, element("span", { class: "title" }, population.population), readout),
        drawing,
    );
    grid.append(figure);
    readout.textContent = summary;
    let at = null;
    redraws.push(() => {
        const frame = curveFrame(figure.clientWidth, lines);
        drawing.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
        drawing.replaceChildren();
        drawCurves(drawing, frame, lines);
        at = frame;
    });
    drawing.addEventListener("pointermove", (event) => {
        const box = drawing.getBoundingClientRect();
        const nines = ((((event.clientX - box.left) * at.width) / box.width - at.left) / (at.right - at.left)) * at.nines;
        const index = Math.min(Math.max(0, Math.round(nines * 10)), lines[0].curve.length - 1);
        const percent = 100 * (1 - 10 ** (-index / 10));
        readout.textContent = `${percent.toPrecision(index < 20 ? 3 : 5)}% within ${latencyText(lines[0].curve[index])}`;
    });
    drawing.addEventListener("pointerleave", () => (readout.textContent = summary));
}

function curveFrame(available, lines) {
    const width = Math.max(260, available);
    const values = lines.flatMap((line) => line.curve).filter((value) => value > 0);
    const frame = { width, height: 240, left: 52, right: width - (width < 420 ? 112 : 170), top: 8, bottom: 216 };
    frame.nines = Math.max(1, ...lines.map((line) => (line.curve.length - 1) / 10));
    frame.least = Math.min(...values) * 0.9;
    frame.most = Math.max(...values) * 1.1;
    frame.x = (nines) => frame.left + (nines / frame.nines) * (frame.right - frame.left);
    frame.y = (value) =>
        frame.bottom - (Math.log(Math.max(value, frame.least) / frame.least) / Math.log(frame.most / frame.least)) * (frame.bottom - frame.top);
    return frame;
}

function drawCurves(drawing, frame, lines) {
    for (const tick of logTicks(frame.least, frame.most, 9)) {
        const y = Math.round(frame.y(tick)) + 0.5;
        drawing.append(
            shape("line", { class: "grid", x1: frame.left, x2: frame.right, y1: y, y2: y }),
            shape("text", { class: "tick", x: frame.left - 6, y: y + 3.5, "text-anchor": "end" }, latencyText(tick)),
        );
    }
    let free = -1;
    for (const [nines, name] of NINES) {
        const x = frame.x(nines);
        if (nines > frame.nines + 0.01) continue;
        const half = textWidth(name) / 2;
        const hasRoom = x - half > free;
        if (hasRoom) free = x + half + 4;
        drawing.append(
            shape("line", { class: "grid", x1: x, x2: x, y1: frame.top, y2: frame.bottom }),
            hasRoom ? shape("text", { class: "tick", x, y: frame.bottom + 15, "text-anchor": "middle" }, name) : "",
        );
    }
    for (const line of [...lines].reverse()) {
        const path = line.curve.map((value, i) => (i === 0 ? "M" : "L") + point(frame.x(i / 10), frame.y(value))).join("");
        drawing.append(
            shape("path", { class: "line", d: path, style: line.isAll ? "stroke-width:2.2" : "stroke:var(--quiet);stroke-width:1;stroke-opacity:.75" }, shape("title", {}, line.name)),
        );
    }
    const ends = lines.map((line) => frame.y(line.curve[line.curve.length - 1]));
    spread(ends, 12.5, frame.top, frame.bottom).forEach((y, i) => {
        const line = lines[i];
        const end = frame.x((line.curve.length - 1) / 10);
        const room = frame.width - frame.right - 14;
        if (end < frame.right - 2 || Math.abs(y - ends[i]) > 3)
            drawing.append(shape("line", { x1: end + 2, y1: ends[i], x2: frame.right + 10, y2: y, style: "stroke:var(--quiet);stroke-opacity:.35" }));
        drawing.append(
            shape("text", { class: line.isAll ? "" : "note", x: frame.right + 13, y: y + 3.5, style: line.isAll ? "font-weight:650" : "" }, shape("title", {}, line.name), fitted(shortRoute(line.name), room)),
        );
    });
}

// Routes of one host differ at their ends.
const shortRoute = (route) => route.replace(/https?:\/\/[^/]+/, "");
