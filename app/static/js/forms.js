const SHORT = 8;

// 0 too short, 1 weak, 2 fair, 3 good, 4 strong: length first, then variety.
export function passwordStrength(text) {
  if (text.length < SHORT) return 0;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u, /\p{Lo}/u];
  const variety = kinds.filter((kind) => kind.test(text)).length;
  const distinct = new Set(text).size;
  if (distinct < 6) return 1;
  return Math.min(4, 1 + (text.length >= 12) + (variety >= 2) + (text.length >= 16 || variety >= 3));
}

function showStrength(input) {
  const meter = document.getElementById(input.dataset.strength);
  const strength = passwordStrength(input.value);
  const lit = input.value ? Math.max(1, strength) : 0;
  meter.dataset.strength = lit;
  [...meter.children].forEach((bar, index) => bar.classList.toggle("on", index < lit));
  const words = meter.dataset.words.split("|");
  const text = meter.parentElement.querySelector("[data-strength-text]");
  text.textContent = input.value ? words[strength] : "";
}

function showChosen(input) {
  const output = input.closest("[data-drop]").querySelector("[data-chosen]");
  output.textContent = [...input.files].map((file) => file.name).join(", ");
}

function focusFirstError(container) {
  container.querySelector?.('[aria-invalid="true"]')?.focus();
}

function onDrag(event) {
  const area = event.target.closest?.("[data-drop]");
  area?.classList.toggle("is-over", event.type === "dragover");
}

export function startForms() {
  document.addEventListener("input", ({ target }) => {
    if (target.dataset.strength) showStrength(target);
  });
  document.addEventListener("change", ({ target }) => {
    if (target.type === "file" && target.closest("[data-drop]")) showChosen(target);
  });
  for (const name of ["dragover", "dragleave", "drop"]) document.addEventListener(name, onDrag);
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx?.response?.status === 422) focusFirstError(document);
  });
  focusFirstError(document.getElementById("main") ?? document);
}
