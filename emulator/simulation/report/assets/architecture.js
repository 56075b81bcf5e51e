// The architecture as a picture: components in the order in which requests reach them, arrows as
// wide as their traffic. Left to right, or from top to bottom where there is little room.

// How far each component is from where requests begin; flows that would close a circle do not count.
function ranksOf(components, flows) {
    const next = new Map(components.map((component) => [component.id, []]));
    for (const flow of flows) next.get(flow.from).push(flow.to);
    const ranks = new Map(components.map((component) => [component.id, 0]));
    const onPath = new Set();
    const visit = (id, rank) => {
        if (onPath.has(id) || (rank > 0 && ranks.get(id) >= rank)) return;
        ranks.set(id, Math.max(rank, ranks.get(id)));
        onPath.add(id);
        for (const other of next.get(id)) visit(other, ranks.get(id) + 1);
        onPath.delete(id);
    };
    const reached = new Set(flows.map((flow) => flow.to));
    const sources = components.filter((component) => !reached.has(component.id));
    for (const component of sources.length > 0 ? sources : components) visit(component.id, 0);
    return ranks;
}

// Where a stop would like to be: the mean of its neighbours, those with much traffic count more.
function meanOf(stop, position) {
    const weight = stop.links.reduce((sum, link) => sum + link.weight, 0);
    return weight > 0 ? stop.links.reduce((sum, link) => sum + link.weight * position(link.stop), 0) / weight : null;
}

// Ranks as lists of stops: components, and places where a long flow passes between them.
function layers(components, flows) {
    const ranks = ranksOf(components, flows);
    const stops = components.map((component) => ({ component, rank: ranks.get(component.id), links: [] }));
    const stopOf = new Map(stops.map((stop) => [stop.component.id, stop]));
    const routes = flows.map((flow) => {
        const from = stopOf.get(flow.from);
        const to = stopOf.get(flow.to);
        const route = [from];
        for (let rank = from.rank + 1; rank < to.rank; rank += 1) {
            const stop = { component: null, rank, links: [] };
            stops.push(stop);
            route.push(stop);
        }
        route.push(to);
        for (let i = 1; i < route.length; i += 1) {
            const weight = Math.sqrt(flow.count) + 1;
            route[i].links.push({ stop: route[i - 1], weight });
            route[i - 1].links.push({ stop: route[i], weight });
        }
        return { flow, route };
    });
    const columns = [];
    for (const stop of stops) (columns[stop.rank] = columns[stop.rank] || []).push(stop);
    const place = () => columns.forEach((column) => column.forEach((stop, i) => (stop.order = i - (column.length - 1) / 2)));
    place();
    for (let pass = 0; pass < 6; pass += 1) {
        for (const column of columns) {
            for (const stop of column)
                stop.wish = meanOf(stop, (other) => other.order) ?? stop.order;
            column.sort((a, b) => a.wish - b.wish || a.order - b.order);
            place();
        }
    }
    return { columns, routes };
}

const NODE = { across: 62, pass: 26 };

// Gives every stop its middle (x, y) and its size.
function arrange(columns, width, isVertical) {
    const most = Math.max(...columns.map((column) => column.length));
    const gap = isVertical ? 54 : Math.max(58, (width - columns.length * 158) / Math.max(1, columns.length - 1));
    const along = isVertical ? NODE.across : Math.min(190, (width - gap * (columns.length - 1)) / columns.length);
    const acrossGap = isVertical ? 10 : 36;
    const acrossOf = (stop) => (stop.component ? (isVertical ? Math.min(180, (width - acrossGap * (most - 1)) / most) : NODE.across) : NODE.pass);
    const extent = (column) => column.reduce((sum, stop) => sum + acrossOf(stop), acrossGap * (column.length - 1));
    const across = isVertical ? width : Math.max(...columns.map(extent)) + 40;
    columns.forEach((column, rank) => {
        let position = (across - extent(column)) / 2;
        for (const stop of column) {
            const size = acrossOf(stop);
            Object.assign(stop, { along: rank * (along + gap) + along / 2, across: position + size / 2, size });
            position += size + acrossGap;
        }
    });
    straighten(columns, acrossGap);
    for (const stop of columns.flat()) {
        [stop.x, stop.y] = isVertical ? [stop.across, stop.along] : [stop.along, stop.across];
        [stop.width, stop.height] = isVertical ? [stop.size, along] : [along, stop.size];
    }
    if (!isVertical) return [Math.max(width, columns.length * (along + gap) - gap), settle(columns.flat())];
    const length = columns.length * (along + gap) - gap;
    return [width, length + 4];
}

