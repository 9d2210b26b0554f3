// Dialogs of a list: columns with order, export, saved view, bulk edit.
import { $, $$, data, el, failed, on, post, t, toast } from "ui/dom";
import { chosen, countOf, refresh, undoing } from "ui/actions";
import { input, sayError, values } from "ui/fields";
import { makeDialog, showDialog } from "ui/overlay";
import { watchJob } from "ui/jobs";

const formOf = (dialog) => $("form", dialog);

async function columns(dialog) {
  const list = $(".cols", dialog);
  const order = $$("li", list).map((line) => [line, $("input", line).checked]);
  const title = $("h2", dialog);
  const count = () => {
    title.dataset.n = `${$$("input:checked", list).length} / ${$$("li", list).length}`;
  };
  count();
  list.onchange = count;
  if (!$("[data-default]", dialog))
    $(".dlg-f .cap", dialog).replaceWith(
      el(
        "button.btn.link",
        { type: "button", "data-default": true, onclick: () => dialog.close("default") },
        t("Restore default"),
      ),
    );
  const done = new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
  showDialog(dialog);
  const verb = await done;
  if (verb !== "ok" && verb !== "default") {
    for (const [line, shown] of order) {
      list.append(line);
      $("input", line).checked = shown;
    }
    return;
  }
  const names = $$("li", list)
    .filter((line) => $("input", line).checked)
    .map((line) => line.dataset.name);
  post(formOf(dialog).dataset.url, { columns: verb === "default" ? null : names }).then(
    () => location.reload(),
    failed,
  );
}

let dragged = null;
on("dragstart", ".cols li", (event, line) => {
  dragged = line;
  line.classList.add("drag");
  event.dataTransfer.effectAllowed = "move";
});
on("dragend", ".cols li", (event, line) => {
  line.classList.remove("drag");
  dragged = null;
});
on("dragover", ".cols li", (event, line) => {
  if (!dragged) return;
  event.preventDefault();
  const box = line.getBoundingClientRect();
  if (line !== dragged) line[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged);
});
on("keydown", ".cols .grip", (event, grip) => {
  const line = grip.closest("li");
  const other =
    event.key === "ArrowUp"
      ? line.previousElementSibling
      : event.key === "ArrowDown"
        ? line.nextElementSibling
        : null;
  if (!other) return;
  event.preventDefault();
  other[event.key === "ArrowUp" ? "before" : "after"](line);
  grip.focus();
});
on("input", ".dlg-b [data-filter]", (event, box) => {
  for (const line of $$(".cols li", box.closest(".dlg-b")))
    line.hidden = !line.textContent.toLowerCase().includes(box.value.trim().toLowerCase());
});

async function exportData(dialog, scope) {
  const picked = chosen();
  const count = countOf(picked);
  const form = formOf(dialog);
  const total = Number($("#selbar").dataset.total);
  $("[data-n-page]", dialog).textContent = t("{n} records", { n: $$("#rows tbody tr[data-id]").length });
  $("[data-n-selected]", dialog).textContent = count
    ? t("{n} records", { n: count.toLocaleString("en") })
    : t("(none selected)");
  $("[data-n-all]", dialog).textContent = t("{n} records", { n: total.toLocaleString("en") });
  form.elements.scope[1].disabled = !count;
  form.elements.scope.value = scope ?? (count ? "selected" : "page");
  if (!(await showDialog(dialog))) return;
  const given = values(form);
  const params = {
    ...Object.fromEntries(new URLSearchParams(location.search)),
    format: given.format,
    scope: given.scope,
  };
  if (given.split && given.format === "xlsx") Object.assign(params, { split: 1, per_sheet: given.per_sheet });
  if (given.scope === "selected") {
    if (picked.ids === "all") params.scope = "all";
    else params.ids = picked.ids.join(",");
  }
  download(form.dataset.url, params);
}

