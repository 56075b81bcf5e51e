// The timeline that everybody shares: faults and moments on top, then traffic, errors, latency,
// instances and alarms, one under the other on one axis.
const FLAGS = 12;

const rankedMoments = results.moments
    .map((moment, index) => ({ ...moment, index }))
    .sort((a, b) => b.weight - a.weight || a.at - b.at || a.index - b.index);

const timelineOf = (component, name) =>
    results.timelines.find((timeline) => timeline.component === component && timeline.name === name);

const greatest = (values) => values.reduce((most, value) => (value !== null && value > most ? value : most), 0);

const clientRequests = timelineOf("Clients", "Requests");
const clientErrors = timelineOf("Clients", "Errors");
const clientLatency = ["p50 latency", "p95 latency", "p99 latency"].map((name) => timelineOf("Clients", name));

// Requests that ended in an error, in per cent of all, per step.
const errorShare =
    clientRequests && clientErrors
        ? clientRequests.values.map((all, i) => {
              const bad = clientErrors.values[i];
              if (all === null || bad === null || bad === undefined) return null;
              return all > 0 ? (100 * bad) / all : null;
          })
        : null;

// The name of a strip's row: right of it, or above its row where there is no room.
function rowLabel(frame, text, y, colour = null) {
    if (isNarrow()) {
        frame.labels.append(shape("text", { class: "halo", x: frame.left + 2, y: y - 8 }, shortened(text, frame.right - frame.left)));
        return;
    }
    const indent = colour ? 22 : 8;
    if (colour) frame.labels.append(shape("rect", { x: frame.right + 8, y: y - 4.5, width: 9, height: 9, style: `fill:${colour}` }));
    frame.labels.append(shape("text", { x: frame.right + indent, y: y + 3.5 }, shape("title", {}, text), shortened(text, frame.width - frame.right - indent)));
}

// ---- faults and moments ---------------------------------------------------------------------------

// The first row that is free from `from` on; remembers that it is taken until `to`.
function freeRow(rows, from, to) {
    let row = rows.findIndex((taken) => taken <= from);
    if (row < 0) row = rows.push(0) - 1;
    rows[row] = to;
    return row;
}

function faultLabels(frame) {
    const rows = [];
    const labels = [];
    for (const fault of results.faults) {
        if (faultEnd(fault) < view.from || fault.from > view.to) continue;
        const text = `${fault.number}: ${fault.name}${fault.failure === "" ? "" : " (not injected)"}`;
        const width = Math.min(textWidth(text) + 8, frame.width - frame.left);
        const x = Math.min(Math.max(frame.x(fault.from), frame.left), frame.width - width);
        labels.push({ fault, text: fitted(text, width), x, row: freeRow(rows, x, x + width + 8) });
    }
    return { labels, rows: rows.length };
}

// The flags of the most interesting moments, moved apart so that each number can be read.
function flags(frame) {
    const shown = rankedMoments
        .slice(0, FLAGS)
        .map((moment, rank) => ({ moment, rank: rank + 1, at: frame.x(moment.at) }))
        .filter(({ moment }) => moment.at >= view.from && moment.at <= view.to)
        .sort((a, b) => a.moment.at - b.moment.at || a.rank - b.rank);
    const places = spread(shown.map((flag) => flag.at), 19, frame.left, frame.width - 9);
    shown.forEach((flag, i) => (flag.x = places[i]));
    return shown;
}

