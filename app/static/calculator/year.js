// The year calendar: a click sets a firm holiday or a statutory day; what would move is shown before anything is saved.
import { $, $$, data, debounce, failed, on, post } from "ui/dom";

const OFF = "STATUTORY_OFF";
const WORKING = "STATUTORY_WORKING";
const page = $("[data-year]");
const days = new Map(page ? data("year-days").map((day) => [day.date, { ...day, was: { firm: day.firm, statutory: day.statutory } }]) : []);
const mode = () => $("input[name=mode]:checked")?.value ?? "firm";

/** What a day shows: firm holidays win over what the law says of it. */
function shown(day) {
  if (day.firm) return "custom";
  return { [OFF]: "off", [WORKING]: "work" }[day.statutory] ?? day.base;
}

function draw(button, day) {
  const kind = shown(day);
  const changed = day.firm !== day.was.firm || day.statutory !== day.was.statutory;
  button.className = ["day", kind, day.today && "today", changed && "changed"].filter(Boolean).join(" ");
  button.setAttribute("aria-pressed", String(kind === "off" || kind === "custom"));
}

/** The next state: firm holidays on and off; statutory days turned round, and back. */
function turn(day) {
  if (mode() === "firm") day.firm = !day.firm;
  else if (day.statutory) day.statutory = "";
  else day.statutory = day.rest ? WORKING : OFF;
}

function changes() {
  const found = [];
  for (const day of days.values()) {
    const { firm, statutory } = day.was;
    const common = { date: day.date, name: $("#day-name").value.trim(), source: $("#day-source").value.trim() };
    if (day.firm !== firm) found.push({ ...common, kind: "FIRM_HOLIDAY", on: day.firm, source: "" });
    if (day.statutory !== statutory && day.statutory) found.push({ ...common, kind: day.statutory, on: true });
    else if (day.statutory !== statutory) found.push({ ...common, kind: statutory, on: false });
  }
  return found;
}

let asked = 0;
const look = debounce(200, async () => {
  const mine = ++asked;
  const wish = changes();
  if (!wish.length) return;
  try {
    const { text } = await post(page.dataset.impact, { changes: wish });
    if (mine === asked) $("#impact").innerHTML = text;
  } catch (error) {
    failed(error);
  }
});

function refresh() {
  const wish = changes();
  $("#pending").hidden = !wish.length;
  $("#save-days").disabled = !wish.length;
  $("#source-line").hidden = !wish.some((one) => one.kind !== "FIRM_HOLIDAY" && one.on);
  look();
}

async function send(url, body, button) {
  button.classList.add("busy");
  try {
    const { url: next } = await post(url, { ...body, shown: $("[data-shown]")?.dataset.shown });
    removeEventListener("beforeunload", warn);
    location.assign(next);
  } catch (error) {
    button.classList.remove("busy");
    if (error.body?.impact) $("#impact").innerHTML = error.body.impact;
    failed(error);
  }
}

const warn = (event) => { if (changes().length) event.preventDefault(); };

if (page) {
  const buttons = $$(".mgrid .day", page);
  for (const button of buttons) button.tabIndex = -1;
  (buttons.find((one) => one.classList.contains("today")) ?? buttons[0]).tabIndex = 0;
  on("focusin", ".mgrid .day", (event, button) => { for (const one of buttons) one.tabIndex = one === button ? 0 : -1; });
  on("day", ".mgrid .day", (event, button) => {
    const day = days.get(button.dataset.day);
    turn(day);
    draw(button, day);
    refresh();
  });
  on("click", "#save-days", (event, button) => send(page.dataset.save, { changes: changes(), approve: Boolean($("#move-too")?.checked) }, button));
  on("change", "#notice input[type=file]", (event, input) => input.form.submit());
  addEventListener("beforeunload", warn);
}

on("click", "[data-save-draft]", (event, button) => send(button.dataset.saveDraft, { ...data("draft"), approve: "approve" in button.dataset }, button));
