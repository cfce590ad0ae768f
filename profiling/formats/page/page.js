// Start the page.

function start() {
  const data = JSON.parse(element("data").textContent);
  const dimension = Math.max(0, data.dimensions.findIndex((each) => each.reason === null));
  const page = {
    data,
    paths: weighingPaths(data),
    view: { dimension, side: data.before === null ? "after" : "difference", thread: TOGETHER, inverted: false },
    zoom: null,
    focus: null,
    matches: null,
    palette: readPalette(),
  };
  showHeader(data);
  makeControls(page);
  page.showTable = makeTable(data, (frame) => searchFor(page, queryFor(data, frame)));
  page.showTable(null);
  listenToView(page);
  listenToKeys(page);
  rebuild(page);
}

start();
