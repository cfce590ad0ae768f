// Pointer, printer and keys.

function listenToView(page) {
  const view = element("view");
  const canvas = element("canvas");
  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    return nodeUnder(page.scene, event.clientX - box.left, event.clientY - box.top);
  };
  canvas.addEventListener("pointermove", (event) => showTip(page, under(event), event));
  canvas.addEventListener("pointerleave", () => hideTip());
  canvas.addEventListener("click", (event) => {
    const node = under(event);
    if (node === null) return;
    hideTip();
    page.focus = node;
    zoomTo(page, node);
  });
  view.addEventListener("scroll", () => drawSoon(page));
  new ResizeObserver(() => drawSoon(page)).observe(view);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    page.palette = readPalette();
    drawSoon(page);
  });
  listenToPrinter(page);
}

/** Print in light colours, everything that fits a canvas. */
function listenToPrinter(page) {
  const root = document.documentElement;
  let theme;
  window.addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    page.palette = readPalette();
    drawAll(page);
  });
  window.addEventListener("afterprint", () => {
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
    page.palette = readPalette();
    draw(page);
  });
}

function showTip(page, node, event) {
  const tip = element("tip");
  if (node === null) {
    hideTip();
    return;
  }
  tip.textContent = describe(node, page.root, page.view, page.data).join("\n");
  tip.hidden = false;
  const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
  const below = event.clientY + 18;
  const top = below + tip.offsetHeight < innerHeight ? below : event.clientY - tip.offsetHeight - 10;
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.max(4, top)}px`;
}

function hideTip() {
  element("tip").hidden = true;
}

function listenToKeys(page) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || element("help").open) return;
    const isTyping = event.target.matches("input, select, textarea");
    if (event.key === "Escape") {
      stepOut(page);
    } else if (!isTyping && pageKey(page, event.key)) {
      event.preventDefault();
    }
  });
  element("view").addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && viewKey(page, event.key)) event.preventDefault();
  });
}

function pageKey(page, key) {
  if (key === "/") element("search").focus();
  else if (key === "?") element("help").showModal();
  else if (key === "i") element("inverted").click();
  else if (/^[1-6]$/.test(key)) page.chooseDimension(Number(key) - 1);
  else return false;
  return true;
}

/** Leave the search, else go one step out of the zoom. */
function stepOut(page) {
  if (element("search").value !== "") {
    element("search").value = "";
    search(page, "");
  } else if (page.zoom.parent !== null) {
    page.focus = page.zoom;
    zoomTo(page, page.zoom.parent);
  }
  if (document.activeElement === element("search")) element("view").focus();
}

function viewKey(page, key) {
  const at = page.focus ?? page.zoom;
  const moves = {
    ArrowDown: () => at.below.find((child) => child.width > 0),
    ArrowUp: () => at.parent,
    ArrowLeft: () => beside(page, at, -1),
    ArrowRight: () => beside(page, at, 1),
  };
  if (key in moves) focusOn(page, moves[key]() ?? at);
  else if (key === "Enter") zoomTo(page, at);
  else if (key === "Home") focusOn(page, page.root);
  else if (key === "Backspace") stepOut(page);
  else return false;
  return true;
}

function beside(page, node, step) {
  const row = page.rows[node.depth];
  return row[row.indexOf(node) + step];
}

/** Move the focus, and the view with it: out of the zoom where that is needed, and to its row. */
function focusOn(page, node) {
  page.focus = node;
  const isInside = node.x >= page.zoom.x - 1e-9 && node.x + node.width <= page.zoom.x + page.zoom.width + 1e-9;
  if (!isInside) zoomTo(page, node.depth > page.zoom.depth ? node.parent : node);
  const view = element("view");
  const top = node.depth * ROW;
  if (top < view.scrollTop) view.scrollTop = top;
  if (top + ROW > view.scrollTop + view.clientHeight) view.scrollTop = top + ROW - view.clientHeight;
  say(page, node);
  draw(page);
}