function addEventStrip(parent) {
    if (results.faults.length === 0 && results.moments.length === 0) return;
    let rows = 2; // known after the first drawing
    addChart(parent, {
        title: "Faults and moments",
        note: "numbers as in the list below",
        gutters: "wide",
        height: () => rows,
        foot: 0,
        draw(frame) {
            const faults = faultLabels(frame);
            const moments = flags(frame);
            const wanted = faults.rows * 15 + (moments.length > 0 ? 38 : 4);
            if (wanted !== rows) {
                rows = wanted;
                requestAnimationFrame(() => charts[0].redraw());
            }
            for (const { fault, text, x, row } of faults.labels) {
                const label = shape("text", { class: "fault-name", x: x + 3, y: 12 + row * 15 }, text);
                label.append(shape("title", {}, faultSentence(fault)));
                frame.labels.append(label);
            }
            for (const { moment, rank, x, at } of moments) {
                const y = faults.rows * 15 + 11;
                const flag = shape(
                    "g",
                    { class: "flag" },
                    shape("title", {}, `${spanText(moment.at)} ${moment.component}: ${moment.text}`),
                    shape("path", { class: "leader", d: `M${point(x, y)}L${point(at, y + 18)}V${wanted}` }),
                    shape("circle", { cx: x, cy: y, r: 8 }),
                    shape("text", { x, y: y + 3.5 }, String(rank)),
                );
                flag.addEventListener("click", () => moveCursor(moment.at));
                frame.labels.append(flag);
            }
        },
        readout(time) {
            const near = (view.to - view.from) / 120;
            const found = rankedMoments.find((moment) => Math.abs(moment.at - time) < near);
            return found ? `${spanText(found.at)} ${found.component}: ${found.text}` : "";
        },
    });
}

function faultSentence(fault) {
    const targets = fault.targets.length > 3 ? `${fault.targets.length} targets` : fault.targets.join(", ");
    const until = fault.to === null ? "" : ` to ${spanText(fault.to)}`;
    const failure = fault.failure === "" ? "" : `; could not be injected: ${fault.failure}`;
    return `${fault.action} at ${spanText(fault.from)}${until}${targets ? " on " + targets : ""}${failure}`;
}

// ---- traffic, errors, latency ---------------------------------------------------------------------

function addTrafficStrip(parent) {
    if (!clientRequests) return;
    const most = greatest(clientRequests.values);
    addChart(parent, {
        title: "Traffic",
        note: "requests/s, errors among them filled",
        gutters: "wide",
        height: () => 130,
        summary: `at most ${countText(most)}/s`,
        draw(frame) {
            const y = (value) => frame.bottom - (value / (most || 1)) * (frame.bottom - frame.top);
            drawGrid(frame, linearTicks(most, 3), y, countText);
            frame.marks.append(
                shape("path", { class: "area", d: areaPath(() => 0, clientRequests.values, frame.x, y) }),
                shape("path", { class: "line", d: linePath(clientRequests.values, frame.x, y) }),
            );
            if (clientErrors && greatest(clientErrors.values) > 0)
                frame.marks.append(shape("path", { class: "errors", d: areaPath(() => 0, clientErrors.values, frame.x, y) }));
        },
        readout: (time) =>
            `${countText(valueAt(clientRequests, time))}/s` +
            (clientErrors ? `, ${countText(valueAt(clientErrors, time))}/s errors` : ""),
    });
}

function addErrorStrip(parent) {
    if (!errorShare || greatest(errorShare) === 0) return;
    const most = greatest(errorShare);
    addChart(parent, {
        title: "Errors",
        note: "share of requests",
        gutters: "wide",
        height: () => 70,
        summary: `at most ${percentText(most)}`,
        draw(frame) {
            const y = (value) => frame.bottom - (value / most) * (frame.bottom - frame.top);
            drawGrid(frame, linearTicks(most, 2), y, percentText);
            frame.marks.append(shape("path", { class: "errors", d: areaPath(() => 0, errorShare, frame.x, y) }));
        },
        readout: (time) => percentText(errorShare[indexAt(time)] ?? null),
    });
}

const LATENCY_NAMES = ["p50", "p95", "p99"];

