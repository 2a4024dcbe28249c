import { placeBy } from "./place.js";

function openById(id) {
  const panel = document.getElementById(id);
  if (!panel) return;
  if (panel instanceof HTMLDialogElement) panel.showModal();
  else panel.showPopover();
}

function onDialogClick(event) {
  const { target } = event;
  const opener = target.closest("[data-open]");
  if (opener) {
    opener.closest("[popover]")?.hidePopover();
    openById(opener.dataset.open);
  }
  target.closest("[data-close]")?.closest("dialog")?.close();
  if (target instanceof HTMLDialogElement) target.close();
}

// Browsers without anchor positioning would put a menu into the middle of the window.
function onToggle(event) {
  const panel = event.target;
  if (event.newState !== "open" || !panel.classList.contains("menu")) return;
  if (CSS.supports("position-area", "block-end")) return;
  const anchor = document.querySelector(`[popovertarget="${panel.id}"]`);
  if (anchor) placeBy(anchor, panel);
}

// A dialog that came with an answer opens by itself.
function openArrived() {
  document.querySelectorAll("dialog[data-auto]:not([open])").forEach((dialog) => {
    dialog.removeAttribute("data-auto");
    dialog.showModal();
  });
}

export function startDialogs() {
  document.addEventListener("click", onDialogClick);
  document.addEventListener("toggle", onToggle, true);
  document.addEventListener("htmx:after:swap", openArrived);
  openArrived();
}
