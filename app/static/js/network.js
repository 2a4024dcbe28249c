import { showToast } from "./toasts.js";

let running = 0;
let failure = null;

function words() {
  return document.getElementById("words").dataset;
}

function setLoading(change) {
  running = Math.max(0, running + change);
  document.documentElement.classList.toggle("is-loading", running > 0);
}

function sendAgain({ sourceElement, submitter, request, target, swap }) {
  const form = sourceElement.closest("form");
  if (request.method !== "GET" && form) form.requestSubmit(submitter ?? null);
  else if (sourceElement.matches("a, button")) sourceElement.click();
  else window.htmx.ajax(request.method, request.action, { source: sourceElement, target, swap });
}

function reportFailure(message, ctx) {
  failure?.remove();
  failure = showToast({ message, kind: "bad", retry: () => sendAgain(ctx) });
}

function onNetworkError({ detail: { ctx } }) {
  if (!ctx?.request) return;
  reportFailure(navigator.onLine ? words().failed : words().offline, ctx);
}

// A gateway's error page has no place inside ours; what the app itself answers carries HX headers.
function onResponse(event) {
  const { ctx } = event.detail;
  const partial = ctx.request.headers["HX-Request-Type"] === "partial";
  if (ctx.response.status >= 500 && partial && !ctx.hx?.reswap) {
    event.preventDefault();
    reportFailure(words().server, ctx);
  } else {
    failure?.remove();
  }
}

export function startNetwork() {
  document.addEventListener("htmx:before:request", () => setLoading(1));
  document.addEventListener("htmx:finally:request", () => setLoading(-1));
  document.addEventListener("htmx:error", onNetworkError);
  document.addEventListener("htmx:before:response", onResponse);
  window.addEventListener("pagehide", () => setLoading(-running));
  window.addEventListener("online", () => failure?.remove());
  window.addEventListener("offline", () => {
    failure?.remove();
    failure = showToast({ message: words().offline, kind: "bad" });
  });
}