// Moves stops towards their neighbours, as far as the others of their column leave room.
function straighten(columns, gap) {
    const least = Math.min(...columns.flat().map((stop) => stop.across - stop.size / 2));
    const most = Math.max(...columns.flat().map((stop) => stop.across + stop.size / 2));
    for (let pass = 0; pass < 24; pass += 1) {
        for (const column of pass % 2 ? [...columns].reverse() : columns) {
            let free = least;
            for (const stop of column) {
                stop.across = Math.max(meanOf(stop, (other) => other.across) ?? stop.across, free + stop.size / 2);
                free = stop.across + stop.size / 2 + gap;
            }
            let end = most;
            for (const stop of [...column].reverse()) {
                stop.across = Math.min(stop.across, end - stop.size / 2);
                end = stop.across - stop.size / 2 - gap;
            }
        }
    }
}

// Begins the picture at its topmost stop; says how high it is.
function settle(stops) {
    const top = Math.min(...stops.map((stop) => stop.y - stop.height / 2)) - 24;
    for (const stop of stops) stop.y -= top;
    return Math.max(...stops.map((stop) => stop.y + stop.height / 2)) + 6;
}

function drawNode(picture, stop) {
    const { component } = stop;
    const blamed = results.expectations.filter(
        (expectation) => !expectation.passed && [component.label, component.id].includes(expectation.points_to),
    );
    const left = stop.x - stop.width / 2;
    const top = stop.y - stop.height / 2;
    const inner = stop.width - 16;
    const detail = textLines(nodeDetail(component), inner, 2, 10.8);
    const lines = textLines(component.label, inner, detail.length > 1 ? 1 : 2, 13.4);
    const height = lines.length * 16 + detail.length * 14;
    let y = stop.y - height / 2 + 12;
    const node = shape(
        "g",
        { class: blamed.length > 0 ? "node pointed" : "node" },
        shape("title", {}, `${component.label}: ${nodeDetail(component)}`),
        shape("rect", { x: left + 0.5, y: top + 0.5, width: stop.width - 1, height: stop.height - 1, rx: 6 }),
    );
    for (const line of lines) {
        node.append(shape("text", { class: "label", x: left + 8, y }, line));
        y += 16;
    }
    for (const line of detail) {
        node.append(shape("text", { class: "note", x: left + 8, y: y - 1 }, line));
        y += 14;
    }
    if (blamed.length > 0)
        node.append(shape("text", { class: "warning halo", x: left + 2, y: top - 5 }, fitted("✗ a failure points here", stop.width + 24)));
    picture.append(node);
}

function nodeDetail(component) {
    const { cache_hits: hits, cache_misses: misses } = results.totals;
    const parts = [component.detail];
    if (component.kind === "cloudfront" && hits + misses > 0) parts.push(`${percentText((100 * hits) / (hits + misses))} hits`);
    return parts.filter(Boolean).join(", ");
}

// From stop to stop in soft curves, with a head that ends at the component.
function drawFlow(picture, { flow, route }, widest, isVertical, ports) {
    const width = Math.max(1.5, (16 * flow.count) / widest);
    const head = Math.max(7, width * 0.8);
    const half = (stop) => (stop.component ? (isVertical ? stop.height : stop.width) / 2 : 0);
    const points = route.map((stop, i) => {
        const isLast = i === route.length - 1;
        const offset = ports.get(stop) ? ports.get(stop)(flow, isLast) : 0;
        const edge = isLast ? -half(stop) - head + 1 : half(stop);
        return isVertical ? [stop.x + offset, stop.y + edge] : [stop.x + edge, stop.y + offset];
    });
    const spot = (x, y) => `${x.toFixed(1)} ${y.toFixed(1)}`;
    let path = "M" + spot(...points[0]);
    for (let i = 1; i < points.length; i += 1) {
        const [fromX, fromY] = points[i - 1];
        const [toX, toY] = points[i];
        path += isVertical
            ? `C${spot(fromX, (fromY + toY) / 2)} ${spot(toX, (fromY + toY) / 2)} ${spot(toX, toY)}`
            : `C${spot((fromX + toX) / 2, fromY)} ${spot((fromX + toX) / 2, toY)} ${spot(toX, toY)}`;
    }
    const [tipX, tipY] = points[points.length - 1];
    const wing = Math.max(5, width * 0.9);
    const corners = isVertical
        ? [[tipX - wing, tipY], [tipX + wing, tipY], [tipX, tipY + head]]
        : [[tipX, tipY - wing], [tipX, tipY + wing], [tipX + head, tipY]];
    const words = `${countText(flow.count)} ${flow.label}` + (flow.bytes > 0 ? `, ${bytesText(flow.bytes)}` : "");
    const arrow = shape(
        "g",
        { class: "flow" },
        shape("title", {}, words),
        shape("path", { d: path, "stroke-width": width.toFixed(1) }),
        shape("polygon", { points: corners.map((corner) => spot(...corner)).join(" ") }),
    );
    picture.append(arrow);
    const middle = (axis) => (points[0][axis] + points[1][axis]) / 2;
    const slope = Math.abs((points[1][1] - points[0][1]) / (points[1][0] - points[0][0] || 1));
    return { x: middle(0), y: middle(1), width, flow, room: points[1][0] - points[0][0] + head, slope };
}

