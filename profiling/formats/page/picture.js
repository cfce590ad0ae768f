// Paint the rows that are in sight; find what is under the pointer by arithmetic.

const ROW = 20;
const THINNEST = 0.4;
const SHADE = 0.012;
const FONT = "12px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** Return the colours of the theme that is on. */
function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const names = ["bg", "fg", "frame-l", "frame-c", "frame-fg", "edge", "grey", "hatch", "match", "worse", "better", "same", "focus"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Return a hue that is a name's alone as far as 360 degrees allow. */
function hueOf(text) {
  let hash = 2166136261;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  return (hash >>> 0) % 360;
}

/** Return a frame's colour: one hue a file, shades of it by name, cool ones for libraries, grey for what is no code of the project. */
function frameColour(frame, data, palette) {
  if (frame < 0) return palette.grey;
  const [name, place, kind] = data.frames[frame];
  if (kind === KIND.thread || kind === KIND.rest) return palette.grey;
  const hue = kind === KIND.library ? 210 + (hueOf(name) % 70) : (330 + (hueOf(place.replace(/:\d+$/, "")) % 180)) % 360;
  const light = Number(palette["frame-l"]) + ((hueOf(name) % 7) - 3) * SHADE;
  return `oklch(${light.toFixed(3)} ${palette["frame-c"]} ${hue})`;
}

/** Return a change's colour, stronger the larger; what noise explains is grey. */
function changeColour(node, root, view, data, palette) {
  const change = changeOf(node, root, data.dimensions[view.dimension], data);
  if (change.isNoise) return palette.same;
  const strength = Math.round(25 + 75 * Math.min(1, Math.abs(change.share) * 2));
  return `color-mix(in oklab, ${change.size > 0 ? palette.worse : palette.better} ${strength}%, ${palette.same})`;
}

/** Return a pattern of slanted lines. */
function makeHatch(context, colour) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat");
}

/** Paint what is in sight of a scene: {rows, root, window, top, width, height, palette, view, data, matches, focus}. */
function paint(canvas, scene) {
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(scene.width * scale);
  canvas.height = Math.round(scene.height * scale);
  canvas.style.height = `${scene.height}px`;
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.fillStyle = scene.palette.bg;
  context.fillRect(0, 0, scene.width, scene.height);
  context.font = FONT;
  context.textBaseline = "middle";
  const pen = { context, hatch: makeHatch(context, scene.palette.hatch), letter: context.measureText("m").width };
  const last = Math.min(scene.rows.length - 1, Math.floor((scene.top + scene.height) / ROW));
  for (let depth = Math.floor(scene.top / ROW); depth <= last; depth++) paintRow(pen, scene, depth);
}

function paintRow(pen, scene, depth) {
  for (const node of scene.rows[depth]) {
    const box = boxOf(node, scene);
    if (box.width >= THINNEST && box.x < scene.width && box.x + box.width > 0) paintNode(pen, scene, node, box);
  }
}

/** Return where a node is on the canvas, cut to what is in sight. */
function boxOf(node, scene) {
  const factor = scene.width / scene.window.width;
  const left = Math.max(0, (node.x - scene.window.x) * factor);
  const right = Math.min(scene.width, (node.x + node.width - scene.window.x) * factor);
  return { x: left, width: right - left, y: node.depth * ROW - scene.top };
}

function paintNode(pen, scene, node, box) {
  const { context } = pen;
  const isMatch = scene.matches !== null && scene.matches.has(node.frame);
  const gap = box.width > 3 ? 1 : 0;
  context.fillStyle = nodeColour(scene, node, isMatch);
  context.fillRect(box.x, box.y, box.width - gap, ROW - 1);
  if (node.frame >= 0 && scene.data.frames[node.frame][2] === KIND.library) {
    context.fillStyle = pen.hatch;
    context.fillRect(box.x, box.y, box.width - gap, ROW - 1);
  }
  if (isMatch && box.width > 4) outline(context, box, scene.palette.fg, 1);
  if (node === scene.focus) outline(context, box, scene.palette.focus, 3);
  paintLabel(pen, scene, node, box);
}

function nodeColour(scene, node, isMatch) {
  if (isMatch) return scene.palette.match;
  if (scene.matches !== null) return scene.palette.same;
  if (scene.view.side === "difference") return changeColour(node, scene.root, scene.view, scene.data, scene.palette);
  return frameColour(node.frame, scene.data, scene.palette);
}

function outline(context, box, colour, thickness) {
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  const inset = thickness / 2;
  context.strokeRect(box.x + inset, box.y + inset, Math.max(1, box.width - thickness - 1), ROW - 1 - thickness);
}

function paintLabel(pen, scene, node, box) {
  const room = Math.floor((box.width - 8) / pen.letter);
  if (room < 3) return;
  const text = labelOf(scene, node);
  const shown = text.length <= room ? text : `${text.slice(0, room - 1)}…`;
  pen.context.fillStyle = scene.palette["frame-fg"];
  pen.context.fillText(shown, box.x + 4, box.y + ROW / 2, box.width - 8);
}

function labelOf(scene, node) {
  const name = nodeName(node, scene.data);
  if (scene.view.side !== "difference") return name;
  const change = changeOf(node, scene.root, scene.data.dimensions[scene.view.dimension], scene.data);
  if (change.isNoise) return name;
  const [sign, size] = changeText(node.before, node.after, false).split(" ");
  return `${sign} ${name} ${size}`;
}

/** Return the node at a point of the canvas, or null. */
function nodeUnder(scene, x, y) {
  const row = scene.rows[Math.floor((y + scene.top) / ROW)];
  return row === undefined ? null : nodeAt(row, scene.window.x + (x / scene.width) * scene.window.width);
}