// Lines of percentiles on a logarithmic scale, the space between them filled; lowest first.
function drawPercentiles(frame, lines, labels) {
    const values = lines.flatMap((line) => line.values).filter((value) => value !== null && value > 0);
    if (values.length === 0) return;
    const least = values.reduce((a, b) => Math.min(a, b)) * 0.8;
    const most = values.reduce((a, b) => Math.max(a, b)) * 1.15;
    const share = (value) => Math.log(Math.max(value, least) / least) / Math.log(most / least);
    const y = (value) => frame.bottom - share(value) * (frame.bottom - frame.top);
    drawGrid(frame, logTicks(least, most, (frame.bottom - frame.top) / 22), y, latencyText);
    for (let i = 1; i < lines.length; i += 1) {
        const lower = lines[i - 1].values;
        const opacity = i === 1 ? 0.26 : 0.12;
        frame.marks.append(
            shape("path", { class: "area", style: `fill-opacity:${opacity}`, d: areaPath((step) => lower[step], lines[i].values, frame.x, y) }),
        );
    }
    lines.forEach((line, i) => {
        const dash = i === 0 ? null : i === lines.length - 1 ? null : "4 2";
        frame.marks.append(
            shape("path", { class: "line", style: `stroke-width:${i === 0 ? 2 : 1}`, "stroke-dasharray": dash, d: linePath(line.values, frame.x, y) }),
        );
    });
    if (!labels || isNarrow()) return;
    const [, last] = visibleSteps(lines[0].values.length);
    const ends = lines.map((line) => {
        for (let i = last; i >= 0; i -= 1) if (line.values[i] !== null) return [frame.x((i + 1) * results.step), y(line.values[i])];
        return [frame.right, frame.bottom];
    });
    spread(ends.map(([, height]) => height), 12, frame.top + 4, frame.bottom).forEach((height, i) => {
        const x = Math.min(ends[i][0], frame.right) + 8;
        frame.labels.append(shape("text", { class: "halo", x, y: height + 3.5 }, labels[i]));
    });
}

function addLatencyStrip(parent) {
    const lines = clientLatency.filter(Boolean);
    if (lines.length === 0) return;
    const names = LATENCY_NAMES.filter((_, i) => clientLatency[i]);
    addChart(parent, {
        title: "Latency",
        note: names.join(", ") + ", as clients see it",
        gutters: "wide",
        height: () => 130,
        summary: `${names[names.length - 1]} at most ${latencyText(greatest(lines[lines.length - 1].values))}`,
        draw: (frame) => drawPercentiles(frame, lines, names),
        readout: (time) => lines.map((line, i) => `${names[i]} ${latencyText(valueAt(line, time))}`).join(", "),
    });
}

function addHeatStrip(parent) {
    const { bands, counts } = results.latency_heat;
    const used = bands.map((_, band) => counts.some((step) => (step[band] || 0) > 0));
    const first = used.indexOf(true);
    const last = used.lastIndexOf(true);
    if (first < 0) return;
    const most = counts.reduce((a, step) => Math.max(a, ...step, 0), 0);
    const levels = 8;
    const levelOf = (count) => Math.ceil((levels * Math.log1p(count)) / Math.log1p(most));
    const lower = (band) => (band === 0 ? bands[0] / (bands[1] / bands[0] || 2) : bands[band - 1]);
    addChart(parent, {
        title: "Every answer by its latency",
        note: "the stronger, the more answers",
        gutters: "wide",
        height: () => 130,
        draw(frame) {
            const height = (frame.bottom - frame.top) / (last - first + 1);
            const y = (band) => frame.bottom - (band - first + 1) * height;
            const log = (value) => {
                let band = first;
                while (band < last && bands[band] < value) band += 1;
                const share = Math.log(value / lower(band)) / Math.log(bands[band] / lower(band));
                return frame.bottom - (band - first + Math.min(Math.max(share, 0), 1)) * height;
            };
            drawGrid(frame, logTicks(lower(first), bands[last], 6), log, latencyText);
            const paths = Array.from({ length: levels + 1 }, () => "");
            const [begin, end] = visibleSteps(counts.length);
            const width = frame.x(results.step) - frame.x(0);
            for (let step = begin; step <= end; step += 1) {
                for (let band = first; band <= last; band += 1) {
                    const count = counts[step][band] || 0;
                    if (count === 0) continue;
                    const x = frame.x(step * results.step);
                    paths[levelOf(count)] += `M${point(x, y(band))}h${(width + 0.2).toFixed(2)}v${(height + 0.1).toFixed(2)}h${(-width - 0.2).toFixed(2)}z`;
                }
            }
            paths.forEach((path, level) => {
                if (path !== "") frame.marks.append(shape("path", { d: path, style: `fill:var(--blue);fill-opacity:${(0.08 + (0.92 * level) / levels).toFixed(2)}` }));
            });
        },
        readout(time) {
            const step = counts[indexAt(time)] || [];
            const total = step.reduce((a, b) => a + b, 0);
            return total === 0 ? MISSING : `${countText(total)} answers in ${spanText(results.step)}`;
        },
    });
}