// Where along a side arrows begin and end, so that they do not lie on each other.
function portsOf(routes, isVertical, widest) {
    const ends = new Map();
    for (const { flow, route } of routes) {
        const from = route[0];
        const to = route[route.length - 1];
        for (const [stop, isEnd, other] of [[from, false, route[1]], [to, true, route[route.length - 2]]]) {
            if (!ends.has(stop)) ends.set(stop, { starts: [], ends: [] });
            ends.get(stop)[isEnd ? "ends" : "starts"].push({ flow, order: isVertical ? other.x : other.y });
        }
    }
    const ports = new Map();
    for (const [stop, sides] of ends) {
        const offsets = new Map();
        for (const [name, list] of Object.entries(sides)) {
            list.sort((a, b) => a.order - b.order);
            const side = (isVertical ? stop.width : stop.height) - 16;
            const widths = list.map(({ flow }) => Math.max(1.5, (16 * flow.count) / widest));
            const gap = Math.min(14, (side - widths.reduce((a, b) => a + b, 0)) / Math.max(1, list.length - 1));
            let position = -(widths.reduce((a, b) => a + b, 0) + gap * (list.length - 1)) / 2;
            list.forEach(({ flow }, i) => {
                offsets.set(name + results.flows.indexOf(flow), position + widths[i] / 2);
                position += widths[i] + gap;
            });
        }
        ports.set(stop, (flow, isEnd) => offsets.get((isEnd ? "ends" : "starts") + results.flows.indexOf(flow)) ?? 0);
    }
    return ports;
}

function drawArchitecture(host) {
    const isVertical = host.clientWidth < 760;
    const ids = new Set(results.components.map((component) => component.id));
    const flows = results.flows.filter((flow) => ids.has(flow.from) && ids.has(flow.to) && flow.from !== flow.to);
    const joined = new Set(flows.flatMap((flow) => [flow.from, flow.to]));
    const connected = results.components.filter((component) => joined.has(component.id));
    const apart = results.components.filter((component) => !joined.has(component.id));
    host.replaceChildren();
    if (connected.length > 0) {
        const { columns, routes } = layers(connected, flows);
        const [width, height] = arrange(columns, host.clientWidth, isVertical);
        const picture = shape("svg", { viewBox: `-2 -16 ${width + 4} ${height + 20}`, role: "img", "aria-label": "Architecture with the traffic between its components" });
        const widest = Math.max(...flows.map((flow) => flow.count), 1);
        const ports = portsOf(routes, isVertical, widest);
        const labels = routes.map((route) => drawFlow(picture, route, widest, isVertical, ports));
        for (const column of columns) for (const stop of column) if (stop.component) drawNode(picture, stop);
        for (const label of labels) drawFlowLabel(picture, label, isVertical);
        host.append(element("figure", {}, picture));
    }
    if (apart.length > 0) {
        const names = apart.map((component) => component.label + (component.detail ? ` (${component.detail})` : ""));
        host.append(element("p", { class: "hint" }, (connected.length > 0 ? "Also there: " : "") + names.join(", ") + "."));
    }
}

function drawFlowLabel(picture, { x, y, width, flow, room, slope }, isVertical) {
    const amount = shape("tspan", { class: "amount" }, countText(flow.count));
    if (isVertical) {
        picture.append(shape("g", { class: "flow" }, shape("text", { class: "halo", x, y: y + 4 }, amount, " " + flow.label)));
        return;
    }
    const lines = textLines(flow.label, Math.max(40, room - 24), 2, 11);
    // Above a level arrow; on one that climbs, where it would cross the words anyway.
    const top = slope > 0.25 ? y + 4 - lines.length * 6 : y - width / 2 - 5 - lines.length * 12;
    picture.append(
        shape(
            "g",
            { class: "flow" },
            shape("text", { class: "halo", x, y: top }, amount),
            lines.map((line, i) => shape("text", { class: "halo note", x, y: top + 12 * (i + 1) }, line)),
        ),
    );
}

function addArchitecture() {
    const section = document.getElementById("architecture");
    if (results.components.length === 0) {
        section.remove();
        return;
    }
    const host = element("div");
    section.append(host, element("p", { class: "hint" }, "Arrows are as wide as what flows through them, counted over the whole run."));
    redraws.push(() => drawArchitecture(host));
}
