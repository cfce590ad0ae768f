"use strict";
// The tree that is drawn, made from the profile's nodes for one choice of thread, direction and dimension.

const KIND = { project: 0, library: 1, thread: 2, rest: 3 };
const TOGETHER = -1;
const APART = -2;

/** Return the frames from the thread down to a node. */
function framesTo(data, node) {
  const frames = [];
  for (let at = node; at >= 0; at = data.parents[at]) frames.push(data.nodeFrames[at]);
  return frames.reverse();
}

/** Return [thread's frame, ...frames] of every node that weighs anything itself. */
function weighingPaths(data) {
  const has = (side, node) => side !== null && (side.samples[node] > 0 || side.weights.some((column) => column[node] > 0));
  const paths = [];
  for (let node = 0; node < data.parents.length; node++) {
    if (has(data.after, node) || has(data.before, node)) paths.push({ node, frames: framesTo(data, node) });
  }
  return paths;
}

function makeNode(frame, parent) {
  return { frame, parent, children: new Map(), after: 0, before: 0, own: 0, ownBefore: 0, samples: 0, samplesBefore: 0, x: 0, width: 0, depth: 0 };
}

/** Build the tree of a view; its widths are the later profile's, or the earlier one's where that is shown. */
function buildTree(data, paths, view) {
  const root = makeNode(-1, null);
  const after = data.after.weights[view.dimension];
  const before = data.before === null ? [] : data.before.weights[view.dimension];
  for (const path of paths) {
    if (view.thread >= 0 && path.frames[0] !== view.thread) continue;
    const weights = {
      after: after[path.node] || 0,
      before: before[path.node] || 0,
      samples: data.after.samples[path.node],
      samplesBefore: data.before === null ? 0 : data.before.samples[path.node],
    };
    if (weights.after > 0 || weights.before > 0) addPath(root, shownFrames(path.frames, view), weights);
  }
  layOut(root, view.side === "before" ? "before" : "after");
  return root;
}

/** Return a path's frames as the view has them: threads only where they stand apart, callees first where inverted. */
function shownFrames(frames, view) {
  const inner = frames.slice(1);
  if (view.inverted) inner.reverse();
  return view.thread === APART ? [frames[0], ...inner] : inner;
}

function addPath(root, frames, weights) {
  let node = root;
  addWeights(node, weights);
  for (const frame of frames) {
    let child = node.children.get(frame);
    if (child === undefined) {
      child = makeNode(frame, node);
      node.children.set(frame, child);
    }
    node = child;
    addWeights(node, weights);
  }
  node.own += weights.after;
  node.ownBefore += weights.before;
}

function addWeights(node, weights) {
  node.after += weights.after;
  node.before += weights.before;
  node.samples += weights.samples;
  node.samplesBefore += weights.samplesBefore;
}

/** Give every node its place from 0 to 1, the widest first. */
function layOut(root, side) {
  const whole = root[side] || 1;
  root.width = root[side] > 0 ? 1 : 0;
  const open = [root];
  while (open.length > 0) {
    const node = open.pop();
    node.below = [...node.children.values()].sort((one, two) => two[side] - one[side] || one.frame - two.frame);
    let x = node.x;
    for (const child of node.below) {
      child.depth = node.depth + 1;
      child.x = x;
      child.width = child[side] / whole;
      x += child.width;
      open.push(child);
    }
  }
}

/** Return the rows of a tree: at each depth its nodes that have width, from left to right. */
function rowsOf(root) {
  const rows = [];
  const open = [root];
  while (open.length > 0) {
    const node = open.pop();
    if (node.width <= 0) continue;
    (rows[node.depth] = rows[node.depth] || []).push(node);
    for (const child of node.below) open.push(child);
  }
  for (const row of rows) row.sort((one, two) => one.x - two.x);
  return rows;
}

/** Return the node of a row at a place from 0 to 1, or null. */
function nodeAt(row, x) {
  let low = 0;
  let high = row.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const node = row[middle];
    if (x < node.x) high = middle - 1;
    else if (x >= node.x + node.width) low = middle + 1;
    else return node;
  }
  return null;
}

/** Return the node of a new tree at the same path as one of an old tree, as deep as there is one. */
function sameNode(root, old) {
  const frames = [];
  for (let at = old; at !== null && at.parent !== null; at = at.parent) frames.push(at.frame);
  let node = root;
  for (const frame of frames.reverse()) {
    const child = node.children.get(frame);
    if (child === undefined || child.width <= 0) break;
    node = child;
  }
  return node;
}

/** Return what a search finds: {test, plain}, plain where the text is no regular expression; null for no text. */
function makeSearch(text) {
  if (text === "") return null;
  try {
    const pattern = new RegExp(text, "i");
    return { test: (name) => pattern.test(name), plain: false };
  } catch {
    const small = text.toLowerCase();
    return { test: (name) => name.toLowerCase().includes(small), plain: true };
  }
}

/** Return the numbers of the frames whose name or place a search finds. */
function matchingFrames(data, search) {
  const found = new Set();
  data.frames.forEach(([name, place], number) => {
    if (search.test(name) || (place !== "" && search.test(place))) found.add(number);
  });
  return found;
}

/** Return the share (0 to 1) of a tree's width that is under matching frames, each counted once. */
function matchedShare(root, matches) {
  let share = 0;
  const open = [root];
  while (open.length > 0) {
    const node = open.pop();
    if (matches.has(node.frame)) share += node.width;
    else for (const child of node.below) open.push(child);
  }
  return share;
}