// ---- instances ------------------------------------------------------------------------------------

const ZONE_COLOURS = ["--blue", "--orange", "--green", "--purple", "--sky", "--yellow"];
const zones = [...new Set(results.instances.map((life) => life.zone))].sort();
const zoneColour = (zone) => `var(${ZONE_COLOURS[zones.indexOf(zone) % ZONE_COLOURS.length]})`;

const lifeEnd = (life) => life.terminated ?? Math.max(results.simulated, life.launched);
const servingEnd = (life) => life.left ?? lifeEnd(life);
const isServing = (life, time) => life.in_service !== null && life.in_service <= time && time < servingEnd(life);

// One bundle per group and zone; in it, one lane after the other is used again when it is free.
function instanceBundles() {
    const groups = [...new Set(results.instances.map((life) => life.group))].sort();
    const bundles = [];
    for (const group of groups) {
        for (const zone of zones) {
            const lives = results.instances
                .filter((life) => life.group === group && life.zone === zone)
                .sort((a, b) => a.launched - b.launched || (a.id < b.id ? -1 : 1));
            if (lives.length === 0) continue;
            const lanes = [];
            const placed = lives.map((life) => ({
                life,
                lane: freeRow(lanes, life.launched, lifeEnd(life) + wholeTime / 400),
            }));
            bundles.push({ group, name: groups.length > 1 ? `${group}, ${zone}` : zone, zone, placed, lanes: lanes.length });
        }
    }
    return bundles;
}

function drawLife(frame, life, y, height) {
    const colour = zoneColour(life.zone);
    const bar = (from, to, opacity, isOutlined) => {
        if (!(to > from)) return null;
        const x = frame.x(from);
        const inset = isOutlined ? 0.5 : 0;
        return shape("rect", {
            x: x + inset,
            y: y + inset,
            width: Math.max(1, frame.x(to) - x - 2 * inset),
            height: Math.max(1, height - 2 * inset),
            style: isOutlined ? `fill:${colour};fill-opacity:.12;stroke:${colour};stroke-opacity:.8` : `fill:${colour};fill-opacity:${opacity}`,
        });
    };
    const ready = life.in_service ?? servingEnd(life);
    const end = frame.x(lifeEnd(life));
    const group = shape(
        "g",
        {},
        shape("title", {}, lifeSentence(life)),
        bar(life.launched, Math.min(ready, lifeEnd(life)), 0, true),
        bar(ready, servingEnd(life), 0.85, false),
        bar(servingEnd(life), lifeEnd(life), 0, true),
    );
    if (life.failed) {
        const middle = y + height / 2;
        const x = frame.x(servingEnd(life));
        group.append(
            shape("path", { d: `M${x - 3} ${middle - 3}l6 6m0 -6l-6 6`, style: "stroke:var(--ground);stroke-width:4;fill:none" }),
            shape("path", { d: `M${x - 3} ${middle - 3}l6 6m0 -6l-6 6`, style: "stroke:var(--vermillion);stroke-width:1.8;fill:none" }),
        );
    } else if (life.terminated !== null) {
        group.append(shape("line", { x1: end, x2: end, y1: y, y2: y + height, style: `stroke:${colour};stroke-width:1.5` }));
    }
    frame.marks.append(group);
}

