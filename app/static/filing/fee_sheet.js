// The form of a fee sheet: fees are picked from a list, priced by the server, and repeated ones are asked about.
import { $, $$, data, el, failed, get, named, on, toast, withParams } from "ui/dom";
import { confirmed, makeDialog, showDialog } from "ui/overlay";
import { pick } from "ui/picker";

const texts = data("filing-texts");
const say = (msgid, given = {}) => (texts[msgid] ?? msgid).replace(/\{(\w+)\}/g, (_, name) => given[name] ?? "");
const form = $("#form");
const value = (name) => named(form, name)?.value ?? "";
const sheet = () => form.getAttribute("action").match(/\/(\d+)\/edit$/)?.[1] ?? "";
const facts = (more = {}) => ({
  case: value("case"), sheet_type: value("sheet_type"), fee_reduction: value("fee_reduction"), sheet: sheet(), ...more,
});
const grid = $('[data-rows="lines"]');
const cell = (row, column) => $(`td[data-col="${column}"] [name]`, row);

/** Whether to go on although the case has sheets with the same fees. */
async function goOn(items) {
  const numbers = [...new Set(items.flatMap((item) => item.used))];
  if (!numbers.length) return true;
  const title = say("This case already has fee sheets with the same fees: {numbers}. Continue?", { numbers: numbers.join("、") });
  return confirmed(title, say("Continue"));
}

function fill(row, item) {
  for (const [column, given] of Object.entries({
    quantity: item.quantity, standard_amount: item.standard, amount: item.amount, currency: item.currency,
  })) {
    const control = cell(row, column);
    if (!control || given === null || given === undefined) continue;
    control.value = given;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const column of ["standard_amount", "amount"]) {
    const control = cell(row, column);
    if (control) control.readOnly = item.fixed;
  }
}

async function offer() {
  if (!value("case") || !value("sheet_type")) throw new Error(say("Choose the case and the fee sheet type first"));
  const { items } = await get(withParams("/app/fee_sheet/items", facts()));
  const taken = new Set($$('[name^="lines-"][name$="-fee_item"]', grid).map((control) => control.value));
  const rows = items.map((item) => {
    const box = el("input", { type: "checkbox", value: item.id, disabled: taken.has(String(item.id)), "aria-label": item.name });
    const count = el("input.ctl", { value: item.quantity, inputmode: "numeric", "aria-label": say("Quantity") });
    return el(
      "tr",
      {},
      el("td", {}, box), el("td", {}, item.code), el("td", { title: item.name }, item.name), el("td.num", {}, count),
      el("td.num", {}, item.standard ?? "–"), el("td.num", {}, item.amount ?? "–"), el("td.cap", {}, item.used.join("、")),
    );
  });
  const heads = ["", "Fee item no.", "Fee item name", "Quantity", "Standard amount", "Amount after reduction", "Already in"];
  const table = el(
    "table.tbl.plain",
    {},
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head ? say(head) : "")))),
    el("tbody", {}, rows),
  );
  const search = el("input.ctl", { type: "search", placeholder: say("Fee item name"), "aria-label": say("Fee item name") });
  search.addEventListener("input", () => {
    for (const row of rows) row.hidden = !row.textContent.includes(search.value.trim());
  });
  const dialog = makeDialog({
    title: say("Pick fee items"), wide: true, verb: say("Choose"),
    body: [search, el("div.fee-picks", {}, rows.length ? table : el("p.cap", {}, say("There is no fee of this type.")))],
  });
  if (!(await showDialog(dialog))) return;
  const chosen = items.filter((_item, at) => $("input[type=checkbox]", rows[at]).checked);
  if (!(await goOn(chosen))) return;
  for (const [at, item] of items.entries()) {
    if (!chosen.includes(item)) continue;
    const quantity = $(".ctl", rows[at]).value.trim() || "1";
    const priced = await price(item.id, quantity);
    $("[data-row-add]", grid).click();
    const row = $("tbody tr:last-child", grid);
    row.dataset.picked = item.id;
    pick($(".picker", row), { id: item.id, text: item.name });
    fill(row, priced);
  }
}

const price = (item, quantity) => get(withParams("/app/fee_sheet/price", facts({ item, quantity })));

on("click", "[data-pick-fees]", () => offer().catch(failed));
on("picked", '[data-rows="lines"] .picker', async (event, picker) => {
  const row = picker.closest("tr");
  const item = cell(row, "fee_item")?.value;
  if (!item || row.dataset.picked === item || !value("case")) return;
  try {
    const priced = await price(item, cell(row, "quantity").value || "1");
    if (await goOn([priced])) fill(row, priced);
    else $("[data-row-delete]", row).click();
  } catch (error) {
    failed(error);
  }
});

/** What lines cost anew, after their quantity or the reduction changed. */
async function again(rows) {
  for (const row of rows) {
    const item = cell(row, "fee_item")?.value;
    if (!item || !value("case")) continue;
    const priced = await price(item, cell(row, "quantity").value || "1").catch((error) => toast(error.message, { error: true }));
    if (priced?.fixed) fill(row, priced);
  }
}
on("change", '[data-rows="lines"] td[data-col="quantity"] input', (event, input) => again([input.closest("tr")]));
on("change", '[name="fee_reduction"]', () => again($$("tbody tr:not([data-blank])", grid)));
on("picked", '[data-name="case"]', async () => {
  if (!value("case")) return;
  const { fee_reduction: reduction } = await get(withParams("/app/fee_sheet/facts", { case: value("case") })).catch(() => ({}));
  if (!reduction) return;
  named(form, "fee_reduction").value = reduction;
  named(form, "fee_reduction").dispatchEvent(new Event("change", { bubbles: true }));
});
