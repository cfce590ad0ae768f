// The table of functions: sorted by any column, cut to what a search finds.

const FIRST_ROWS = 100;
const ROW_FIELDS = { frame: 0, self: 1, samples: 2, total: 3, waiting: 4, gc: 5, memory: 6, calls: 7, before: 8, error: 9 };

/** Return the columns: title, explanation, sorting value and text of a row. */
function tableColumns(data) {
  const whole = sum(data.functions.map((row) => row[ROW_FIELDS.self])) || 1;
  const seconds = (field) => (row) => (row[field] > 0 ? secondsText(row[field]) : "");
  const at = (field) => (row) => row[field] || 0;
  const columns = [
    { title: "function", why: "name and place", value: (row) => data.frames[row[0]][0].toLowerCase(), isName: true },
    { title: "self", why: "CPU with it the innermost project function", value: at(ROW_FIELDS.self), text: seconds(ROW_FIELDS.self), isKept: true },
    { title: "±", why: "two standard errors of self", value: at(ROW_FIELDS.samples), text: (row) => selfErrorText(row, whole, data) },
    { title: "total", why: "CPU with it anywhere on the stack", value: at(ROW_FIELDS.total), text: seconds(ROW_FIELDS.total) },
    { title: "waiting", why: "waiting for something else than a core", value: at(ROW_FIELDS.waiting), text: seconds(ROW_FIELDS.waiting) },
    { title: "GC", why: "collections triggered in it", value: at(ROW_FIELDS.gc), text: seconds(ROW_FIELDS.gc) },
    {
      title: data.isTraced ? "peak" : "growth",
      why: data.isTraced ? "what the traced peak rose by in it" : "resident growth seen in it",
      value: at(ROW_FIELDS.memory),
      text: (row) => (row[ROW_FIELDS.memory] > 0 ? bytesText(row[ROW_FIELDS.memory]) : ""),
    },
    { title: "calls", why: "exact", value: at(ROW_FIELDS.calls), text: (row) => (row[ROW_FIELDS.calls] ?? "").toLocaleString("en") },
  ];
  if (data.before !== null) columns.splice(1, 0, changeColumn());
  const isEmpty = (column) => column.text !== undefined && column.isKept !== true && data.functions.every((row) => column.text(row) === "");
  return columns.filter((column) => !isEmpty(column));
}

function changeColumn() {
  const size = (row) => row[ROW_FIELDS.self] - row[ROW_FIELDS.before];
  return {
    title: "change",
    why: "of self, against the earlier profile",
    value: (row) => Math.abs(size(row)) * (Math.abs(size(row)) > row[ROW_FIELDS.error]),
    text: (row) => changeText(row[ROW_FIELDS.before], row[ROW_FIELDS.self], Math.abs(size(row)) <= row[ROW_FIELDS.error]).replace("= within ", "= "),
  };
}

function selfErrorText(row, whole, data) {
  const samples = row[ROW_FIELDS.samples];
  if (row[ROW_FIELDS.self] === 0) return "";
  if (samples < data.enough) return "too few";
  const share = row[ROW_FIELDS.self] / whole;
  return secondsText((2 * row[ROW_FIELDS.self] * Math.sqrt(Math.max(0, 1 - share))) / Math.sqrt(samples));
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** Return a function (matches or null) => nothing that shows the table; `choose` is told the frame of a chosen row. */
function makeTable(data, choose) {
  const columns = tableColumns(data);
  const state = { column: 1, descending: true, matches: null, all: false };
  const show = () => showTable(data, columns, state, choose);
  makeHeads(columns, state, show);
  element("all-rows").addEventListener("click", () => {
    state.all = true;
    show();
  });
  return (matches) => {
    state.matches = matches;
    show();
  };
}

function makeHeads(columns, state, show) {
  const line = document.querySelector("#functions thead tr");
  columns.forEach((column, number) => {
    const head = make("th", "", line);
    head.scope = "col";
    const button = make("button", column.title, head);
    button.type = "button";
    button.title = column.why;
    button.addEventListener("click", () => {
      state.descending = state.column === number ? !state.descending : column.isName !== true;
      state.column = number;
      show();
    });
  });
}

function showTable(data, columns, state, choose) {
  document.querySelectorAll("#functions th").forEach((head, number) => {
    head.setAttribute("aria-sort", number !== state.column ? "none" : state.descending ? "descending" : "ascending");
  });
  const rows = data.functions.filter((row) => state.matches === null || state.matches.has(row[0]));
  const { value } = columns[state.column];
  const sign = state.descending ? -1 : 1;
  rows.sort((one, two) => sign * compare(value(one), value(two)) || two[ROW_FIELDS.self] - one[ROW_FIELDS.self]);
  const shown = state.all ? rows : rows.slice(0, FIRST_ROWS);
  document.querySelector("#functions tbody").replaceChildren(...shown.map((row) => makeRow(row, columns, data, choose)));
  element("rows").textContent = `${shown.length} of ${rows.length} functions${state.matches === null ? "" : " that match"}`;
  element("all-rows").hidden = shown.length === rows.length;
}

function compare(one, two) {
  return one < two ? -1 : one > two ? 1 : 0;
}

function makeRow(row, columns, data, choose) {
  const line = document.createElement("tr");
  for (const column of columns) {
    const cell = make("td", "", line);
    if (column.isName === true) makeName(row[0], data, cell, choose);
    else cell.textContent = column.text(row);
    if (cell.textContent === "too few") cell.className = "few";
  }
  return line;
}

function makeName(frame, data, cell, choose) {
  const place = data.frames[frame][1];
  const button = make("button", nodeName({ frame }, data), cell);
  button.type = "button";
  button.title = `${data.frames[frame][0]}\n${place}`;
  button.addEventListener("click", () => choose(frame));
  make("small", place, cell);
}
