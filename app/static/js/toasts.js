const TOAST_SECONDS = 10;

function toastRegion() {
  return document.getElementById("toasts");
}

function fromTemplate(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

// Time stands still while the pointer or the focus is on the toast.
function armToast(toast) {
  if (toast.dataset.toast === "stay") return;
  let left = TOAST_SECONDS;
  const timer = setInterval(() => {
    if (!toast.isConnected) clearInterval(timer);
    else if (!toast.matches(":hover, :focus-within") && (left -= 0.5) <= 0) toast.remove();
  }, 500);
}

function undoForm(url) {
  const form = fromTemplate("toast-undo");
  form.setAttribute("action", url);
  form.setAttribute("hx-post", url);
  form.setAttribute("hx-swap", "none");
  return form;
}

// {message, kind: "good" | "bad", undo: address that takes a POST, retry: function}
export function showToast({ message, kind = "good", undo, retry }) {
  const bad = kind === "bad" || kind === "error";
  const toast = fromTemplate(bad ? "toast-bad" : "toast-good");
  const text = toast.querySelector(".msg-text");
  if (undo) text.after(undoForm(undo));
  if (retry) {
    const button = fromTemplate("toast-retry");
    button.addEventListener("click", () => {
      toast.remove();
      retry();
    });
    text.after(button);
  }
  toastRegion().append(toast);
  text.textContent = message;
  window.htmx?.process(toast);
  armToast(toast);
  return toast;
}

// The header is read before the swap: an event on a replaced element would reach nobody.
function toastFromHeader(event) {
  const header = event.detail.ctx?.response?.headers.get("HX-Trigger");
  if (!header?.startsWith("{")) return;
  const { toast } = JSON.parse(header);
  if (toast) showToast(typeof toast === "string" ? { message: toast } : toast);
}

export function startToasts() {
  toastRegion()?.querySelectorAll("[data-toast]").forEach(armToast);
  document.addEventListener("htmx:after:request", toastFromHeader);
  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest("[data-toast]").remove();
  });
  document.addEventListener("submit", (event) => {
    const toast = event.target.closest("[data-toast]");
    if (toast) setTimeout(() => toast.remove(), 100);
  });
}
