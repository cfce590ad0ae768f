// Find and make elements.

function element(id) {
  return document.getElementById(id);
}

/** Add an element with a text, never markup: names come from the profiled program. */
function make(tag, text, parent) {
  const made = document.createElement(tag);
  made.textContent = text;
  parent.append(made);
  return made;
}
