// Elements of HTML and SVG. Strings become text nodes and attributes, never markup, so nothing that
// a scenario says can do anything here.
function element(name, attributes = {}, ...children) {
    return furnish(document.createElement(name), attributes, children);
}

function shape(name, attributes = {}, ...children) {
    return furnish(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function furnish(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value);
    }
    for (const child of children.flat(Infinity)) {
        if (child !== null && child !== undefined && child !== "") node.append(child);
    }
    return node;
}

// Text that is as wide as it may be; about right, which is enough to keep labels apart.
const textWidth = (text, size = 11) => text.length * size * 0.56;

function fitted(text, width, size = 11) {
    const most = Math.floor(width / (size * 0.56));
    return text.length <= most ? text : text.slice(0, Math.max(1, most - 1)) + "…";
}

// The text in at most so many lines of so much width.
function textLines(text, width, most, size = 11) {
    const lines = [""];
    for (const word of text.split(" ")) {
        const longer = lines[lines.length - 1] === "" ? word : lines[lines.length - 1] + " " + word;
        if (textWidth(longer, size) <= width || lines[lines.length - 1] === "") lines[lines.length - 1] = longer;
        else lines.push(word);
    }
    if (lines.length > most) lines.splice(most - 1, lines.length, lines.slice(most - 1).join(" "));
    return lines.map((line) => fitted(line, width, size));
}

// Positions moved apart so that they keep a distance, in the order they have.
function spread(positions, distance, least, greatest) {
    const order = positions.map((position, index) => [position, index]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    let next = least;
    for (const entry of order) {
        entry[0] = Math.max(entry[0], next);
        next = entry[0] + distance;
    }
    let last = greatest;
    for (const entry of order.reverse()) {
        entry[0] = Math.min(entry[0], last);
        last = entry[0] - distance;
    }
    const apart = [];
    for (const [position, index] of order) apart[index] = position;
    return apart;
}
