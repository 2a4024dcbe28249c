// A field edited in its place: leaving it saves, Escape puts back what was there.
function input(form) {
  return form.querySelector('[name="value"]');
}

function cancel(form) {
  form.querySelector("[data-cancel]").click();
}

function isUnchanged(form) {
  const field = input(form);
  if (field instanceof HTMLSelectElement) {
    return [...field.options].every((option) => option.selected === option.defaultSelected);
  }
  return field.value === field.defaultValue;
}

function onLeave(event) {
  const form = event.target.closest?.("form[data-inline-edit]");
  if (!form || form.contains(event.relatedTarget) || !form.isConnected || "leaving" in form.dataset) return;
  if (input(form).getAttribute("aria-invalid") === "true" && isUnchanged(form)) return;
  form.dataset.leaving = "";
  if (isUnchanged(form)) cancel(form);
  else form.requestSubmit();
}

function onKey(event) {
  const form = event.target.closest?.("form[data-inline-edit]");
  if (!form || event.key !== "Escape") return;
  event.preventDefault();
  form.dataset.leaving = "";
  cancel(form);
}

// The input that came is typed into; the text that came back is focused unless one moved on.
function focusArrived() {
  const arrived = document.querySelector("[data-arrived]");
  if (!arrived) return;
  delete arrived.dataset.arrived;
  if (arrived.matches("a") && document.activeElement !== document.body) return;
  arrived.focus();
  arrived.select?.();
}

// Much later than the swap: a form that is taken out of the page is left as well.
function onAnswer({ detail: { ctx } }) {
  const form = ctx?.sourceElement?.closest?.("form[data-inline-edit]");
  if (form) setTimeout(() => delete form.dataset.leaving, 1000);
}

export function startInlineEdit() {
  document.addEventListener("focusout", onLeave);
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", ({ target }) => {
    if (target.matches("form[data-inline-edit]")) target.dataset.leaving = "";
  }, true);
  document.addEventListener("htmx:finally:request", onAnswer);
  document.addEventListener("htmx:after:swap", focusArrived);
}
