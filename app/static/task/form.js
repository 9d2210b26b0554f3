// The form of a new task: its category follows from its name, its calculators begin with the chosen time limit.
import { $, $$ } from "ui/dom";

const known = $("#known") && JSON.parse($("#known").textContent);
const form = $("#form");

/** What the name and the time limit bring. */
function follow() {
  const named = (name) => form.elements.namedItem(name);
  const category = named("category");
  if (category) category.value = known.categories[named("name").value] ?? "";
  const rule = known.rules[named("deadline_rule")?.value];
  for (const button of $$("[data-calculator]", form)) button.dataset.ask = JSON.stringify(rule ? { rule } : {});
}

if (known) {
  form.addEventListener("change", follow);
  follow();
}
