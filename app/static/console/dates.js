// Date inputs: 20261204, 2026/12/4, 12-4, T for today, + and − by a day; a small calendar (Alt ↓).
import { $, el, icon, on, t } from "ui/dom";
import { closePop, openPop, popOf } from "ui/overlay";

const pad = (number) => String(number).padStart(2, "0");
export const iso = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
const make = (y, m, d) => {
  const date = new Date(y, m - 1, d);
  return date.getMonth() === m - 1 && date.getDate() === d ? date : null;
};

/** The date a person typed, or null. */
export function parseDate(text) {
  const clean = text
    .trim()
    .replace(/[年月./]/g, "-")
    .replace(/日/g, "");
  const found = clean.match(/^(\d{4})(\d{2})(\d{2})$/) ?? clean.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/);
  if (found) return make(Number(found[1]), Number(found[2]), Number(found[3]));
  const short = clean.match(/^(\d{1,2})-(\d{1,2})$/);
  return short ? make(new Date().getFullYear(), Number(short[1]), Number(short[2])) : null;
}

function set(input, date) {
  const clock = input.dataset.date === "time" ? ` ${input.value.match(/\d{1,2}:\d{2}$/)?.[0] ?? "00:00"}` : "";
  input.value = iso(date) + clock;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

const dateOf = (input) => parseDate(input.value.split(" ")[0]);

/** Bring typed text into form; leave what is no date as it is, for the message of the server. */
function tidy(input) {
  const [day, clock] = input.value.trim().split(/\s+/);
  const date = day && parseDate(day);
  if (!date) return;
  const text = iso(date) + (input.dataset.date === "time" ? ` ${(clock ?? "00:00").padStart(5, "0")}` : "");
  if (text !== input.value) {
    input.value = text;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

on("keydown", "[data-date]", (event, input) => {
  if (input.readOnly || event.ctrlKey || event.metaKey) return;
  const date = dateOf(input);
  const by = { "+": 1, "=": 1, "-": -1 }[event.key];
  if (event.key.toLowerCase() === "t" && !event.altKey) {
    event.preventDefault();
    set(input, new Date());
  } else if (by && date && (input.value.length >= 10 || event.key !== "-")) {
    event.preventDefault();
    date.setDate(date.getDate() + by);
    set(input, date);
    if (popOf(input)) calendar(input);
  } else if (event.key === "ArrowDown" && (event.altKey || popOf(input))) {
    event.preventDefault();
    calendar(input, true);
  } else if (event.key === "Enter" || event.key === "Tab") {
    tidy(input);
    closePop();
  }
});
on("focusout", "[data-date]", (event, input) => tidy(input));

function grid(input, month, chosen, today) {
  const first = new Date(month.getFullYear(), month.getMonth(), 1);
  const start = new Date(first);
  start.setDate(1 - ((first.getDay() + 6) % 7));
  const days = Array.from(
    { length: 42 },
    (_, at) => new Date(start.getFullYear(), start.getMonth(), start.getDate() + at),
  );
  return el(
    "div.cal-g",
    { role: "grid" },
    t("Mo Tu We Th Fr Sa Su")
      .split(" ")
      .map((name) => el("span", {}, name)),
    days.map((day) =>
      el(
        `button${[0, 6].includes(day.getDay()) ? ".we" : ""}${day.getMonth() !== month.getMonth() ? ".out" : ""}${iso(day) === today ? ".today" : ""}`,
        {
          type: "button",
          tabindex: -1,
          "data-day": iso(day),
          "aria-selected": iso(day) === chosen ? "true" : null,
          onclick: () => {
            set(input, day);
            closePop();
            input.focus();
          },
        },
        String(day.getDate()),
      ),
    ),
  );
}

/** Open the calendar below the input; `enter` moves the focus into it. */
function calendar(input, enter = false) {
  const today = iso(new Date());
  let month = dateOf(input) ?? new Date();
  const pop = el("div.pop.cal", { role: "dialog", "aria-label": t("Calendar") });
  const draw = (focus) => {
    const move = (by) => {
      month = new Date(month.getFullYear(), month.getMonth() + by, 1);
      draw();
    };
    pop.replaceChildren(
      el(
        "div.cal-h",
        {},
        el(
          "button.icon-btn.small",
          { type: "button", "aria-label": t("Previous month"), onclick: () => move(-1) },
          icon("chevron-left"),
        ),
        el(
          "b",
          { "aria-live": "polite" },
          t("{year}-{month}", { year: month.getFullYear(), month: pad(month.getMonth() + 1) }),
        ),
        el(
          "button.icon-btn.small",
          { type: "button", "aria-label": t("Next month"), onclick: () => move(1) },
          icon("chevron-right"),
        ),
      ),
      grid(input, month, dateOf(input) && iso(dateOf(input)), today),
      el(
        "div.cal-f",
        {},
        el(
          "button.btn.link",
          {
            type: "button",
            onclick: () => {
              set(input, new Date());
              closePop();
              input.focus();
            },
          },
          t("Today"),
        ),
        el("span", {}, el("kbd", {}, "T"), " ", el("kbd", {}, "+ −")),
      ),
    );
    if (focus) $(`[data-day="${focus}"]`, pop)?.focus();
  };
  draw();
  openPop(pop, input, { done: () => pop.remove() });
  if (enter) draw(iso(dateOf(input) ?? new Date()));
  pop.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, PageUp: -28, PageDown: 28 }[event.key];
    const now = event.target.dataset.day;
    if (!by || !now) return;
    event.preventDefault();
    const next = parseDate(now);
    next.setDate(next.getDate() + by);
    if (next.getMonth() !== month.getMonth()) month = next;
    draw(iso(next));
  });
}

on("click", "[data-cal]", (event, button) => {
  const inputs = button.parentElement.querySelectorAll("[data-date]");
  const input = [...inputs].find((one) => !one.value) ?? inputs[0];
  if (popOf(input)) closePop();
  else {
    input.focus();
    calendar(input);
  }
});
