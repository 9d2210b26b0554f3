// Child grids: last empty row adds, Enter goes down, Esc takes a row back, Excel rows paste, handles order.
import { $, $$, get, on, t, withParams } from "ui/dom";
import { pick } from "ui/picker";

const cellsOf = (row) => $$("td[data-col]", row);
const controlOf = (cell) => $("input:not([type=hidden]), select, textarea", cell);
const gridOf = (node) => node.closest("[data-rows]");
const filled = (row) =>
  $$("[name]", row).some((control) =>
    /^(checkbox|radio)$/.test(control.type)
      ? control.checked
      : !/-(id|version|sort)$/.test(control.name) && String(control.value).trim(),
  );
const tell = (grid) => grid.closest("form")?.dispatchEvent(new Event("rows"));

function number(grid) {
  $$("tbody tr", grid).forEach((row, at) => {
    $(".seq span", row).textContent = at + 1;
    const sort = $("[data-sort]", row);
    if (sort) sort.value = at;
  });
}

/** Append a row from the template; it stays blank (not posted) until something is typed. */
function addRow(grid) {
  const next = Math.max(-1, ...$$("tbody tr", grid).map((row) => Number(row.dataset.row))) + 1;
  const holder = document.createElement("tbody");
  holder.innerHTML = $("template", grid).innerHTML.replaceAll("__i__", next);
  const row = holder.firstElementChild;
  $("tbody", grid).append(row);
  number(grid);
  return row;
}

function blankRow(grid) {
  const last = $("tbody tr:last-child", grid);
  return last?.hasAttribute("data-blank") ? last : addRow(grid);
}

/** Append a row that `fill` fills in. */
export function appendRow(grid, fill) {
  const row = blankRow(grid);
  fill(row);
  touched(row);
}

const snapshot = (row) =>
  $$("[name], input[role=combobox]", row).map((control) => [
    control,
    control.type === "checkbox" ? control.checked : control.value,
  ]);

on("focusin", "[data-rows] tbody tr", (event, row) => {
  if (!row.before_) row.before_ = snapshot(row);
});
on("focusout", "[data-rows] tbody tr", (event, row) => {
  if (!row.contains(event.relatedTarget)) row.before_ = null;
});

function touched(row) {
  if (!row.hasAttribute("data-blank") || !filled(row)) return;
  row.removeAttribute("data-blank");
  const grid = gridOf(row);
  if (grid.hasAttribute("data-add")) blankRow(grid);
  tell(grid);
}
on("input", "[data-rows] tbody tr", (event, row) => touched(row));
on("change", "[data-rows] tbody tr", (event, row) => touched(row));

on("click", "[data-row-add]", (event, button) => controlOf(cellsOf(blankRow(gridOf(button)))[0])?.focus());

on("click", "[data-row-delete]", (event, button) => {
  const row = button.closest("tr");
  const grid = gridOf(row);
  const id = $('[name$="-id"]', row);
  const mark = `${grid.dataset.rows}-${row.dataset.row}-delete`;
  if (!id?.value) row.remove();
  else if (row.classList.toggle("gone")) {
    id.insertAdjacentHTML("afterend", `<input type="hidden" name="${mark}" value="1">`);
    button.title = t("Keep row");
  } else {
    $(`[name="${mark}"]`, row).remove();
    button.title = t("Delete row");
  }
  number(grid);
  tell(grid);
});

on("keydown", "[data-rows] tbody td", (event, cell) => {
  if (event.defaultPrevented || event.isComposing) return;
  const row = cell.parentElement;
  const step =
    event.key === "Enter"
      ? event.shiftKey
        ? -1
        : 1
      : event.target.matches("select") || event.altKey
        ? 0
        : { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" && row.before_) {
    for (const [control, value] of row.before_) {
      if (control.type === "checkbox") control.checked = value;
      else control.value = value;
    }
    const picker = event.target.closest(".picker");
    if (picker) picker.dataset.shown = event.target.value;
    event.preventDefault();
    event.target.blur();
    tell(gridOf(row));
  } else if (step) {
    event.preventDefault();
    const other = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    const target = other && $(`td[data-col="${CSS.escape(cell.dataset.col)}"]`, other);
    if (target) {
      controlOf(target)?.focus();
      controlOf(target)?.select?.();
    }
  }
});

/** Put a text into a cell: a choice by its label, a reference by its exact name. */
async function fill(cell, text) {
  const control = controlOf(cell);
  if (!control || control.readOnly || control.disabled) return;
  const picker = control.closest(".picker");
  if (picker) {
    const { results } = await get(withParams(picker.dataset.picker, { q: text })).catch(() => ({ results: [] }));
    const found = results.find((item) => item.text === text) ?? (results.length === 1 ? results[0] : null);
    if (text && found) pick(picker, found);
    cell.classList.toggle("bad", Boolean(text) && !found);
    cell.title = text && !found ? t("Nothing found for “{text}”.", { text }) : "";
  } else if (control.nodeName === "SELECT") {
    control.value = [...control.options].find((option) => option.text === text || option.value === text)?.value ?? "";
  } else if (control.type === "checkbox") {
    control.checked = ["是", "1", "y", "yes", "true", "√"].includes(text.toLowerCase());
  } else control.value = text;
  control.dispatchEvent(new Event("change", { bubbles: true }));
  if (control.matches("[data-date]")) control.dispatchEvent(new Event("focusout", { bubbles: true }));
}

on("paste", "[data-rows] tbody td", async (event, cell) => {
  const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
  if (!/[\t\n]/.test(text)) return;
  event.preventDefault();
  const grid = gridOf(cell);
  let row = cell.parentElement;
  const first = cellsOf(row).indexOf(cell);
  for (const line of text.split("\n")) {
    const cells = cellsOf(row).slice(first);
    for (const [at, part] of line.split("\t").entries()) if (cells[at]) await fill(cells[at], part.trim());
    touched(row);
    row = row.nextElementSibling ?? (grid.hasAttribute("data-add") ? blankRow(grid) : null);
    if (!row) break;
  }
  tell(grid);
});

let dragged = null;
on("dragstart", "[data-rows] .grip", (event, grip) => {
  dragged = grip.closest("tr");
  dragged.classList.add("drag");
  event.dataTransfer.setDragImage(dragged, 0, 0);
});
on("dragend", "[data-rows] .grip", () => {
  const grid = gridOf(dragged);
  dragged.classList.remove("drag");
  dragged = null;
  number(grid);
  tell(grid);
});
on("dragover", "[data-rows] tbody tr", (event, row) => {
  if (!dragged || gridOf(row) !== gridOf(dragged) || row.hasAttribute("data-blank") || row === dragged) return;
  event.preventDefault();
  const box = row.getBoundingClientRect();
  row[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged);
});

for (const grid of $$("[data-rows][data-add]")) blankRow(grid);
for (const control of $$("[data-rows] [data-date]")) control.placeholder = "";
dispatchEvent(new Event("rows:ready"));
