// Charts over time. All of them share one view: the part of time that is shown and the cursor; what
// is done to one is done to all.
const results = JSON.parse(document.getElementById("results").textContent);

const wholeTime = Math.max(results.duration, results.simulated, 1);
const view = { from: 0, to: wholeTime, cursor: null };
const charts = [];
const cursorListeners = [];

const isNarrow = () => document.querySelector("main").clientWidth < 640;

// Fault columns end with the run when nothing ends them.
const faultEnd = (fault) => (fault.to === null ? fault.from : fault.to);

function linearTicks(most, wanted) {
    if (!(most > 0)) return [0];
    const rough = most / wanted;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999);
    const ticks = [];
    for (let i = 0; i * step <= most * 1.0001; i += 1) ticks.push(Number((i * step).toPrecision(12)));
    return ticks;
}

function timeTicks(from, to, wanted) {
    const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400];
    const rough = (to - from) / wanted;
    const step = steps.find((candidate) => candidate >= rough) || Math.ceil(rough / 86400) * 86400;
    const ticks = [];
    for (let time = Math.ceil(from / step) * step; time <= to; time += step) ticks.push(time);
    return ticks;
}

// Powers of ten, and 2 and 5 times them where there is room.
function logTicks(least, most, wanted) {
    for (const factors of [[1, 2, 5], [1, 3], [1]]) {
        const ticks = [];
        for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power += 1) {
            for (const factor of factors) {
                const tick = Number((factor * 10 ** power).toPrecision(3));
                if (tick >= least * 0.999 && tick <= most * 1.001) ticks.push(tick);
            }
        }
        if (ticks.length <= wanted || factors.length === 1) return ticks;
    }
    return [];
}

const indexAt = (time) => Math.floor(time / results.step);

function valueAt(timeline, time) {
    const value = timeline.values[indexAt(time)];
    return value === undefined ? null : value;
}

// The first and last step that are in view, with one more on each side.
function visibleSteps(count) {
    return [Math.max(0, indexAt(view.from) - 1), Math.min(count - 1, indexAt(view.to) + 1)];
}

const point = (x, y) => x.toFixed(1) + " " + y.toFixed(1);

// Straight lines between the middles of steps; a gap where a value is missing.
function linePath(values, x, y) {
    const [first, last] = visibleSteps(values.length);
    let path = "";
    let isDrawing = false;
    for (let i = first; i <= last; i += 1) {
        if (values[i] === null) {
            isDrawing = false;
            continue;
        }
        const here = point(x((i + 0.5) * results.step), y(values[i]));
        const isAlone = !isDrawing && (i === values.length - 1 || values[i + 1] === null);
        path += (isDrawing ? "L" : "M") + here + (isAlone ? "h0.01" : "");
        isDrawing = true;
    }
    return path;
}

// Between two lines; both must have a value.
function areaPath(lower, upper, x, y) {
    const [first, last] = visibleSteps(upper.length);
    let path = "";
    let top = [];
    let bottom = [];
    const finish = () => {
        if (top.length > 0) path += "M" + top.join("L") + "L" + bottom.reverse().join("L") + "Z";
        top = [];
        bottom = [];
    };
    for (let i = first; i <= last; i += 1) {
        if (upper[i] === null || lower(i) === null) {
            finish();
            continue;
        }
        top.push(point(x((i + 0.5) * results.step), y(upper[i])));
        bottom.push(point(x((i + 0.5) * results.step), y(lower(i))));
    }
    finish();
    return path;
}

const GUTTERS = {
    wide: () => (isNarrow() ? [46, 10] : [52, 168]),
    small: () => [46, 6],
};

let clipCount = 0;

