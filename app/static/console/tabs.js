// Tabs of a form or a record: click, arrows, Alt 1–9, the address remembers the tab; a shown panel loads its part.
import { $, $$, on } from "ui/dom";

export function showTab(id, focus = false) {
  for (const tab of $$("[data-tab]")) {
    const chosen = tab.dataset.tab === id;
    const panel = $(`#${CSS.escape(tab.getAttribute("aria-controls"))}`);
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    panel.hidden = !chosen;
    if (!chosen) continue;
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    panel.dispatchEvent(new Event("shown"));
    if (focus) tab.focus();
  }
}

/** Show the control of this name, in whatever tab it is. */
export function goTo(name, tab) {
  if (tab) showTab(tab);
  const named = $(`[name="${CSS.escape(name)}"]`);
  const control =
    named?.type === "hidden"
      ? $(".ctl, input[role=combobox]", named.closest(".picker"))
      : (named ?? document.getElementById(name));
  const panel = control?.closest("[role=tabpanel]");
  if (panel?.hidden) showTab(panel.id.slice(2));
  control?.focus();
  control?.scrollIntoView({ block: "center" });
}

on("click", "[data-tab]", (event, tab) => {
  showTab(tab.dataset.tab);
  history.replaceState(history.state, "", `#${tab.dataset.tab}`);
});
on("keydown", "[data-tab]", (event, tab) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tabs = $$("[data-tab]:not(:disabled)");
  showTab(tabs.at((tabs.indexOf(tab) + step) % tabs.length).dataset.tab, true);
});
on("click", "[data-goto]", (event, link) => {
  event.preventDefault();
  goTo(link.dataset.goto, link.dataset.in);
});

// The part loader listens only after the page is ready.
addEventListener("load", () => {
  const wanted = location.hash.slice(1);
  if (wanted && $(`[data-tab="${CSS.escape(wanted)}"]:not(:disabled)`) && !$("[aria-invalid=true]")) showTab(wanted);
});
