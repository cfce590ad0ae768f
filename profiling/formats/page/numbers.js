// Figures as text, and how far they may be off: two standard errors, as in the terminal's tables.

const TICK = 5000; // microseconds between two looks of the sampler at a thread, on a busy machine
const NONE_SEEN = 3; // of what was not seen once, so many may have happened, at 95%

function valueText(value, dimension) {
  return dimension.unit === "seconds" ? secondsText(value) : bytesText(value);
}

/** Return microseconds as text. */
function secondsText(micros) {
  const size = Math.abs(micros);
  if (size >= 1e6) return `${(micros / 1e6).toFixed(2)} s`;
  if (size >= 1e5) return `${(micros / 1e3).toFixed(0)} ms`;
  return size >= 1e3 ? `${(micros / 1e3).toFixed(1)} ms` : `${micros.toFixed(0)} µs`;
}

function bytesText(bytes) {
  const size = Math.abs(bytes);
  if (size >= 2 ** 20) return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return size >= 1024 ? `${(bytes / 1024).toFixed(0)} KiB` : `${bytes} B`;
}

function percentText(share) {
  if (share > 0 && share < 0.001) return "<0.1%";
  return share >= 0.1 || share === 0 ? `${(share * 100).toFixed(0)}%` : `${(share * 100).toFixed(1)}%`;
}

/** Return a share with its uncertainty where it was sampled: `12% ± 2%`, `3.0% (too few samples)`. */
function shareText(share, samples, dimension, data) {
  if (dimension.name !== "cpu" || share === 1) return percentText(share);
  if (samples < data.enough) return `${percentText(share)} (too few samples)`;
  const error = 2 * share * Math.sqrt(Math.max(0, 1 - share) / samples);
  return `${percentText(share)} ± ${percentText(Math.max(error, 0.001))}`;
}

/** Return how far one side's figure may be off. */
function errorOf(side, dimension) {
  const { value } = side;
  const machine = side.spread * value;
  if (dimension.name === "cpu") return Math.hypot(cpuError(side), machine);
  if (dimension.name === "gc") return Math.hypot(2 * Math.sqrt(value * Math.min(value, side.longestPause)), machine);
  if (dimension.unit === "bytes") return 0;
  return Math.hypot(value > 0 ? 2 * Math.sqrt(value * TICK) : NONE_SEEN * TICK, machine);
}

function cpuError(side) {
  if (side.samples > 0) return (2 * side.value) / Math.sqrt(side.samples);
  return side.allSamples > 0 ? (NONE_SEEN * side.whole) / side.allSamples : 0;
}

/** Return a node's change, {size, share, isNoise}; the share is of the larger side. Too few samples tell nothing. */
function changeOf(node, root, dimension, data) {
  const before = {
    value: node.before, samples: node.samplesBefore, whole: root.before, allSamples: root.samplesBefore,
    spread: data.spreadBefore, longestPause: data.longestPauseBefore,
  };
  const after = {
    value: node.after, samples: node.samples, whole: root.after, allSamples: root.samples,
    spread: data.spread, longestPause: data.longestPause,
  };
  const size = node.after - node.before;
  const isUntold = dimension.name === "cpu" && Math.max(before.samples, after.samples) < data.enough;
  const isNoise = isUntold || Math.abs(size) <= Math.hypot(errorOf(before, dimension), errorOf(after, dimension));
  return { size, share: size / Math.max(node.after, node.before, 1), isNoise };
}

/** Return a change as text that needs no colour: `▲ +12%`, `▼ −30%`, `new`, `gone`, `= within noise`. */
function changeText(before, after, isNoise) {
  if (isNoise) return "= within noise";
  if (before === 0) return "▲ new";
  if (after === 0) return "▼ gone";
  const share = after / before - 1;
  const size = `${Math.abs(share * 100).toFixed(0)}%`;
  return share > 0 ? `▲ +${size}` : `▼ −${size}`;
}

/** Return all that is known of a node, a line each. */
function describe(node, root, view, data) {
  const dimension = data.dimensions[view.dimension];
  const side = view.side === "before" ? "before" : "after";
  const samples = side === "before" ? node.samplesBefore : node.samples;
  const own = side === "before" ? node.ownBefore : node.own;
  const share = root[side] > 0 ? node[side] / root[side] : 0;
  const lines = [nodeName(node, data)];
  const place = node.frame < 0 ? "" : data.frames[node.frame][1];
  if (place !== "") lines.push(place);
  lines.push(`${valueText(node[side], dimension)}, ${shareText(share, samples, dimension, data)} of ${dimension.title}`);
  lines.push(`itself ${valueText(own, dimension)}${dimension.name === "cpu" ? `; ${samples} samples` : ""}`);
  if (data.before !== null) {
    const change = changeOf(node, root, dimension, data);
    const text = changeText(node.before, node.after, change.isNoise);
    lines.push(`${valueText(node.before, dimension)} → ${valueText(node.after, dimension)} (${text})`);
  }
  return lines;
}

function nodeName(node, data) {
  if (node.frame < 0) return "all";
  const [name, place] = data.frames[node.frame];
  return name === "<module>" ? `${place.replace(/:\d+$/, "")} (module body)` : name;
}
