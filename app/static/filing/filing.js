// The page 办案: the steps, the documents, the work breakdown, the fee sheets of a case.
import { $, $$, data, failed, on, post, t, toast } from "ui/dom";
import { askLine, complete, values } from "ui/fields";
import { confirmed, makeDialog, showDialog } from "ui/overlay";

const texts = data("filing-texts");
const say = (msgid, given = {}) => (texts[msgid] ?? msgid).replace(/\{(\w+)\}/g, (_, name) => given[name] ?? "");
const bar = $("[data-work]");
const base = bar.dataset.work;
/** The tab a control stands in; to be asked before waiting for anything, since the tab may be drawn anew meanwhile. */
const partOf = (node) => node.closest("[data-part]");

/** Load a tab again, with another document chosen where one is named. */
function reload(part, chosen = {}) {
  const url = new URL(part.dataset.part, location.href);
  for (const name of ["document", "version"]) {
    if (chosen[name]) url.searchParams.set(name, chosen[name]);
    else if (Object.keys(chosen).length) url.searchParams.delete(name);
  }
  part.dataset.part = url.pathname + url.search;
  return window.htmx.ajax("GET", part.dataset.part, part);
}

/** Ask for some fields; null when given up. */
async function ask(title, fields, { verb = t("OK"), before = [], text = "" } = {}) {
  const body = [...before, ...fields.map(askLine)];
  const dialog = makeDialog({ title, text, body, verb, check: (form) => complete(form, fields) });
  return (await showDialog(dialog)) ? values(dialog) : null;
}

/* Steps */
async function take(step) {
  const sent = $("#sent"); // part of the tab of documents, so that it is never out of date
  const before = step.sends && sent ? [sent.content.cloneNode(true)] : [];
  const given = await ask(say("{step}?", { step: step.label }), step.asks, { verb: step.label, before });
  if (!given) return;
  const { to, ...inputs } = given;
  await post(`/app/filing/action/${step.step || to}`, { ids: [bar.dataset.id], inputs });
  toast(say("{step}: done", { step: step.label }));
  setTimeout(() => location.reload(), 500);
}
on("click", "[data-work-step]", (event, button) => take(JSON.parse(button.dataset.workStep)).catch(failed));

/** 【定稿提交】 stands above the documents too, where the manual has it. */
function placeFinalize(part) {
  const place = $("[data-finalize-here]", part);
  const sender = $$("[data-work-step]").find((button) => JSON.parse(button.dataset.workStep).sends);
  if (place && sender) {
    const copy = sender.cloneNode(true);
    copy.classList.remove("primary");
    place.replaceWith(copy);
  }
}
document.addEventListener("htmx:afterSwap", (event) => placeFinalize(event.target));

/* Documents */
on("click", "[data-show-document]", (event, button) =>
  reload(partOf(button), { document: button.dataset.showDocument, version: button.dataset.version }),
);
on("click", ".docs-list tr[data-document]", (event, row) => {
  if (!event.target.closest("button")) reload(partOf(row), { document: row.dataset.document });
});
on("submit", "[data-begin]", async (event, form) => {
  event.preventDefault();
  const part = partOf(form);
  try {
    const result = await post(form.dataset.begin, values(form));
    if (result.url) location.assign(result.url);
    else await reload(part, { document: result.document });
  } catch (error) {
    failed(error);
  }
});
on("change", "[data-import]", async (event, input) => {
  const [part, body] = [partOf(input), new FormData()];
  for (const file of input.files) body.append("file", file);
  if (!input.files.length) return;
  try {
    if ("asksNote" in input.dataset) {
      const names = [...input.files].map((file) => file.name).join("、");
      const note = { name: "note", label: say("Note on the version"), kind: "text", maxlength: 300 };
      const given = await ask(say("Import a version"), [note], { verb: say("Import"), text: names });
      if (!given) return;
      body.append("note", given.note);
    }
    const result = await post(input.dataset.import, body);
    toast(say("{n} files imported", { n: result.count }));
    await reload(part, { document: result.document });
  } catch (error) {
    failed(error);
  } finally {
    input.value = "";
  }
});
on("click", "[data-add-document]", async (event, button) => {
  const kind = { name: "document_type", label: say("Document type"), kind: "reference", url: "/app/document_type/pick" };
  const name = { name: "name", label: say("Document name"), kind: "text", maxlength: 200 };
  const part = partOf(button);
  try {
    const given = await ask(say("Add a document"), [kind, name], { text: say("Choose a form of the Office, or give a name.") });
    if (!given) return;
    const made = await post(button.dataset.addDocument, given);
    if (made.url && "writes" in button.dataset) location.assign(made.url);
    else await reload(part, { document: made.document });
  } catch (error) {
    failed(error);
  }
});
on("click", "[data-describe]", async (event, button) => {
  const [part, now] = [partOf(button), JSON.parse(button.dataset.values)];
  const fields = [
    { name: "name", label: say("Document name"), kind: "text", required: true, maxlength: 200, value: now.name },
    { name: "pages", label: say("Number of pages"), kind: "integer", value: now.pages ?? "" },
    now.has_claims ? { name: "claims", label: say("Number of claims"), kind: "integer", value: now.claims ?? "" } : null,
    { name: "remark", label: say("Remark"), kind: "long_text", value: now.remark },
  ].filter(Boolean);
  try {
    const given = await ask(say("Edit the document"), fields, { verb: say("Save") });
    if (!given) return;
    await post(button.dataset.describe, given);
    await reload(part);
  } catch (error) {
    failed(error);
  }
});
on("click", "[data-remove]", async (event, button) => {
  const [part, question] = [partOf(button), say("Delete “{name}” with all its versions?", { name: button.dataset.name })];
  if (!(await confirmed(question, say("Delete")))) return;
  post(button.dataset.remove).then(() => reload(part, { document: "" }), failed);
});
on("click", "[data-restore]", (event, button) => {
  const part = partOf(button);
  post(button.dataset.restore, { number: button.dataset.number }).then(
    () => reload(part, { document: new URL(part.dataset.part, location.href).searchParams.get("document") }),
    failed,
  );
});
on("click", "[data-move]", (event, button) => {
  const [part, row] = [partOf(button), button.closest("tr")];
  const ids = $$("tr[data-document]", row.parentElement).map((one) => one.dataset.document);
  const at = ids.indexOf(row.dataset.document);
  const to = at + Number(button.dataset.move);
  [ids[at], ids[to]] = [ids[to], ids[at]];
  post(`${base}/documents/order`, { ids }).then(() => reload(part), failed);
});

