import { placeBy } from "./place.js";

const DAY = 86400000;
const DIGITS = "۰۱۲۳۴۵۶۷۸۹";
const formats = new Map();

function format(locale, options) {
  const key = locale + JSON.stringify(options);
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }));
  }
  return formats.get(key);
}

const toIso = (time) => new Date(time).toISOString().slice(0, 10);
const fromIso = (iso) => Date.parse(`${iso}T00:00:00Z`);
const pad = (number, size = 2) => String(number).padStart(size, "0");

// Year, month and day of a UTC time in the calendar "gregorian" or "jalali".
function partsOf(time, calendar) {
  if (calendar !== "jalali") return toIso(time).split("-").map(Number);
  const options = { year: "numeric", month: "numeric", day: "numeric" };
  const parts = format("en-u-ca-persian-nu-latn", options).formatToParts(time);
  return ["year", "month", "day"].map((type) => parseInt(parts.find((p) => p.type === type).value));
}

// The UTC time of a calendar date, or NaN when there is no such day.
function timeOf(year, month, day, calendar) {
  const guess = calendar === "jalali"
    ? Date.UTC(year + 621, 2, 21) + Math.round((month - 1) * 30.45 + day - 1) * DAY
    : Date.UTC(year, month - 1, day);
  for (const shift of [0, -1, 1, -2, 2, -3, 3, -4, 4]) {
    const [y, m, d] = partsOf(guess + shift * DAY, calendar);
    if (y === year && m === month && d === day) return guess + shift * DAY;
  }
  return NaN;
}

function latinDigits(text) {
  return text
    .replace(/[۰-۹]/g, (digit) => DIGITS.indexOf(digit))
    .replace(/[٠-٩]/g, (digit) => digit.charCodeAt(0) - 0x660);
}

function parseTyped(text, calendar) {
  const found = latinDigits(text).trim().match(/^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/);
  if (!found) return NaN;
  const [year, month, day] = found.slice(1).map(Number);
  const kind = calendar === "jalali" && year > 1700 ? "gregorian" : calendar;
  return timeOf(year, month, day, kind);
}

function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function iconElement(name) {
  const sprite = document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0];
  const holder = document.createElement("template");
  holder.innerHTML = `<svg class="icon flip" aria-hidden="true"><use href="${sprite}#${name}"/></svg>`;
  return holder.content.firstElementChild;
}

