// The keyboard of the console (docs/ui.md). Single letters act outside inputs only and can be switched off.
import { $, $$, on } from "ui/dom";
import { showDialog } from "ui/overlay";
import { openPalette } from "ui/palette";
import { toggle } from "ui/shell";

const typing = (node) =>
  node.isContentEditable ||
  (/^(INPUT|TEXTAREA|SELECT)$/.test(node.nodeName) && !/^(checkbox|radio|button)$/.test(node.type));
const press = (selector) => {
  const found = $$(selector).find((node) => node.offsetParent && !node.disabled);
  found?.click();
  return Boolean(found);
};
const switchBox = $("[data-letter-keys]");
const letters = () => localStorage.getItem("letter-keys") !== "off";

if (switchBox) {
  switchBox.checked = letters();
  switchBox.addEventListener("change", () => localStorage.setItem("letter-keys", switchBox.checked ? "on" : "off"));
}

const control = {
  k: () => {
    openPalette();
    return true;
  },
  "\\": () => {
    toggle("tree");
    return true;
  },
  s: () => press("dialog[open] .dlg-f .primary, [data-save], [data-save-rows]"),
  enter: () => press("[data-save-new]"),
};
const alt = {
  f: () => {
    const first = $("#query input:not([type=hidden]), #query select, #query button");
    first?.focus();
    return Boolean(first);
  },
  r: () => press("[data-reset]"),
  "[": () => press("[data-prev]"),
  "]": () => press("[data-next]"),
};
const plain = {
  "/": () => {
    openPalette();
    return true;
  },
  "?": () => {
    showDialog($("#keys"));
    return true;
  },
  n: () => {
    const url = $("[data-list]")?.dataset.new;
    if (url) location.assign(url);
    return Boolean(url);
  },
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const key = event.key.toLowerCase();
  const busy = document.querySelector("dialog[open]");
  let done = false;
  if ((event.ctrlKey || event.metaKey) && !event.altKey) done = (!busy || key === "s") && control[key]?.();
  else if (event.altKey && !busy) done = /^[1-9]$/.test(key) ? press(`[data-tab]:nth-of-type(${key})`) : alt[key]?.();
  else if (!busy && !typing(event.target) && letters()) done = plain[key]?.();
  if (done) event.preventDefault();
});

on("click", "[data-keys]", () => showDialog($("#keys")));
