// How many titles stand in the box.
import { $, el, t } from "ui/dom";

const box = $("textarea[name=titles]");
const line = el("p.cap.lines", { "aria-live": "polite" });
box.after(line);

function count() {
  const n = box.value.split("\n").filter((text) => text.trim()).length;
  line.textContent = t("{n} titles", { n });
}
box.addEventListener("input", count);
count();
