// Declared buttons: go, ask, post; one answer for one record or many.
import { $, $$, el, failed, get, on, post, t, toast, visit, withParams } from "ui/dom";
import { askLine, complete, values } from "ui/fields";
import { makeDialog, showDialog } from "ui/overlay";
import { chosenIn, renew } from "ui/panel";

/** The chosen records of a list: ids, or "all" with the query. */
export function chosen() {
  const table = $("#rows");
  if (!table) return { ids: [] };
  if (table.dataset.all) return { ids: "all", query: location.search.slice(1) };
  return { ids: $$(".row-check:checked", table).map((box) => box.value) };
}

export const countOf = (picked) => (picked.ids === "all" ? Number($("#selbar").dataset.total) : picked.ids.length);

/** Which records a question is about: by name where they are few, else how many, unless the title says so. */
function about(picked, count, title) {
  const ids = picked.ids === "all" || count > 3 ? [] : picked.ids;
  const names = ids.map((id) => $(`#rows tr[data-id="${CSS.escape(id)}"] a.id`)?.textContent);
  if (names.length && names.every(Boolean)) return names.join("、");
  return count && !title.includes("{n}") ? t("{n} records", { n: count }) : "";
}

/** Show what changed: reload the list part, or the page. */
export function refresh() {
  if ($("#list-body")) visit(location.pathname + location.search);
  else location.reload();
}

/** The action of a toast that takes back what it tells, and says so. */
export const undoing = (url) =>
  url
    ? {
        label: t("Undo"),
        act: () =>
          post(url).then((result) => {
            toast(result.message);
            refresh();
          }, failed),
      }
    : {};

function report(result) {
  if (result.errors?.length) {
    const rows = result.errors.map((error) => {
      const ref = $(`tr[data-id="${CSS.escape(String(error.id))}"] a.id`)?.textContent ?? error.id;
      return el("tr", {}, el("td", {}, String(ref)), el("td.pre", {}, error.message));
    });
    showDialog(
      makeDialog({
        title: result.message || t("{n} records were not changed", { n: result.errors.length }),
        wide: true,
        body: [el("table.tbl.plain", {}, el("tbody", {}, rows))],
      }),
    );
  } else
    toast(result.message || t("Done"), undoing(result.undo_url));
}

/** What the one chosen record holds already stands in the dialog. */
async function fill(asks, url, id) {
  for (const ask of asks) Object.assign(ask, { value: "", display: "" });
  if (id === undefined || id === "a") return;
  try {
    const { values: present } = await get(url.replace("/action/", `/${id}/values/`));
    for (const ask of asks) Object.assign(ask, present[ask.name]);
  } catch (error) {
    failed(error);
  }
}

async function run(button) {
  const own = button.dataset.ids && button.dataset.ids !== "*" ? { ids: button.dataset.ids.split(",") } : null;
  const panel = button.closest("[data-panel]");
  const picked = own ?? (panel ? chosenIn(panel) : chosen());
  const count = countOf(picked);
  let url = button.dataset.url;
  if (button.dataset.method === "get") {
    const { url: row, ...given } = picked;
    const free = button.dataset.needs === "none" || (button.dataset.needs === "any" && !count);
    if (url === "{row}") url = row;
    else if (!free) url = url.includes("{id}") ? url.replace("{id}", picked.ids[0]) : withParams(url, given);
    location.assign(url);
    return;
  }
  const asks = JSON.parse(button.dataset.asks || "[]");
  let inputs = {};
  if (asks.length || button.dataset.confirm) {
    if ("fills" in button.dataset && count === 1) await fill(asks, url, (own ?? picked).ids[0]);
    const label = button.textContent.trim();
    const title = (button.dataset.confirm || label).replace("{n}", count);
    const dialog = makeDialog({
      title,
      text: own ? "" : about(picked, count, button.dataset.confirm || ""),
      body: asks.map(askLine),
      verb: button.dataset.verb ?? (asks.length ? label : t("OK")),
      check: (form) => complete(form, asks),
    });
    if (!(await showDialog(dialog))) return;
    inputs = values(dialog);
  }
  button.classList.add("busy");
  try {
    const { url: _row, ...sent } = picked;
    const result = await post(url.replace("{id}", picked.ids[0]), { ...sent, inputs });
    report(result);
    if (result.download) location.assign(result.download);
    const here = !own && $("#list-body") && result.url === location.pathname; // its query and page stay
    if (result.url && !here) location.assign(result.url);
    else if (panel) renew(panel, result);
    else if (!result.errors?.length || $("#list-body")) setTimeout(refresh, own ? 600 : 0);
  } catch (error) {
    failed(error);
  } finally {
    button.classList.remove("busy");
  }
}

on("click", "[data-action]", (event, button) => run(button));
