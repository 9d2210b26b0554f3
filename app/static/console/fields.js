// Inputs made from a description {name, label, kind, required, choices, url, value, display}: dialogs, grids, bulk edit.
import { $$, el, icon, t } from "ui/dom";

const attrs = (field, more = {}) => ({
  name: field.name,
  id: field.id ?? `in-${field.name}`,
  "aria-label": field.label,
  "aria-required": field.required ? "true" : null,
  autocomplete: "off",
  ...more,
});

export function dateInput(field, first = "") {
  return el(
    "span.wrap",
    {},
    el(
      "input.ctl",
      attrs(field, {
        "data-date": field.kind === "datetime" ? "time" : "",
        value: first,
        placeholder: t("yyyy-mm-dd"),
        maxlength: field.kind === "datetime" ? 16 : 10,
      }),
    ),
    el(
      "button.peek",
      { type: "button", "data-cal": true, tabindex: -1, "aria-label": t("Open calendar") },
      icon("calendar"),
    ),
  );
}

export function pickerInput(field, value = "", display = "") {
  return el(
    "span.wrap.picker",
    { "data-picker": field.url, "data-name": field.name },
    el("input", { type: "hidden", name: field.name, value }),
    el("input.ctl", {
      id: field.id ?? `in-${field.name}`,
      role: "combobox",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      autocomplete: "off",
      value: display,
      "aria-label": field.label,
      "aria-required": field.required ? "true" : null,
      placeholder: t("Name or pinyin initials"),
    }),
    icon("search"),
  );
}

function selectInput(field, value) {
  const box = el(
    "select.ctl",
    attrs(field),
    field.required && value ? null : el("option", { value: "" }, ""),
    (field.choices ?? []).map((choice) => el("option", { value: choice.code }, choice.label)),
  );
  box.value = value;
  return box;
}

/** The control for a field; its value is read back with valueOf. */
export function input(field, value = field.value ?? "", display = field.display ?? "") {
  if (field.kind === "choice") return selectInput(field, value);
  if (field.kind === "flag")
    return selectInput(
      {
        ...field,
        choices: field.choices?.length
          ? field.choices
          : [
              { code: "1", label: t("Yes") },
              { code: "0", label: t("No") },
            ],
      },
      value === true ? "1" : value === false ? "0" : value,
    );
  if (["reference", "tree"].includes(field.kind)) return pickerInput(field, value, display);
  if (["date", "datetime"].includes(field.kind)) return dateInput(field, value);
  if (field.kind === "long_text") return el("textarea.ctl", attrs(field, { rows: field.lines ?? 3, value }));
  const number = ["integer", "decimal", "money", "percent", "number"].includes(field.kind);
  return el(
    `input.ctl${number ? ".num" : ""}`,
    attrs(field, {
      value,
      inputmode: number ? "decimal" : null,
      type: field.kind === "password" ? "password" : "text",
      maxlength: field.maxlength,
    }),
  );
}

/** A labelled line for a dialog. */
export function askLine(field) {
  return el(
    "div.ask",
    { "data-ask": field.name },
    el(`label.lab${field.required ? ".req" : ""}`, { for: field.id ?? `in-${field.name}` }, field.label),
    input(field),
    field.help ? el("p.cap.hint", {}, field.help) : null,
  );
}

/** All named values under a node: {name: text}. */
export function values(root) {
  const out = {};
  for (const control of $$("[name]", root)) {
    if (/^(checkbox|radio)$/.test(control.type) && !control.checked) continue;
    out[control.name] = control.value;
  }
  return out;
}

/** Say an error below its line (an empty message clears it). */
export function sayError(line, message) {
  line.querySelector(".err")?.remove();
  const control = line.querySelector(".ctl");
  if (message) {
    control?.setAttribute("aria-invalid", "true");
    line.append(el("p.err.cap", { role: "alert" }, icon("circle-alert"), message));
  } else control?.removeAttribute("aria-invalid");
}

/** False when a required line is empty; the lines say so. */
export function complete(form, fields) {
  const given = values(form);
  let first = null;
  for (const line of $$("[data-ask]", form)) {
    const field = fields.find((one) => one.name === line.dataset.ask);
    const empty = Boolean(field?.required) && !String(given[field.name] ?? "").trim();
    sayError(line, empty ? t("{label} is required.", { label: field.label }) : "");
    if (empty) first ??= line.querySelector(".ctl");
  }
  first?.focus();
  return !first;
}