/** The file comes at once, or 202 with a job that makes it. Repeated parameters of the query are kept. */
async function download(url, params) {
  const query = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(params)) if (!query.has(key)) query.set(key, value);
  const response = await fetch(`${url}${url.includes("?") ? "&" : "?"}${query}`, {
    headers: { Accept: "application/json, */*" },
  });
  const type = response.headers.get("Content-Type") || "";
  if (response.status === 202) {
    watchJob((await response.json()).job_url);
    return;
  }
  if (!response.ok) {
    toast(type.includes("json") ? (await response.json()).message : t("The export failed."), { error: true });
    return;
  }
  const disposition = response.headers.get("Content-Disposition") || "";
  const name = decodeURIComponent(
    disposition.match(/filename\*=UTF-8''([^;]+)/i)?.[1] ??
      disposition.match(/filename="?([^";]+)/)?.[1] ??
      `export.${params.format}`,
  );
  const link = el("a", { href: URL.createObjectURL(await response.blob()), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  toast(t("Exported {name}", { name }));
}

on("change", "#export [name=format]", (event, radio) => {
  $("[data-sheets]", radio.form).hidden = radio.value === "csv";
});

async function saveView(dialog) {
  const form = formOf(dialog);
  form.onsubmit = (event) => {
    const line = form.elements.name.closest(".ask");
    const empty = !form.elements.name.value.trim();
    sayError(line, empty ? t("{label} is required.", { label: t("View name") }) : "");
    if (empty) event.preventDefault();
  };
  if (!(await showDialog(dialog))) return;
  const given = values(form);
  post(form.dataset.url, {
    name: given.name.trim(),
    scope: given.scope,
    position_id: given.scope === "position" ? Number(given.position_id) : null,
    default: Boolean(given.default),
    state: { query: location.search.slice(1), columns: $$("#rows th[data-col]").map((head) => head.dataset.col) },
  }).then((body) => {
    toast(t("View saved"));
    location.assign(body.url ?? location.href);
  }, failed);
}
on("change", "#save-view [name=scope]", (event, radio) => {
  const line = $("[data-position]", radio.form);
  if (line) line.hidden = radio.value !== "position";
});

async function bulk() {
  const picked = chosen();
  const fields = data("bulk-fields");
  const choose = el(
    "select.ctl",
    { id: "bulk-field", "aria-required": "true" },
    el("option", { value: "" }, t("Choose a field")),
    fields.map((field) => el("option", { value: field.name }, field.label)),
  );
  const line = el("div.ask", {}, el("label.lab.req", { for: "bulk-field" }, t("Field")), choose);
  const place = el("div.ask", { hidden: true });
  const current = () => fields.find((one) => one.name === choose.value);
  choose.addEventListener("change", () => {
    const field = current();
    sayError(line, "");
    place.hidden = !field;
    place.replaceChildren();
    if (!field) return;
    place.append(
      el("label.lab", { for: "bulk-value" }, t("New value")),
      input({ ...field, id: "bulk-value" }),
      field.clears
        ? el("label.check.hint", {}, el("input", { type: "checkbox", name: "_clear", value: "1" }), t("Empty the field"))
        : "",
    );
  });
  const complete = (form) => {
    const { [choose.value]: value, _clear: clear } = values(form);
    const field = current();
    const gap = field?.clears
      ? t("Fill in the new value, or tick “Empty the field”")
      : t("{label} is required.", { label: field?.label });
    sayError(line, field ? "" : t("Choose a field to change"));
    sayError(place, field && !clear && !value?.trim() ? gap : "");
    $("[aria-invalid]", form)?.focus();
    return !$("[aria-invalid]", form);
  };
  const send = async (form) => {
    const given = values(form);
    try {
      const result = await post(`${$("[data-list]").dataset.url}bulk`, {
        ...picked,
        reason: given._reason,
        clear: Boolean(given._clear),
        values: { [choose.value]: given._clear ? "" : given[choose.value] },
      });
      toast(t("{n} records changed", { n: result.changed }), undoing(result.undo_url));
      refresh();
      return true;
    } catch (error) {
      const wrong = error.body?.errors?.[0]?.field;
      if ([choose.value, `${choose.value}_id`].includes(wrong)) sayError(place, error.message);
      else if (wrong === "reason") sayError($("#bulk-reason", form).parentElement, error.message);
      else failed(error);
      $("[aria-invalid]", form)?.focus();
      return false;
    }
  };
  const reason = el("textarea.ctl", { id: "bulk-reason", name: "_reason", rows: 2 });
  showDialog(
    makeDialog({
      title: t("Change {n} records", { n: countOf(picked).toLocaleString("en") }),
      verb: t("Bulk edit"),
      body: [line, place, el("div.ask", {}, el("label.lab", { for: "bulk-reason" }, t("Reason")), reason)],
      check: complete,
      send,
    }),
  );
}

/** The dialogs of the list, fetched when the first of them is opened. */
export async function dialogs() {
  const place = $("#list-dialogs");
  if (!place || place.dataset.there) return;
  const response = await fetch(`${place.dataset.url}${location.search}`, { headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(t("The dialog could not be loaded."));
  place.innerHTML = await response.text();
  place.dataset.there = "1";
}

const opens = { columns, export: exportData, "save-view": saveView, bulk };
on("click", "[data-open]", async (event, button) => {
  const name = button.dataset.open;
  button.closest("dialog")?.close("");
  if (!opens[name]) return;
  try {
    await dialogs();
    await opens[name]($(`#${name}`), button.dataset.scope);
  } catch (error) {
    failed(error);
  }
});