// A figure with a caption, a reading at the cursor, and a drawing that is made anew for each view.
//   title, note      of the caption
//   gutters          "wide" or "small"
//   height()         of the drawing
//   draw(frame)      frame: marks (clipped to the plot), labels, x(time), left, right, top, bottom
//   readout(time)    text for the time under the cursor; summary: text when there is none
function addChart(parent, chart) {
    const readout = element("span", { class: "readout" });
    const caption = element(
        "figcaption",
        {},
        element("span", { class: "title" }, chart.title, element("span", { class: "quiet" }, chart.note || "")),
        readout,
    );
    const drawing = shape("svg", { class: "timed", role: "img", "aria-label": chart.title });
    const figure = element("figure", {}, chart.title ? caption : null, drawing);
    parent.append(figure);
    const cursor = shape("line", { class: "cursor", visibility: "hidden" });
    const selection = shape("rect", { class: "selection", visibility: "hidden" });
    const clip = "plot" + clipCount++;
    let frame = null;

    function redraw() {
        const [leftGutter, rightGutter] = GUTTERS[chart.gutters]();
        const width = Math.max(220, figure.clientWidth);
        const height = chart.height();
        frame = { width, height, left: leftGutter, right: width - rightGutter, top: 6, bottom: height - (chart.foot ?? 4) };
        frame.x = (time) => frame.left + ((time - view.from) / (view.to - view.from)) * (frame.right - frame.left);
        frame.timeAt = (x) => view.from + ((x - frame.left) / (frame.right - frame.left)) * (view.to - view.from);
        drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
        drawing.replaceChildren();
        frame.marks = shape("g", { "clip-path": `url(#${clip})` });
        frame.labels = shape("g");
        drawing.append(
            shape(
                "clipPath",
                { id: clip },
                shape("rect", { x: frame.left, y: 0, width: Math.max(1, frame.right - frame.left), height }),
            ),
            frame.marks,
            frame.labels,
        );
        drawBackground(frame);
        chart.draw(frame);
        cursor.setAttribute("y1", 0);
        cursor.setAttribute("y2", frame.bottom);
        selection.setAttribute("y", 0);
        selection.setAttribute("height", frame.bottom);
        drawing.append(selection, cursor);
        showCursor();
    }

    function showCursor() {
        const isShown = view.cursor !== null && view.cursor >= view.from && view.cursor <= view.to;
        cursor.setAttribute("visibility", isShown ? "visible" : "hidden");
        if (isShown) {
            cursor.setAttribute("x1", frame.x(view.cursor).toFixed(1));
            cursor.setAttribute("x2", frame.x(view.cursor).toFixed(1));
        }
        readout.classList.toggle("live", isShown);
        readout.textContent = isShown ? (chart.readout ? chart.readout(view.cursor) : "") : chart.summary || "";
    }

    function showSelection(from, to) {
        const isShown = from !== null;
        selection.setAttribute("visibility", isShown ? "visible" : "hidden");
        if (!isShown) return;
        selection.setAttribute("x", frame.x(Math.min(from, to)));
        selection.setAttribute("width", Math.abs(frame.x(to) - frame.x(from)));
    }

    listen(drawing, () => frame);
    charts.push({ redraw, showCursor, showSelection });
}

// What every chart shows behind its values: faults, and time that was not simulated.
function drawBackground(frame) {
    for (const fault of results.faults) {
        if (fault.failure !== "") continue;
        const from = frame.x(fault.from);
        const to = frame.x(faultEnd(fault));
        if (to > from) {
            frame.marks.append(
                shape("rect", { class: "fault", x: from, y: 0, width: Math.max(1, to - from), height: frame.bottom }),
            );
        }
        frame.marks.append(shape("line", { class: "fault-edge", x1: from, x2: from, y1: 0, y2: frame.bottom }));
    }
    if (results.simulated < wholeTime) {
        const from = frame.x(results.simulated);
        frame.marks.append(
            shape("rect", { class: "unknown", x: from, y: 0, width: Math.max(0, frame.x(wholeTime) - from), height: frame.bottom }),
        );
    }
}

