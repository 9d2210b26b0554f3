// Departments, users, positions: the tree's menu, passwords shown once, positions to give, the matrix of functions.
import { $, $$, data, el, failed, on, post, toast } from "ui/dom";
import { chosen, refresh } from "ui/actions";
import { confirmed, contextMenu, makeDialog, showDialog } from "ui/overlay";

const texts = data("organization-texts");
const say = (msgid, values = {}) => (texts[msgid] ?? msgid).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** Take over a declared button (actions.js would only show the message). */
function instead(name, deed) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(`[data-action][data-name="${name}"]`);
    if (!button || button.disabled) return;
    event.stopImmediatePropagation();
    const own = button.dataset.ids && button.dataset.ids !== "*";
    deed(button, own ? { ids: button.dataset.ids.split(",") } : chosen()).catch(failed);
  }, true);
}

/* Departments */
const tree = $("#departments");
const may = tree ? JSON.parse(tree.dataset.may) : {};

async function dropDepartment(id, name) {
  if (!await confirmed(say("Delete the department “{name}”?", { name }), say("OK"), say("This cannot be undone."))) return;
  try {
    await post("/app/department/delete", { ids: [id] });
    location.assign("/app/user/?view=all");
  } catch (error) {
    failed(error);
  }
}

on("contextmenu", "#departments .tnode[data-id]", (event, node) => {
  event.preventDefault();
  const id = node.dataset.id;
  contextMenu(event, [
    { label: say("Add a department below"), href: `/app/department/new?home=1&parent=${id}`, may: may.add },
    { label: say("Edit"), href: node.href, may: may.edit },
    { label: say("Delete"), act: () => dropDepartment(id, $(".grow", node).textContent), may: may.delete },
  ].filter((item) => item.may));
});
on("click", "[data-drop-department]", (event, button) => dropDepartment(button.dataset.dropDepartment, button.dataset.name));

/* One-time passwords */
async function showPasswords(rows, title) {
  const copy = el("button.btn", { type: "button" }, say("Copy"));
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(rows.map((row) => `${row.name}\t${row.username}\t${row.password}`).join("\n"));
    copy.textContent = say("Copied");
  });
  const head = ["Name", "Login name", "One-time password"].map((label) => el("th", { scope: "col" }, say(label)));
  const lines = rows.map((row) => el("tr", {}, el("td", {}, row.name), el("td", {}, row.username), el("td", {}, el("code", {}, row.password))));
  await showDialog(makeDialog({
    title,
    text: say("Give them to the users now: they are shown only this once, and must be changed at the first sign-in."),
    body: [el("table.once", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, lines))],
    foot: navigator.clipboard ? [copy] : [],
  }));
}

instead("reset_password", async (button, picked) => {
  const count = picked.ids === "all" ? "" : say("{n} users", { n: picked.ids.length });
  if (!await confirmed(button.dataset.confirm, say("Reset password"), count)) return;
  const result = await post(button.dataset.url, picked);
  await showPasswords(result.passwords, result.message);
  refresh();
});
const once = data("once");
if (Array.isArray(once) && once.length) showPasswords(once, say("The account was made"));

/* Positions of users */
instead("assign", async (button, picked) => {
  const { users, positions } = await post(button.dataset.url, picked);
  const boxes = positions.map((position) => {
    const box = el("input", { type: "checkbox", value: position.id, checked: position.held === users, disabled: position.closed });
    box.indeterminate = position.held > 0 && position.held < users;
    box.dataset.before = box.indeterminate ? "mixed" : String(box.checked);
    const note = users > 1 && position.held ? el("span.cap", {}, say("Held by {n}", { n: position.held })) : null;
    return el("label.check", { title: position.remark }, box, el("span.cut", {}, position.name), note);
  });
  const all = () => boxes.map((label) => $("input", label));
  const clear = el("button.btn.link", { type: "button", onclick: () => { for (const box of all()) if (!box.disabled) { box.checked = false; box.indeterminate = false; } } }, say("Clear all"));
  const dialog = makeDialog({
    title: say("Grant positions"), wide: true, verb: say("Choose"), foot: [clear],
    text: say("Ticked positions are given, cleared ones taken. {n} users chosen.", { n: users }),
    body: [el("div.give", {}, boxes)],
  });
  if (!await showDialog(dialog)) return;
  const changed = all().filter((box) => !box.indeterminate && String(box.checked) !== box.dataset.before);
  const ids = (checked) => changed.filter((box) => box.checked === checked).map((box) => Number(box.value));
  if (!changed.length) return;
  const result = await post(button.dataset.url.replace(/positions$/, "assign"), { ...picked, add: ids(true), remove: ids(false) });
  toast(result.message);
  refresh();
});