function lifeSentence(life) {
    const parts = [`${life.id} (${life.type}, ${life.zone}) launched at ${spanText(life.launched)}`];
    if (life.in_service !== null) parts.push(`in service at ${spanText(life.in_service)}`);
    if (life.left !== null) parts.push(`left at ${spanText(life.left)}`);
    if (life.terminated !== null) parts.push(`terminated at ${spanText(life.terminated)}`);
    if (life.end_reason !== "") parts.push(life.end_reason);
    parts.push(`${countText(life.requests)} requests`);
    return parts.join("; ");
}

function addInstanceStrip(parent) {
    if (results.instances.length === 0) return;
    const bundles = instanceBundles();
    const lanes = bundles.reduce((sum, bundle) => sum + bundle.lanes, 0);
    const laneHeight = Math.min(12, Math.max(3, Math.floor(230 / lanes)));
    const gap = () => (isNarrow() ? 20 : 8);
    addChart(parent, {
        title: "Instances",
        note: "outlined while they start or leave" + (results.instances.some((life) => life.failed) ? ", × failed" : ""),
        gutters: "wide",
        height: () => lanes * laneHeight + bundles.length * gap() + 10,
        summary: `${countText(results.instances.length)} in all`,
        draw(frame) {
            let y = isNarrow() ? gap() : 4;
            for (const bundle of bundles) {
                for (const { life, lane } of bundle.placed)
                    if (lifeEnd(life) >= view.from && life.launched <= view.to)
                        drawLife(frame, life, y + lane * laneHeight, laneHeight - (laneHeight > 4 ? 2 : 1));
                rowLabel(frame, bundle.name, isNarrow() ? y + 4 : y + (bundle.lanes * laneHeight) / 2, zoneColour(bundle.zone));
                y += bundle.lanes * laneHeight + gap();
            }
        },
        readout: (time) =>
            bundles
                .map((bundle) => `${bundle.name} ${bundle.placed.filter(({ life }) => isServing(life, time)).length}`)
                .join(", ") + " in service",
    });
}

// ---- alarms ---------------------------------------------------------------------------------------

function addAlarmStrip(parent) {
    const names = [...new Set(results.alarms.map((period) => period.shown))];
    if (names.length === 0) return;
    const row = () => (isNarrow() ? 32 : 17);
    addChart(parent, {
        title: "Alarms",
        note: "filled: ALARM; hatched: INSUFFICIENT_DATA",
        gutters: "wide",
        height: () => names.length * row() + 8,
        draw(frame) {
            names.forEach((name, i) => {
                const y = (i + 1) * row() - 5;
                for (const period of results.alarms.filter((candidate) => candidate.shown === name)) {
                    const from = frame.x(period.from);
                    const width = Math.max(1, frame.x(period.to) - from);
                    const look = {
                        ALARM: { y: y - 5, height: 10, style: "fill:var(--vermillion)" },
                        OK: { y: y - 0.5, height: 1, style: "fill:var(--quiet);fill-opacity:.6" },
                        INSUFFICIENT_DATA: { y: y - 4, height: 8, class: "unknown" },
                    }[period.state] || { y: y - 0.5, height: 1, class: "unknown" };
                    const text = `${name}: ${period.state} from ${spanText(period.from)} to ${spanText(period.to)}. ${period.reason}`;
                    frame.marks.append(shape("rect", { x: from, width, ...look }, shape("title", {}, text)));
                }
                rowLabel(frame, name, y);
            });
        },
        readout(time) {
            const on = results.alarms.filter((period) => period.state === "ALARM" && period.from <= time && time < period.to);
            return on.length === 0 ? "none in ALARM" : on.map((period) => period.shown).join(", ") + " in ALARM";
        },
    });
}

// ---- the clock on top -----------------------------------------------------------------------------

function wallClock(time) {
    const moment = new Date(Date.parse(results.start) + time * 1000);
    return isNaN(moment) ? "" : moment.toISOString().slice(11, 19) + " UTC";
}

