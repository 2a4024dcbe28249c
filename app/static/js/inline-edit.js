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
  if (!form || form.contains(event.relatedTarget) || !form.isConnected || form.dataset.leaving) return;
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

function focusArrived() {
  const field = document.querySelector("form[data-inline-edit] [autofocus]");
  if (!field || field === document.activeElement) return;
  field.focus();
  field.select?.();
}

export function startInlineEdit() {
  document.addEventListener("focusout", onLeave);
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", ({ target }) => {
    if (target.matches("form[data-inline-edit]")) target.dataset.leaving = "";
  }, true);
  document.addEventListener("htmx:finally:request", () => {
    document.querySelectorAll("form[data-inline-edit]").forEach((form) => delete form.dataset.leaving);
  });
  document.addEventListener("htmx:after:swap", focusArrived);
}