/* Functions and field rights of a position */
const functions = $("#functions");
const fields = $("#fieldrights");
const sheet = functions ?? fields;
const bar = $("[data-changebar]");
const SHOWN = 6;

const inputs = () => (sheet ? $$("tbody input:not([data-group-box])", sheet) : []);
const changes = () => inputs().filter((input) => input.checked !== input.defaultChecked);

/** By which other positions people may still do what is taken here. */
const kept = ({ dataset: { kept: positions } }) => (positions ? el("span.cap", {}, say("still given by {positions}", { positions })) : null);

/** Say below the table what is not saved yet. */
function showChanges() {
  if (!bar) return;
  const plus = changes().filter((input) => input.checked);
  const minus = functions ? changes().filter((input) => !input.checked) : [];
  const marks = [
    ...plus.map((i) => el("span.change", {}, say("+ {name}", { name: i.dataset.label }))),
    ...minus.map((i) => el("span.change", {}, say("− {name}", { name: i.dataset.label }), kept(i))),
  ];
  const line = $("[data-changes]", bar);
  line.replaceChildren();
  if (!marks.length) line.textContent = say("Nothing is unsaved");
  else {
    line.append(say("Unsaved:"), ...marks.slice(0, SHOWN));
    if (marks.length > SHOWN) line.append(say("and {n} more", { n: marks.length - SHOWN }));
    line.append(el("span.cap", {}, say("Applies at once to {n} people", { n: sheet.dataset.people })));
  }
  for (const button of $$("button", bar)) button.disabled = !marks.length;
}

/** Whoever may do anything on a table may see it; who may not see it may do nothing. Runs before the group boxes. */
function couple(box) {
  const row = box.closest("tr[data-in]");
  if (!row) return;
  const read = $('input[name$=".read"]', row);
  if (!read || read.disabled) return;
  if (box !== read && box.checked) read.checked = true;
  if (box === read && !box.checked) for (const other of $$("input", row)) if (!other.disabled) other.checked = false;
}

/** Bring marks, group boxes and the bar in line with the boxes. */
function settle() {
  const first = functions && inputs().find((input) => !input.disabled);
  if (first) first.dispatchEvent(new Event("change", { bubbles: true }));
  if (fields) for (const input of inputs()) input.closest("label").classList.toggle("changed", input.checked && !input.defaultChecked);
  showChanges();
}

async function keep() {
  const { version, table, saveUrl } = sheet.dataset;
  const body = { version: Number(version) };
  if (functions) {
    body.functions = {};
    for (const box of inputs().filter((input) => input.checked)) {
      const [key, code] = box.name.split(".");
      (body.functions[key] ??= []).push(code);
    }
  } else {
    body.table = table;
    body.rights = Object.fromEntries(inputs().filter((input) => input.checked && input.value).map((input) => [input.name, input.value]));
  }
  const result = await post(saveUrl, body);
  sheet.dataset.version = result.version;
  for (const input of inputs()) input.defaultChecked = input.checked;
  settle();
  toast(result.message);
}

function filterRows() {
  const text = $("[data-filter-matrix]").value.trim().toLowerCase();
  const given = $("[data-only-given]").checked;
  for (const row of $$("tr[data-in]", functions)) {
    const fits = row.textContent.toLowerCase().includes(text);
    row.hidden = !fits || (given && !$("input:checked", row));
  }
  for (const head of $$("tr[data-head]", functions)) {
    head.hidden = !$(`tr[data-in="${CSS.escape(head.dataset.head)}"]:not([hidden])`, functions);
  }
}

if (sheet) {
  sheet.addEventListener("change", (event) => { if (functions && !event.target.dataset.groupBox) couple(event.target); }, true);
  sheet.addEventListener("matrix", showChanges);
  if (fields) sheet.addEventListener("change", settle);
  on("click", "[data-keep]", () => keep().catch(failed));
  on("click", "[data-discard]", () => { for (const input of inputs()) input.checked = input.defaultChecked; settle(); });
  on("input", "[data-filter-matrix]", filterRows);
  on("change", "[data-only-given]", filterRows);
  on("change", ".table-choice select", (event, select) => location.assign(`${fields.dataset.here}&table=${select.value}`));
  addEventListener("beforeunload", (event) => { if (changes().length) event.preventDefault(); });
  settle();
}
