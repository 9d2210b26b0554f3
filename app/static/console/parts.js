// Parts of custom pages: loaded popovers, trees, matrices with tri-state groups, calendars, tests of settings.
import { $, $$, el, failed, get, on, post, t } from "ui/dom";
import { openPop, showDialog } from "ui/overlay";
import { values } from "ui/fields";

/** A popover whose content is an HTML part: <button data-pop-url="…" aria-expanded="false">. */
on("click", "[data-pop-url]", async (event, button) => {
  event.preventDefault();
  try {
    const { text } = await get(button.dataset.popUrl, { headers: { Accept: "text/html", "HX-Request": "true" } });
    const pop = el("div.pop.wide-pop", { role: "dialog", "aria-label": button.textContent.trim() });
    pop.innerHTML = text;
    openPop(pop, button, { toggle: true, done: () => pop.remove() });
  } catch (error) {
    failed(error);
  }
});

/** Copy the text of an element: <button data-copy="#id">. */
on("click", "[data-copy]", async (event, button) => {
  await navigator.clipboard.writeText($(button.dataset.copy).innerText);
  button.textContent = t("Copied");
});

function fold(node, open) {
  node.setAttribute("aria-expanded", String(open));
  node.nextElementSibling.hidden = !open;
}
on("click", ".tnode .caret", (event, caret) => {
  const node = caret.closest(".tnode");
  if (!node.hasAttribute("aria-expanded")) return;
  event.preventDefault();
  fold(node, node.getAttribute("aria-expanded") !== "true");
});
on("keydown", "[data-tree]", (event, tree) => {
  const node = event.target.closest(".tnode");
  if (!node) return;
  const shown = $$(".tnode", tree).filter((one) => one.offsetParent);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const open = node.getAttribute("aria-expanded");
  if (step) shown[shown.indexOf(node) + step]?.focus();
  else if (event.key === "ArrowRight" && open === "false") fold(node, true);
  else if (event.key === "ArrowLeft" && open === "true") fold(node, false);
  else if (event.key === "ArrowLeft") node.closest("ul")?.previousElementSibling?.focus();
  else return;
  event.preventDefault();
});
/** Filter a tree or a plain list by text: <input data-filter-list="#id">. */
on("input", "[data-filter-list]", (event, input) => {
  const text = input.value.trim().toLowerCase();
  for (const line of $$("li", $(input.dataset.filterList)))
    line.hidden = Boolean(text) && !`${line.textContent} ${line.dataset.words ?? ""}`.toLowerCase().includes(text);
});

/** Matrix: a group box ticks its rows and shows a mixed state; changed cells are marked and counted. */
function groupState(matrix) {
  for (const head of $$("[data-group-box]", matrix)) {
    const boxes = $$(
      `tr[data-in="${CSS.escape(head.dataset.groupBox)}"] input[type=checkbox]:not(:disabled)`,
      matrix,
    );
    const ticked = boxes.filter((box) => box.checked).length;
    head.checked = ticked > 0 && ticked === boxes.length;
    head.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  for (const box of $$("tbody input[type=checkbox]:not([data-group-box])", matrix))
    box.closest("label, td").classList.toggle("changed", box.checked !== box.defaultChecked);
  const plus = $$("tbody input[type=checkbox]:not([data-group-box])", matrix).filter(
    (box) => box.checked !== box.defaultChecked,
  );
  matrix.dispatchEvent(
    new CustomEvent("matrix", {
      bubbles: true,
      detail: { added: plus.filter((box) => box.checked), removed: plus.filter((box) => !box.checked) },
    }),
  );
  const line = $("[data-matrix-changes]");
  if (line)
    line.textContent = plus.length
      ? t("Unsaved: {plus} added, {minus} removed", {
          plus: plus.filter((box) => box.checked).length,
          minus: plus.filter((box) => !box.checked).length,
        })
      : "";
}
on("change", ".matrix input[type=checkbox]", (event, box) => {
  const matrix = box.closest(".matrix");
  if (box.dataset.groupBox)
    for (const one of $$(
      `tr[data-in="${CSS.escape(box.dataset.groupBox)}"] input[type=checkbox]:not(:disabled)`,
      matrix,
    ))
      one.checked = box.checked;
  groupState(matrix);
});
$$(".matrix").forEach(groupState);

/** Calendar of days: click or Space toggles, arrows move; the page listens to "day" ({date, on}). */
on("click", ".mgrid .day", (event, day) => {
  const set = day.getAttribute("aria-pressed") !== "true";
  day.setAttribute("aria-pressed", String(set));
  day.classList.toggle("changed");
  day.classList.toggle("custom", set);
  day.dispatchEvent(new CustomEvent("day", { bubbles: true, detail: { date: day.dataset.day, on: set } }));
});
on("keydown", ".mgrid .day", (event, day) => {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
  if (!step) return;
  event.preventDefault();
  const days = $$(".mgrid .day");
  days[days.indexOf(day) + step]?.focus();
});

on("click", "[data-test]", async (event, button) => {
  const state = $("[data-test-state]", button.parentElement);
  button.classList.add("busy");
  state.textContent = t("Testing…");
  try {
    const result = await post(button.dataset.test, values(button.form ?? button.closest("form")));
    state.textContent = result.message || t("The test succeeded.");
  } catch (error) {
    state.textContent = "";
    failed(error);
  } finally {
    button.classList.remove("busy");
  }
});

const shown = $("[data-show]");
if (shown) showDialog($(`#${shown.dataset.show}`));