function drawGrid(frame, ticks, y, label) {
    for (const tick of ticks) {
        const height = Math.round(y(tick)) + 0.5;
        frame.marks.append(shape("line", { class: tick === 0 ? "base" : "grid", x1: frame.left, x2: frame.right, y1: height, y2: height }));
        frame.labels.append(
            shape("text", { class: "tick", x: frame.left - 6, y: height + 3.5, "text-anchor": "end" }, label(tick)),
        );
    }
}

function drawTimeAxis(frame, wanted) {
    const ticks = timeTicks(view.from, view.to, wanted);
    for (const tick of ticks) {
        const x = frame.x(tick);
        frame.labels.append(shape("line", { class: "base", x1: x, x2: x, y1: frame.bottom, y2: frame.bottom + 4 }));
        const isFirst = x - frame.left < 12;
        const isLast = frame.width - x < 16;
        const anchor = isFirst ? "start" : isLast ? "end" : "middle";
        const edge = isLast ? Math.min(x + 10, frame.width) : x;
        frame.labels.append(
            shape("text", { class: "tick", x: isFirst ? x - 3 : edge, y: frame.bottom + 15, "text-anchor": anchor }, tick === 0 ? "0" : spanText(tick)),
        );
    }
}

// ---- the view ------------------------------------------------------------------------------------

function redrawAll() {
    for (const chart of charts) chart.redraw();
    for (const listener of cursorListeners) listener();
}

let pendingFrame = 0;

function moveCursor(time) {
    view.cursor = time === null ? null : Math.min(Math.max(time, 0), Math.max(0, wholeTime - 1e-6));
    if (pendingFrame !== 0) return;
    pendingFrame = requestAnimationFrame(() => {
        pendingFrame = 0;
        for (const chart of charts) chart.showCursor();
        for (const listener of cursorListeners) listener();
    });
}

function zoom(from, to) {
    const least = Math.min(wholeTime, 4 * Math.max(results.step, 1e-3));
    if (to - from < least) {
        const middle = (from + to) / 2;
        from = middle - least / 2;
        to = middle + least / 2;
    }
    const length = Math.min(to - from, wholeTime);
    view.from = Math.min(Math.max(0, from), wholeTime - length);
    view.to = view.from + length;
    redrawAll();
}

const zoomOut = () => zoom(0, wholeTime);

function zoomBy(factor) {
    const centre = view.cursor === null ? (view.from + view.to) / 2 : view.cursor;
    zoom(centre - (centre - view.from) * factor, centre + (view.to - centre) * factor);
}

function showSelections(from, to) {
    for (const chart of charts) chart.showSelection(from, to);
}

function listen(drawing, frameOf) {
    let dragFrom = null;
    const timeOf = (event) => {
        const frame = frameOf();
        const box = drawing.getBoundingClientRect();
        const x = ((event.clientX - box.left) * frame.width) / box.width;
        return frame.timeAt(Math.min(Math.max(x, frame.left), frame.right));
    };
    drawing.addEventListener("pointermove", (event) => {
        moveCursor(timeOf(event));
        if (dragFrom !== null) showSelections(dragFrom, timeOf(event));
    });
    drawing.addEventListener("pointerleave", () => {
        if (dragFrom === null) moveCursor(null);
    });
    drawing.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || event.pointerType === "touch" || event.target.closest(".flag")) return;
        dragFrom = timeOf(event);
        drawing.setPointerCapture(event.pointerId);
    });
    const finish = (event) => {
        if (dragFrom === null) return;
        const frame = frameOf();
        const to = timeOf(event);
        const isDrag = Math.abs(frame.x(to) - frame.x(dragFrom)) > 6;
        const from = dragFrom;
        dragFrom = null;
        showSelections(null, null);
        if (isDrag && event.type === "pointerup") zoom(Math.min(from, to), Math.max(from, to));
    };
    drawing.addEventListener("pointerup", finish);
    drawing.addEventListener("pointercancel", finish);
    drawing.addEventListener("dblclick", zoomOut);
}
