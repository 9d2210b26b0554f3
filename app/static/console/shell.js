// The desk: module tree, rail, title bar, theme and density; every choice is remembered for the user.
import { $, $$, data, el, icon, on, post, t, toast } from "ui/dom";
import { closePop } from "ui/overlay";

const root = document.documentElement;

/** Keep a preference for the user. */
export function savePref(key, value) {
  return post("/app/prefs", { key, value }).catch(() => {}); // the choice already shows; a lost save is no reason to disturb
}

const toggles = {
  tree() {
    if (innerWidth < 1280 && root.dataset.tree !== "hidden") return;
    const hide = root.dataset.tree !== "hidden";
    if (hide) root.dataset.tree = "hidden";
    else delete root.dataset.tree;
    savePref("tree_hidden", hide);
  },
  header() {
    const hide = root.dataset.header !== "hidden";
    if (hide) root.dataset.header = "hidden";
    else delete root.dataset.header;
    savePref("header_hidden", hide);
  },
  drawer() {
    root.classList.toggle("drawer-open");
  },
};

export function toggle(name) {
  toggles[name]();
  closePop();
  dispatchEvent(new Event("shell:prefs"));
}

on("click", "[data-toggle]", (event, button) => toggle(button.dataset.toggle));

on("click", "[data-module]", (event, button) => {
  const opening = button.getAttribute("aria-expanded") !== "true";
  for (const other of $$("[data-module]")) {
    const show = other === button && opening;
    other.setAttribute("aria-expanded", String(show));
    $(`#${other.getAttribute("aria-controls")}`).hidden = !show;
  }
});

on("click", "[data-pref] button", (event, button) => {
  const key = button.parentElement.dataset.pref;
  for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
  if (button.dataset.value) root.dataset[key] = button.dataset.value;
  else delete root.dataset[key];
  dispatchEvent(new Event("shell:prefs"));
  savePref(key, button.dataset.value);
});

const MOST = 5;

/** Keep the present page among the favourites, or take it out. */
on("click", "[data-favourite]", () => {
  const group = $("[data-favourites]");
  const links = $$("a", group);
  const here = location.pathname;
  const kept = links.find((link) => link.pathname === here);
  if (kept) kept.remove();
  else if (links.length >= MOST) {
    toast(t("At most {n} favourites.", { n: MOST }), { error: true });
    return;
  } else {
    const label = $("h1")?.textContent.trim() || document.title;
    group.append(el("a.node", { href: here, title: label }, icon("star"), el("span", {}, label)));
  }
  savePref(
    "favourites",
    $$("a", group).map((link) => ({ label: link.title, url: link.pathname })),
  );
});

on("keydown", "#tree", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const nodes = $$(".node, .rail-btn").filter((node) => node.offsetParent);
  const next = nodes[nodes.indexOf(document.activeElement) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
});

on("click", "[data-peek]", (event, button) => {
  const input = $("input", button.parentElement);
  input.type = input.type === "password" ? "text" : "password";
  const label = input.type === "password" ? t("Show password") : t("Hide password");
  button.setAttribute("aria-label", label);
  button.title = label;
});

$('#tree [aria-current="page"]')?.scrollIntoView({ block: "nearest" });
const flashes = data("flashes");
if (Array.isArray(flashes)) {
  for (const { message, kind } of flashes) toast(message, { error: ["danger", "error", "warning"].includes(kind) });
}
