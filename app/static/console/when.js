// Fields that depend on another choice: shown or required only then; and notes that follow what is filled in.
import { $, $$, get, named, on, withParams } from "ui/dom";
import { values } from "ui/fields";

/** Whether a condition "field=A,B|other=C" holds; where the form has no such field, it does. */
function holds(form, rule) {
  return rule.split("|").some((one) => {
    const [name, wanted] = one.split("=");
    const control = named(form, name);
    return !control || (wanted.split(",").includes(control.value) && (control.type !== "checkbox" || control.checked));
  });
}

/** Bring the fields of a form in line with its choices. What is not shown is not sent. */
export function settle(form) {
  for (const field of $$("[data-only]", form)) {
    const shown = holds(form, field.dataset.only);
    field.hidden = !shown;
    for (const control of $$("[name]", field)) control.disabled = !shown;
  }
  for (const field of $$("[data-needed]", form)) {
    const needed = holds(form, field.dataset.needed);
    $("label", field).classList.toggle("req", needed);
    $(".ctl", field)?.setAttribute("aria-required", String(needed));
  }
}

let asked = 0;
on("change", "form[data-form]", async (event, form) => {
  settle(form);
  const section = event.target.closest(".sec");
  const note = section && $("[data-follows]", section);
  if (!note) return;
  const mine = ++asked;
  const { text } = await get(withParams(note.dataset.follows, values(section))).catch(() => ({}));
  if (mine === asked && text) note.textContent = text;
});
