// Rows taken from a library into a grid, several at once; and the one row of a grid that has a mark.
import { $, $$, debounce, el, get, icon, named, on, t, withParams } from "ui/dom";
import { pickerInput } from "ui/fields";
import { makeDialog, showDialog } from "ui/overlay";
import { pick } from "ui/picker";
import { appendRow } from "ui/rows";

const SIZE = 20;

/** The control the library is narrowed by: one of the form, or the first row of one of its grids ("grid.column"). */
function narrowedBy(form, path) {
  if (!path.includes(".")) return named(form, path);
  const [grid, column] = path.split(".");
  return $(`[data-rows="${grid}"] tbody td[data-col="${column}"] input[type=hidden]`, form);
}

function put(row, name, value) {
  const control = $(`[name$="-${CSS.escape(name)}"]`, row);
  if (!control) return;
  if (control.type === "checkbox") control.checked = value === "1";
  else control.value = value;
}

function take(grid, source, items) {
  const there = new Set($$(`[name$="-${CSS.escape(source.column)}"]`, grid).map((control) => control.value));
  for (const item of items.filter((one) => !there.has(String(one.id)))) {
    appendRow(grid, (row) => {
      const picker = $(`td[data-col="${CSS.escape(source.column)}"] .picker`, row);
      if (picker) pick(picker, item);
      else put(row, source.column, item.id);
      if (source.copies) put(row, source.copies, item.text);
      for (const [name, value] of Object.entries(source.values)) put(row, name, value);
    });
  }
  marks(grid);
}

async function open(button) {
  const source = JSON.parse(button.dataset.source);
  const grid = button.closest("[data-rows]");
  const form = button.closest("form");
  const picked = new Map();
  const state = { q: "", page: 1 };
  const list = el("div.lb.tall.library", { role: "group", "aria-label": source.label });
  const search = el("input.ctl", {
    type: "search",
    placeholder: t("Name, code or pinyin initials"),
    "aria-label": t("Search"),
  });
  let narrow = null;
  if (source.narrow) {
    const control = narrowedBy(form, source.narrow.control);
    const shown = control ? $("input[role=combobox]", control.closest(".picker") ?? form)?.value : "";
    const field = { name: "narrow", url: source.narrow.url, label: source.narrow.label };
    narrow = pickerInput(field, control?.value ?? "", control?.value ? shown : "");
  }
  const info = el("span.cap", {});
  const turn = (by) => {
    state.page += by;
    load();
  };
  const before = el("button.btn", { type: "button", onclick: () => turn(-1) }, t("Previous page"));
  const after = el("button.btn", { type: "button", onclick: () => turn(1) }, t("Next page"));
  const dialog = makeDialog({
    title: source.label,
    wide: true,
    verb: t("Choose"),
    body: [
      el(
        "div.library-head",
        {},
        narrow ? el("label.lab", {}, source.narrow.label) : null,
        narrow,
        el("div.wrap", {}, search, icon("search")),
      ),
      list,
    ],
    foot: [info, before, after],
  });
  async function load() {
    const asked = { q: state.q, page: state.page, size: SIZE };
    const by = narrow && $("input[type=hidden]", narrow).value;
    if (by) asked[source.narrow.param] = by;
    const body = await get(withParams(source.url, asked)).catch((error) => ({ results: [], message: error.message }));
    list.replaceChildren(
      ...body.results.map((item) =>
        el(
          "label.check",
          {},
          el("input", {
            type: "checkbox",
            checked: picked.has(item.id),
            onchange: (event) => {
              if (event.target.checked) picked.set(item.id, item);
              else picked.delete(item.id);
              tell();
            },
          }),
          el("span.txt", {}, item.text),
          item.note ? el("span.sub", {}, item.note) : null,
        ),
      ),
    );
    if (!body.results.length)
      list.append(el("p.pal-empty", {}, body.message ?? t("Nothing found for “{text}”.", { text: state.q })));
    before.disabled = state.page <= 1;
    after.disabled = !body.more;
    tell();
  }
  const tell = () => {
    info.textContent = t("{n} selected", { n: picked.size });
  };
  const again = () => {
    state.q = search.value;
    state.page = 1;
    load();
  };
  search.addEventListener("input", debounce(150, again));
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  narrow?.addEventListener("change", again);
  load();
  if (await showDialog(dialog)) take(grid, source, [...picked.values()]);
}
on("click", "[data-source]", (event, button) => open(button));

const checked = (grid) => $$("[data-row-check]:checked", grid).map((box) => box.closest("tr"));
const flagOf = (row, column) => $(`td[data-col="${CSS.escape(column)}"] input[type=checkbox]`, row);

/** Bring buttons and names of a grid in line with its ticked rows and marks. */
function marks(grid) {
  const rows = checked(grid);
  for (const button of $$("[data-mark]", grid)) button.disabled = rows.length !== 1;
  for (const button of $$("[data-rows-delete]", grid)) button.disabled = !rows.length;
  for (const place of $$("[data-marked]", grid)) {
    const holder = $$("tbody tr:not(.gone)", grid).find((row) => flagOf(row, place.dataset.marked)?.checked);
    $("b", place).textContent = (holder && $("input[role=combobox]", holder)?.value) || "–";
  }
}

function mark(row, column) {
  for (const other of $$("tbody tr", row.closest("[data-rows]"))) {
    const box = flagOf(other, column);
    if (box) box.checked = other === row;
  }
}

on("change", "[data-rows] td[data-one] input[type=checkbox]", (event, box) => {
  if (box.checked) mark(box.closest("tr"), box.closest("td").dataset.col);
});
on("change", "[data-rows]", (event, grid) => marks(grid));
on("click", "[data-mark]", (event, button) => {
  const grid = button.closest("[data-rows]");
  const [row] = checked(grid);
  mark(row, button.dataset.mark);
  flagOf(row, button.dataset.mark).dispatchEvent(new Event("change", { bubbles: true }));
});
on("click", "[data-rows-delete]", (event, button) => {
  const grid = button.closest("[data-rows]");
  for (const row of checked(grid)) {
    $("[data-row-check]", row).checked = false;
    if (!row.hasAttribute("data-blank")) $("[data-row-delete]", row).click();
  }
  marks(grid);
});
