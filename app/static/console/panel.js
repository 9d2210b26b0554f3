// A small table in a tab (_panel.html): rows are chosen, its buttons act on them, a double click opens a row.
import { $, $$, on, t } from "ui/dom";

const boxes = (panel, only = "") => $$(`.panel-check${only}`, panel);

/** What is chosen in a panel: ids, and the address of the first chosen row. */
export function chosenIn(panel) {
  const picked = boxes(panel, ":checked");
  return { ids: picked.map((box) => box.value), url: picked[0]?.closest("tr").dataset.url };
}

/** Load the panel anew after its button did something; the form around it stays the newest version. */
export function renew(panel, { owner } = {}) {
  const version = panel.closest("form")?.elements.version;
  if (owner && version && Number(version.value) === owner[0]) version.value = owner[1];
  const part = panel.closest("[data-part]");
  if (part) window.htmx.ajax("GET", part.dataset.part, part);
  else location.reload();
}

function update(panel) {
  const rows = boxes(panel, ":checked").map((box) => box.closest("tr"));
  const steps = new Set(rows.flatMap((row) => (row.dataset.steps ?? "").split(" ")));
  const all = $("[data-panel-all]", panel);
  if (all) {
    all.checked = rows.length > 0 && rows.length === boxes(panel).length;
    all.indeterminate = rows.length > 0 && !all.checked;
  }
  for (const row of $$("tbody tr", panel)) row.setAttribute("aria-selected", String(rows.includes(row)));
  for (const button of $$("[data-action]:not([data-fixed])", panel)) {
    const need = button.dataset.needs;
    if (need === "none") continue;
    const few = need === "one" ? rows.length !== 1 : !rows.length;
    const shut = button.hasAttribute("data-step") && !steps.has(button.dataset.name);
    button.disabled = few || shut;
    button.title = few
      ? t(need === "one" ? "Select one record first" : "Select records first")
      : shut
        ? t("Not possible for what is selected")
        : "";
  }
}

on("change", ".panel-check", (event, box) => update(box.closest("[data-panel]")));
on("change", "[data-panel-all]", (event, all) => {
  const panel = all.closest("[data-panel]");
  for (const box of boxes(panel)) box.checked = all.checked;
  update(panel);
});
on("click", "[data-panel] tbody tr", (event, row) => {
  const box = $(".panel-check", row);
  if (!box || event.target.closest("a,button,input,label") || String(getSelection())) return;
  box.checked = !box.checked;
  update(row.closest("[data-panel]"));
});
