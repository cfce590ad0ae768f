// What is shown: the tree of the chosen view, the zoom into it, what a search finds.

const MOST_ROWS = 400; // as many as a canvas can hold in print

function change(page, changes) {
  Object.assign(page.view, changes);
  rebuild(page);
}

/** Build the tree again; the zoom stays where the same frames are still there. */
function rebuild(page) {
  const root = buildTree(page.data, page.paths, page.view);
  page.zoom = page.zoom === null ? root : sameNode(root, page.zoom);
  page.root = root;
  page.rows = rowsOf(root);
  page.focus = null;
  const dimension = page.data.dimensions[page.view.dimension];
  element("how").textContent = `${dimension.title}: ${dimension.how}`;
  element("legend").textContent = legendText(page);
  showChanges(page);
  showFound(page);
  zoomTo(page, page.zoom);
}

function legendText(page) {
  if (page.view.side === "difference") return "Width: after. ▲ orange: more than before; ▼ blue: less; grey: within noise.";
  const order = page.view.inverted ? "From a function down to those that call it." : "From callers down to callees.";
  return `${order} One hue a file; hatched: [libraries], with all below them; grey: no code of the project.`;
}

function showChanges(page) {
  const section = element("changes");
  const { data, view } = page;
  section.hidden = data.before === null;
  if (section.hidden) return;
  const dimension = data.dimensions[view.dimension];
  section.querySelector("h2").textContent = `Largest changes of ${dimension.title}, in the functions themselves`;
  const items = data.changes[view.dimension].map((row) => makeChange(page, row, dimension));
  section.querySelector("ol").replaceChildren(...items);
  if (items.length === 0) make("li", "none", section.querySelector("ol"));
}

function makeChange(page, [frame, before, after, error], dimension) {
  const item = document.createElement("li");
  const isNoise = Math.abs(after - before) <= error;
  const button = make("button", "", item);
  button.type = "button";
  button.className = isNoise ? "noise" : after > before ? "worse" : "better";
  const name = make("span", nodeName({ frame }, page.data), button);
  name.className = "name";
  button.title = page.data.frames[frame][1];
  const errorText = error > 0 ? ` ± ${valueText(error, dimension)}` : "";
  make("span", `${valueText(before, dimension)} → ${valueText(after, dimension)}${errorText}`, button);
  make("span", changeText(before, after, isNoise), button);
  button.addEventListener("click", () => searchFor(page, queryFor(page.data, frame)));
  return item;
}

function zoomTo(page, node) {
  page.zoom = node;
  const isEmpty = page.root.width === 0;
  element("view").hidden = isEmpty;
  element("empty").hidden = !isEmpty;
  element("empty").textContent = `nothing of ${page.data.dimensions[page.view.dimension].title} in this view`;
  showPath(page);
  sizeView(page);
  const top = node.depth * ROW;
  const view = element("view");
  if (top < view.scrollTop || top > view.scrollTop + view.clientHeight - ROW) view.scrollTop = Math.max(0, top - ROW);
  say(page, page.focus ?? node);
  draw(page);
}

/** Make the view as high as its rows, the window's part of them. */
function sizeView(page) {
  const deepest = deepestBelow(page.zoom);
  element("space").style.height = `${(deepest + 1) * ROW}px`;
  element("view").style.height = `${(deepest + 1) * ROW + 2}px`;
}

function deepestBelow(top) {
  let deepest = top.depth;
  const open = [top];
  while (open.length > 0) {
    const node = open.pop();
    deepest = Math.max(deepest, node.depth);
    for (const child of node.below) if (child.width > 0) open.push(child);
  }
  return deepest;
}

/** Show the way from all to the zoomed frame, each step a button. */
function showPath(page) {
  const steps = [];
  for (let node = page.zoom; node !== null; node = node.parent) steps.unshift(node);
  const buttons = steps.length < 2 ? [] : steps.map((node) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = nodeName(node, page.data);
    button.addEventListener("click", () => zoomTo(page, node));
    return button;
  });
  element("path").replaceChildren(...buttons);
}

function sceneOf(page) {
  const view = element("view");
  const canvas = element("canvas");
  canvas.style.width = `${view.clientWidth}px`;
  return {
    ...page,
    window: { x: page.zoom.x, width: page.zoom.width || 1 },
    top: view.scrollTop,
    width: view.clientWidth,
    height: Math.min(view.clientHeight, (page.rows.length || 1) * ROW),
  };
}

function draw(page) {
  if (page.root.width === 0) return;
  page.scene = sceneOf(page);
  paint(element("canvas"), page.scene);
}

/** Draw the rows out of sight as well, as many as a canvas can hold. */
function drawAll(page) {
  if (page.root.width === 0) return;
  const rows = Math.min(deepestBelow(page.zoom) + 1, MOST_ROWS);
  paint(element("canvas"), { ...sceneOf(page), top: 0, height: rows * ROW });
}

/** Draw once before the next picture, however often it is asked for. */
function drawSoon(page) {
  if (page.isDue) return;
  page.isDue = true;
  requestAnimationFrame(() => {
    page.isDue = false;
    draw(page);
  });
}

function say(page, node) {
  element("status").textContent = describe(node, page.root, page.view, page.data).join(" · ");
}

function reset(page) {
  element("search").value = "";
  search(page, "");
  page.focus = null;
  zoomTo(page, page.root);
}

function searchFor(page, text) {
  const isSame = element("search").value === text;
  element("search").value = isSame ? "" : text;
  search(page, element("search").value);
}

function search(page, text) {
  page.search = makeSearch(text);
  page.matches = page.search === null ? null : matchingFrames(page.data, page.search);
  page.showTable(page.matches);
  showFound(page);
  draw(page);
}

function showFound(page) {
  const found = element("found");
  if (page.matches === null) {
    found.textContent = "";
    return;
  }
  const plain = page.search.plain ? ", read as plain text" : "";
  found.textContent = `${percentText(matchedShare(page.root, page.matches))} in ${page.matches.size} matching${plain}`;
}

/** Return a search that finds one frame: by its name, or by its place where others share the name. */
function queryFor(data, frame) {
  const [name, place] = data.frames[frame];
  const isUnique = data.frames.filter((each) => each[0] === name).length === 1;
  return `^${(isUnique ? name : place).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
}
