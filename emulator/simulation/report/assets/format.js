// Numbers and times for people: three digits that matter and the unit that fits, as in numbers.cpp.
const MISSING = "–";

function threeDigits(value) {
    const magnitude = Math.abs(value);
    let decimals = magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0;
    if (magnitude > 0 && magnitude < 0.995) decimals = Math.min(9, 2 - Math.floor(Math.log10(magnitude)));
    const text = value.toFixed(decimals);
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function countText(count) {
    if (count === null || count === undefined || !isFinite(count)) return MISSING;
    const suffixes = ["", "k", "M", "G", "T"];
    let suffix = 0;
    while (Math.abs(count) >= 999.5 && suffix + 1 < suffixes.length) {
        count /= 1000;
        suffix += 1;
    }
    return threeDigits(count) + suffixes[suffix];
}

function bytesText(bytes) {
    if (bytes === null || !isFinite(bytes)) return MISSING;
    const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let unit = 0;
    while (Math.abs(bytes) >= 999.5 && unit + 1 < units.length) {
        bytes /= 1024;
        unit += 1;
    }
    return threeDigits(bytes) + " " + units[unit];
}

function latencyText(seconds) {
    if (seconds === null || seconds === undefined || !isFinite(seconds)) return MISSING;
    if (seconds === 0) return "0 ms";
    const magnitude = Math.abs(seconds);
    if (magnitude < 0.0009995) return threeDigits(seconds * 1e6) + " µs";
    if (magnitude < 0.9995) return threeDigits(seconds * 1e3) + " ms";
    if (magnitude < 599.5) return threeDigits(seconds) + " s";
    return spanText(seconds);
}

function percentText(percent) {
    return percent === null || !isFinite(percent) ? MISSING : threeDigits(percent) + "%";
}

const dollarsText = (dollars) =>
    dollars === null ? MISSING : "$" + (dollars > 0 && dollars < 0.01 ? dollars.toFixed(4) : dollars.toFixed(2));

// "3h31m", "2m30s", "45s", "0.5s"
function spanText(seconds) {
    if (seconds === null || seconds === undefined) return MISSING;
    if (seconds < 60 && seconds % 1 !== 0) return threeDigits(seconds) + "s";
    const whole = Math.floor(seconds + 1e-9);
    const hour = Math.floor(whole / 3600);
    const minute = Math.floor(whole / 60) % 60;
    const second = whole % 60;
    const two = (number) => String(number).padStart(2, "0");
    let text = hour > 0 ? hour + "h" : "";
    if (minute > 0 || (hour > 0 && second > 0)) text += (hour > 0 ? two(minute) : minute) + "m";
    if (second > 0 || text === "") text += (text === "" ? second : two(second)) + "s";
    return text;
}

// A value in the unit of its timeline.
function valueText(value, unit) {
    if (value === null || value === undefined) return MISSING;
    switch (unit) {
        case "s":
            return latencyText(value);
        case "%":
            return percentText(value);
        case "bytes":
            return bytesText(value);
        case "bytes/s":
            return bytesText(value) + "/s";
        default:
            return countText(value);
    }
}

// The unit where valueText does not already say it.
const unitNote = (unit) => (["s", "%", "bytes", "bytes/s", ""].includes(unit) ? "" : unit);
