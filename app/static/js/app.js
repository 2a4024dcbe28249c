// Everything here helps; nothing is needed: each control is a link or a form that works without it.
import { startDialogs } from "./dialogs.js";
import { startForms } from "./forms.js";
import { startInlineEdit } from "./inline-edit.js";
import { startNetwork } from "./network.js";
import { startShortcuts } from "./shortcuts.js";
import { startTheme } from "./theme.js";
import { startToasts } from "./toasts.js";

const root = document.documentElement;

function loadParts() {
  if (document.querySelector("date-field") && !customElements.get("date-field")) {
    import("./date-field.js");
  }
}

startToasts();
startNetwork();
startDialogs();
startForms();
startInlineEdit();
startTheme();
startShortcuts();
loadParts();
document.addEventListener("htmx:after:swap", loadParts);

function whenHtmxIsUp() {
  if (window.htmx) root.dataset.ready = "";
}
if (document.readyState === "complete") whenHtmxIsUp();
else window.addEventListener("load", whenHtmxIsUp);
