// By event.code, so that they work on a Persian layout as well.
const GO_MILLISECONDS = 1200;
let goUntil = 0;

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog[open], date-field");
}

function clickFirst(selector) {
  const found = [...document.querySelectorAll(selector)].find((one) => one.checkVisibility());
  found?.click();
  return Boolean(found);
}

function focusSearch() {
  const inputs = [...document.querySelectorAll("[data-shortcut-search]")];
  const input = inputs.find((one) => one.checkVisibility());
  input?.focus();
  return Boolean(input);
}

function rows() {
  return [...document.querySelectorAll(".table tbody tr, [data-row]")].filter(
    (row) => row.checkVisibility() && row.querySelector("a"),
  );
}

function moveRow(step) {
  const all = rows();
  const now = all.findIndex((row) => row.classList.contains("is-focus"));
  const next = all[now < 0 ? 0 : Math.min(Math.max(now + step, 0), all.length - 1)];
  if (!next) return false;
  all[now]?.classList.remove("is-focus");
  next.classList.add("is-focus");
  next.querySelector("a").focus();
  return true;
}

function toggleRow() {
  const box = document.querySelector('tr.is-focus input[type="checkbox"]');
  box?.click();
  return Boolean(box);
}

function showHelp() {
  const dialog = document.getElementById("shortcuts");
  dialog?.showModal();
  return Boolean(dialog);
}

const ACTIONS = {
  Slash: focusSearch,
  KeyC: () => clickFirst("[data-create]"),
  KeyE: () => clickFirst("[data-edit]"),
  KeyJ: () => moveRow(1),
  KeyK: () => moveRow(-1),
  KeyX: toggleRow,
};

function runShortcut(event) {
  if (event.shiftKey) return event.code === "Slash" && showHelp();
  if (Date.now() < goUntil) {
    goUntil = 0;
    return clickFirst(`[data-go="${event.code.slice(-1).toLowerCase()}"]`);
  }
  if (event.code === "KeyG") {
    goUntil = Date.now() + GO_MILLISECONDS;
    return true;
  }
  return ACTIONS[event.code]?.();
}

export function startShortcuts() {
  document.addEventListener("keydown", (event) => {
    if (document.documentElement.dataset.shortcuts === "off") return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (runShortcut(event)) event.preventDefault();
  });
}
