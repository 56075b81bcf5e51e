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

// Cut in the middle: names of one kind often begin alike and differ at their ends.
function shortened(text, width, size = 11) {
    const most = Math.floor(width / (size * 0.56));
    if (text.length <= most) return text;
    const end = Math.floor((most - 1) / 2);
    return text.slice(0, most - 1 - end) + "…" + text.slice(text.length - end);
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

// Positions moved apart so that they keep a distance and their order, as little as possible: those
// that are too near to each other become a row around their common middle.
function spread(positions, distance, least, greatest) {
    const order = positions.map((position, index) => ({ position, index })).sort((a, b) => a.position - b.position || a.index - b.index);
    const rows = [];
    const begin = (row) => {
        const length = (row.members.length - 1) * distance;
        return Math.max(least, Math.min(row.sum / row.members.length - length / 2, greatest - length));
    };
    for (const { position, index } of order) {
        let row = { sum: position, members: [index] };
        while (rows.length > 0) {
            const before = rows[rows.length - 1];
            if (begin(before) + before.members.length * distance <= begin(row)) break;
            rows.pop();
            row = { sum: before.sum + row.sum, members: [...before.members, ...row.members] };
        }
        rows.push(row);
    }
    const apart = [];
    for (const row of rows) row.members.forEach((index, i) => (apart[index] = begin(row) + i * distance));
    return apart;
}
