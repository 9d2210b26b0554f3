// Forms for the Office: blocks of fields are added and removed, the preview is printed.
import { $, $$, on } from "ui/dom";

/** Number the blocks of a group and tell the form that something changed. */
function renumber(group) {
  for (const [at, block] of $$("[data-block]", group).entries()) $("[data-number]", block).textContent = at + 1;
  group.closest("form")?.dispatchEvent(new Event("rows"));
}

on("click", "[data-block-add]", (event, button) => {
  const group = button.closest("[data-blocks]");
  const used = $$("[name]", group).map((control) => Number(control.name.split("-")[1]));
  const holder = document.createElement("div");
  holder.innerHTML = $("template", group).innerHTML.replaceAll("__i__", Math.max(-1, ...used) + 1);
  const block = holder.firstElementChild;
  $("template", group).before(block);
  renumber(group);
  $(".ctl", block)?.focus();
});

on("click", "[data-block-remove]", (event, button) => {
  const group = button.closest("[data-blocks]");
  button.closest("[data-block]").remove();
  renumber(group);
});

on("click", "[data-print]", () => print());
