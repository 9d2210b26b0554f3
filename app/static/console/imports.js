// Checking an import: a doubtful cell opens its reason with an editable value; the same mistake may be cured everywhere.
import { $, el, failed, icon, on, post, t, toast } from "ui/dom";
import { askLine, complete, values } from "ui/fields";
import { closePop, makeDialog, openPop, showDialog } from "ui/overlay";

async function cure(cell, value, everywhere) {
  const url = cell.closest("[data-cells]").dataset.cells;
  closePop();
  try {
    await post(url, { row: Number(cell.parentElement.dataset.row), column: cell.dataset.col, value, everywhere });
    await window.htmx.ajax("GET", location.pathname + location.search, "#import-body");
  } catch (error) {
    failed(error);
  }
}

function explain(cell) {
  const { message, value, same, suggestion, label } = cell.dataset;
  const input = el("input.ctl", { value: suggestion ?? value, "aria-label": label });
  const wrong = cell.classList.contains("x-error");
  const pop = el(
    "div.pop.cure",
    { role: "dialog", "aria-label": message },
    el(
      "div.row",
      {},
      el(`b.${wrong ? "err" : "look"}`, {}, icon("circle-alert"), message),
      el("span.cap", {}, `${t("Row {n}", { n: cell.parentElement.dataset.row })}　${label}`),
    ),
    el(
      "form.row",
      {
        onsubmit: (event) => {
          event.preventDefault();
          cure(cell, input.value, false);
        },
      },
      input,
      el("button.btn.primary", {}, t("Use this value")),
    ),
    same
      ? el(
          "button.btn.link",
          { type: "button", onclick: () => cure(cell, input.value, true) },
          t("The same mistake is in {n} more places: cure all", { n: same }),
        )
      : null,
  );
  openPop(pop, cell, { done: () => pop.remove() });
  input.select();
}

on("click", ".imp-rows td[role=button]", (event, cell) => explain(cell));
on("keydown", ".imp-rows td[role=button]", (event, cell) => {
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    explain(cell);
  }
});
on("click", "[data-keep-mapping]", async (event, button) => {
  const field = {
    name: "name",
    label: t("Name of the matching"),
    kind: "text",
    required: true,
    maxlength: 100,
    value: button.dataset.name.replace(/\.\w+$/, ""),
  };
  const dialog = makeDialog({
    title: t("Keep the matching of the columns"),
    text: t("It is used again for files with the same headers."),
    body: [askLine(field)],
    verb: t("Keep the matching"),
    check: (form) => complete(form, [field]),
  });
  if (await showDialog(dialog))
    post(button.dataset.keepMapping, values(dialog)).then((result) => toast(result.message), failed);
});
on("submit", "[data-once]", (event, form) => {
  const button = $(".btn.primary", form);
  if (button.classList.contains("busy")) event.preventDefault();
  button.classList.add("busy");
});