function clockSentence(time) {
    const parts = [];
    if (clientRequests) parts.push(`${countText(valueAt(clientRequests, time))} requests/s`);
    if (errorShare) parts.push(`${percentText(errorShare[indexAt(time)] ?? null)} errors`);
    if (clientLatency[2]) parts.push(`p99 ${latencyText(valueAt(clientLatency[2], time))}`);
    if (results.instances.length > 0)
        parts.push(`${results.instances.filter((life) => isServing(life, time)).length} instances`);
    return parts.join(" · ");
}

function addClock(section) {
    const time = element("span", { class: "time" });
    const values = element("span");
    const reset = element("button", { type: "button" }, "Whole run");
    const closer = element("button", { type: "button", "aria-label": "Zoom in" }, "+");
    const further = element("button", { type: "button", "aria-label": "Zoom out" }, "−");
    const clock = element(
        "div",
        { id: "clock", tabindex: 0, role: "slider", "aria-label": "Time", "aria-valuemin": 0, "aria-valuemax": wholeTime, "aria-valuenow": 0 },
        time,
        values,
    );
    const buttons = element("span", { class: "buttons" }, closer, further, reset);
    clock.append(buttons);
    section.append(clock);
    closer.addEventListener("click", () => zoomBy(0.5));
    further.addEventListener("click", () => zoomBy(2));
    reset.addEventListener("click", zoomOut);
    cursorListeners.push(() => {
        const at = view.cursor;
        time.textContent = at === null ? spanText(wholeTime) : spanText(Math.floor(at));
        values.textContent =
            at === null ? (view.to - view.from < wholeTime ? `${spanText(Math.floor(view.from))} to ${spanText(Math.floor(view.to))}` : "the whole run") : `${wallClock(at)} · ${clockSentence(at)}`;
        clock.setAttribute("aria-valuenow", Math.floor(at ?? 0));
        clock.setAttribute("aria-valuetext", at === null ? "no time chosen" : `${spanText(Math.floor(at))}: ${clockSentence(at)}`);
        reset.disabled = view.to - view.from >= wholeTime;
    });
    clock.addEventListener("keydown", (event) => {
        if (event.target !== clock || event.ctrlKey || event.metaKey || event.altKey) return;
        const step = results.step * (event.shiftKey ? 10 : 1);
        const at = view.cursor ?? view.from;
        const actions = {
            ArrowRight: () => moveCursor(at + step),
            ArrowLeft: () => moveCursor(at - step),
            ArrowUp: () => moveCursor(at + step),
            ArrowDown: () => moveCursor(at - step),
            Home: () => moveCursor(view.from),
            End: () => moveCursor(Math.min(view.to, results.simulated) - results.step / 2),
            "+": () => zoomBy(0.5),
            "=": () => zoomBy(0.5),
            "-": () => zoomBy(2),
            "0": zoomOut,
            Escape: () => {
                moveCursor(null);
                zoomOut();
            },
        };
        if (!actions[event.key]) return;
        actions[event.key]();
        event.preventDefault();
    });
}

function addTimeline() {
    const section = document.getElementById("timeline");
    if ([results.timelines, results.instances, results.alarms, results.moments, results.faults].every((list) => list.length === 0)) {
        section.remove();
        return;
    }
    section.append(
        element(
            "p",
            { class: "hint" },
            "Point at a chart: the cursor moves in all. Drag to zoom, double click to see the whole run. " +
                "By keyboard: the bar below, arrows, + and −, 0.",
        ),
    );
    addClock(section);
    addEventStrip(section);
    addTrafficStrip(section);
    addErrorStrip(section);
    addLatencyStrip(section);
    addHeatStrip(section);
    addInstanceStrip(section);
    addAlarmStrip(section);
    addChart(section, {
        title: "",
        gutters: "wide",
        height: () => 22,
        foot: 20,
        draw: (frame) => drawTimeAxis(frame, isNarrow() ? 4 : 12),
    });
}
