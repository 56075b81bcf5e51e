// Puts the report together, and draws it again when there is more or less room.
const redraws = [];

// The hatching of what is not known, once for all drawings.
function addHatching() {
    const stripes = shape(
        "pattern",
        { id: "hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        shape("line", { x1: 0, y1: 0, x2: 0, y2: 5, style: "stroke:var(--quiet);stroke-opacity:.45;stroke-width:1.6" }),
    );
    const holder = shape("svg", { width: 0, height: 0, "aria-hidden": "true", style: "position:absolute;width:0;height:0" }, shape("defs", {}, stripes));
    document.body.prepend(holder);
}

function offerCopy() {
    const button = document.getElementById("copy");
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(document.getElementById("command").textContent);
            button.textContent = "Copied";
        } catch {
            button.textContent = "Not allowed";
        }
    });
}

let drawnWidth = 0;

function drawForWidth() {
    const width = document.querySelector("main").clientWidth;
    if (width === drawnWidth) return;
    drawnWidth = width;
    for (const redraw of redraws) redraw();
    redrawAll();
}

// Paper is narrower than most windows: everything is drawn for it, so that words keep their size.
function preparePaper() {
    addEventListener("beforeprint", () => {
        Object.assign(document.body.style, { width: "690px", padding: "0" });
        moveCursor(null);
        drawForWidth();
    });
    addEventListener("afterprint", () => {
        Object.assign(document.body.style, { width: "", padding: "" });
        drawForWidth();
    });
}

addHatching();
offerCopy();
preparePaper();
addFacts();
addExpectations();
addArchitecture();
addTimeline();
addMoments();
addPanels();
addLatency();
addOutcomes();
addCheckers();
addCost();
addAbout();
drawForWidth();
new ResizeObserver(drawForWidth).observe(document.querySelector("main"));
