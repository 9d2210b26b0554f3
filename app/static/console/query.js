// Query panel: folding, several choices, reset, advanced conditions; the address carries every condition.
import { dialogs } from "ui/choose";
import { $, $$, data, el, failed, icon, on, t } from "ui/dom";
import { input, values } from "ui/fields";
import { makeDialog, openPop, popOf, showDialog } from "ui/overlay";

const form = $("#query");
const BARE = new Set(["empty", "filled"]); // comparisons without a value

// Whether a field that folding hides asks for something: nobody should wonder what narrows the list.
function asked() {
  return $$(".q-field.fold", form).some((field) =>
    $$("input[name], select[name]", field).some((one) => (one.type === "checkbox" ? one.checked : one.value)),
  );
}

function fold(folded) {
  const button = $("[data-fold]", form);
  form.classList.toggle("folded", folded);
  if (!button) return;
  button.setAttribute("aria-expanded", String(!folded));
  const hidden = $$(".q-field.fold", form).filter((field) => !field.offsetParent).length;
  $("span", button).textContent = folded ? t("Show {n} more", { n: hidden }) : t("Fold");
  button.hidden = folded && !hidden;
}

/** Show what is ticked on the face of a several-choice control. */
export function face(multi) {
  const button = $("button.ctl", multi);
  const picked = $$("input:checked", multi);
  button.replaceChildren(
    ...(picked.length
      ? picked.map((box) =>
          el(
            "span.tok",
            {},
            box.dataset.label,
            el("span", { role: "presentation", "data-unpick": box.value }, icon("x")),
          ),
        )
      : [el("span.ph", {}, t("All"))]),
  );
  button.title = picked.map((box) => box.dataset.label).join("、");
}

on("click", "[data-multi] > button", (event, button) => {
  const multi = button.parentElement;
  const off = event.target.closest("[data-unpick]");
  if (off) {
    $(`input[value="${CSS.escape(off.dataset.unpick)}"]`, multi).checked = false;
    face(multi);
    return;
  }
  if (openPop($(".multi-pop", multi), button, { toggle: true, width: button.offsetWidth }))
    $("input", multi)?.focus();
});
on("change", "[data-multi] input", (event, box) => face(box.closest("[data-multi]")));
on("keydown", "[data-multi]", (event, multi) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const button = $("button.ctl", multi);
  if (event.key === "Enter" && event.target.type === "checkbox") {
    event.preventDefault();
    form?.requestSubmit();
  }
  if (!step) return;
  event.preventDefault();
  if (!popOf(button)) {
    button.click();
    return;
  }
  const boxes = $$("input", multi);
  boxes.at((boxes.indexOf(document.activeElement) + step) % boxes.length).focus();
});

/** Only filled controls go into the address; view, order and size of the page stay. */
function prepare() {
  for (const old of $$("[data-kept]", form)) old.remove();
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (name !== "page" && name !== "c" && !name.startsWith("q.") && !$(`[name="${CSS.escape(name)}"]`, form))
      form.append(el("input", { type: "hidden", name, value, "data-kept": true }));
  }
  const controls = $$("[name]", form);
  const empty = controls.filter((control) => !control.disabled && !String(control.value).trim());
  const asks = controls.some((one) => /^(c$|q\.)/.test(one.name) && !empty.includes(one) && (one.type !== "checkbox" || one.checked));
  if (!asks && form.hasAttribute("data-in-view")) {
    $("[name=view]", form)?.remove();
    form.append(el("input", { type: "hidden", name: "view", value: "all", "data-kept": true }));
  }
  for (const control of empty) control.disabled = true;
  setTimeout(() => {
    for (const control of empty) control.disabled = false;
  });
}

/** Back to the conditions of the view or part the list stands in. */
function reset() {
  const kept = [...new URLSearchParams(location.search)].filter(([name]) => name === "view" || name === "tab");
  location.assign(form.action + (kept.length ? `?${new URLSearchParams(kept)}` : ""));
}

function conditionLine(advanced, given = {}) {
  const line = el("div.cond", {});
  const field = el(
    "select.ctl",
    { "data-field": true, "aria-label": t("Field") },
    advanced.fields.map((one) => el("option", { value: one.name }, one.label)),
  );
  field.value = given.name ?? advanced.fields[0].name;
  const draw = (value = "") => {
    const spec = advanced.fields.find((one) => one.name === field.value);
    const op = el(
      "select.ctl",
      { "data-op": true, "aria-label": t("Comparison") },
      spec.ops.map((code) => el("option", { value: code }, advanced.ops[code])),
    );
    if (spec.ops.includes(given.op)) op.value = given.op;
    const control = input(
      { ...spec, name: "value", id: `cv-${Math.random().toString(36).slice(2)}`, label: spec.label },
      value,
      given.display ?? value,
    );
    const bare = () => {
      control.hidden = BARE.has(op.value);
    };
    op.addEventListener("change", bare);
    bare();
    line.replaceChildren(
      field,
      op,
      control,
      el(
        "button.icon-btn.small",
        { type: "button", "aria-label": t("Remove"), onclick: () => line.remove() },
        icon("x"),
      ),
    );
  };
  field.addEventListener("change", () => draw());
  draw(given.value);
  return line;
}

async function advance() {
  try {
    await dialogs();
  } catch (error) {
    failed(error);
    return;
  }
  const advanced = data("advanced-data");
  const lines = el(
    "div.conds",
    {},
    (advanced.conditions.length ? advanced.conditions : [{}]).map((one) => conditionLine(advanced, one)),
  );
  const dialog = makeDialog({
    title: t("Advanced conditions"),
    text: t("All of them must hold."),
    wide: true,
    verb: t("Query"),
    body: [
      lines,
      el(
        "button.btn.link",
        {
          type: "button",
          onclick: () => {
            lines.append(conditionLine(advanced));
          },
        },
        icon("plus"),
        t("Add a condition"),
      ),
    ],
  });
  if (!(await showDialog(dialog))) return;
  const given = $$(".cond", dialog).map((line) => ({
    name: $("[data-field]", line).value,
    op: $("[data-op]", line).value,
    value: values(line).value ?? "",
    display: $("input[role=combobox]", line)?.value,
  }));
  advanced.conditions = given.filter((one) => one.value.trim() || BARE.has(one.op));
  $("#advanced-data").textContent = JSON.stringify(advanced);
  $("[data-conditions]", form).replaceChildren(
    ...advanced.conditions.map((one) =>
      el("input", { type: "hidden", name: "c", value: `${one.name}~${one.op}~${one.value}` }),
    ),
  );
  form.requestSubmit();
}

$$("[data-multi]").forEach(face);
if (form) {
  const memory = `folded:${form.dataset.query}`;
  fold(localStorage.getItem(memory) !== "no" && !asked());
  on("click", "[data-fold]", () => {
    fold(!form.classList.contains("folded"));
    localStorage.setItem(memory, form.classList.contains("folded") ? "yes" : "no");
  });
  on("click", "[data-reset]", reset);
  on("click", "[data-advanced]", advance);
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target === form) prepare();
    },
    true,
  );
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) event.target.blur();
  });
}
