// The form of the clicked row beside its list; 【新增】 shows an empty one there. A double click opens the whole page.
import { $, failed, get, on } from "ui/dom";
import { begin, mayLeave } from "ui/form";

const pane = $("#beside");
let asked = 0;

async function show(url) {
  const mine = ++asked;
  if (!(await mayLeave())) return;
  try {
    const { text } = await get(url, { headers: { Accept: "text/html", "HX-Request": "true" } });
    if (mine !== asked) return;
    pane.innerHTML = text;
    begin($("form", pane));
  } catch (error) {
    failed(error);
  }
}

if (pane) {
  on("click", "#rows tbody tr[data-id]", (event, row) => {
    if (event.target.closest("a,button,input,select,label") || event.shiftKey || event.detail > 1) return;
    show(row.dataset.url);
  });
  on("click", '.toolbar a[data-name="new"]', (event, link) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(link.href);
  });
}
