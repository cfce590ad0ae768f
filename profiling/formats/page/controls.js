// The head of the page and its controls.

function showHeader(data) {
  element("title").textContent = data.title;
  showFacts("", data.facts);
  if (data.factsBefore !== null) showFacts("before: ", data.factsBefore.slice(2));
  data.warnings.forEach((text) => make("li", text, element("warnings")));
  if (data.notes.length === 0) return;
  const notes = element("notes");
  notes.hidden = false;
  notes.querySelector("summary").textContent = `not seen: ${data.notes.length}`;
  data.notes.forEach((text) => make("li", text, notes.querySelector("ul")));
}

function showFacts(prefix, facts) {
  for (const [label, text] of facts) {
    const pair = make("div", "", element("facts"));
    make("dt", `${prefix}${label}`, pair);
    make("dd", text, pair);
  }
}

function makeControls(page) {
  const { data, view } = page;
  const dimensions = data.dimensions.map((each, number) => ({ value: number, text: each.title, reason: each.reason, why: each.how }));
  page.chooseDimension = makeRadios(element("dimensions"), dimensions, view.dimension, (value) => change(page, { dimension: value }));
  if (data.before !== null) {
    const sides = ["difference", "after", "before"].map((side) => ({ value: side, text: side, reason: null, why: WHY[side] }));
    element("sides").hidden = false;
    makeRadios(element("sides"), sides, view.side, (value) => change(page, { side: value }));
  }
  makeThreads(page);
  element("inverted").addEventListener("change", (event) => change(page, { inverted: event.target.checked }));
  element("search").addEventListener("input", (event) => search(page, event.target.value));
  element("reset").addEventListener("click", () => reset(page));
  element("theme").addEventListener("click", () => nextTheme(page));
  element("help-open").addEventListener("click", () => element("help").showModal());
}

const WHY = {
  difference: "width: after; colour and sign: change",
  after: "the later profile alone",
  before: "the earlier profile alone",
};

/** Make a group of which one is chosen; what has a reason against it can't be. Return how to choose from outside. */
function makeRadios(group, choices, chosen, onChange) {
  const buttons = choices.map((choice) => {
    const button = make("button", choice.text, group);
    button.type = "button";
    button.setAttribute("role", "radio");
    button.title = choice.reason ?? choice.why;
    if (choice.reason !== null) {
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("aria-label", `${choice.text}: ${choice.reason}`);
    }
    return button;
  });
  const mark = (value) => {
    choices.forEach((choice, number) => {
      buttons[number].setAttribute("aria-checked", String(choice.value === value));
      buttons[number].tabIndex = choice.value === value ? 0 : -1;
    });
  };
  const choose = (number) => {
    if (choices[number] === undefined || choices[number].reason !== null) return false;
    mark(choices[number].value);
    onChange(choices[number].value);
    return true;
  };
  buttons.forEach((button, number) => button.addEventListener("click", () => choose(number)));
  group.addEventListener("keydown", (event) => moveRadio(event, buttons, choose));
  mark(chosen);
  return choose;
}

/** Move the choice with the arrow keys, over what can't be chosen. */
function moveRadio(event, buttons, choose) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  let number = buttons.indexOf(document.activeElement);
  for (let tries = 0; tries < buttons.length; tries++) {
    number = (number + step + buttons.length) % buttons.length;
    if (choose(number)) {
      buttons[number].focus();
      return;
    }
  }
}

function makeThreads(page) {
  const select = element("threads");
  const threads = page.data.frames.flatMap(([name, , kind], number) => (kind === KIND.thread ? [{ name, number }] : []));
  const add = (text, value) => {
    make("option", text, select).value = String(value);
  };
  add("all together", TOGETHER);
  if (threads.length > 1) add("each apart", APART);
  threads.forEach(({ name, number }) => add(name, number));
  element("threads-label").hidden = threads.length < 2;
  select.addEventListener("change", () => change(page, { thread: Number(select.value) }));
}

function nextTheme(page) {
  const root = document.documentElement;
  const next = { undefined: "light", light: "dark", dark: undefined }[root.dataset.theme];
  if (next === undefined) delete root.dataset.theme;
  else root.dataset.theme = next;
  element("theme").textContent = { undefined: "◐ auto", light: "☀ light", dark: "☾ dark" }[next];
  element("theme").setAttribute("aria-label", `Colours: ${next ?? "as the system"}`);
  page.palette = readPalette();
  draw(page);
}
