// Background jobs: a watched job says when it is done; lists of jobs refresh themselves every 1.5 seconds while any runs
// and the page is looked at, then lead to their `data-then`. How far it is, is said aloud at every tenth.
import { $, $$, el, failed, get, on, post, t, toast } from "ui/dom";

const EVERY = 1500;

/** Follow one job ({state, message, done, total, file_url}) and offer its file. */
export function watchJob(url) {
  toast(t("Working in the background. You will be told when it is done."));
  const look = async () => {
    let job;
    try {
      job = await get(url);
    } catch (error) {
      failed(error);
      return;
    }
    if (["done", "finished", "success"].includes(job.state))
      toast(
        job.message || t("Done"),
        job.file_url ? { label: t("Download"), act: () => location.assign(job.file_url) } : {},
      );
    else if (["failed", "cancelled", "error"].includes(job.state))
      toast(job.message || t("The job failed."), { error: true });
    else setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
}

async function refreshJobs(box) {
  if (!box.isConnected) return;
  if (document.hidden) {
    setTimeout(() => refreshJobs(box), EVERY);
    return;
  }
  try {
    const response = await fetch(box.dataset.jobs, { headers: { "HX-Request": "true" } });
    if (response.ok) box.innerHTML = await response.text();
  } catch {
    // offline for a moment: the next look tries again
  }
  say(box);
  if ($("[data-running]", box)) setTimeout(() => refreshJobs(box), EVERY);
  else if (box.dataset.then) location.replace(box.dataset.then);
}

function say(box) {
  if (!box.nextElementSibling?.matches("p.sr")) box.after(el("p.sr", { role: "status" }));
  const [status, now] = [box.nextElementSibling, $("[data-said]", box)?.dataset.said];
  if (now && status.textContent !== now) status.textContent = now;
}

function watch(root) {
  for (const box of $$("[data-jobs]:not([data-watched])", root).filter((one) => $("[data-running]", one))) {
    box.dataset.watched = "";
    say(box);
    setTimeout(() => refreshJobs(box), EVERY);
  }
}
watch(document);
document.addEventListener("htmx:load", (event) => watch(event.target));
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, (event) => $("[data-jobs]", event.target)?.remove()); // nothing runs there any more
}

on("click", "[data-job-post]", async (event, button) => {
  try {
    await post(button.dataset.jobPost);
    const box = button.closest("[data-jobs]");
    if (box) refreshJobs(box);
    button.replaceWith(el("span.cap", {}, t("Requested")));
  } catch (error) {
    failed(error);
  }
});