/* Work breakdown */
const lines = () => $$(".works tbody tr");
const ticked = () => lines().filter((row) => $("[data-tick]", row)?.checked);
let added = 0;

on("click", "[data-add-line]", (event, button) => {
  const holder = document.createElement("tbody");
  holder.innerHTML = $("template", button.closest(".works")).innerHTML.replaceAll("__i__", `n${(added += 1)}`);
  const row = holder.firstElementChild;
  $(".works tbody").append(row);
  $("select, input.ctl", row)?.focus();
});
on("change", "[data-tick-all]", (event, box) => {
  for (const one of $$("[data-tick]")) one.checked = box.checked;
});
for (const type of ["input", "change"]) {
  on(type, ".works tr[data-open] [name]", (event, control) => {
    $("[data-tick]", control.closest("tr")).checked = true;
  });
}

/** Say beside each cell what is wrong with it. */
function refuse(rows, error) {
  for (const cell of $$(".works td.bad")) cell.classList.remove("bad");
  const wrong = error.body?.errors ?? [];
  for (const one of wrong) {
    const cell = rows[one.row] && $(`td[data-col="${CSS.escape(String(one.field).replace(/_id$/, ""))}"]`, rows[one.row]);
    cell?.classList.add("bad");
    if (cell) cell.title = one.message;
  }
  const told = wrong.map((one) => {
    const head = $(`.works th.w-${CSS.escape(String(one.field).replace(/_id$/, ""))}`)?.textContent.trim();
    return head ? `${head}：${one.message}` : one.message;
  });
  toast([...new Set(told)].join("；") || error.message, { error: true });
}

async function saveLines(rows) {
  const filing = $(".works").dataset.filing;
  const body = rows.map((row) => ({
    id: row.dataset.line ? Number(row.dataset.line) : null,
    version: row.dataset.line ? Number(row.dataset.version) : undefined,
    values: { ...values(row), ...(row.dataset.line ? {} : { filing }) },
  }));
  try {
    await post("/app/work_breakdown/grid", { rows: body });
    toast(say("Saved"));
    return true;
  } catch (error) {
    refuse(rows, error);
    return false;
  }
}

/** The work breakdown anew, and the number on its tab. */
const again = () => reload($("#p-works")).then(() => {
  $("#t-works .count").textContent = lines().length;
});

async function works(deed, rows) {
  if (!rows.length) return toast(say("Tick the lines first"), { error: true });
  const open = rows.filter((row) => "open" in row.dataset);
  if (deed === "save") {
    if (open.length && (await saveLines(open))) await again();
    return null;
  }
  if (deed === "delete") {
    const kept = rows.filter((row) => row.dataset.line);
    if (!(await confirmed(say("Delete {n} lines?", { n: rows.length }), say("Delete")))) return null;
    if (kept.length) await post("/app/work_breakdown/delete", { ids: kept.map((row) => row.dataset.line) });
    return again();
  }
  let inputs = {};
  if (deed === "confirm" && rows.length === 1) {
    const hours = $('td[data-col="workload"]', rows[0]).textContent.trim();
    const given = await ask(say("Confirm work"), [workload(hours === "–" ? "" : hours)]);
    if (!given) return null;
    inputs = given;
  }
  const unsaved = rows.filter((row) => !row.dataset.line);
  if (unsaved.length) return toast(say("Save the new lines first"), { error: true });
  if (["distribute", "complete"].includes(deed) && open.length && !(await saveLines(open))) return null;
  const result = await post(`/app/work_breakdown/action/${deed}`, { ids: rows.map((row) => row.dataset.line), inputs });
  const told = (result.errors ?? []).map((one) => one.message);
  toast(told.length ? [...new Set(told)].join("；") : result.message, { error: told.length > 0 });
  return again();
}
const workload = (value = "") => ({ name: "workload", label: say("Workload (hours)"), kind: "decimal", required: true, value });

on("click", "[data-works]", (event, button) => Promise.resolve(works(button.dataset.works, ticked())).catch(failed));
on("click", "[data-hand-in]", async (event, button) => {
  try {
    const given = await ask(say("Hand in the work"), [workload()], { verb: button.textContent.trim() });
    if (!given) return;
    toast((await post(`/app/work_breakdown/${button.dataset.handIn}/submit`, given)).message);
    await again();
  } catch (error) {
    failed(error);
  }
});

/* Fee sheets */
on("click", "[data-sheets]", async (event, button) => {
  const id = $('input[name="sheet"]:checked')?.value;
  if (!id) return toast(say("Choose a fee sheet first"), { error: true });
  if (button.dataset.sheets === "edit") return location.assign(`/app/fee_sheet/${id}/edit`);
  const part = partOf(button);
  if (!(await confirmed(say("Delete this fee sheet?"), say("Delete")))) return null;
  return post("/app/fee_sheet/delete", { ids: [id] }).then(() => reload(part), failed);
});
