// Parties: what may be entered already, the short name, copies, general powers, files, fee terms, merging.
import { $, $$, data, debounce, el, failed, get, named, on, post, toast, withParams } from "ui/dom";
import { makeDialog, showDialog } from "ui/overlay";
import { renew } from "ui/panel";
import { pick } from "ui/picker";

const texts = data("party-texts");
const say = (msgid, values = {}) => (texts[msgid] ?? msgid).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const form = $("#form");
const link = (match) => el("a", { href: match.url, target: "_blank", rel: "noopener" }, match.name);

/* While typing: the short name, and a small warning with links. */
const watched = $("[data-similar]");
let proposed = null;

function warn(matches) {
  const box = named(form, "name").closest(".in");
  $(".alike", box)?.remove();
  if (!matches.length) return;
  const links = matches.map((match) => el("span", {}, link(match), ` ${match.note}`));
  box.append(el("p.alike.cap", { role: "status" }, say("Perhaps entered already:"), links));
}

const look = debounce(350, async () => {
  const value = (name) => named(form, name)?.value.trim() ?? "";
  const name = value("name");
  const asked = { name, number: value(watched.dataset.number), client: value("client"), but: watched.dataset.record };
  try {
    const found = await get(withParams(watched.dataset.similar, asked));
    if (value("name") !== name) return;
    warn(found.matches);
    const short = named(form, "short_name");
    if (short && found.short_name && !watched.dataset.record && (!short.value || short.value === proposed)) {
      short.value = found.short_name;
      proposed = found.short_name;
    }
  } catch {
    // only a hint: saving asks again
  }
});
if (watched) {
  form.addEventListener("input", (event) => {
    if (["name", watched.dataset.number].includes(event.target.name)) look();
  });
  const name = named(form, "name");
  if (name && name.value !== name.defaultValue) look(); // typed before this was loaded
}

/* On saving: asked once. */
const doubt = $("#doubt");
if (doubt) {
  const matches = JSON.parse(doubt.textContent);
  warn(matches);
  const rows = matches.map((match) => el("tr", {}, el("td", {}, link(match)), el("td", {}, match.note)));
  const dialog = makeDialog({
    title: say("This may be entered already"),
    text: say("These are alike. Look whether one of them is meant before you save another."),
    body: [el("table.tbl.plain", {}, el("tbody", {}, rows))],
    verb: say("Save anyway"),
  });
  showDialog(dialog).then((answer) => {
    if (!answer) return;
    form.append(el("input", { type: "hidden", name: "_anyway", value: "1" }));
    form.requestSubmit($("[data-save]", form));
  });
}

/* Copies from another party. */
const copies = $("[data-copy-from]");

function fill(name, { value, display }) {
  const control = named(form, name);
  if (!control || control.readOnly) return;
  const picker = control.closest(".picker");
  if (picker) pick(picker, { id: value, text: display });
  else control.value = value;
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

async function copy(kind, id, name) {
  try {
    const { values } = await get(withParams(copies.dataset.copyFrom, { kind, id }));
    for (const [field, given] of Object.entries(values)) fill(field, given);
    toast(say("Copied from {name}", { name }));
  } catch (error) {
    failed(error);
  }
}

if (copies) {
  const kind = $("#copy-kind");
  const source = $(".picker", copies);
  kind.removeAttribute("name");
  $("input[type=hidden]", source).removeAttribute("name");
  dispatchEvent(new Event("rows:ready")); // these two are no values of the form
  kind.addEventListener("change", () => {
    pick(source, null);
    source.dataset.picker = `/app/${kind.value}/pick`;
    const client = named(form, "client");
    if (kind.value === "client" && client?.value)
      copy("client", client.value, $("input.ctl", client.closest(".picker")).value);
  });
  source.addEventListener("picked", (event) => {
    if (event.detail) copy(kind.value, event.detail.id, event.detail.text);
  });
}

/* General powers: number, remark, file in one go. */
on("click", "[data-power]", async (event, button) => {
  const panel = button.closest("[data-panel]");
  const { power, number = "", remark = "" } = button.dataset;
  const line = (label, control, must) =>
    el("div.ask", {}, el(`label.lab${must ? ".req" : ""}`, { for: control.id }, label), control);
  const no = el("input.ctl", { id: "power-number", name: "number", value: number, maxlength: 60, autocomplete: "off" });
  const dialog = makeDialog({
    title: power ? say("Change the general power") : say("Add a general power"),
    body: [
      line(say("General power no."), no, true),
      line(say("Remark"), el("input.ctl", { id: "power-remark", name: "remark", value: remark, maxlength: 500 })),
      line(say("File"), el("input", { id: "power-file", name: "file", type: "file" })),
    ],
    verb: say("Save"),
    check: () => {
      no.toggleAttribute("aria-invalid", !no.value.trim());
      if (!no.value.trim()) no.focus();
      return Boolean(no.value.trim());
    },
  });
  if (!(await showDialog(dialog))) return;
  const body = new FormData($("form", dialog));
  if (power) body.set("id", power);
  post(panel.dataset.powers, body).then((result) => {
    toast(result.message);
    renew(panel, result);
  }, failed);
});

/* A file of the client: 下载 or 取消. */
on("click", "[data-download]", async (event, button) => {
  const { name, download } = button.dataset;
  if (await showDialog(makeDialog({ title: say("Download {name}?", { name }), verb: say("Download") })))
    location.assign(download);
});

/* Fee terms: a rate for a discount, an amount for a lump sum. */
const mode = form && named(form, "charge_mode");
function terms() {
  const shown = { discount_rate: "DISCOUNT", lump_scope: "LUMP_SUM", lump_amount: "LUMP_SUM" };
  for (const [name, when] of Object.entries(shown)) {
    const field = $(`[data-field="${name}"]`, form);
    if (field) field.hidden = mode.value !== when;
  }
}
if (mode) {
  mode.addEventListener("change", terms);
  terms();
}

/* Merging: whichever is kept gives the values that nobody chose otherwise. */
on("change", "[data-merge] [name=kept]", (event, radio) => {
  for (const box of $$(`[data-merge] [name^="take-"][value="${radio.value}"]`))
    if ($("span", box.closest("label")).textContent.trim() !== "–") box.checked = true;
});
