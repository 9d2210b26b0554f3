// Editing in the list itself: a click, Enter or F2 opens a cell; changed and new rows are saved together.
import { $, $$, el, failed, icon, on, post, t, toast, HttpError } from "ui/dom";
import { refresh } from "ui/actions";
import { input, values } from "ui/fields";
import { update } from "ui/list";
import { confirmed } from "ui/overlay";

const list = $("[data-grid]");
const fields = list ? JSON.parse(list.dataset.grid) : [];
const changes = new Map(); // row → {column: text}

const columns = () =>
  $$("#rows thead th").map((head) =>
    head.hasAttribute("data-editable") ? fields.find((field) => field.name === head.dataset.col) : null,
  );
const fieldOf = (cell) => columns()[cell.cellIndex];
const codeOf = (field, text) => field.choices?.find((choice) => choice.label === text)?.code ?? text;
const rawOf = (cell, field) =>
  cell.dataset.value ?? codeOf(field, cell.classList.contains("none") ? "" : cell.textContent.trim());

function state() {
  const button = $("[data-save-rows]");
  if (button) button.disabled = !changes.size;
}

function record(row, name, text) {
  changes.set(row, { ...changes.get(row), [name]: text });
  row.classList.add("changed");
  const box = $(".row-check", row);
  if (box) box.checked = true;
  update();
  state();
}

/** Close an open cell; keep its value unless it is given up. */
function close(cell, keep = true) {
  const open = cell.open_;
  if (!open) return;
  cell.open_ = null;
  const { field, before, html } = open;
  const text = values(cell)[field.name] ?? "";
  const shown = $("select", cell)?.selectedOptions[0]?.text ?? $("input[role=combobox]", cell)?.value ?? text;
  cell.classList.remove("editing");
  if (!keep || text === before) {
    cell.innerHTML = html;
    return;
  }
  cell.replaceChildren(shown || "–");
  cell.classList.toggle("none", !shown);
  cell.classList.add("changed");
  cell.classList.remove("cell-bad");
  cell.dataset.value = text;
  record(cell.parentElement, field.name, text);
}

function edit(cell) {
  const field = cell && fieldOf(cell);
  if (!field || cell.open_ || cell.parentElement.hasAttribute("data-new")) return;
  const before = rawOf(cell, field);
  const shown = cell.classList.contains("none") ? "" : cell.textContent.trim();
  cell.open_ = { field, before, html: cell.innerHTML };
  cell.classList.add("editing");
  cell.replaceChildren(input({ ...field, id: "cell" }, before, shown));
  const control = $(".ctl", cell);
  control.focus();
  control.select?.();
}

const neighbour = (cell, step) => {
  let next = cell;
  do next = step > 0 ? next.nextElementSibling : next.previousElementSibling;
  while (next && !fieldOf(next));
  return next;
};

function addRow() {
  const body = $("#rows tbody");
  if (!body) {
    toast(t("Reset the query first, then add a row."), { error: true });
    return;
  }
  const row = el(
    "tr.changed",
    { "data-new": true, tabindex: -1 },
    $$("#rows thead th").map((head, at) => {
      if (at === 0)
        return el(
          "td.c-check",
          {},
          el("input.row-check", { type: "checkbox", checked: true, "aria-label": t("Save this row") }),
        );
      const field = columns()[at];
      return field
        ? el("td.editing", { "data-col": field.name }, input({ ...field, id: null }))
        : el(
            "td",
            {},
            head.classList.contains("c-icons")
              ? el(
                  "button.icon-btn",
                  {
                    type: "button",
                    "aria-label": t("Remove"),
                    title: t("Remove"),
                    onclick: () => {
                      changes.delete(row);
                      row.remove();
                      state();
                    },
                  },
                  icon("x"),
                )
              : "",
          );
    }),
  );
  body.prepend(row);
  changes.set(row, {});
  state();
  $(".editing .ctl", row)?.focus();
}

function markErrors(rows, errors) {
  for (const error of errors) {
    const row = rows[error.row];
    const at = columns().findIndex((field) => field?.name === error.field);
    const cell = row?.cells[at];
    row?.classList.toggle("bad", !cell);
    cell?.classList.add("cell-bad");
    (cell ?? row)?.setAttribute("title", error.message);
  }
  const first = errors[0];
  const label = fields.find((field) => field.name === first.field)?.label;
  toast([label, first.message].filter(Boolean).join("："), { error: true });
}

async function save() {
  for (const cell of $$("#rows td.editing")) close(cell);
  const rows = [...changes.keys()].filter((row) => row.isConnected && ($(".row-check", row)?.checked ?? true));
  if (!rows.length) return;
  const button = $("[data-save-rows]");
  button.classList.add("busy");
  const payload = rows.map((row) => ({
    id: row.dataset.id ? Number(row.dataset.id) : null,
    version: row.dataset.version ? Number(row.dataset.version) : null,
    values: row.hasAttribute("data-new") ? values(row) : changes.get(row),
  }));
  try {
    await post(`${list.dataset.url}grid`, { rows: payload });
    changes.clear();
    toast(t("{n} rows saved", { n: rows.length }));
    refresh();
  } catch (error) {
    if (error instanceof HttpError && error.body.errors?.length) markErrors(rows, error.body.errors);
    else failed(error);
  } finally {
    button.classList.remove("busy");
  }
}

if (list) {
  on("click", "#rows tbody td", (event, cell) => {
    if (!event.target.closest("a,button,input,select,label")) edit(cell);
  });
  on("keydown", "#rows tbody td.editing", (event, cell) => {
    if (event.defaultPrevented || event.isComposing || cell.parentElement.hasAttribute("data-new")) return;
    const row = cell.parentElement;
    const at = cell.cellIndex;
    if (event.key === "Escape") {
      close(cell, false);
      row.focus();
    } else if (event.key === "Enter") {
      close(cell);
      edit((event.shiftKey ? row.previousElementSibling : row.nextElementSibling)?.cells[at]);
    } else if (event.key === "Tab") {
      const next = neighbour(cell, event.shiftKey ? -1 : 1);
      close(cell);
      if (!next) return;
      edit(next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  on("focusout", "#rows tbody td.editing", (event, cell) => {
    setTimeout(() => {
      if (
        cell.isConnected &&
        cell.open_ &&
        !cell.contains(document.activeElement) &&
        !document.activeElement?.closest(".pop, dialog")
      )
        close(cell);
    });
  });
  document.addEventListener(
    "keydown",
    (event) => {
      const row = event.target.closest?.("#rows tbody tr");
      if (row !== event.target || !row || !["F2", "Enter"].includes(event.key)) return;
      event.preventDefault();
      edit([...row.cells].find((cell) => fieldOf(cell)));
    },
    true,
  );
  on("click", "[data-add-row]", addRow);
  on("click", "[data-save-rows]", save);
  addEventListener("beforeunload", (event) => {
    if (changes.size) event.preventDefault();
  });
  document.addEventListener("htmx:confirm", (event) => {
    if (![...changes.keys()].some((row) => row.isConnected)) {
      changes.clear();
      return;
    }
    event.preventDefault();
    confirmed(
      t("Leave without saving?"),
      t("Leave, drop the changes"),
      t("{n} rows have not been saved.", { n: changes.size }),
    ).then((yes) => {
      if (yes) {
        changes.clear();
        event.detail.issueRequest(true);
      }
    });
  });
}
