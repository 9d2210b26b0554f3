// Ctrl K: one field over numbers, names, pinyin initials and functions.
import { $, $$, debounce, el, get, marked, on, t, withParams } from "ui/dom";
import { closePop } from "ui/overlay";

const dialog = $("#palette");
const input = dialog && $("input", dialog);
const out = dialog && $("#pal-out");
let latest = 0;

export function openPalette() {
  if (!dialog || dialog.open) return;
  closePop();
  dialog.showModal();
  input.select();
  if (!out.children.length) search();
}

function choose(link) {
  for (const other of $$("a", out)) other.setAttribute("aria-selected", String(other === link));
  if (!link) return;
  input.setAttribute("aria-activedescendant", link.id);
  link.scrollIntoView({ block: "nearest" });
}

function show(groups) {
  let at = 0;
  out.replaceChildren(
    ...groups
      .filter((group) => group.items.length)
      .flatMap((group) => [
        el("h3", {}, group.label),
        ...group.items.map((item) =>
          el(
            "a",
            { href: item.url, role: "option", id: `pal-${at++}` },
            el("span.cut", {}, marked(item.text, item.mark)),
            item.sub ? el("span.sub", {}, item.sub) : null,
          ),
        ),
      ]),
  );
  if (!at)
    out.replaceChildren(
      el(
        "p.pal-empty",
        {},
        input.value.trim()
          ? t("Nothing found for “{text}”.", { text: input.value.trim() })
          : t("Type a number, a name or pinyin initials."),
      ),
    );
  choose($("a", out));
}

async function search() {
  const mine = ++latest;
  try {
    const { groups } = await get(withParams("/app/search", { q: input.value.trim() }));
    if (mine === latest) show(groups);
  } catch (error) {
    if (mine === latest) out.replaceChildren(el("p.pal-empty", {}, error.message));
  }
}

if (dialog) {
  input.addEventListener("input", debounce(120, search));
  dialog.addEventListener("keydown", (event) => {
    const links = $$("a", out);
    const now = links.findIndex((link) => link.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(links.at((now + (event.key === "ArrowDown" ? 1 : -1)) % links.length));
    } else if (event.key === "Enter" && links[now]) {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) open(links[now].href, "_blank");
      else location.assign(links[now].href);
    }
  });
}
on("click", "[data-palette]", openPalette);