class DateField extends HTMLElement {
  connectedCallback() {
    if (this.panel) return;
    this.calendar = this.getAttribute("calendar") ?? "gregorian";
    this.language = this.closest("[lang]").lang;
    [this.input, this.hiddenInput] = this.querySelectorAll("input");
    this.opener = element("button", { type: "button", class: "open" }, iconElement("calendar"));
    this.opener.setAttribute("aria-label", this.dataset.openLabel);
    this.input.after(this.opener);
    this.panel = element("div", { popover: "auto", class: "cal", role: "dialog" });
    this.panel.setAttribute("aria-label", this.dataset.openLabel);
    this.append(this.panel);
    this.opener.addEventListener("click", () => this.open());
    this.panel.addEventListener("keydown", (event) => this.onKey(event));
    this.panel.addEventListener("click", (event) => this.onClick(event));
    this.input.addEventListener("input", () => this.onTyped());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && event.altKey) this.open();
    });
  }

  get locale() {
    return `${this.language}-u-ca-${this.calendar === "jalali" ? "persian" : "gregory"}`;
  }

  get chosen() {
    return fromIso(this.hiddenInput.value);
  }

  onTyped() {
    const time = parseTyped(this.input.value, this.calendar);
    this.hiddenInput.value = Number.isNaN(time) ? "" : toIso(time);
  }

  open() {
    this.onTyped();
    this.focused = Number.isNaN(this.chosen) ? fromIso(toIso(Date.now())) : this.chosen;
    this.draw();
    this.panel.showPopover();
    placeBy(this.input, this.panel);
    this.focusDay();
  }

  pick(time) {
    const [year, month, day] = partsOf(time, this.calendar);
    const mark = this.calendar === "jalali" ? "/" : "-";
    const text = [pad(year, 4), pad(month), pad(day)].join(mark);
    this.input.value = this.language === "fa" ? text.replace(/\d/g, (d) => DIGITS[d]) : text;
    this.hiddenInput.value = toIso(time);
    this.panel.hidePopover();
    this.input.focus();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  isAllowed(time) {
    const iso = toIso(time);
    return iso >= (this.getAttribute("min") ?? "") && iso <= (this.getAttribute("max") ?? "9999");
  }

  // Weeks start on Saturday in Persian, on Monday otherwise.
  weekday(time) {
    return (new Date(time).getUTCDay() + (this.language === "fa" ? 1 : 6)) % 7;
  }

  firstOfMonth(time) {
    return time - (partsOf(time, this.calendar)[2] - 1) * DAY;
  }

  moveMonth(step) {
    const [, , day] = partsOf(this.focused, this.calendar);
    const first = this.firstOfMonth(this.focused);
    const target = this.firstOfMonth(first + (step > 0 ? 32 : -1) * DAY);
    const length = Math.round((this.firstOfMonth(target + 32 * DAY) - target) / DAY);
    this.focused = target + (Math.min(day, length) - 1) * DAY;
  }

  draw() {
    const first = this.firstOfMonth(this.focused);
    const title = ["month", "year"]
      .map((type) => format(this.locale, { month: "long", year: "numeric" })
        .formatToParts(first).find((part) => part.type === type).value)
      .join(" ");
    const head = element("header", {},
      this.stepButton(-1, "chevron-left", this.dataset.previous),
      element("span", { "aria-live": "polite" }, title),
      this.stepButton(1, "chevron-right", this.dataset.next));
    const table = element("table", { role: "grid", "aria-label": title });
    table.append(this.drawHead(first), this.drawBody(first));
    this.panel.replaceChildren(head, table);
  }

  stepButton(step, icon, label) {
    const button = element("button", { type: "button", class: "btn btn-sm btn-icon btn-quiet" });
    button.setAttribute("aria-label", label);
    button.dataset.step = step;
    button.append(iconElement(icon));
    return button;
  }

  drawHead(first) {
    const row = element("tr");
    const start = first - this.weekday(first) * DAY;
    const width = this.language === "fa" ? "narrow" : "short";
    for (let index = 0; index < 7; index += 1) {
      const name = format(this.language, { weekday: "long" }).format(start + index * DAY);
      const short = format(this.language, { weekday: width }).format(start + index * DAY);
      const text = width === "short" ? short.slice(0, 2) : short;
      row.append(element("th", { scope: "col", abbr: name }, text));
    }
    return element("thead", {}, row);
  }

  drawBody(first) {
    const body = element("tbody");
    let row = element("tr");
    for (let blank = this.weekday(first); blank > 0; blank -= 1) row.append(element("td"));
    const month = partsOf(first, this.calendar)[1];
    for (let time = first; partsOf(time, this.calendar)[1] === month; time += DAY) {
      if (row.children.length === 7) {
        body.append(row);
        row = element("tr");
      }
      row.append(this.drawDay(time));
    }
    body.append(row);
    return body;
  }

  drawDay(time) {
    const button = element("button", { type: "button", tabindex: time === this.focused ? 0 : -1 });
    button.textContent = format(this.locale, { day: "numeric" }).format(time);
    button.setAttribute("aria-label", format(this.locale, { dateStyle: "full" }).format(time));
    button.dataset.time = time;
    button.disabled = !this.isAllowed(time);
    if (time === this.chosen) button.classList.add("on");
    if (time === fromIso(toIso(Date.now()))) button.classList.add("today");
    if (this.language === "fa" && this.weekday(time) === 6) button.classList.add("hol");
    return element("td", { "aria-selected": time === this.chosen }, button);
  }

  focusDay() {
    this.panel.querySelector('[data-time][tabindex="0"]')?.focus();
  }

  onClick(event) {
    const button = event.target.closest("button");
    if (button?.dataset.time) this.pick(Number(button.dataset.time));
    if (!button?.dataset.step) return;
    this.moveMonth(Number(button.dataset.step));
    this.draw();
    this.panel.querySelector(`[data-step="${button.dataset.step}"]`).focus();
  }

  onKey(event) {
    const forward = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const days = {
      ArrowRight: forward,
      ArrowLeft: -forward,
      ArrowDown: 7,
      ArrowUp: -7,
      Home: -this.weekday(this.focused),
      End: 6 - this.weekday(this.focused),
    }[event.key];
    if (event.key === "PageUp") this.moveMonth(-1);
    else if (event.key === "PageDown") this.moveMonth(1);
    else if (days !== undefined && event.target.dataset.time) this.focused += days * DAY;
    else return;
    event.preventDefault();
    this.draw();
    this.focusDay();
  }
}

customElements.define("date-field", DateField);
